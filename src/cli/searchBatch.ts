/**
 * The `search --batch` and `similar --batch` commands: questions, or places and pieces of code, as JSON lines in; hits as
 * JSON lines out, in the same order; called by `main.ts`. A bad line never stops the rest, and the index is never updated.
 */
import { relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { isOutside } from '../common/files/isOutside';
import { remarkInWords } from '../features/search/remarks';
import { withoutOwn, withParts } from '../indexer/ranking/ownPlace';
import type { SearchIndex, SearchIndexAnswer } from '../indexer/searchIndex';
import { maxQuestionLength } from '../ipc/indexer/protocol';
import { typed } from '../ipc/indexer/query';
import { EngineError } from '../ipc/engine/errors';
import { parse } from '../ipc/engine/parse';
import type { SearchBatchCommand } from './arguments';
import { inEnglish } from './english';
import { answerLines, lineId } from './lines';
import type { WriteLine } from './output';

/** What a batch needs of an index. */
export type Asked = Pick<SearchIndex, 'answer' | 'readLines'>;

/** Lines on each side of a line whose like is looked for, as in the editor. */
const around = 5;

const top = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)));
const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxQuestionLength));

/** What stands on a line of `search --batch`; anything else on it is none of ours. */
const question = v.object({ id: lineId, query: text, top });
/** The same of `similar --batch`: a place in the folder, or code by itself. */
const like = v.union([
  v.object({ id: lineId, path: v.string(), line: v.pipe(v.number(), v.integer(), v.minValue(1)), top }),
  v.object({ id: lineId, text, top }),
]);

/**
 * Answers the lines of an input from an index, each as soon as it is read.
 *
 * @param root absolute path of the folder that is indexed
 * @throws {CatalogueError} where the index cannot be used
 */
export async function searchBatch(
  index: Asked,
  command: SearchBatchCommand,
  root: string,
  input: Readable,
  write: WriteLine,
): Promise<void> {
  await answerLines(input, write, async (json) => {
    const { hits, remarks } = await (command.asks === 'question'
      ? find(index, command, json)
      : findLike(index, command, root, json));
    const said = remarks.map((remark) => remarkInWords(remark, inEnglish));
    return {
      hits: hits.map(({ path, from, to, symbol, score }) => ({ path, from, to, symbol, score })),
      ...(said.length === 0 ? {} : { remarks: said }),
    };
  });
}

async function find(index: Asked, command: SearchBatchCommand, json: unknown): Promise<SearchIndexAnswer> {
  const { query, top: wanted = command.top } = parse(question, json, 'The line');
  return index.answer(query, { mode: command.mode, top: wanted });
}

async function findLike(
  index: Asked,
  command: SearchBatchCommand,
  root: string,
  json: unknown,
): Promise<SearchIndexAnswer> {
  const task = parse(like, json, 'The line');
  const { mode } = command;
  const wanted = task.top ?? command.top;
  if ('text' in task) return index.answer(typed(task.text, 'code'), { mode, top: wanted });
  const file = resolve(root, task.path);
  if (isOutside(root, file)) throw new EngineError('invalid', 'The line: the path leads out of the folder.');
  const path = relative(root, file).replaceAll(sep, '/');
  const lines = index.readLines()(path, Math.max(1, task.line - around), task.line + around);
  const code = lines?.join('\n').slice(0, maxQuestionLength) ?? '';
  if (code.trim() === '') throw new EngineError('invalid', 'The line: there is no text at that place.');
  const { hits, remarks } = await index.answer(typed(code, 'code'), { mode, top: withParts(wanted) });
  const place = { from: task.line, to: task.line };
  return { hits: withoutOwn(hits, place, (other) => other === path, wanted), remarks };
}
