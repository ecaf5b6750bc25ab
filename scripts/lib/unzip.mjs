/** Takes one file out of a zip archive, piece by piece: base models are larger than memory should be asked for. */
import { Unzip, UnzipInflate } from 'fflate';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';

/**
 * @param {string} archive
 * @param {string} inside the file's path in the archive
 * @param {string} target where it is written; must not exist
 * @throws {Error} where the archive is damaged or lacks the file, or the target cannot be written
 */
export async function extractFile(archive, inside, target) {
  const descriptor = openSync(target, 'wx');
  let state = /** @type {'missing' | 'begun' | 'whole'} */ ('missing');
  try {
    const unzip = new Unzip((entry) => {
      if (entry.name !== inside) return;
      state = 'begun';
      entry.ondata = (error, bytes, final) => {
        if (error) throw error;
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
        if (final) state = 'whole';
      };
      entry.start();
    });
    unzip.register(UnzipInflate);
    for await (const piece of createReadStream(archive, { highWaterMark: 2 ** 20 })) unzip.push(piece);
    if (state === 'begun') throw new Error(`${inside} is cut off`);
    if (state === 'missing') throw new Error(`it holds no ${inside}`);
  } finally {
    closeSync(descriptor);
  }
}
