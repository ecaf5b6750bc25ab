import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareGraph } from '../../../src/engine/graphs/prepare';
import type { DecoderShape } from '../../support/decoderModel/shape';

/** Tokens in the cache before each run that is looked at, and how often each is repeated. */
const past = 512;
const repeats = 16;
const fewest = 0.01;

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/**
 * Where a run of one token, and one of 64, spends its time: operators by the time of their kernels, as ONNX Runtime's
 * own profiler measures it. Each thread count in a table of its own.
 */
export async function profile(graph: string, shape: DecoderShape, threads: readonly number[]): Promise<string> {
  const tables: string[] = [];
  for (const rows of [1, 64]) for (const count of threads) tables.push(await profileRuns(graph, shape, rows, count));
  return tables.join('\n');
}

async function profileRuns(graph: string, shape: DecoderShape, rows: number, threads: number): Promise<string> {
  const prepared = await prepareGraph(graph, {
    inPlace: false,
    roundActivations: true,
    packQueries: true,
    scaleQueries: true,
    fillBlocks: true,
  });
  if (!prepared) throw new Error(`${graph} is not understood.`);
  const own = mkdtempSync(join(tmpdir(), 'profile-'));
  const session = await InferenceSession.create(prepared.bytes, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    enableProfiling: true,
    profileFilePrefix: join(own, 'run'),
    extra: { session: { model_external_initializers_file_folder_path: prepared.folder } },
  });
  const int64 = (values: readonly number[], dims: readonly number[]) =>
    new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  const cache = new Float32Array(shape.keyValueHeads * (past + rows) * shape.headSize);
  const feeds: Record<string, Tensor> = {
    input_ids: int64(
      Array.from({ length: rows }, (_, at) => at + 1),
      [1, rows],
    ),
    attention_mask: int64(
      Array.from({ length: past + rows }, () => 1),
      [1, past + rows],
    ),
    past_length: int64([past], [1]),
    num_logits_to_keep: int64([1], [1]),
  };
  for (let layer = 0; layer < shape.layers; layer++) {
    for (const part of ['key', 'value'])
      feeds[`past_key_values.${layer}.${part}`] = new Tensor('float32', cache, [
        1,
        shape.keyValueHeads,
        past + rows,
        shape.headSize,
      ]);
  }
  const wanted = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name] as Tensor]));
  for (let run = 0; run < repeats; run++) await session.run(wanted, ['logits']);
  session.endProfiling();
  await session.release();
  const text = summarize(own, `${rows} rows behind ${past}, ${threads} threads`);
  rmSync(own, { recursive: true });
  return text;
}

function summarize(folder: string, title: string): string {
  const [file = ''] = readdirSync(folder);
  const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Event[];
  const times = new Map<string, number>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const operator = args?.op_name ?? name;
    times.set(operator, (times.get(operator) ?? 0) + dur);
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const lines = [...times]
    .sort((a, b) => b[1] - a[1])
    .filter(([, time]) => time >= fewest * total)
    .map(
      ([operator, time]) =>
        `  ${operator.padEnd(32)}${(time / 1000 / repeats).toFixed(2).padStart(10)} ms${((100 * time) / total).toFixed(1).padStart(8)} %`,
    );
  return [`${title}: ${(total / 1000 / repeats).toFixed(2)} ms a run in kernels`, ...lines].join('\n');
}
