/**
 * Repository context for a task as a language server would give it: the declarations of the names that stand before the cursor,
 * by TypeScript's own language service, which sees the file as far as the task shows it. Of TypeScript and JavaScript alone.
 */
import path from 'node:path';
import ts from 'typescript';
import { declarationIn, namesBefore } from '../../../src/features/completion/context/declarations';
import type { ContextSnippet } from '../../../src/ipc/engine/protocol';
import type { Situation, Workspace } from './situations';

/** Declarations that are shown. */
const most = 6;

const options: ts.CompilerOptions = {
  allowJs: true,
  checkJs: false,
  strict: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  noLib: false,
  types: [],
};

/** The files of one package, one of which a task changes. */
class Service {
  readonly #service: ts.LanguageService;
  #changed: { readonly name: string; readonly text: string; readonly version: number } | undefined;

  constructor(private readonly workspace: Workspace) {
    const root = path.resolve('/package');
    const nameOf = (file: string): string => path.relative(root, file).split(path.sep).join('/');
    const textOf = (file: string): string | undefined => {
      const name = nameOf(file);
      return this.#changed?.name === name ? this.#changed.text : this.workspace.files.get(name)?.text;
    };
    const lib = path.dirname(ts.getDefaultLibFilePath(options));
    const read = (file: string): string | undefined =>
      textOf(file) ?? (file.startsWith(lib) ? ts.sys.readFile(file) : undefined);
    const host: ts.LanguageServiceHost = {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [...this.workspace.files.keys()].map((name) => path.join(root, name)),
      getScriptVersion: (file) => (this.#changed?.name === nameOf(file) ? String(this.#changed.version) : '0'),
      getScriptSnapshot: (file) => {
        const text = read(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: (own) => ts.getDefaultLibFilePath(own),
      fileExists: (file) => read(file) !== undefined,
      readFile: read,
    };
    this.#service = ts.createLanguageService(host);
  }

  show({ path: name, prefix, suffix }: Situation): ContextSnippet[] {
    this.#changed = { name, text: prefix + suffix, version: (this.#changed?.version ?? 0) + 1 };
    const own = path.resolve('/package', name);
    const found = new Map<string, { file: string; start: number; end: number }>();
    for (const at of namesBefore(prefix)) {
      if (found.size >= most) break;
      for (const one of [
        ...(this.#service.getTypeDefinitionAtPosition(own, at) ?? []),
        ...(this.#service.getDefinitionAtPosition(own, at) ?? []),
      ]) {
        const { start, length } = one.contextSpan ?? one.textSpan;
        // What stands before the cursor is read anyway, and the library's own declarations are known.
        if (one.fileName === own && start < prefix.length) continue;
        const file = path.relative('/package', one.fileName).split(path.sep).join('/');
        if (found.size < most && this.workspace.files.has(file))
          found.set(`${file} ${start}`, { file, start, end: start + length });
      }
    }
    // Nearest last, as the prompt layout wants it.
    return [...found.values()].reverse().map(({ file, start, end }) => {
      const text = file === name ? prefix + suffix : this.workspace.files.get(file)!.text;
      return { path: file, text: declarationIn(text, start, end) };
    });
  }

  dispose(): void {
    this.#service.dispose();
  }
}

let last: { readonly workspace: Workspace; readonly service: Service } | undefined;

export function definitionContext(situation: Situation, workspace: Workspace): ContextSnippet[] {
  if (!/\.[cm]?[jt]sx?$/.test(situation.path)) return [];
  if (last?.workspace !== workspace) {
    last?.service.dispose();
    last = { workspace, service: new Service(workspace) };
  }
  return last.service.show(situation);
}
