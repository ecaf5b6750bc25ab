import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import * as vscode from 'vscode';
import { commands, internalCommands } from '../../src/host/ids';
import { api, close, open, select, type, until, useScratchFolder, useSetting } from './editor';

const tab = () => vscode.commands.executeCommand(internalCommands.nextEditTab);

const proposed = async (): Promise<string> => {
  const { activity } = await api();
  await until('an edit is proposed', () => activity.state.nextEdit !== undefined);
  return activity.state.nextEdit!.sentence;
};

const notProposed = async (): Promise<void> => {
  const { activity } = await api();
  const end = performance.now() + 2_000;
  await until('some time', () => performance.now() > end);
  assert.equal(activity.state.nextEdit, undefined);
};

/** Selects the first time that a text stands in the document, and lets what happens at rest happen. */
async function rest(editor: vscode.TextEditor, text: string): Promise<void> {
  const { document } = editor;
  const at = document.getText().indexOf(text);
  const [start, end] = [document.positionAt(at), document.positionAt(at + text.length)];
  await select(editor, new vscode.Selection(start, end));
}

const typeKeys = async (text: string): Promise<void> => {
  for (const key of text) await type(key);
};

/** Places of a word in a document. */
const placesOf = (document: vscode.TextDocument, word: string): vscode.Location[] =>
  Array.from(document.getText().matchAll(new RegExp(`\\b${word}\\b`, 'g')), ({ index }) => {
    const range = new vscode.Range(document.positionAt(index), document.positionAt(index + word.length));
    return new vscode.Location(document.uri, range);
  });

/** A language server of texts in which a word is defined where it stands first. */
class Server implements vscode.Disposable {
  /** What it was asked for, with the version of the text. */
  readonly asked: string[] = [];
  readonly #registered: vscode.Disposable;

  constructor(answer: (document: vscode.TextDocument, word: string) => vscode.ProviderResult<vscode.Location[]>) {
    const wordAt = (document: vscode.TextDocument, at: vscode.Position) =>
      document.getText(document.getWordRangeAtPosition(at));
    const selector = { language: 'lua' };
    this.#registered = vscode.Disposable.from(
      vscode.languages.registerDefinitionProvider(selector, {
        provideDefinition: (document, at) => placesOf(document, wordAt(document, at)).slice(0, 1),
      }),
      vscode.languages.registerReferenceProvider(selector, {
        provideReferences: (document, at) => {
          this.asked.push(`${wordAt(document, at)} ${document.version}`);
          return answer(document, wordAt(document, at));
        },
      }),
    );
  }

  dispose(): void {
    this.#registered.dispose();
  }
}

