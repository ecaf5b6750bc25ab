/**
 * The `similar` command: explains which lines and tokens of a file resemble a question, as text, JSON, NumPy, a
 * recording or a page; called by `main.ts`.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pairsFile } from '../attention/npy';
import type { EngineClient } from '../ipc/engine/client';
import type { CapturedSequence } from '../ipc/engine/messages/attention';
import type { Similarity } from '../ipc/engine/messages/similarity';
import { recordSimilarity } from '../attention/similarityRecording';
import type { SimilarCommand } from './arguments';
import { readFileLines } from './fileLines';
import type { PlainLines } from './fileLines';
import type { WriteLine } from './output';
import { linesInFile, titleOf, writePage } from './page';
import { tokensOf } from './tokens';

/** Lines of the code that are printed at most. */
const shownLines = 12;

/**
 * Prints or writes why lines of a file are like a question.
 *
 * @param root the folder that dist/ and the embedded models are in
 */
export async function similar(
  engine: Pick<EngineClient, 'request'>,
  command: SimilarCommand,
  root: string,
  write: WriteLine,
): Promise<void> {
  const { question, place, model = join(root, 'models', 'search'), output } = command;
  const lines = await readFileLines(place);
  const found = await engine.request(
    'similarity',
    { model, question, code: lines.text, around: '' },
    { priority: 'inspect' },
  );
  if (found.truncated.question || found.truncated.code)
    process.stderr.write('The model has no room for all of it: the end is not read.\n');
  const recording = (): Uint8Array => recordSimilarity({ model: basename(model), ...found });
  switch (output.kind) {
    case 'html': {
      const part = { text: lines.text, start: 0, first: lines.first };
      const firstLines = [found.question.segments.map(() => 0), linesInFile(found.code, part)];
      await writePage(
        output.file,
        {
          recording: recording(),
          shown: { kind: 'hit', title: `Similarity to ${titleOf(place.path, part)}`, firstLines },
        },
        root,
      );
      break;
    }
    case 'session':
      await writeFile(output.file, recording());
      break;
    case 'npy':
      await writeFile(output.file, pairsFile(found.pairs, found.code.ids.length));
      break;
    case 'json':
      await write(JSON.stringify(numbers(model, found, lines)));
      break;
    case 'lines':
      for (const line of inWords(found, lines)) await write(line);
  }
}

/** Tokens of the question stand in it, those of the code in the file. */
function numbers(
  model: string,
  { question, code, pairs, score, pooling, truncated, dimension }: Similarity,
  { offsets }: PlainLines,
) {
  const columns = code.ids.length;
  return {
    model,
    score,
    pooling,
    dimension,
    truncated,
    question: tokensOf(question, (offset) => offset),
    code: tokensOf(code, (offset) => offsets[offset]),
    pairs: Array.from(question.ids, (_, row) => Array.from(pairs.subarray(row * columns, (row + 1) * columns), exact)),
  };
}

/** The shortest number that is the same float. */
const exact = (value: number): number => Number(value.toPrecision(9));

/** The score, what each token of the question adds to it, and the lines that add most, in their order. */
function inWords({ question, code, pairs, score, pooling }: Similarity, { first }: PlainLines): string[] {
  const [rows, columns] = [question.ids.length, code.ids.length];
  const asked = Array.from({ length: rows }, (_, row) =>
    pairs.subarray(row * columns, (row + 1) * columns).reduce((sum, pair) => sum + pair, 0),
  );
  const lines = linesOf(code).map(({ text, tokens }, at) => ({
    at,
    text,
    sum: tokens.reduce(
      (sum, token) => sum + asked.reduce((all, _, row) => all + (pairs[row * columns + token] as number), 0),
      0,
    ),
  }));
  const strongest = lines
    .toSorted((a, b) => Math.abs(b.sum) - Math.abs(a.sum))
    .slice(0, shownLines)
    .filter(({ sum }) => Math.abs(sum) >= 0.0005);
  return [
    `similarity ${score.toFixed(3)}: the sum over ${rows} × ${columns} pairs of tokens (${pooling})`,
    ...asked.map((sum, row) => `${signed(sum)}  ${nameOf(question, row)}`),
    ...strongest.toSorted((a, b) => a.at - b.at).map(({ at, text, sum }) => `${signed(sum)}  ${first + at}: ${text}`),
  ];
}

/** The code's lines, each with the tokens that begin on it; those that no token begins on have none. */
function linesOf({ text, ranges, segments }: CapturedSequence): { text: string; tokens: number[] }[] {
  const own = segments.filter(({ kind }) => kind === 'text');
  const start = own[0]?.start ?? 0;
  const lines = text
    .slice(start)
    .split('\n')
    .map((line) => ({ text: line.trimEnd(), tokens: [] as number[] }));
  const starts = Array.from(text.matchAll(/\n/g), ({ index }) => index + 1).filter((at) => at > start);
  let line = 0;
  for (const { from, to } of own) {
    for (let token = from; token < to; token++) {
      while (line < starts.length && (starts[line] as number) <= (ranges[2 * token] as number)) line++;
      lines[line]?.tokens.push(token);
    }
  }
  return lines;
}

function nameOf({ texts }: CapturedSequence, token: number): string {
  return texts[token]?.trim() === '' ? '(marker)' : (texts[token] ?? '').trim();
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
