/** Unpacks a zip archive into a folder, piece by piece. Used by `assembleEncoder`; keeps no file of it in memory. */
import { Unzip, UnzipInflate } from 'fflate';
import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Relative, with `/`, in plain characters: no way out of the folder, on any system. */
const plainPath = /^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*$/;
/** An archive that holds more is none of a model. Bytes. */
const maxBytes = 8 * 2 ** 30;

/**
 * Writes the files of an archive below `folder`. Entries that are no files with plain relative paths are left out.
 *
 * @param archive absolute path
 * @throws {Error} where the archive cannot be read or is damaged, or a file cannot be written
 */
export async function unzip(archive: string, folder: string): Promise<void> {
  let failure: Error | undefined;
  let written = 0;
  let ended = 0;
  let begun = 0;
  const unpacking = new Unzip((entry) => {
    if (!plainPath.test(entry.name)) return;
    const path = join(folder, entry.name);
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, 'wx');
    begun++;
    entry.ondata = (error, bytes, final) => {
      if (error) failure ??= error;
      else if ((written += bytes.length) > maxBytes) failure ??= new Error('it holds too much');
      else for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      if (!final && !error) return;
      closeSync(descriptor);
      ended++;
    };
    entry.start();
  });
  unpacking.register(UnzipInflate);
  for await (const piece of createReadStream(archive)) {
    unpacking.push(piece as Uint8Array);
    if (failure) throw failure;
  }
  unpacking.push(new Uint8Array(), true);
  if (failure) throw failure;
  if (begun === 0) throw new Error('it holds no files');
  if (ended < begun) throw new Error('it is cut off');
}
