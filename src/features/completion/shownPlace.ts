/** What a model may read around a cursor. Used where a request for a completion is made. */
import { BoundedMap } from '../../common/boundedMap';
import { withoutSecrets } from '../../common/secrets/withoutSecrets';
import { restOfLine, startOfLine } from './place';
import type { Place } from './place';

/** Typing changes one line: the texts above and below it come again with every key. */
const cleaned = new BoundedMap<string, string>(16);

/**
 * The text before and behind the cursor, with blanks in place of secrets.
 *
 * @param path of the file, by whose ending its language is known
 */
export function shownPlace(place: Pick<Place, 'prefix' | 'suffix'>, path: string): { prefix: string; suffix: string } {
  const [start, rest] = [startOfLine(place as Place), restOfLine(place as Place)];
  const above = place.prefix.slice(0, place.prefix.length - start.length);
  const line = withoutSecrets(start + rest, path);
  return {
    prefix: clean(above, path) + line.slice(0, start.length),
    suffix: line.slice(start.length) + clean(place.suffix.slice(rest.length), path),
  };
}

function clean(text: string, path: string): string {
  const key = `${path}\n${text}`;
  let known = cleaned.get(key);
  if (known === undefined) cleaned.set(key, (known = withoutSecrets(text, path)));
  return known;
}
