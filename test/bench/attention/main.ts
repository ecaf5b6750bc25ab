/**
 * What it costs to look: capturing the attention of every head, against running the same text plainly, with the same
 * threads; memory; time to the first picture; and what other tools would hold and draw.
 *
 *     npm run bench -- attention [--quick] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Capture } from '../../../src/attention/capture';
import { DecoderAttention } from '../../../src/engine/attention/decoderAttention';
import type { StackData } from '../../../src/attention/stack';
import { thumbnails, weights } from '../../../src/attention/tiles';
import { Decoder } from '../../../src/engine/decoder/decoder';
import { openDecoderFolder } from '../../../src/modelFolder/layouts/folder';
import { maxThumbnail } from '../../../src/ipc/engine/messages/attention';
import { createRandom } from '../../support/random';
import { root } from '../../support/paths';
import { median } from '../engine/report';
import { ensureModel, large } from './model';
import { bertviz, inspectus } from './others';
import { OtherTools, ownElements, tools } from './peers';

const threads = 2;
const cache = join(process.env.GLASSBOX_CACHE ?? join(root, '.cache'), 'bench/attention');
const megabyte = 2 ** 20;
const noPause = () => new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)));

interface Measured {
  readonly tokens: number;
  readonly layers: number;
  readonly heads: number;
  readonly prefillMs: number;
  readonly captureMs: number;
  readonly packMs: number;
  /** From the request to thumbnails of the first rows of all heads, the model being open. */
  readonly firstPictureMs: number;
  readonly openMs: number;
  /** Peak of the process above what it had with the completing decoder alone. Bytes. */
  readonly extraBytes: number;
  /** Of it, what opening the model a second time took. */
  readonly openBytes: number;
  readonly keptBytes: number;
  /** All thumbnails, and one head as a tile: what a page gets. Bytes. */
  readonly gridBytes: number;
  readonly headBytes: number;
  readonly row: Float32Array;
  readonly stack: StackData;
}

