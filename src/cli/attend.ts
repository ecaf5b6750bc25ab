/**
 * The `attend` command: captures attention of some lines or of a completion and writes it as text, JSON, NumPy, PNG, a
 * recording or a page; called by `main.ts`.
 */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { completeParams } from '../features/completion/request';
import { textForModel } from '../features/completion/textForModel';
import { linesOf, rollUp } from '../attention/linesOfTokens';
import type { EngineClient } from '../ipc/engine/client';
import type { CaptureResult, CaptureSubject, CapturedSequence } from '../ipc/engine/messages/attention';
import type { AttendCommand } from './arguments';
import { npy } from '../attention/npy';
import { grayPicture } from './attendFormats';
import { pathSeenByModel, readCursorContext } from './document';
import { readFileLines } from './fileLines';
import type { WriteLine } from './output';
import { linesInFile, titleOf, writePage } from './page';
import type { PartOfFile } from './page';
import { tokensOf } from './tokens';

type Engine = Pick<EngineClient, 'request'>;

/** Decimals of a weight in print: finer than its quantisation. */
const decimals = 6;
/** Lines of a completion's provenance that are hidden for a recording, heaviest first. */
const checkedLines = 3;

/**
 * Captures lines of a file, or a completion, and prints or writes what its tokens read.
 *
 * @param root the folder that dist/ is in
 */
export async function attend(engine: Engine, command: AttendCommand, root: string, write: WriteLine): Promise<void> {
  const { subject, offsets, first, part } = await subjectOf(engine, command);
  const capture = await engine.request('capture', { model: command.model, subject }, { priority: 'inspect' });
  const sequence = capture.sequences[0] as CapturedSequence;
  if (subject.kind === 'text') warnWhenCut(subject.text, sequence);
  const { output } = command;
  switch (output.kind) {
    case 'html': {
      const name = command.place.path;
      const firstLines = capture.sequences.map((one) => linesInFile(one, part));
      const shown =
        subject.kind === 'text'
          ? ({ kind: 'selection', title: titleOf(name, part), firstLines } as const)
          : ({ kind: 'suggestion', title: `Suggestion in ${basename(name)}`, firstLines } as const);
      await writePage(output.file, { recording: await recordingOf(engine, command, capture), shown }, root);
      break;
    }
    case 'session':
      await writeFile(output.file, await recordingOf(engine, command, capture));
      break;
    case 'npy':
      await writeFile(output.file, npy(await rowsOf(engine, command, capture)));
      break;
    case 'png':
      await writeFile(output.file, grayPicture(await rowsOf(engine, command, capture)));
      break;
    case 'json':
      await write(JSON.stringify(numbers(command, capture, await rowsOf(engine, command, capture), offsets)));
      break;
    case 'lines':
      for (const line of await readByLines(engine, command, capture, first)) await write(line);
  }
}

interface Subject {
  readonly subject: CaptureSubject;
  /** The file's UTF-16 offset of each of the text's, its end included; empty where parts of several places are read. */
  readonly offsets: Uint32Array;
  /** The file's number of the text's first line, from 1; undefined where parts of several places are read. */
  readonly first: number | undefined;
  readonly part: PartOfFile;
}

async function subjectOf(engine: Engine, { place, model }: AttendCommand): Promise<Subject> {
  if (!('line' in place)) {
    const { text, offsets, first } = await readFileLines(place);
    return {
      subject: { kind: 'text', text, path: pathSeenByModel(place.path) },
      offsets,
      first,
      part: { text, start: 0, first },
    };
  }
  const cursor = await readCursorContext(place);
  const params = completeParams(cursor, { model, path: pathSeenByModel(place.path), mode: 'line' });
  const { promptIds, tokens } = await engine.request('complete', params, { priority: 'completion' });
  const generatedIds = Int32Array.from(tokens, ({ id }) => id);
  const { prefix, suffix } = textForModel(cursor, pathSeenByModel(place.path));
  const part = { text: prefix + suffix, cursor: prefix.length, first: place.line + 1 - prefix.split('\n').length };
  return { subject: { kind: 'prompt', promptIds, generatedIds }, offsets: new Uint32Array(0), first: undefined, part };
}

function warnWhenCut(text: string, { segments }: CapturedSequence): void {
  const read = segments.filter(({ kind }) => kind === 'text').reduce((sum, { start, end }) => sum + end - start, 0);
  if (read < text.length)
    process.stderr.write(`The model has no room for all of it: ${read} of ${text.length} characters are read.\n`);
}

