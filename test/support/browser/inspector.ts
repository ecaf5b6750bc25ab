import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { pack } from '../../../src/attention/typedArrayFile';
import { openCapture, recordingVersion } from '../../../src/attention/recording';
import { record } from '../../../src/engine/attention/record';
import { SimilarityService } from '../../../src/engine/similarity/service';
import type { CapturedSequence, CaptureView } from '../../../src/features/inspector/messages';
import { syntheticCapture } from '../capture';
import { root } from '../paths';

const shelf = join(root, 'test/fixtures/attention/shelf.glassbox');

/** A script that stands in for VS Code with a recorded capture; see webview/inspector/recorded.ts. */
export function recordedSession(
  recording: Uint8Array,
  shown: Pick<CaptureView, 'kind' | 'title' | 'firstLines' | 'copied'>,
): string {
  const session = JSON.stringify({ recording: Buffer.from(recording).toString('base64'), shown });
  return `globalThis.glassboxSession = ${session};\n${readFileSync(join(root, 'dist/webview/inspector.recorded.js'), 'utf8')}`;
}

/** The suggestion behind `this.books.` in a short class, as it was recorded. */
export function shelfSession(more: Pick<CaptureView, 'copied'> = {}): string {
  const recording = readFileSync(shelf);
  const { description } = openCapture(recording);
  // What stands below the cursor begins on line 15, what stands before it on line 1.
  const firstLines = description.sequences.map(({ segments }) =>
    segments.map(({ kind }) => (kind === 'prefix' ? 1 : kind === 'suffix' ? 15 : kind === 'generated' ? 14 : 0)),
  );
  return recordedSession(recording, { kind: 'suggestion', title: 'Suggestion in shelf.js', firstLines, ...more });
}

/** 30 layers of 9 heads over 150 tokens, recorded with room for the whole maps of some layers, the last among them. */
export async function manyHeadsSession(): Promise<string> {
  const capture = syntheticCapture({ layers: 30, heads: 9, length: 150 });
  const options = { causal: [], relations: [], layers: [], most: 2_000_000 };
  const recording = await record(capture, options, undefined, () => Promise.resolve(undefined));
  return recordedSession(recording, { kind: 'selection', title: 'many.ts:1–15', firstLines: [[1]] });
}

/**
 * An expression that gives the page a second capture to compare the shelf with: the same tokens, or without the first.
 * The recording answers for it too.
 */
export function comparedWith({ shifted }: { shifted: boolean }): string {
  const { description } = openCapture(readFileSync(shelf));
  const sequences = description.sequences.map((sequence) => (shifted ? withoutFirst(sequence) : sequence));
  const shown: CaptureView = {
    slot: 'other',
    capture: 99,
    kind: 'suggestion',
    title: 'The other',
    detail: 'model',
    sequences,
    stacks: description.stacks,
    firstLines: sequences.map(({ segments }) => segments.map(() => 0)),
    logprobs: [],
  };
  return `glassboxReceive({ kind: 'event', name: 'shown', value: JSON.parse(${JSON.stringify(typed(shown))}, (key, value) => (value && value.typed ? new globalThis[value.typed](value.values) : value)) })`;
}

function withoutFirst({ ids, texts, text, ranges, segments }: CapturedSequence): CapturedSequence {
  const kept = segments
    .map((segment) => ({ ...segment, from: Math.max(0, segment.from - 1), to: Math.max(0, segment.to - 1) }))
    .filter(({ from, to }) => to > from);
  return { ids: ids.slice(1), texts: texts.slice(1), text, ranges: ranges.slice(2), segments: kept };
}

