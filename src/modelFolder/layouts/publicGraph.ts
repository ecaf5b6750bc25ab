/**
 * Chooses which ONNX graph of a public folder to load among several precisions, by whether it decodes or encodes; used
 * by `transformersLayout.ts`.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { invalid, statFile } from './files';

/** Where graphs lie: transformers.js has a folder for them, optimum's exporter writes them beside the configuration. */
const places = ['onnx', ''] as const;

/**
 * Eight bits as optimum quantizes for one kind of processor, and any other calculates them too. Weights without a sign come first on
 * x64, where products with signed ones overflow on processors without VNNI.
 */
function forProcessors(): readonly string[] {
  const x64 = ['_quint8_avx2', '_qint8_avx512_vnni', '_qint8_avx512'];
  return process.arch === 'arm64' ? ['_qint8_arm64', ...x64] : [...x64, '_qint8_arm64'];
}

/** What optimum names after the optimizations of ONNX Runtime; the highest is for graphics cards, in half precision. */
const optimized = ['_O3', '_O2', '_O1'] as const;
const halves = '_O4';

/**
 * Which of several precisions of the same graph to load, best first for a CPU.
 *
 * - `decoding` waits for memory: four-bit weights move the least of it, then eight bits; half precision comes last,
 *   because CPUs calculate it by converting.
 * - `encoding` waits for arithmetic, which is fastest in eight bits; unpacking four costs more than it saves.
 */
const precisions = {
  decoding: [
    '_q4',
    '_int8',
    '_quantized',
    '_uint8',
    ...forProcessors(),
    '',
    ...optimized,
    '_bnb4',
    '_q4f16',
    '_fp16',
    halves,
  ],
  encoding: [
    '_int8',
    '_quantized',
    '_uint8',
    ...forProcessors(),
    '',
    ...optimized,
    '_q4',
    '_bnb4',
    '_fp16',
    '_q4f16',
    halves,
  ],
};

/**
 * @param stems names of the graph without precision and ending, such as `model`, the better ones first
 * @returns path of the graph, relative to the folder
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function chooseGraph(
  folder: string,
  use: keyof typeof precisions,
  ...stems: readonly [string, ...string[]]
): Promise<string> {
  for (const place of places) {
    const present = new Set(await readdir(join(folder, place)).catch(() => []));
    const name = stems
      .flatMap((stem) => precisions[use].map((precision) => `${stem}${precision}.onnx`))
      .find((candidate) => present.has(candidate));
    if (name === undefined) continue;
    const path = place === '' ? name : `${place}/${name}`;
    await statFile(folder, path);
    return path;
  }
  throw invalid(
    `The model folder ${folder} has no onnx/${stems[0]}.onnx or a quantized variant such as onnx/${stems[0]}_q4.onnx; copy one of them into it.`,
  );
}
