/**
 * Reads files of a workspace, which may be anything: a pipe that never ends, a device, a disk image. Used by the index, by
 * rules and by what reads files near by; none of them opens a file of the workspace in another way.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';

/** Bytes at the start of a file by which it may be refused. */
export const headBytes = 8_192;

export interface Bounds {
  /** Bytes; of a larger file nothing is read. */
  readonly most: number;
  /** Whether the rest is wanted. @param head the first {@link headBytes}, or all there is */
  readonly isWanted?: (head: Uint8Array) => boolean;
}

/** Content of a file, or why there is none: it is no regular file, too large, or not wanted after a look at its head. */
export type BoundedRead = { readonly bytes: Buffer } | { readonly refused: 'notAFile' | 'large' | 'unwanted' };

/** Where there is a pipe by now, opening it does not wait for a writer. Unknown on Windows, where no path is a pipe. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the types know one platform
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const refusalOf = (found: Stats, { most }: Bounds): 'notAFile' | 'large' | undefined =>
  !found.isFile() ? 'notAFile' : found.size > most ? 'large' : undefined;

/**
 * Links are followed. Of a file that grows meanwhile, what there was is read.
 *
 * @throws {Error} of the file system where the file is not there or cannot be read
 */
export async function readBounded(path: string, bounds: Bounds): Promise<BoundedRead> {
  // Opening a device can have effects of its own, so it is looked at first.
  const before = refusalOf(await stat(path), bounds);
  if (before !== undefined) return { refused: before };
  const file = await open(path, readOnly);
  try {
    const found = await file.stat();
    const refused = refusalOf(found, bounds);
    if (refused !== undefined) return { refused };
    const bytes = Buffer.allocUnsafeSlow(found.size);
    let length = 0;
    const fill = async (end: number): Promise<Buffer> => {
      for (let read = 1; length < end && read > 0; length += read)
        read = (await file.read(bytes, length, end - length, length)).bytesRead;
      return bytes.subarray(0, length);
    };
    const head = await fill(Math.min(headBytes, found.size));
    return bounds.isWanted?.(head) === false ? { refused: 'unwanted' } : { bytes: await fill(found.size) };
  } finally {
    await file.close();
  }
}

/** The same for threads that have nothing else to do. @throws {Error} of the file system */
export function readBoundedSync(path: string, bounds: Bounds): BoundedRead {
  const before = refusalOf(statSync(path), bounds);
  if (before !== undefined) return { refused: before };
  const file = openSync(path, readOnly);
  try {
    const found = fstatSync(file);
    const refused = refusalOf(found, bounds);
    if (refused !== undefined) return { refused };
    const bytes = Buffer.allocUnsafeSlow(found.size);
    let length = 0;
    const fill = (end: number): Buffer => {
      for (let read = 1; length < end && read > 0; length += read)
        read = readSync(file, bytes, length, end - length, length);
      return bytes.subarray(0, length);
    };
    const head = fill(Math.min(headBytes, found.size));
    return bounds.isWanted?.(head) === false ? { refused: 'unwanted' } : { bytes: fill(found.size) };
  } finally {
    closeSync(file);
  }
}
