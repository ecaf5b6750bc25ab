/**
 * Makes dist/models/, the models that are too large to be committed, from base models (bases.mjs) by the assembler
 * (src/engine/assemble). What is made lies in the cache that all working copies share, under a name that stands for all
 * it was made of, so that it is made once; dist/models/ links to it. Where a base cannot be had, the models that are
 * committed are used: dist/models/missing.json says why, for the status item and for tests.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buildAssembler } from '../../esbuild.mjs';
import { bases, fetchBase, sha256Of, Unavailable } from './bases.mjs';
import { root, sharedCache } from './paths.mjs';
import { withUnfinished } from './unfinished.mjs';

/** @typedef {import('./bases.mjs').Role} Role */
/** @typedef {import('./bases.mjs').Base} Base */

const roles = /** @type {const} */ (['decoder', 'encoder']);

/**
 * What the assembler is told beside the base's file: which argument names it, and what only models/bases.json knows.
 *
 * @type {Readonly<Record<Role, (base: Base) => { source: string, more: string[] }>>}
 */
const told = {
  decoder: ({ name, license }) => ({ source: '--from', more: ['--name', name, '--license', license] }),
  encoder: ({ name, license }) => ({ source: '--from', more: ['--name', name, '--license', license] }),
};

/** So many assembled models of each role stay in the cache: working copies at different commits take turns. */
const kept = 4;

/** Set where a calling script has made the models already. */
const ready = 'GLASSBOX_MODELS_READY';

/** Makes dist/models/ for this process and those it starts, unless the one that started it did. */
export async function prepareModels() {
  if (process.env[ready] !== undefined) return;
  if (process.env.GLASSBOX_MODELS === 'small') return withoutModels(join(root, 'dist/models'));
  await buildAssembler();
  const missing = await assembleModels();
  for (const sentence of Object.values(missing)) process.stderr.write(`${sentence}\n`);
  if (Object.keys(missing).length > 0) process.stderr.write('Glassbox goes on with its small models.\n');
  process.env[ready] = '1';
}

/** For those who want the committed models alone, such as without a network. @param {string} folder */
export function withoutModels(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  report(folder, Object.fromEntries(roles.map((role) => [role, 'GLASSBOX_MODELS=small was asked for.'])));
}

/** @returns {Base[]} those whose models lie in dist/models/ */
export const assembledBases = () =>
  roles.filter((role) => existsSync(join(root, 'dist/models', role))).map((role) => bases[role]);

/**
 * @param {{ folder?: string, cache?: string, assembler?: string, wanted?: typeof bases, repository?: string }} [places] for tests
 * @returns {Promise<Partial<Record<Role, string>>>} for each model that could not be made the reason, a sentence
 */
export async function assembleModels({
  folder = join(root, 'dist/models'),
  cache = sharedCache(),
  assembler = join(root, 'dist/assemble.js'),
  wanted = bases,
  repository = root,
} = {}) {
  mkdirSync(folder, { recursive: true });
  /** @type {Partial<Record<Role, string>>} */
  const missing = {};
  for (const role of roles) {
    const base = wanted[role];
    const name = `${role}-${await stampOf(role, base, assembler)}`;
    if (existsSync(join(folder, role)) && read(join(folder, `${role}.stamp`)) === name) continue;
    for (const old of [`${role}.stamp`, role]) rmSync(join(folder, old), { recursive: true, force: true });
    try {
      const assembled = join(cache, 'models', name);
      if (!(await isWhole(assembled))) {
        rmSync(assembled, { recursive: true, force: true });
        const file = await fetchBase(base, join(cache, 'bases'));
        await assemble(role, base, file, assembled, assembler, await adapterOf(base, repository));
      }
      prune(join(cache, 'models'), role, name);
      await withUnfinished(folder, async (unfinished) => {
        link(assembled, join(unfinished, role));
        renameSync(join(unfinished, role), join(folder, role));
      });
      writeFileSync(join(folder, `${role}.stamp`), name);
    } catch (error) {
      missing[role] = sentenceOf(error, base.name, cache);
    }
  }
  report(folder, missing);
  return missing;
}