/** A text made to break out of what shows it, in tokens that all read each other evenly. */
export function hostileSession(): string {
  const texts = [
    '<img src=x onerror="globalThis.hacked=1">',
    '\u202e evil \u202c',
    'a\u200bb',
    '</script><b>',
    '\u05d0\u05d1\u05d2',
    '\0\u0007',
    '🙂',
    ...Array.from({ length: 393 }, (_, i) => `x${i} `),
    '\n',
    'y '.repeat(10_000),
  ];
  let at = 0;
  const ranges = texts.flatMap((text) => [at, (at += text.length)]);
  const length = texts.length;
  const cells = Uint8Array.from({ length: (length * (length + 1)) / 2 }, () => 40);
  const stack = {
    kind: 'decoder' as const,
    queries: 0,
    keys: 0,
    layers: 1,
    heads: 1,
    causal: true,
    kept: [true],
    valueWeighted: false,
  };
  const sequence = {
    ids: Int32Array.from(texts, (_, i) => i),
    texts,
    text: texts.join(''),
    ranges: Uint32Array.from(ranges),
    segments: [{ kind: 'text' as const, from: 0, to: length, start: 0, end: at }],
  };
  const recording = pack({
    version: recordingVersion,
    model: '<i>model</i>',
    description: { capture: 1, way: 'softmax', sequences: [sequence], stacks: [stack] },
    generatedFrom: length,
    stacks: [{ maps: cells }],
    logprobs: new Float32Array(length),
    probabilities: [],
    causal: [],
  });
  return recordedSession(recording, { kind: 'selection', title: '<b>title</b>.ts:1', firstLines: [[1]] });
}

const found = {
  around: 'class TaskQueue',
  code: 'async runAgain(task: Task, attempts = 3): Promise<void> {\n  for (let attempt = 0; attempt < attempts; attempt++) {\n    try {\n      return await task.run();\n    } catch (error) {\n      this.log.warn(error);\n      await wait(100 * 2 ** attempt);\n    }\n  }\n}\n',
};

/** A question and a method that was found for it, as the embedded table of token vectors sees them. */
export async function similaritySession(
  question = 'try the task again after waiting',
  attends = true,
): Promise<string> {
  const service = new SimilarityService();
  const model = join(root, 'models', 'search');
  const split = await service.compare(await service.table(model), { model, question, ...found }, () =>
    Promise.resolve(undefined),
  );
  const shown: CaptureView = {
    slot: 'main',
    capture: 7,
    kind: 'hit',
    title: 'Similarity to queue.ts:12–21',
    detail: 'search',
    sequences: [split.question, split.code],
    stacks: [
      { kind: 'cross', queries: 0, keys: 1, layers: 1, heads: 1, causal: false, kept: [true], valueWeighted: false },
    ],
    firstLines: [
      split.question.segments.map(() => 0),
      split.code.segments.map(({ kind }) => (kind === 'text' ? 12 : 0)),
    ],
    logprobs: [],
    similarity: {
      pairs: split.pairs,
      score: split.score,
      pooling: split.pooling,
      truncated: split.truncated,
      attends,
      foundBy: Math.round(split.score * 1000) / 1000,
    },
  };
  return `const revive = (key, value) => (value && value.typed ? new globalThis[value.typed](value.values) : value);
globalThis.glassboxNotifications = [];
let receive;
globalThis.glassboxHost = {
  listen: (listener) => { receive = globalThis.glassboxReceive = listener; },
  post: (message) => {
    if (message.kind === 'notification') glassboxNotifications.push(message);
    if (message.kind !== 'notification' || message.name !== 'ready') return;
    queueMicrotask(() => {
      receive({ kind: 'event', name: 'shown', value: JSON.parse(${JSON.stringify(typed(shown))}, revive) });
      receive({ kind: 'event', name: 'finished', value: { capture: 7, sinkShares: [new Float32Array(1)], totalMs: 1, bytes: 1 } });
    });
  },
};`;
}

/** JSON that keeps what typed arrays are. */
function typed(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    ArrayBuffer.isView(part) ? { typed: part.constructor.name, values: Array.from(part as Float32Array) } : part,
  );
}

/** Values of the notifications of a name that the page has sent. */
export async function notified(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate<unknown[]>(
    `glassboxNotifications.filter((entry) => entry.name === ${JSON.stringify(name)}).map(({ value }) => value)`,
  );
}