/** With a check of each of the lines that a completion read most. */
async function recordingOf(
  engine: Engine,
  { layer }: AttendCommand,
  { capture, sequences, stacks }: CaptureResult,
): Promise<Uint8Array> {
  const layers = layer === undefined ? [] : [layer];
  const generated = sequences[0]?.segments.some(({ kind }) => kind === 'generated');
  const heads = stacks[0]?.valueWeighted ? 'value-weighted' : 'mean';
  const source = generated
    ? await engine.request('provenance', { capture, stack: 0, heads, withoutSink: true }, { priority: 'inspect' })
    : undefined;
  const first = source?.tokens[0]?.token ?? 0;
  const lines = source?.total.flatMap(({ line }) => source.lines[line] ?? []).filter(({ to }) => to <= first) ?? [];
  const causal = lines.slice(0, checkedLines).map(({ from, to }) => ({ hidden: { from, to }, controls: 19, seed: 0 }));
  return (await engine.request('recordCapture', { capture, causal, relations: [], layers }, { priority: 'inspect' }))
    .data;
}

/** What each token read: [tokens][tokens]. */
async function rowsOf(
  engine: Engine,
  { layer, heads }: AttendCommand,
  { capture, sequences }: CaptureResult,
): Promise<Float32Array[]> {
  const length = sequences[0]?.ids.length ?? 0;
  const rows: Float32Array[] = [];
  for (let from = 0; from < length; from++) {
    const params = {
      capture,
      stack: 0,
      layer,
      heads,
      tokens: { from, to: from + 1 },
      direction: 'reads',
      withoutSink: false,
    } as const;
    rows.push((await engine.request('weights', params, { priority: 'inspect' })).values);
  }
  return rows;
}

function numbers(
  { heads, layer, model }: AttendCommand,
  { way, sequences, stacks, sinkShares, timings }: CaptureResult,
  rows: readonly Float32Array[],
  offsets: Uint32Array,
) {
  const tokens = tokensOf(sequences[0] as CapturedSequence, (offset) => offsets[offset]);
  return {
    model,
    way,
    layers: stacks[0]?.layers,
    heads: stacks[0]?.heads,
    layer,
    of: heads,
    tokens,
    sinkShares: Array.from(sinkShares[0] ?? [], round),
    timings,
    rows: rows.map((row, at) => Array.from(stacks[0]?.causal ? row.subarray(0, at + 1) : row, round)),
  };
}

const round = (weight: number): number => Number(weight.toFixed(decimals));

/**
 * For each line, which others its tokens read most.
 *
 * @param first number of the text's first line; undefined where lines are not of one place, and are counted as they are read
 */
async function readByLines(
  engine: Engine,
  { layer, heads }: AttendCommand,
  { capture, sequences }: CaptureResult,
  first: number | undefined,
): Promise<string[]> {
  const { text, segments, ...sequence } = sequences[0] as CapturedSequence;
  const start = first === undefined ? 0 : (segments.find(({ kind }) => kind === 'text')?.start ?? 0);
  const lines = linesOf({ text, segments, ...sequence }).filter((line) => line.start >= start);
  const numberOf = (at: number) =>
    first === undefined ? at + 1 : first + text.slice(start, lines[at]?.start ?? start).split('\n').length - 1;
  const printed: string[] = [];
  for (const [at, { from, to, start: begin, end }] of lines.entries()) {
    const params = {
      capture,
      stack: 0,
      layer,
      heads,
      tokens: { from, to },
      direction: 'reads',
      withoutSink: true,
    } as const;
    const { values, sinkShare } = await engine.request('weights', params, { priority: 'inspect' });
    const shares = Array.from(rollUp(values, lines), (share, line) => ({ share, line }))
      .filter(({ line }) => line !== at)
      .sort((a, b) => b.share - a.share);
    const read = shares
      .slice(0, 3)
      .filter(({ share }) => share >= 0.005)
      .map(({ share, line }) => `${numberOf(line)} (${(100 * share).toFixed(0)} %)`);
    const segment = segments.find((one) => from >= one.from && from < one.to)?.kind;
    const where = first === undefined ? ` [${segment}]` : '';
    printed.push(
      `${numberOf(at)}:${where} ${text.slice(begin, end).trimEnd()}`,
      `    reads ${read.join(', ') || 'itself'}; first token ${(100 * sinkShare).toFixed(0)} %`,
    );
  }
  return printed;
}
