/**
 * Repository context for a task: the two excerpts of other files that share most identifiers with the text before the
 * cursor, from imported files and those in the nearest folders, as the model has seen them in training.
 */
import type { ContextSnippet } from '../../../src/ipc/engine/protocol';
import type { SourceFile } from './packages';
import type { Situation, Workspace } from './situations';

const snippets = 2;
const windowLines = 12;
const windowStep = 6;
/** Files near by that are looked into. */
const maxFiles = 40;
/** The end of the text before the cursor that excerpts are compared with. */
const queryLines = 24;
/** A file that repeats more than this share of the task's file is a twin of it and gives the answer away. */
const twinShare = 0.5;

type Window = { text: string; identifiers: ReadonlySet<string> };

const windowsOf = memoize((file: SourceFile): Window[] => {
  const lines = file.text.split('\n');
  const starts = Array.from({ length: Math.ceil(lines.length / windowStep) }, (_, index) => index * windowStep);
  return starts.map((start) => {
    const text = `${lines.slice(start, start + windowLines).join('\n')}\n`;
    return { text, identifiers: identifiersOf(text) };
  });
});
const linesOf = memoize((file: SourceFile): ReadonlySet<string> => new Set(telling(file.text)));

/** Nearest last, as the prompt layout wants it. */
export function contextFor(situation: Situation, workspace: Workspace): ContextSnippet[] {
  const query = identifiersOf(situation.prefix.split('\n').slice(-queryLines).join('\n'));
  return nearest(situation, workspace, maxFiles)
    .filter((file) => !isTwin(file, situation))
    .map((file) => ({ path: file.path, ...bestWindow(windowsOf(file), query) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, snippets)
    .map(({ path, text }) => ({ path, text }))
    .reverse();
}

/** Whether a file gives the answer away. */
export function isTwin(file: SourceFile, { prefix, suffix }: Situation): boolean {
  const own = telling(prefix + suffix);
  return own.filter((line) => linesOf(file).has(line)).length > twinShare * own.length;
}

/** The files near by: imported ones, then those that share most folders with the task's. */
export function nearest(
  { path, prefix }: Pick<Situation, 'path' | 'prefix'>,
  workspace: Workspace,
  most: number,
): SourceFile[] {
  const imported = new Set(
    Array.from(prefix.matchAll(/(?:from|import|require\()\s*['"]?([\w@./-]+)/g), ([, name]) => stemOf(name ?? '')),
  );
  const rank = (file: SourceFile): number =>
    (imported.has(stemOf(file.path)) ? -100 : 0) - sharedFolders(path, file.path);
  return [...workspace.files.values()]
    .filter((file) => file.path !== path)
    .map((file) => ({ file, rank: rank(file) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ file }) => file);
}

/** The last part of a path or a dotted module name, without its ending. */
function stemOf(name: string): string {
  const dotted = !name.includes('/');
  const last = name.slice(name.lastIndexOf('/') + 1).replace(/\.(m|c)?[jt]s$|\.py$/, '');
  return dotted ? last.slice(last.lastIndexOf('.') + 1) : last;
}

function sharedFolders(a: string, b: string): number {
  const [mine, theirs] = [a.split('/').slice(0, -1), b.split('/').slice(0, -1)];
  const different = mine.findIndex((folder, index) => folder !== theirs[index]);
  return different === -1 ? mine.length : different;
}

function bestWindow(windows: readonly Window[], query: ReadonlySet<string>): { text: string; likeness: number } {
  let best = { text: '', likeness: -1 };
  for (const { text, identifiers } of windows) {
    let shared = 0;
    for (const identifier of identifiers) if (query.has(identifier)) shared++;
    const likeness = shared / (identifiers.size + query.size - shared || 1);
    if (likeness > best.likeness) best = { text, likeness };
  }
  return best;
}

function identifiersOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[A-Za-z_$][\w$]{2,}/g));
}

/** Lines long enough not to be in every file. */
function telling(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line.length >= 20); // prettier-ignore
}

function memoize<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}
