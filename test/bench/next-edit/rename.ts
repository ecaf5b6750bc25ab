/**
 * TypeScript's language server, asked as an editor would: at the name that was changed, in the text before. For its own rename,
 * and for the uses of a definition, which are what the extension proposes.
 */
import ts from 'typescript';
import type { Contender, Proposal } from './contenders';
import { RenamedName } from '../../../src/features/nextEdit/served/renamedName';
import type { NamePlace } from '../../../src/features/nextEdit/served/namePlace';
import { offsetAt, positionAt } from '../../../src/nearby/edits/placedEdit';
import { renamed } from './contenders';
import type { Hunk, MadeChange, Progress } from './steps';

/** Asked about a name before it is changed. */
abstract class LanguageServer implements Contender {
  protected progress!: Progress;
  #service!: ts.LanguageService;
  /** The file whose text is the one before the change. */
  #before: { path: string; text: string } | undefined;
  #version = 0;

  begin(progress: Progress): void {
    this.progress = progress;
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

  after(hunk: Hunk, made: MadeChange): Proposal[] {
    const names = renamed(hunk);
    if (names === undefined || !/\.[mc]?[jt]sx?$/.test(hunk.path)) return [];
    this.#before = { path: hunk.path, text: made.before };
    this.#version++;
    try {
      return this.proposals(this.#service, hunk, made, names);
    } finally {
      this.#before = undefined;
      this.#version++;
    }
  }

  protected abstract proposals(
    service: ts.LanguageService,
    hunk: Hunk,
    made: MadeChange,
    names: { from: string; to: string },
  ): Proposal[];
}

export class LanguageServerRename extends LanguageServer {
  protected proposals(
    service: ts.LanguageService,
    hunk: Hunk,
    { before, start, end, inserted }: MadeChange,
    { to }: { to: string },
  ): Proposal[] {
    const at = changedAt(before, start, end, inserted);
    const found = service.findRenameLocations(`/${hunk.path}`, at, false, false, {}) ?? [];
    const grown = inserted.length - (end - start);
    return found.flatMap(({ fileName, textSpan }) => {
      const path = fileName.slice(1);
      const isOwn = path === hunk.path;
      if (isOwn && textSpan.start >= start && textSpan.start < end) return [];
      const from = textSpan.start + (isOwn && textSpan.start >= end ? grown : 0);
      return [{ path, start: from, end: from + textSpan.length, text: to }];
    });
  }
}

/** What the extension proposes: the uses of the definition whose name was changed. */
export class UsesOfDefinition extends LanguageServer {
  protected proposals(
    service: ts.LanguageService,
    hunk: Hunk,
    { before, start, end, inserted }: MadeChange,
    { from, to }: { from: string; to: string },
  ): Proposal[] {
    const at = changedAt(before, start, end, inserted);
    const file = `/${hunk.path}`;
    const isAt = (one: { fileName: string; textSpan: ts.TextSpan }): boolean =>
      one.fileName === file && one.textSpan.start === at;
    if (service.getDefinitionAtPosition(file, at)?.some(isAt) !== true) return [];
    const placeOf = ({ fileName, textSpan }: { fileName: string; textSpan: ts.TextSpan }): NamePlace => {
      const path = fileName.slice(1);
      const text = path === hunk.path ? before : this.progress.textOf(path);
      const ends = [textSpan.start, textSpan.start + textSpan.length].map((offset) => positionAt(text, offset));
      return { path, start: ends[0]!, end: ends[1]! };
    };
    const uses = (service.findReferences(file, at) ?? []).flatMap(({ references }) => references);
    const name = new RenamedName(
      from,
      placeOf({ fileName: file, textSpan: { start: at, length: from.length } }),
      uses.filter((use) => !isAt(use)).map(placeOf),
    );
    const changed = { start: name.definition.start, end: name.definition.end, text: to };
    name.changed(hunk.path, [changed]);
    if (!name.renamedTo(to)) return [];
    return [...new Set([hunk.path, ...name.uses.map(({ path }) => path)])].flatMap((path) => {
      const text = this.progress.textOf(path);
      return name.dueIn(path, text.split('\n'), to).flatMap(({ place, old }) => {
        const offset = offsetAt(text, place.start);
        return offset === undefined ? [] : [{ path, start: offset, end: offset + old.length, text: to }];
      });
    });
  }
}

/** Where the first word stands that differs. */
function changedAt(before: string, start: number, end: number, inserted: string): number {
  const words = (text: string) => [...text.matchAll(/[\p{L}\p{N}_$]+|[^\s]/gu)];
  const [old, now] = [words(before.slice(start, end)), words(inserted)];
  const first = old.findIndex((word, index) => word[0] !== now[index]?.[0]);
  return start + (old[first]?.index ?? 0);
}