/** @param {string} folder @param {Partial<Record<Role, string>>} missing */
function report(folder, missing) {
  const path = join(folder, 'missing.json');
  if (Object.keys(missing).length === 0) rmSync(path, { force: true });
  else writeFileSync(path, `${JSON.stringify(missing, undefined, 2)}\n`);
}

/** Stands for all that a model is made of. @param {Role} role @param {Base} base @param {string} assembler */
async function stampOf(role, base, assembler) {
  const inputs = [base.file.sha256, base.adapter?.sha256, await sha256Of(assembler), JSON.stringify(told[role](base))];
  return createHash('sha256').update(inputs.join('\n')).digest('hex').slice(0, 24);
}

/**
 * What the assembler is told of a base's adapter.
 *
 * @param {Base} base @param {string} repository @returns {Promise<string[]>}
 * @throws {Unavailable} where the file is not the one that is written down
 */
async function adapterOf({ adapter }, repository) {
  if (adapter === undefined) return [];
  const path = join(repository, adapter.path);
  if (!existsSync(path)) throw new Unavailable(`The adapter ${adapter.path} is missing.`);
  if ((await sha256Of(path)) !== adapter.sha256)
    throw new Unavailable(`The adapter ${adapter.path} has another SHA-256 than models/bases.json states.`);
  return ['--adapter', path];
}

/** Whether a model folder holds what its manifest lists. @param {string} folder */
async function isWhole(folder) {
  const manifest = read(join(folder, 'glassbox.json'));
  if (manifest === undefined) return false;
  for (const { path, sha256 } of JSON.parse(manifest).files) {
    const file = join(folder, path);
    if (!existsSync(file) || (await sha256Of(file)) !== sha256) return false;
  }
  return true;
}

/** @param {Role} role @param {Base} base @param {string} file @param {string} target @param {string} assembler @param {string[]} adapter */
async function assemble(role, base, file, target, assembler, adapter) {
  process.stderr.write(`Assembling the ${role} from ${base.name}, which happens once\n`);
  await withUnfinished(join(target, '..'), async (unfinished) => {
    const made = join(unfinished, role);
    const { source, more } = told[role](base);
    const options = [role, source, file, '--out', made, ...more, ...adapter];
    const { status, stderr } = spawnSync(process.execPath, [assembler, ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 2, 'pipe'],
    });
    if (status !== 0) throw new Unavailable(`The ${role} cannot be made from ${base.name}: ${reasonIn(stderr)}`);
    // Another process may have been faster.
    if (!existsSync(target)) renameSync(made, target);
  });
}

/** The assembler fails with a sentence of one line; where it breaks down, Node prints the place before the error. @param {string} output */
function reasonIn(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^\w*Error: /.test(line)) ?? lines[0] ?? 'the assembler ended without a word.';
}

/** Hard links where the file system allows them, copies elsewhere. @param {string} from @param {string} to */
function link(from, to) {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    try {
      linkSync(join(from, name), join(to, name));
    } catch {
      copyFileSync(join(from, name), join(to, name));
    }
  }
}

/** Removes what was used longest ago. @param {string} folder @param {Role} role @param {string} used */
function prune(folder, role, used) {
  const now = new Date();
  utimesSync(join(folder, used), now, now);
  const byAge = readdirSync(folder)
    .filter((name) => name.startsWith(`${role}-`))
    .map((name) => ({ name, usedAt: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const { name } of byAge.slice(kept)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** @param {string} path */
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/** @param {unknown} error @param {string} name @param {string} cache */
function sentenceOf(error, name, cache) {
  if (error instanceof Unavailable) return error.message;
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === undefined) throw error;
  const reason = code === 'ENOSPC' || code === 'EDQUOT' ? `no room is left in ${cache}` : message;
  return `The model made from ${name} cannot be kept: ${reason}.`;
}
