/**
 * Finds passwords, keys and tokens in a text. The one judge of it: what is indexed, shown, copied, sent to a model, logged or
 * exported passes through `withoutSecrets`, which asks here.
 */
import { settingsIn } from './secretSettings';
import { innerShapes, isInsideWord, secretPlaces, secretShape } from './secretShapes';
import { isSecretValue } from './secretValues';

/**
 * Where secrets stand, in no order: UTF-16 offsets, each in a line that holds one.
 *
 * @param file path or name of the file that the text is from, by which its language is known
 */
export function* secretsIn(text: string, file: string): Generator<number> {
  for (const { index, 0: found } of text.matchAll(secretShape))
    if (!isInsideWord(text, index) && !found.includes('EXAMPLE')) yield index;
  for (const shape of innerShapes) for (const { index } of text.matchAll(shape)) yield index;
  for (const [trigger, ...places] of secretPlaces) {
    if (!trigger.test(text)) continue;
    for (const { expression, kind } of places)
      for (const { index, 0: whole, 1: value = '' } of text.matchAll(expression))
        if (isSecretValue(trimmed(value), kind)) yield index + whole.length - 1;
  }
  for (const { value, kind, at } of settingsIn(text, file)) if (isSecretValue(trimmed(value), kind)) yield at;
}

/** Whether a text holds a secret. @param file see {@link secretsIn} */
export function holdsSecret(text: string, file = ''): boolean {
  return secretsIn(text, file).next().done !== true;
}

/** Without what belongs to the sentence or the statement around it. */
const trimmed = (value: string): string => value.replace(/^\\?["']/, '').replace(/(?:\\?["'])?[;,)]{0,3}$/, '');
