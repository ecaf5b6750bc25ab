/** TypeScript's own rename, asked as an editor would: at the name that was changed, in the text before. */
import ts from 'typescript';
import type { Contender, Proposal } from './contenders';
import { renamed } from './contenders';
import type { Hunk, MadeChange, Progress } from './steps';

export class LanguageServerRename implements Contender {
  #service!: ts.LanguageService;
  /** The file whose text is the one before the change. */
  #before: { path: string; text: string } | undefined;
  #version = 0;

  begin(progress: Progress): void {
    const text = (name: string): string | undefined => {
      const path = name.slice(1);
      if (this.#before?.path === path) return this.#before.text;
      return progress.paths.includes(path) ? progress.textOf(path) : undefined;
    };
    this.#service = ts.createLanguageService({
      getScriptFileNames: () => progress.paths.filter((path) => /\.[mc]?[jt]sx?$/.test(path)).map((path) => `/${path}`),
      getScriptVersion: () => String(this.#version),
      getScriptSnapshot: (name) => {
        const found = text(name);
        return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
      },
      getCurrentDirectory: () => '/',
      getCompilationSettings: () => ({ allowJs: true, noLib: true, types: [], target: ts.ScriptTarget.ESNext }),
      getDefaultLibFileName: () => '',
      fileExists: (name) => text(name) !== undefined,
      readFile: text,
    });
  }

  after(hunk: Hunk, { before, start, end, inserted }: MadeChange): Proposal[] {
    const names = renamed(hunk);
    if (names === undefined || !/\.[mc]?[jt]sx?$/.test(hunk.path)) return [];
    const at = changedAt(before, start, end, inserted);
    this.#before = { path: hunk.path, text: before };
    this.#version++;
    try {
      const found = this.#service.findRenameLocations(`/${hunk.path}`, at, false, false, {}) ?? [];
      const grown = inserted.length - (end - start);
      return found.flatMap(({ fileName, textSpan }) => {
        const path = fileName.slice(1);
        const isOwn = path === hunk.path;
        if (isOwn && textSpan.start >= start && textSpan.start < end) return [];
        const from = textSpan.start + (isOwn && textSpan.start >= end ? grown : 0);
        return [{ path, start: from, end: from + textSpan.length, text: names.to }];
      });
    } finally {
      this.#before = undefined;
      this.#version++;
    }
  }
}

/** Where the first word stands that differs. */
function changedAt(before: string, start: number, end: number, inserted: string): number {
  const words = (text: string) => [...text.matchAll(/[\p{L}\p{N}_$]+|[^\s]/gu)];
  const [old, now] = [words(before.slice(start, end)), words(inserted)];
  const first = old.findIndex((word, index) => word[0] !== now[index]?.[0]);
  return start + (old[first]?.index ?? 0);
}
