import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/host/ids';
import type { Ground } from '../../src/features/summarize/grounding';
import type { Summary } from '../../src/features/summarize/summary';
import { symbolsOf } from '../../src/syntax/symbols';
import { grammars } from '../support/grammars';
import { api, close, open, select, type, until, useScratchFolder } from './editor';

/** A function of which something can be said in each language, and what stands in it. */
const functions: readonly [file: string, text: string, inside: string, documentation: RegExp][] = [
  [
    'area.ts',
    'import { pi } from "./pi";\n\n@sealed()\nexport class Circle {\n\t@cached()\n\tarea(radius: number): number {\n\t\treturn pi * radius * radius;\n\t}\n}\n',
    'return pi',
    /^\t\/\*\*[^]*\*\/\n\t@cached\(\)/m,
  ],
  [
    'area.py',
    'PI = 3\n\n\n@cached\ndef area(radius: float) -> float:\n    def square(value):\n        return value * value\n    return PI * square(radius)\n',
    'return PI',
    /float:\n {4}"""[^]*"""\n {4}def square/,
  ],
  [
    'area.go',
    'package circle\n\nfunc Area(radius float64) float64 {\n\treturn 3 * radius * radius\n}\n',
    'return 3',
    /\n\/\/ Area[^\n]*\n(\/\/[^\n]*\n)*func Area/,
  ],
  [
    'area.rs',
    'impl Circle {\n    #[inline]\n    pub fn area(&self) -> f64 {\n        3.0 * self.radius * self.radius\n    }\n}\n',
    '3.0 *',
    /\n {4}\/\/\/ [^]*\n {4}#\[inline\]/,
  ],
  [
    'Area.java',
    'class Area {\n    @Override\n    public double area(double radius) {\n        return 3 * radius * radius;\n    }\n}\n',
    'return 3',
    /\n {4}\/\*\*[^]*\*\/\n {4}@Override/,
  ],
];

const run = <T = unknown>(command: string, ...args: unknown[]) => vscode.commands.executeCommand<T>(command, ...args);
const summarize = () => run<Summary | undefined>(commands.summarizeSelection);

/** The first summary of which the model has said something that can be shown: a small one is not always good for that. */
async function usable(first: Summary | undefined): Promise<Summary> {
  let summary = first;
  for (let tries = 0; tries < 8 && summary?.main?.problem !== undefined; tries++)
    summary = await run<Summary>(commands.summaryRegenerate);
  assert.ok(summary?.main, 'there is a summary');
  assert.equal(summary.main.problem, undefined);
  return summary;
}

async function openWithCursorIn(uri: vscode.Uri, inside: string): Promise<vscode.TextEditor> {
  const editor = await open(uri, 0);
  const position = editor.document.positionAt(editor.document.getText().indexOf(inside) + 1);
  await select(editor, new vscode.Selection(position, position));
  return editor;
}

