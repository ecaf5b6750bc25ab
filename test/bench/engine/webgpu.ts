/**
 * A decoder of random weights on this machine's graphics card through WebGPU, and on its processor: whether both give
 * the same, and how fast. Needs nothing of the repository, see scripts/webgpu.mjs; prints JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Decoder } from '../../../src/engine/decoder/decoder';
import { testOnDevice } from '../../../src/engine/decoder/deviceTest';
import { openExactSession } from '../../../src/engine/decoder/onDevice';
import { openDecoderSession } from '../../../src/engine/decoder/open';
import type { OpenedSession } from '../../../src/engine/decoder/open';
import type { DecoderFolder } from '../../../src/modelFolder/layouts/types';
import { isRight } from '../../../src/engine/runtime/providers/verdict';
import { vulkanAdapters } from '../../../src/engine/runtime/providers/vulkan';
import { threadCount } from '../../../src/engine/machine/threads';
import { writeOnnx } from '../../support/decoderModel/onnx';
import { m135, m500, tiny } from '../../support/decoderModel/shape';
import type { DecoderShape } from '../../support/decoderModel/shape';
import { createRandom } from '../../support/random';
import { median } from './report';

const shapes = { tiny, m135, m500 } as const;

interface Speed {
  /** Tokens a second. */
  readonly prefill: number;
  readonly decode: number;
  readonly tokens: readonly number[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      shapes: { type: 'string', default: 'm135,m500' },
      prompt: { type: 'string', default: '512' },
      count: { type: 'string', default: '64' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const plan = { prompt: Number(values.prompt), count: Number(values.count), rounds: Number(values.rounds) };
  const threads = threadCount(0, availableParallelism());
  const adapters = await vulkanAdapters();
  const machine = { processor: cpus()[0]?.model ?? '', processors: availableParallelism(), threads, adapters, ...plan };
  const found: Record<string, object> = {};
  for (const name of values.shapes.split(',')) {
    const shape = shapes[name as keyof typeof shapes] as DecoderShape | undefined;
    if (!shape) throw new Error(`There is no shape ${name}.`);
    process.stderr.write(`${name}\n`);
    found[name] = await compare(name, shape, threads, adapters, plan);
  }
  process.stdout.write(`${JSON.stringify({ machine, ...found }, undefined, 2)}\n`);
}

type Plan = Record<'prompt' | 'count' | 'rounds', number>;

async function compare(
  name: string,
  shape: DecoderShape,
  threads: number,
  adapters: Awaited<ReturnType<typeof vulkanAdapters>>,
  plan: Plan,
): Promise<object> {
  const path = mkdtempSync(join(tmpdir(), 'webgpu-'));
  try {
    const folder: DecoderFolder = {
      role: 'decoder',
      path,
      name,
      cacheOutputs: 'copy',
      contextLength: shape.contextLength,
      vocabularySize: shape.vocabulary,
      graph: writeOnnx(path, shape, 'beside'),
      tokenizer: {},
      tokenizerConfig: undefined,
      promptLayout: 'left-to-right',
      tokens: {},
      stopTokens: [],
    };
    const verdict = await testOnDevice(folder, 'webgpu', threads, adapters);
    const processor = await measure(folder, await openDecoderSession(folder, { threads }), plan);
    const exact = await measure(folder, await openExactSession(folder, { threads }), { ...plan, rounds: 1 });
    const { tokens, ...cpu } = processor;
    if (!isRight(verdict)) return { verdict, cpu };
    const device = await measure(
      folder,
      await openExactSession(folder, { threads }, { provider: 'webgpu', maxRows: verdict.maxRows }),
      plan,
    );
    const { tokens: written, ...gpu } = device;
    const same = written.findIndex((id, at) => id !== exact.tokens[at]);
    return {
      verdict,
      cpu,
      gpu,
      decode_vs_cpu: gpu.decode / cpu.decode,
      prefill_vs_cpu: gpu.prefill / cpu.prefill,
      same_tokens: same < 0 ? written.length : same,
      of_tokens: written.length,
      same_as_rounded: tokens.filter((id, at) => id === written[at]).length,
    };
  } finally {
    rmSync(path, { recursive: true });
  }
}

async function measure(
  folder: DecoderFolder,
  { session, cacheForm }: OpenedSession,
  { prompt, count, rounds }: Plan,
): Promise<Speed> {
  const decoder = new Decoder(session, folder, cacheForm, { speculates: false, remembers: false });
  const random = createRandom(1);
  const prefill: number[] = [];
  const decode: number[] = [];
  let tokens: number[] = [];
  // The first round warms up, and its tokens are compared: all are given the same prompts.
  for (let round = 0; round <= rounds; round++) {
    const ids = Array.from({ length: prompt }, () => Math.floor(random() * folder.vocabularySize));
    const compared = round === 0;
    const written = await decoder.generate(
      { prompt: ids, maxTokens: count, stopIds: new Set<number>(), forbiddenIds: [] },
      () => Promise.resolve(undefined),
    );
    if (compared) {
      tokens = written.tokens.map(({ id }) => id);
    } else {
      prefill.push((1000 * written.prefillTokens) / written.prefillMs);
      decode.push((1000 * (written.tokens.length - 1)) / written.decodeMs);
    }
  }
  await decoder.dispose();
  return { prefill: median(prefill), decode: median(decode), tokens };
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
