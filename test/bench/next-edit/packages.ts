/** Consecutive published versions of packages, pinned by their hashes, and the steps from each to the next. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchPackage, isSource, isWrittenByHand } from '../quality/packages';
import { stepBetween } from './steps';
import type { Step } from './steps';

export interface Versions {
  readonly name: string;
  readonly registry: 'npm' | 'pypi';
  /** Weights are fitted to some packages; what is reported comes from the others. */
  readonly use: 'fit' | 'report';
  /** In their order; SHA-256 of the archives as the registry serves them. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What a compiler or a generator wrote, or was copied from another package. */
const compiled =
  /(^|\/)(dist|client-dist|build|es|esm|cjs|umd|bundles?|generated|vendor|_vendor)\/|\.d\.[mc]?ts$|\.bundle\.[a-z]+$/;
const typescript = /\.[mc]?tsx?$/;

export async function readVersions(use: Versions['use']): Promise<Versions[]> {
  const file = path.join('test', 'bench', 'next-edit', 'data', 'packages.json');
  return (JSON.parse(await readFile(file, 'utf8')) as Versions[]).filter((one) => one.use === use);
}

/** @throws {BenchError} where an archive is not the pinned one */
export async function stepsOf({ name, registry, versions }: Versions): Promise<Step[]> {
  const steps: Step[] = [];
  let before: ReadonlyMap<string, string> | undefined;
  for (const [version, sha256] of Object.entries(versions)) {
    const language = registry === 'npm' ? 'javascript' : 'python';
    const folder = await fetchPackage({ registry, name, version, sha256, language, include: [''], uses: [] });
    const after = await readFiles(folder);
    const step = before && stepBetween(`${name} ${version}`, before, after);
    if (step) steps.push(step);
    before = after;
  }
  return steps;
}

/** The files that people wrote: where there is TypeScript, what was compiled of it stands beside it. */
async function readFiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => isSource(name) && !compiled.test(name));
  const isTypescript = names.some((name) => typescript.test(name));
  const files = await Promise.all(
    names
      .filter((name) => !isTypescript || typescript.test(name))
      .map(async (name) => ({
        path: name,
        text: (await readFile(path.join(folder, name), 'utf8')).replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n'),
      })),
  );
  return new Map(files.filter(isWrittenByHand).map(({ path: name, text }) => [name, text]));
}
