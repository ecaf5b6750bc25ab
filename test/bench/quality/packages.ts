/**
 * The pinned packages that quality is measured on: fetched by name, version and SHA-256 with the registries' own
 * clients, unpacked into `.cache/bench/`, and read as lists of source files. Nothing of a package is executed.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { extract } from 'tar';

export type Language = 'typescript' | 'javascript' | 'python';
export type Use = 'completion' | 'documentation' | 'search';

export type Package = {
  registry: 'npm' | 'pypi';
  name: string;
  version: string;
  /** Of the archive as the registry serves it. */
  sha256: string;
  language: Language;
  /** Beginnings of the paths that count as sources, and of those among them that do not. */
  include: string[];
  exclude?: string[];
  /** The sources are in the source maps beside the compiled files. */
  sourceMaps?: boolean;
  uses: Use[];
};

/** A source file: its path inside the package, and its text with `\n` line ends and no byte order mark. */
export type SourceFile = { path: string; text: string };

export class BenchError extends Error {
  override name = 'BenchError';
}

export const dataFolder = path.join('test', 'bench', 'quality', 'data');
const cacheFolder = path.join(process.env.GLASSBOX_CACHE ?? '.cache', 'bench');

const extensions: Record<Language, RegExp> = {
  typescript: /(?<!\.d)\.[mc]?ts$/,
  javascript: /\.[mc]?js$/,
  python: /\.py$/,
};

/** Whether a file holds code of one of the languages, hand-written or not. */
export function isSource(name: string): boolean {
  return Object.values(extensions).some((extension) => extension.test(name));
}

/** Code that nobody completes by hand, or that would be measured twice. */
const uninteresting =
  /(^|\/)(tests?|__tests__|testing|benchmarks|locales|node_modules)\/|\.(min|test|spec|check)\.[a-z]+$/;
const maxFileLength = 700_000;
/** Generated and minified files have lines that nobody would write. */
const maxMeanLineLength = 120;

const run = promisify(execFile);

export async function readPackages(): Promise<Package[]> {
  return JSON.parse(await readFile(path.join(dataFolder, 'packages.json'), 'utf8')) as Package[];
}

/**
 * The folder a package is unpacked in; downloads, verifies and unpacks it where it is not there yet.
 * @throws {BenchError} where the registry's client fails or the archive is not the pinned one
 */
export async function fetchPackage(pinned: Package): Promise<string> {
  const folder = path.join(cacheFolder, 'packages', `${pinned.name}-${pinned.version}`);
  if (existsSync(folder)) return folder;
  const archive = await download(pinned);
  const sha256 = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  if (sha256 !== pinned.sha256) {
    throw new BenchError(`${archive} has SHA-256 ${sha256}, not the pinned ${pinned.sha256}; delete it and try again.`);
  }
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  if (archive.endsWith('.whl')) await unzip(archive, partial);
  else
    await extract({
      file: archive,
      cwd: partial,
      strip: 1,
      filter: (_, entry) => !('type' in entry) || entry.type === 'File',
    });
  await rename(partial, folder);
  return folder;
}

async function download(pinned: Package): Promise<string> {
  const folder = path.join(cacheFolder, 'archives', `${pinned.name}-${pinned.version}`);
  await mkdir(folder, { recursive: true });
  const [kept] = await readdir(folder);
  if (kept !== undefined) return path.join(folder, kept);
  const [command, ...args] =
    pinned.registry === 'npm'
      ? ['npm', 'pack', `${pinned.name}@${pinned.version}`, '--ignore-scripts', '--pack-destination', folder]
      : ['pip', 'download', `${pinned.name}==${pinned.version}`, '--no-deps', '--only-binary', ':all:', '-d', folder];
  try {
    await run(command, args, { shell: process.platform === 'win32' });
  } catch (error) {
    throw new BenchError(`${pinned.name} ${pinned.version} could not be downloaded with ${command}.`, { cause: error });
  }
  const [archive] = await readdir(folder);
  if (archive === undefined) throw new BenchError(`${command} left no archive of ${pinned.name} ${pinned.version}.`);
  return path.join(folder, archive);
}

async function unzip(archive: string, folder: string): Promise<void> {
  for (const [name, bytes] of Object.entries(unzipSync(await readFile(archive)))) {
    const target = path.join(folder, name);
    if (name.endsWith('/') || !target.startsWith(folder + path.sep)) continue;
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
}

/** The source files of a package in the order of their paths, fetched where needed. */
export async function readSources(pinned: Package): Promise<SourceFile[]> {
  const folder = await fetchPackage(pinned);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => pinned.include.some((start) => name.startsWith(start)))
    .filter((name) => !pinned.exclude?.some((start) => name.startsWith(start)));
  const read = pinned.sourceMaps ? readSourceMap : readPlain;
  const files = await Promise.all(names.map((name) => read(folder, name)));
  return files
    .filter((file) => file !== undefined)
    .filter((file) => extensions[pinned.language].test(file.path) && isWrittenByHand(file))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readPlain(folder: string, name: string): Promise<SourceFile> {
  return { path: name, text: clean(await readFile(path.join(folder, name), 'utf8')) };
}

/** The one source of a compiled file, at the path that it has in its repository. */
async function readSourceMap(folder: string, name: string): Promise<SourceFile | undefined> {
  if (!name.endsWith('.map')) return undefined;
  const map = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as {
    sources: string[];
    sourcesContent?: string[];
  };
  const [source, text] = [map.sources[0], map.sourcesContent?.[0]];
  if (map.sources.length !== 1 || source === undefined || !text) return undefined;
  return { path: `src/${source.replace(/^(\.\.\/)*(src\/)?/, '')}`, text: clean(text) };
}

function clean(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
}

/** Whether a file is neither a test nor minified nor generated, by its name and the length of its lines. */
export function isWrittenByHand({ path: name, text }: SourceFile): boolean {
  const lines = text.split('\n').length;
  return !uninteresting.test(name) && text.length <= maxFileLength && text.length <= lines * maxMeanLineLength;
}

/** SHA-256 of a text in UTF-8, base64url: what the frozen tasks store in place of the text. */
export function hashText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}
