/**
 * A package as a workspace has it: every file at its own path, tests, declarations and prose too. What search finds there
 * is asked with the same sentences as the functions alone (see search.ts), so all documentation comments are taken out.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readContent } from '../../../src/indexer/chunks/content';
import { isTest } from '../../../src/common/files/testPath';
import { BenchError, fetchPackage, isSource, readSources } from './packages';
import type { Language, Package, SourceFile } from './packages';
import { sentenceOf } from './search';
import { openParser } from './syntax';
import type { Range, Syntax } from './syntax';
import type { Functions, SentenceTask } from './tasks';

/** A sentence, and the function that it asks for, in the text without documentation. */
export interface WholeQuery extends Range {
  readonly text: string;
  readonly path: string;
}

export interface WholePackage {
  readonly files: readonly SourceFile[];
  readonly queries: readonly WholeQuery[];
}

const declaration = /\.d\.[cm]?ts$/;
const parsers = new Map<Language, Promise<(text: string) => Syntax>>();

export async function wholePackage(
  pinned: Package,
  functions: Functions,
  tasks: readonly SentenceTask[],
): Promise<WholePackage> {
  const sources = await readSources(pinned);
  const known = new Set(sources.map((file) => file.path));
  const others = (await readOthers(pinned)).filter((file) => !known.has(file.path));
  const cuts = new Map<string, Range[]>();
  const files: SourceFile[] = [];
  for (const file of [...sources, ...others]) {
    const removed = await documentationIn(file);
    cuts.set(file.path, removed);
    files.push({ path: file.path, text: without(file.text, removed) });
  }
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const queries = tasks.map((task): WholeQuery => {
    const [file, range] = [byPath.get(task.file), functions.get(task.file)?.[task.index]];
    if (!file || !range) throw new BenchError(`${pinned.name} has no function ${task.index} in ${task.file}.`);
    const place = (offset: number): number => offset - removedBefore(cuts.get(task.file) ?? [], offset);
    return {
      text: sentenceOf({ file, range }, task),
      path: task.file,
      start: place(range.start),
      end: place(range.end),
    };
  });
  return { files, queries };
}

/** Everything beside the sources that is no copy of them: compiled, bundled and minified code is not in a workspace's index. */
async function readOthers(pinned: Package): Promise<SourceFile[]> {
  const folder = await fetchPackage(pinned);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => declaration.test(name) || isTest(name) || !(isSource(name) || name.endsWith('.map')))
    .sort();
  const read = await Promise.all(
    names.map(async (name) => ({ path: name, content: readContent(await readFile(path.join(folder, name))) })),
  );
  return read.flatMap(({ path: name, content }) =>
    'text' in content ? [{ path: name, text: content.text.replaceAll(/\r\n?/g, '\n') }] : [],
  );
}

/** Where the documentation comments and strings of a file stand, each with the blanks before it; in order. */
async function documentationIn({ path: name, text }: SourceFile): Promise<Range[]> {
  const language = /\.pyi?$/.test(name)
    ? 'python'
    : /\.[cm]?ts$/.test(name)
      ? 'typescript'
      : /\.[cm]?js$/.test(name)
        ? 'javascript'
        : undefined;
  if (language === undefined) return [];
  const parser = parsers.get(language) ?? openParser(language);
  parsers.set(language, parser);
  const { prose, functions } = (await parser)(text);
  const docs =
    language === 'python'
      ? functions.flatMap(({ doc }) => doc ?? [])
      : prose.filter(({ start }) => text.startsWith('/**', start));
  return docs
    .map(({ start, end }) => ({ start: text.slice(0, start).trimEnd().length, end }))
    .sort((a, b) => a.start - b.start);
}

function without(text: string, removed: readonly Range[]): string {
  const ends = [0, ...removed.map(({ end }) => end)];
  return ends.map((from, index) => text.slice(from, removed[index]?.start)).join('');
}

function removedBefore(removed: readonly Range[], offset: number): number {
  return removed.reduce((sum, { start, end }) => sum + Math.max(0, Math.min(end, offset) - start), 0);
}
