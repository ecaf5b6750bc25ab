import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { DefinitionContext } from '../../src/features/completion/context/definitions.vscode';
import { open, useScratchFolder } from './editor';

describe('declarations as context', function () {
  const scratch = useScratchFolder();
  const library =
    'export interface Book {\n  title: string;\n}\nexport function find(title: string): Book {\n  return { title };\n}\n';

  /** A language server that knows two names of the scratch library. */
  function serve(uri: vscode.Uri): vscode.Disposable {
    const place = (first: number, last: number) => [
      { targetUri: uri, targetRange: new vscode.Range(first, 0, last, 1) } as vscode.LocationLink,
    ];
    const named = (document: vscode.TextDocument, at: vscode.Position): string =>
      document.getText(document.getWordRangeAtPosition(at));
    return vscode.Disposable.from(
      vscode.languages.registerDefinitionProvider('lua', {
        provideDefinition: (document, at) => (named(document, at) === 'find' ? place(3, 5) : undefined),
      }),
      vscode.languages.registerTypeDefinitionProvider('lua', {
        provideTypeDefinition: (document, at) => (named(document, at) === 'book' ? place(0, 2) : undefined),
      }),
    );
  }

  it('are what a language server says of the names before the cursor, nearest last, and stay near by', async () => {
    const server = serve(scratch('library.ts', library));
    try {
      const text = `book = find("a")\n${'\n'.repeat(30)}`;
      const { document } = await open(scratch('here.lua', text), 0);
      const context = new DefinitionContext(60_000);
      assert.deepEqual(context.of(document), []);
      await context.look(document, new vscode.Position(0, 16));
      const texts = (): string[] => context.of(document).map((one) => one.text);
      assert.deepEqual(texts(), [
        'export interface Book {\n  title: string;\n}\n',
        'export function find(title: string): Book {\n',
      ]);
      assert.ok(context.of(document)[0]?.path.endsWith('library.ts'));
      await context.look(document, new vscode.Position(10, 0));
      assert.equal(texts().length, 2);
      await context.look(document, new vscode.Position(30, 0));
      assert.deepEqual(texts(), []);
    } finally {
      server.dispose();
    }
  });

  it('are none where a language server does not answer in time', async () => {
    const never = vscode.languages.registerDefinitionProvider('lua', {
      provideDefinition: () => new Promise(() => undefined),
    });
    try {
      const { document } = await open(scratch('late.lua', 'find("a")\n'), 0);
      const context = new DefinitionContext(20);
      await context.look(document, new vscode.Position(0, 9));
      assert.deepEqual(context.of(document), []);
    } finally {
      never.dispose();
    }
  });
});