describe('the next edit, with a language server', () => {
  const scratch = useScratchFolder();
  useSetting('completion.enabled', false);
  useSetting('nextEdit', 'quiet');

  afterEach(close);

  /** Rests in a word until the server was asked about it: in an editor that has only just started, some time may pass. */
  async function restUntilAsked(editor: vscode.TextEditor, word: string, { asked }: Server): Promise<void> {
    const isAsked = () => asked.some((one) => one.startsWith(`${word} `));
    while (!isAsked()) {
      await select(editor, new vscode.Selection(0, 0, 0, 0));
      await rest(editor, word);
      const end = performance.now() + 1_000;
      await until('it is asked', () => isAsked() || performance.now() > end);
    }
  }

  /** The same, until the answer is there, too: what is asked next is answered after it. */
  async function restUntilAnswered(editor: vscode.TextEditor, word: string, server: Server): Promise<void> {
    await restUntilAsked(editor, word, server);
    const { document, selection } = editor;
    await vscode.commands.executeCommand('vscode.executeReferenceProvider', document.uri, selection.active);
  }

  it('is each use of what was given another name by typing, one after the other', async () => {
    const server = new Server(placesOf);
    try {
      const editor = await open(scratch('uses/uses.lua', 'local total = 1\nprint(total)\nprint(total, total)\n'), 0);
      await restUntilAnswered(editor, 'total', server);
      await typeKeys('sum');
      for (const [index, line] of [2, 3, 3].entries()) {
        assert.match(await proposed(), new RegExp(`line ${line}`));
        await tab();
        await tab();
        await until('it is made', () => editor.document.getText().split('sum').length === index + 3);
      }
      assert.equal(editor.document.getText(), 'local sum = 1\nprint(sum)\nprint(sum, sum)\n');
      await notProposed();
      await vscode.commands.executeCommand('undo');
      assert.equal(editor.document.getText(), 'local sum = 1\nprint(sum)\nprint(sum, total)\n');
    } finally {
      server.dispose();
    }
  });

  it('asks where the cursor rests in a definition, about the text that it rests in, and not in a use', async () => {
    const server = new Server(placesOf);
    try {
      const editor = await open(scratch('asks/asks.lua', 'local alpha = 1\nprint(alpha)\nlocal beta = 2\n'), 1, 8);
      await restUntilAnswered(editor, 'beta', server);
      assert.ok(server.asked.includes(`beta ${editor.document.version}`));
      await select(editor, new vscode.Selection(1, 8, 1, 8));
      await notProposed();
      assert.ok(!server.asked.some((one) => one.startsWith('alpha ')), String(server.asked));
    } finally {
      server.dispose();
    }
  });

  it('drops what a server says of a text that has changed since', async () => {
    let answer: (places: vscode.Location[]) => void = () => undefined;
    const server = new Server(() => new Promise((resolve) => (answer = resolve)));
    try {
      const editor = await open(scratch('late/late.lua', 'local late = 1\nprint(late)\n'), 0);
      await restUntilAsked(editor, 'late', server);
      const places = placesOf(editor.document, 'late');
      await typeKeys('soon');
      answer(places);
      await notProposed();
    } finally {
      server.dispose();
    }
  });

  it('goes into neither read-only nor secret files, and leaves lines with secrets and what has changed since', async () => {
    const locked = scratch('locked/other.lua', 'print(count)\n');
    const secret = scratch('locked/.env.lua', 'print(count)\n');
    const elsewhere = scratch('locked/elsewhere.lua', 'print(count)\nprint(count)\n');
    chmodSync(locked.fsPath, 0o444);
    const places = (uri: vscode.Uri, line = 0) => new vscode.Location(uri, new vscode.Range(line, 6, line, 11));
    const server = new Server((document) => [
      ...placesOf(document, 'count'),
      ...[places(locked), places(secret), places(elsewhere), places(elsewhere, 1)],
    ]);
    try {
      const key = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
      const editor = await open(scratch('locked/one.lua', `local count = 1\nstripeKey(count, "${key}")\n`), 0);
      await restUntilAnswered(editor, 'count', server);
      scratch('locked/elsewhere.lua', 'print(other)\nprint(count)\n');
      await typeKeys('many');
      assert.match(await proposed(), /elsewhere\.lua, line 2$/);
      await vscode.commands.executeCommand(commands.nextEditTake);
      await vscode.commands.executeCommand(commands.nextEditTake);
      const { document } = vscode.window.activeTextEditor!;
      await until('it is made', () => document.getText() === 'print(other)\nprint(many)\n');
      await notProposed();
      await close();
    } finally {
      server.dispose();
    }
  });

  it('is an import that is missing, and nothing where there are two', async () => {
    const missing = vscode.languages.createDiagnosticCollection();
    const fixes = (names: readonly string[]) =>
      vscode.languages.registerCodeActionsProvider(
        { language: 'lua' },
        {
          provideCodeActions: ({ uri }, _, { diagnostics }) =>
            names.map((name) => {
              const action = new vscode.CodeAction(`Import from ${name}`, vscode.CodeActionKind.QuickFix);
              action.edit = new vscode.WorkspaceEdit();
              action.edit.insert(uri, new vscode.Position(0, 0), `require "parse" from "${name}"\n`);
              action.diagnostics = [...diagnostics];
              return action;
            }),
        },
      );
    const typed = async (name: string): Promise<vscode.TextEditor> => {
      const editor = await open(scratch(`missing/${name}.lua`, 'local a = 1\n\n'), 1);
      await typeKeys('parse(a)');
      const range = new vscode.Range(1, 0, 1, 5);
      missing.set(editor.document.uri, [new vscode.Diagnostic(range, 'undefined name')]);
      return editor;
    };
    const two = fixes(['one', 'two']);
    try {
      await typed('two');
      await notProposed();
      await close();
    } finally {
      two.dispose();
    }
    const one = fixes(['one']);
    try {
      const editor = await typed('one');
      assert.match(await proposed(), /line 1$/);
      await tab();
      await tab();
      assert.equal(editor.document.getText(), 'require "parse" from "one"\nlocal a = 1\nparse(a)\n');
    } finally {
      one.dispose();
      missing.dispose();
    }
  });
});

