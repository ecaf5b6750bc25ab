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
 * Which of several precisions of the same graph to load, best first for a CPU.
 *
 * - `decoding` waits for memory: four-bit weights move the least of it, then eight bits; half precision comes last,
 *   because CPUs calculate it by converting.
 * - `encoding` waits for arithmetic, which is fastest in eight bits; unpacking four costs more than it saves.
 */
const precisions = {
  decoding: ['_q4', '_int8', '_quantized', '_uint8', '', '_bnb4', '_q4f16', '_fp16'],
  encoding: ['_int8', '_quantized', '_uint8', '', '_q4', '_bnb4', '_fp16', '_q4f16'],
} as const;

/**
 * @param stem name of the graph without precision and ending, such as `model`
 * @returns path of the graph, relative to the folder
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function chooseGraph(folder: string, stem: string, use: keyof typeof precisions): Promise<string> {
  for (const place of places) {
    const present = new Set(await readdir(join(folder, place)).catch(() => []));
    const name = precisions[use]
      .map((precision) => `${stem}${precision}.onnx`)
      .find((candidate) => present.has(candidate));
    if (name === undefined) continue;
    const path = place === '' ? name : `${place}/${name}`;
    await statFile(folder, path);
    return path;
  }
  throw invalid(
    `The model folder ${folder} has no onnx/${stem}.onnx or a quantized variant such as onnx/${stem}_q4.onnx; copy one of them into it.`,
  );
}
