/**
 * Where the external data of a graph may lie: below the model's folder, as ONNX Runtime has it
 * (https://github.com/microsoft/onnxruntime/pull/26776). A graph names its files itself, so a model that was downloaded could
 * name any file of the machine. Used by whatever looks for weights beside a graph, before it opens one.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, win32 } from 'node:path';
import { isOutside } from '../../common/files/isOutside';
import { EngineError } from '../../ipc/engine/errors';

/**
 * @param folder of the graph, absolute
 * @param location as the graph has it
 * @returns absolute path as it is written; links are not followed
 * @throws {EngineError} `modelInvalid` where it is absolute, on any system, or leads out of the folder
 */
export function weightPath(folder: string, location: string): string {
  const path = join(folder, location);
  const leadsOut = isOutside(folder, path) || win32.isAbsolute(location) || /^\.\.(?:\/|$)/.test(slashed(location));
  if (leadsOut || location === '')
    throw new EngineError(
      'modelInvalid',
      `A graph in ${folder} names ${JSON.stringify(location)} for its weights, which is outside of its folder; use a model from a source that you trust.`,
    );
  return path;
}

/** On Windows `\` separates too: `a\..\..\b` leads out there. */
const slashed = (location: string): string => win32.normalize(location).replaceAll('\\', '/');

/**
 * The file behind the links, which may lead within the folder, and to the blobs of the download cache that the folder is a
 * snapshot of (`models--…/snapshots/…` beside `models--…/blobs`).
 *
 * @param path as {@link weightPath} gives it
 * @throws {EngineError} `modelInvalid` where a link leads elsewhere
 * @throws {Error} of the file system where there is no such file
 */
export async function realWeightPath(folder: string, path: string): Promise<string> {
  const real = await realpath(path);
  if (!isOutside(await realpath(folder), real)) return real;
  const blobs = blobsOf(folder);
  if (blobs !== undefined && !isOutside(await realpath(blobs).catch(() => blobs), real)) return real;
  throw new EngineError(
    'modelInvalid',
    `${path}, which should hold weights of a model, is a link that leaves the model's folder; replace it by the file itself.`,
  );
}

/** The `blobs` beside the `snapshots` that a folder lies in. */
function blobsOf(folder: string): string | undefined {
  for (let at = folder; dirname(at) !== at; at = dirname(at))
    if (basename(at) === 'snapshots') return join(dirname(at), 'blobs');
  return undefined;
}
