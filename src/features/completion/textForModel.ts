/** What a model may read around a cursor. Used where a request for a completion is made. */
import { BoundedMap } from '../../common/boundedMap';
import { withLinesAround, withoutSecrets } from '../../common/secrets/withoutSecrets';
import { restOfLine, startOfLine } from './cursorContext';
import type { CursorContext } from './cursorContext';

/** Typing changes one line: the texts above and below it come again with every key. */
const cleaned = new BoundedMap<string, string>(16);

/**
 * The text before and behind the cursor, that of other cells included, with blanks in place of secrets.
 *
 * @param path of the file, by whose ending its language is known
 */
export function textForModel(
  cursor: Pick<CursorContext, 'prefix' | 'suffix' | 'around'>,
  path: string,
): { prefix: string; suffix: string } {
  const { before = '', after = '' } = cursor.around ?? {};
  const joined = { document: '', prefix: before + cursor.prefix, suffix: cursor.suffix + after };
  const [start, rest] = [startOfLine(joined), restOfLine(joined)];
  const above = joined.prefix.slice(0, joined.prefix.length - start.length);
  const below = joined.suffix.slice(rest.length);
  const whole = clean(above, path) + start + rest + clean(below, path);
  // The lines around the cursor tell what one another hold.
  const [from, to] = withLinesAround(whole, above.length, joined.prefix.length + rest.length);
  const shown = whole.slice(0, from) + withoutSecrets(whole.slice(from, to), path) + whole.slice(to);
  return { prefix: shown.slice(0, joined.prefix.length), suffix: shown.slice(joined.prefix.length) };
}

function clean(text: string, path: string): string {
  const key = `${path}\n${text}`;
  let known = cleaned.get(key);
  if (known === undefined) cleaned.set(key, (known = withoutSecrets(text, path)));
  return known;
}