describe('a summary in the editor', function () {
  const scratch = useScratchFolder();
  afterEach(async () => {
    await run(commands.summaryClose);
    await close();
  });

  for (const [file, text, inside, documentation] of functions) {
    for (const lineBreak of ['\n', '\r\n']) {
      it(`of a function in ${file}${lineBreak === '\n' ? '' : ', with CRLF'}, becomes its documentation in one step, and goes in one`, async () => {
        const uri = scratch(`${lineBreak.length}-${file}`, text.replaceAll('\n', lineBreak));
        const { document } = await openWithCursorIn(uri, inside);
        const before = document.getText();
        const { state, subject, main } = await usable(await summarize());
        const name = subject.symbol?.name ?? '';
        assert.deepEqual([state, name.toLowerCase()], ['whole', 'area']);
        console.log(`    ${file}: ${main?.text}`);

        assert.equal(await run(commands.summaryInsert), undefined);
        const after = document.getText();
        assert.notEqual(after, before);
        assert.match(after.replaceAll('\r\n', '\n'), documentation);
        if (lineBreak === '\r\n') assert.doesNotMatch(after, /[^\r]\n/);
        const symbols = await symbolsOf(after, file, grammars);
        assert.ok(symbols.findLast((one) => one.name === name)?.documentation);

        await run('undo');
        assert.equal(document.getText(), before);
      });
    }
  }

  it('of the same selection again is the same', async () => {
    await openWithCursorIn(scratch('again.ts', functions[0]![1]), 'return pi');
    const first = await summarize();
    assert.deepEqual(await summarize(), first);
  });

  it('is what a similar function in another file is documented with, and what the model says when asked again', async () => {
    const remove = (what: string) =>
      `  remove${what}(card: string): void {\n    const found = this.${what.toLowerCase()}s.get(card);\n    if (found === undefined) throw new Missing(card);\n    this.${what.toLowerCase()}s.delete(card);\n  }\n`;
    const readers = scratch(
      'readers.ts',
      `class Readers {\n  /** Removes the reader with this card. */\n${remove('Reader')}}\n`,
    );
    await open(readers, 0);
    const { document } = await openWithCursorIn(
      scratch('tables.ts', `class Tables {\n${remove('Table')}}\n`),
      'this.tables.delete',
    );
    const main = (await summarize())?.main;
    assert.deepEqual(
      [main?.text, main?.source, main?.from],
      ['Removes the table with this card.', 'similar', { name: 'removeReader', path: readers.fsPath, line: 2 }],
    );
    await run(commands.summaryInsert);
    assert.match(document.getText(), /\n  \/\*\* Removes the table with this card\. \*\/\n  removeTable/);
    await run('undo');
    assert.equal((await run<Summary>(commands.summaryRegenerate)).main?.source, 'model');
  });

  it('shows the lines that a sentence stands on, which move with the code and go when it changes', async () => {
    const editor = await openWithCursorIn(
      scratch('grounds.ts', `const other = 1;\n\n${functions[0]![1]}`),
      'return pi',
    );
    const { lines } = await usable(await summarize());
    const within = (grounds: readonly Ground[] | undefined): void => {
      assert.ok(grounds !== undefined && grounds.length > 0, 'there are lines');
      for (const { first, last, share } of grounds)
        assert.ok(first >= lines.first && last <= lines.last && share > 0 && share <= 1);
    };
    const show = () => run<readonly Ground[] | undefined>(commands.summaryLines);
    within(await show());
    assert.equal(await show(), undefined, 'the same again hides them');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// More.\n'));
    within(await show());
    await run(commands.summaryInsert);
    await show();
    within(await show());
    const code = editor.document.getText().indexOf('return pi');
    await editor.edit((edit) => edit.insert(editor.document.positionAt(code), 'log(); '));
    assert.equal(await show(), undefined, 'what was read is no longer there');
  });

  it('ends when it is closed, and leaves the engine to others', async () => {
    const { activity } = await api();
    const text = Array.from(
      { length: 300 },
      (_, n) => `export function g${n}(a: number): number {\n  const c = a * ${n};\n  return c;\n}\n`,
    ).join('\n');
    await open(scratch('closed.ts', text), 0);
    await run('editor.action.selectAll');
    const whole = summarize();
    await until('it is being written', () => activity.state.summaries > 0);
    await run(commands.summaryClose);
    const summary = await whole;
    assert.notEqual(summary?.state, 'whole');
    assert.equal(activity.state.summaries, 0);
  });

  it('ends when its editor is closed', async () => {
    const { activity } = await api();
    const text = Array.from(
      { length: 1_000 },
      (_, n) => `export function h${n}(a: number): number {\n  const c = a / ${n};\n  return c;\n}\n`,
    ).join('\n');
    await open(scratch('gone.ts', text), 0);
    await run('editor.action.selectAll');
    const whole = summarize();
    await until('it is being written', () => activity.state.summaries > 0);
    await close();
    assert.notEqual((await whole)?.state, 'whole');
    assert.equal(activity.state.summaries, 0);
  });

  it('replaces documentation only when asked', async () => {
    const editor = await openWithCursorIn(
      scratch('documented.js', '/** Old. */\nfunction add(a, b) {\n  return a + b;\n}\n'),
      'return',
    );
    const before = editor.document.getText();
    await usable(await summarize());
    assert.equal(await run(commands.summaryInsert), 'documented');
    assert.equal(editor.document.getText(), before);
    assert.equal(await run(commands.summaryReplace), undefined);
    assert.match(editor.document.getText(), /^\/\*\* (?!Old)[^]*\*\/\nfunction add/);
    assert.equal(editor.document.getText().split('/**').length, 2);
  });

  it('lists parameters as the source has them', async () => {
    const editor = await openWithCursorIn(scratch('facts.ts', functions[0]![1]), 'return pi');
    await usable(await summarize());
    const summary = await usable(await run<Summary>(commands.summaryMode, undefined, 'parameters'));
    assert.deepEqual(
      summary.facts?.parameters.map(({ name, type: kind }) => [name, kind]),
      [['radius', 'number']],
    );
    await run(commands.summaryInsert);
    assert.match(editor.document.getText(), /@param radius\n\t \* @returns/);
  });

  it('of a selection that cuts tokens is about whole lines; of blanks there is none', async () => {
    const editor = await open(scratch('lines.ts', 'const first = compute(1);\nconst second = compute(2);\n\n\n'), 0);
    await select(editor, new vscode.Selection(0, 8, 1, 3));
    const summary = await usable(await summarize());
    assert.deepEqual([summary.subject.kind, summary.lines], ['lines', { first: 0, last: 1 }]);
    await run(commands.summaryInsert);
    assert.match(editor.document.getText(), /^\/\/ [^]*\nconst first/);
    await run('undo');
    await select(editor, new vscode.Selection(2, 0, 3, 0));
    assert.equal(await summarize(), undefined);
  });

  it('of a single line, and of 5,000 lines part by part, which can be stopped', async () => {
    const { activity } = await api();
    const line = await open(scratch('one.ts', 'export const one = () => 1;'), 0);
    await select(line, new vscode.Selection(0, 0, 0, 27));
    assert.equal((await summarize())?.subject.symbol?.name, 'one');
    await run(commands.summaryClose);
    await close();

    const text = Array.from(
      { length: 1_000 },
      (_, n) => `export function f${n}(a: number): number {\n  const b = a + ${n};\n  return b;\n}\n`,
    ).join('\n');
    await open(scratch('large.ts', text), 0);
    await run('editor.action.selectAll');
    // A busy machine needs longer to begin; what was said before is remembered.
    for (let ms = 1_500, said = 0; said === 0; ms *= 2) {
      const whole = summarize();
      await until('it is being written', () => activity.state.summaries > 0);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await run(commands.summaryStop);
      const summary = await whole;
      assert.equal(summary?.state, 'stopped');
      said = summary.parts.filter(({ sentence }) => sentence !== undefined).length;
      console.log(`    ${said} of ${summary.parts.length} parts in ${ms} ms`);
      assert.ok(said === 0 || said < summary.parts.length);
    }
    assert.equal(activity.state.summaries, 0);
  });

  it('is marked when its code changes, and is then not inserted', async () => {
    const editor = await openWithCursorIn(
      scratch('stale.js', 'let other;\nfunction add(a, b) {\n  return a + b;\n}\n'),
      'return',
    );
    await usable(await summarize());
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// More.\n'));
    assert.equal(await run(commands.summaryInsert), undefined, 'what stands elsewhere may change');
    await run('undo');
    await usable(await run<Summary>(commands.summaryRegenerate));
    await editor.edit((edit) => edit.insert(new vscode.Position(3, 2), 'log(a); '));
    const before = editor.document.getText();
    assert.equal(await run(commands.summaryInsert), 'changed');
    assert.equal(editor.document.getText(), before);
  });

  it('does not stand in the way of typing while it is written', async () => {
    const editor = await openWithCursorIn(scratch('typing.ts', functions[0]![1]), 'return pi');
    const summary = summarize();
    await type('x');
    assert.equal((await summary)?.state, 'whole');
    assert.ok(editor.document.getText().includes('rxeturn pi'));
  });

  it('of an untitled document is inserted too, by its language', async () => {
    const document = await vscode.workspace.openTextDocument({
      language: 'python',
      content: 'def add(a, b):\n    return a + b\n',
    });
    const editor = await vscode.window.showTextDocument(document);
    await select(editor, new vscode.Selection(1, 6, 1, 6));
    assert.equal((await usable(await summarize())).subject.symbol?.name, 'add');
    await run(commands.summaryInsert);
    assert.match(document.getText(), /^def add\(a, b\):\n {4}"""/);
  });

  it('of a document that cannot be written is shown, and says so when it is to be inserted', async () => {
    const provider = vscode.workspace.registerTextDocumentContentProvider('glassbox-test', {
      provideTextDocumentContent: () => 'function add(a, b) {\n  return a + b;\n}\n',
    });
    const editor = await openWithCursorIn(vscode.Uri.parse('glassbox-test:/virtual/add.js'), 'return');
    assert.equal((await usable(await summarize())).subject.symbol?.name, 'add');
    assert.equal(await run(commands.summaryInsert), 'readOnly');
    assert.equal(editor.document.getText(), 'function add(a, b) {\n  return a + b;\n}\n');
    provider.dispose();
  });

  it('is not made of files that hold secrets', async () => {
    await open(scratch('.env', 'KEY=1\n'), 0);
    assert.equal(await summarize(), undefined);
  });

  it('is offered for a selection, and for a cursor when asked', async () => {
    const { document } = await open(scratch('actions.js', 'function add(a, b) {\n  return a + b;\n}\n'), 0);
    const actions = (range: vscode.Range, kind?: string) =>
      run<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, range, kind);
    const own = (found: vscode.CodeAction[]) =>
      found.filter(({ command }) => command?.command === commands.summarizeSelection);
    assert.equal(own(await actions(new vscode.Range(0, 0, 2, 1))).length, 1);
    assert.equal(own(await actions(new vscode.Range(1, 4, 1, 4), 'glassbox')).length, 1);
    assert.equal(own(await actions(new vscode.Range(0, 0, 2, 1), 'quickfix')).length, 0);
  });

  it('is a tool for the chat where there is one', async () => {
    const { lm } = vscode;
    const tool = lm.tools.find(({ name }) => name === 'glassbox_summarize');
    assert.ok(tool, 'the tool is registered');
    const result = await lm.invokeTool(tool.name, { toolInvocationToken: undefined, input: { filePath: 'absent.ts' } });
    assert.match((result.content[0] as vscode.LanguageModelTextPart).value, /no file absent\.ts/);
    const [file] = await vscode.workspace.findFiles('**/*.ts', undefined, 1);
    const outline = await lm.invokeTool(tool.name, {
      toolInvocationToken: undefined,
      input: { filePath: vscode.workspace.asRelativePath(file!, false) },
    });
    assert.match((outline.content[0] as vscode.LanguageModelTextPart).value, /^\w+: /m);
  });
});

describe('keyboard shortcuts', () => {
  it("are no other command's by default, but while grey text or the next edit is on screen and no list is", async () => {
    const manifest = vscode.extensions.getExtension('glassbox.glassbox')!.packageJSON as {
      contributes: { keybindings: { key: string; when: string }[] };
    };
    const document = await vscode.workspace.openTextDocument(
      vscode.Uri.parse('vscode://defaultsettings/keybindings.json'),
    );
    const text = document.getText();
    assert.ok(text.includes('"key": "ctrl+k ctrl+c"'), 'these are the default key bindings');
    const bound = [...text.matchAll(/"key": "([^"]+)",\s*"command": "([^"]+)"/g)].map(([, key, command]) => ({
      key,
      command,
    }));
    for (const { key, when } of manifest.contributes.keybindings) {
      // Where else those of the next edit mean something is in test/unit/repository/keys.test.ts.
      if (/^(?:inlineSuggestionVisible|glassbox\.nextEdit\..*) && !suggestWidgetVisible\b/.test(when)) continue;
      assert.deepEqual(
        bound.filter((one) => one.key === key && !one.command?.startsWith('glassbox.')),
        [],
      );
    }
  });
});
