/**
 * Resolves links of a graph's external weights and rewrites their locations relative to one folder; used wherever a
 * graph is loaded from memory. Files outside the model's folder are refused.
 */
import { dirname, relative, sep } from 'node:path';
import { isOutside } from '../../common/files/isOutside';
import { DataLocation } from './onnx';
import type { GraphProto, StringStringEntryProto } from './onnx';
import { realWeightPath, weightPath } from './weightPlace';

/**
 * Lets the external data of a graph be found from one folder, and follows links on the way: ONNX Runtime refuses data
 * that a link leads out of the model's folder, and a download cache is made of such links.
 *
 * @param folder that the graph's locations are relative to
 * @returns the folder that they are relative to now, or `undefined` where no folder that holds one of the files holds
 *   them all
 * @throws {EngineError} `modelInvalid` where a file lies outside of the folder, see `weightPlace`
 */
export async function settleWeights(graph: GraphProto, folder: string): Promise<string | undefined> {
  const locations = graph.initializer
    .filter(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL)
    .flatMap(({ externalData }) => externalData.filter(({ key }) => key === 'location'));
  const files = new Map<string, string>();
  for (const name of new Set(locations.map(({ value }) => value)))
    files.set(name, await realWeightPath(folder, weightPath(folder, name)));
  const [first] = files.values();
  if (first === undefined) return folder;

  const settled = dirname(first);
  if ([...files.values()].some((file) => isOutside(settled, file))) return undefined;
  const inside = new Map([...files].map(([name, file]) => [name, relative(settled, file)]));
  for (const entry of locations) point(entry, inside);
  return settled;
}

function point(entry: StringStringEntryProto, files: ReadonlyMap<string, string>): void {
  // ONNX writes paths with slashes everywhere.
  entry.value = (files.get(entry.value) ?? entry.value).replaceAll(sep, '/');
}
