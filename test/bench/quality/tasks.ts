/**
 * The frozen tasks. They are kept as positions and hashes, not as text: the text comes from the pinned packages, and
 * an answer whose hash differs is refused, so that nothing can drift unnoticed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cut } from './cuts';
import { BenchError, dataFolder, hashText } from './packages';
import type { SourceFile } from './packages';
import type { FunctionRange } from './syntax';

/** Single lines where programmers pause; single lines cut at any character; bodies of several lines. */
export const completionSets = ['line', 'any', 'block'] as const;
export type CompletionSet = (typeof completionSets)[number];

export type CompletionTask = {
  package: string;
  file: string;
  set: CompletionSet;
  cut: Cut;
  /** UTF-16 units from the start of the file. */
  offset: number;
  length: number;
  sha256: string;
  /** What the editor has put behind the cursor by itself; the rest of the line is not there yet. */
  rest: string;
  /** The same task in an editor that closes nothing: up to the end of the line. */
  lineLength: number;
  lineSha256: string;
};

/** A documented function whose first sentence is asked for (documentation) or asked with (search). */
export type SentenceTask = {
  package: string;
  file: string;
  /** Which of the file's functions. */
  index: number;
  length: number;
  sha256: string;
  /** Search asks all of them; writing documentation is measured on a sample. */
  documentation: boolean;
};

/** Every function of a package by file: the documents of search. */
export type Functions = Map<string, FunctionRange[]>;

const completionFile = path.join(dataFolder, 'completion.jsonl');
const sentenceFile = path.join(dataFolder, 'sentences.jsonl');
const functionsFile = (name: string): string => path.join(dataFolder, 'functions', `${name}.json`);

type CompletionRow = [string, string, CompletionSet, Cut, number, number, string, string, number, string];
type SentenceRow = [string, string, number, number, string, 0 | 1];
/** Start from the last function's start, length; name: offset, length; documentation: offset, length. */
type FunctionRow = [number, number, number, number, number?, number?];

const toLines = (rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

async function readLines<Row>(file: string): Promise<Row[]> {
  const text = await readFile(file, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

export async function writeCompletionTasks(tasks: readonly CompletionTask[]): Promise<void> {
  const rows = tasks.map((task): CompletionRow => [
    task.package, task.file, task.set, task.cut, task.offset, task.length, task.sha256, task.rest,
    task.lineLength, task.lineSha256 === task.sha256 ? '' : task.lineSha256,
  ]); // prettier-ignore
  await writeFile(completionFile, toLines(rows));
}

export async function readCompletionTasks(): Promise<CompletionTask[]> {
  const rows = await readLines<CompletionRow>(completionFile);
  return rows.map(([name, file, set, cut, offset, length, sha256, rest, lineLength, lineSha256]) => {
    return {
      package: name,
      file,
      set,
      cut,
      offset,
      length,
      sha256,
      rest,
      lineLength,
      lineSha256: lineSha256 || sha256,
    };
  });
}

export async function writeSentenceTasks(tasks: readonly SentenceTask[]): Promise<void> {
  const rows = tasks.map((task): SentenceRow => {
    return [task.package, task.file, task.index, task.length, task.sha256, task.documentation ? 1 : 0];
  });
  await writeFile(sentenceFile, toLines(rows));
}

export async function readSentenceTasks(): Promise<SentenceTask[]> {
  const rows = await readLines<SentenceRow>(sentenceFile);
  return rows.map(([name, file, index, length, sha256, documentation]) => {
    return { package: name, file, index, length, sha256, documentation: documentation === 1 };
  });
}

export async function writeFunctions(name: string, functions: Functions): Promise<void> {
  const lines = [...functions].map(([file, ranges]) => `${JSON.stringify(file)}:${JSON.stringify(toRows(ranges))}`);
  await writeFile(functionsFile(name), `{\n${lines.join(',\n')}\n}\n`);
}

export async function readFunctions(name: string): Promise<Functions> {
  const rows = JSON.parse(await readFile(functionsFile(name), 'utf8')) as Record<string, FunctionRow[]>;
  return new Map(Object.entries(rows).map(([file, entries]) => [file, fromRows(entries)]));
}

function toRows(ranges: readonly FunctionRange[]): FunctionRow[] {
  let last = 0;
  return ranges.map(({ start, end, name, doc }) => {
    const row: FunctionRow = [start - last, end - start, name.start - start, name.end - name.start];
    if (doc) row.push(doc.start - start, doc.end - doc.start);
    last = start;
    return row;
  });
}

function fromRows(rows: readonly FunctionRow[]): FunctionRange[] {
  let start = 0;
  return rows.map(([step, length, nameOffset, nameLength, docOffset, docLength]) => {
    start += step;
    const at = (offset: number, size: number) => ({ start: start + offset, end: start + offset + size });
    const found = { ...at(0, length), name: at(nameOffset, nameLength) };
    return docOffset === undefined || docLength === undefined ? found : { ...found, doc: at(docOffset, docLength) };
  });
}

/**
 * The text of an answer.
 * @throws {BenchError} where it is not the one that was frozen
 */
export function answerOf(file: SourceFile, offset: number, length: number, sha256: string): string {
  const answer = file.text.slice(offset, offset + length);
  if (hashText(answer) !== sha256)
    throw new BenchError(`${file.path} differs from the file that the tasks were made from.`);
  return answer;
}