async function measure(path: string, tokens: number, rounds: number): Promise<Measured> {
  const folder = await openDecoderFolder(path);
  const random = createRandom(1);
  const ids = Int32Array.from({ length: tokens }, () => Math.floor(random() * folder.vocabularySize));
  const decoder = await Decoder.open(folder, { threads, remembers: false });
  const request = {
    prompt: ids,
    maxTokens: 1,
    stopIds: new Set<number>(),
    forbiddenIds: [],
    priority: 'completion' as const,
  };
  // What the same text takes without being looked at is not counted.
  await decoder.generate(request, noPause);

  const before = process.memoryUsage.rss();
  let peak = before;
  const model = await DecoderAttention.open(path, { threads });
  const openBytes = process.memoryUsage.rss() - before;
  const plan = model.plan({ kind: 'prompt', promptIds: ids, generatedIds: new Int32Array(0) });
  const runs: { prefillMs: number; captureMs: number; packMs: number; firstPictureMs: number }[] = [];
  let capture: Capture | undefined;
  // The first round warms up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const changed = ids.map((id, at) => (at === 0 ? (id + round + 1) % folder.vocabularySize : id));
    const started = performance.now();
    await decoder.generate({ ...request, prompt: changed }, noPause);
    const prefillMs = performance.now() - started;
    capture = new Capture(
      1,
      path,
      plan,
      plan.stacks.map(({ layers }) => Array.from({ length: layers }, () => true)),
    );
    let firstPictureMs = 0;
    const begun = performance.now();
    const [stack] = capture.stacks;
    const { packMs } = await model.fill(capture, noPause, () => {
      // Later captures lie beside what is left of those before, which takes its time to go.
      if (round === 0) peak = Math.max(peak, process.memoryUsage.rss());
      if (firstPictureMs > 0 || !stack) return;
      thumbnails(stack, { size: maxThumbnail, kind: 'max' });
      firstPictureMs = performance.now() - begun;
    });
    const captureMs = performance.now() - begun;
    process.stderr.write(
      `${tokens} tokens, round ${round} of ${rounds}: ${prefillMs.toFixed(0)} ms plain, ${captureMs.toFixed(0)} ms captured\n`,
    );
    if (round > 0) runs.push({ prefillMs, captureMs, packMs, firstPictureMs });
  }
  const [stack] = capture?.stacks ?? [];
  if (!stack) throw new Error('nothing was captured');
  const middle = (name: keyof (typeof runs)[number]) => median(runs.map((run) => run[name]));
  const { layers, heads } = stack.shape;
  const { values: row } = weights(stack, {
    layer: 0,
    heads: 0,
    tokens: { from: tokens - 1, to: tokens },
    direction: 'reads',
    withoutSink: false,
  });
  return {
    tokens,
    layers,
    heads,
    openMs: model.openMs,
    prefillMs: middle('prefillMs'),
    captureMs: middle('captureMs'),
    packMs: middle('packMs'),
    firstPictureMs: middle('firstPictureMs'),
    extraBytes: peak - before,
    openBytes,
    keptBytes: stack.bytes,
    gridBytes: thumbnails(stack, { size: maxThumbnail, kind: 'max' }).data.length,
    headBytes: tokens ** 2,
    row,
    stack,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
  const rounds = values.quick ? 1 : 3;
  const path = ensureModel(join(cache, `${large.layers}x${large.hidden}`), large);
  const found: Record<string, number> = {};
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const put = (name: string, value: number) => (found[name] = Math.round(value * 1000) / 1000);
  const mb = (bytes: number) => `${(bytes / megabyte).toFixed(1)} MB`;

  const embedded = await measure(join(root, 'models/decoder'), 500, rounds);
  const whole = await measure(path, 2048, rounds);
  for (const [name, m] of [
    ['embedded', embedded],
    ['large', whole],
  ] as const) {
    say(`${name}: ${m.tokens} tokens, ${m.layers} layers of ${m.heads} heads`);
    say(
      `  plain ${m.prefillMs.toFixed(0)} ms, captured ${m.captureMs.toFixed(0)} ms (${(m.captureMs / m.prefillMs).toFixed(2)} times), of it packing ${m.packMs.toFixed(0)} ms`,
    );
    say(
      `  first picture ${m.firstPictureMs.toFixed(0)} ms; opening ${m.openMs.toFixed(0)} ms; memory ${mb(m.extraBytes)} more at the peak, ${mb(m.openBytes)} by opening, ${mb(m.keptBytes)} kept`,
    );
    put(`${name}_capture_vs_prefill`, m.captureMs / m.prefillMs);
    put(`${name}_first_picture_ms`, m.firstPictureMs);
    put(`${name}_extra_mb`, m.extraBytes / megabyte);
  }

  say(
    'the same weights elsewhere, and here: elements of the page as Chromium has drawn it, bytes of the page; in brackets what its source comes to where there is no page in 8 GB and 4 minutes, or none drawn in a minute',
  );
  const { layers, heads } = whole;
  const others = new OtherTools(join(cache, 'tools'), whole.stack);
  for (const tokens of [128, 512, 2048]) {
    const size = { layers, heads, tokens };
    // A grid of thumbnails and the head that is looked at.
    const cells = Math.min(tokens, maxThumbnail) ** 2;
    const ours = {
      elements: await ownElements(tokens, tokens > 512 ? { layers: 1, heads: 1 } : size),
      bytes: layers * heads * cells + Math.min(tokens ** 2, 4_000_000),
    };
    say(`  ${tokens} tokens: here ${ours.elements} and ${mb(ours.bytes)}`);
    for (const tool of tools) {
      const drawn = await others.draw(tool, tokens);
      const source = tool === 'bertviz' ? bertviz(size, whole.row) : inspectus(size);
      const bytes = drawn.bytes ?? source.bytes;
      say(
        `    ${tool}: ${drawn.elements ?? `not drawn (${source.elements})`} and ${drawn.bytes === undefined ? `not made (${mb(bytes)})` : mb(bytes)}`,
      );
      put(`bytes_vs_${tool}_${tokens}`, ours.bytes / bytes);
      put(`elements_vs_${tool}_${tokens}`, ours.elements / (drawn.elements ?? source.elements));
      put(`${tool}_${tokens}_drawn`, drawn.elements === undefined ? 0 : 1);
    }
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(found, undefined, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