describe('the next edit, with TypeScript’s language server', () => {
  const scratch = useScratchFolder();
  useSetting('completion.enabled', false);
  useSetting('nextEdit', 'quiet');
  // Its list would be open where the server is fast, and take a bracket for a choice, which brings its import along.
  const setSuggestions = (to: unknown) =>
    vscode.workspace.getConfiguration('editor').update('quickSuggestions', to, vscode.ConfigurationTarget.Global);
  before(() => setSuggestions({ other: 'off', comments: 'off', strings: 'off' }));
  after(() => setSuggestions(undefined));

  afterEach(close);

  it('is the use of a function of another file that was given another name', async () => {
    const asked: string[] = [];
    const ask = (document: vscode.TextDocument, at: vscode.Position) =>
      vscode.commands.executeCommand<vscode.Location[]>('vscode.executeReferenceProvider', document.uri, at);
    scratch('typed/tsconfig.json', '{}');
    scratch('typed/use.ts', "import { load } from './lib';\n\nexport const all = [load(1), load(2)];\n");
    const lib = 'export function load(id: number): number {\n  return id === 0 ? 0 : load(id - 1);\n}\n';
    const editor = await open(scratch('typed/lib.ts', lib), 2);
    const at = new vscode.Position(0, lib.indexOf('load') + 1);
    // Once it knows the other file, it answers as fast as it is asked.
    while ((await ask(editor.document, at)).length < 5);
    const spy = vscode.languages.registerReferenceProvider('typescript', {
      provideReferences: (document, { line, character }) => {
        asked.push(`${document.uri.path} ${line}:${character}`);
        return [];
      },
    });
    try {
      await rest(editor, 'load');
      await until('it is asked', () => asked.length > 0);
      // It answers in turn: when this answer is there, the one before is.
      await ask(editor.document, at);
      await typeKeys('fetchItem');
      assert.match(await proposed(), /line 2; 4 places in all/);
      await tab();
      await tab();
      assert.match(editor.document.getText(), /: fetchItem\(id - 1\)/);
      assert.match(await proposed(), /use\.ts, line 1; 3 places/);
    } finally {
      spy.dispose();
    }
  });

  it('is the import that it prefers', async () => {
    scratch('imports/tsconfig.json', '{}');
    scratch('imports/shapes.ts', 'export function circle(radius: number): number {\n  return radius;\n}\n');
    const editor = await open(scratch('imports/main.ts', 'const one = 1;\n\n'));
    await typeKeys('circle(one);');
    assert.match(await proposed(), /line 1$/);
    await vscode.commands.executeCommand(commands.nextEditTake);
    await vscode.commands.executeCommand(commands.nextEditTake);
    assert.match(
      editor.document.getText(),
      /^import \{ circle \} from ['"]\.\/shapes['"];\n\nconst one = 1;\n\ncircle\(one\);$/,
    );
  });
});
