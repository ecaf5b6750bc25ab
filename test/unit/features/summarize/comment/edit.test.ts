import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { commentEdit, documentationEdit } from '../../../../../src/features/summarize/comment/edit';
import type { TextEdit, EditOptions, Refusal } from '../../../../../src/features/summarize/comment/edit';
import { languageOf } from '../../../../../src/syntax/languages';
import { languageAt } from '../../../../../src/syntax/regions';
import { symbolsOf } from '../../../../../src/syntax/symbols';
import { grammars } from '../../../../support/grammars';

/** Written by the test itself with GLASSBOX_UPDATE=1, and read by a person. */
const golden = 'test/fixtures/summarize/comments.txt';

const usual: EditOptions = {
  languageId: '',
  replace: false,
  lineBreak: '\n',
  width: 80,
  tabSize: 4,
  indentation: '    ',
};

const applied = (text: string, edit: TextEdit | Refusal): string =>
  typeof edit === 'string' ? `(${edit})\n` : text.slice(0, edit.start) + edit.text + text.slice(edit.end);

async function document(
  text: string,
  path: string,
  name: string,
  sentence: string,
  more: readonly string[],
  options: Partial<EditOptions> = {},
): Promise<string> {
  const symbol = (await symbolsOf(text, path, grammars)).find((one) => one.name === name);
  assert.ok(symbol, `${path} has no ${name}`);
  const content = { name, text: sentence, facts: more.includes('facts') ? symbol.signature : undefined };
  return applied(
    text,
    documentationEdit(text, symbol, content, {
      ...usual,
      languageId: languageOf(path).id,
      replace: more.includes('replace'),
      ...options,
    }),
  );
}

interface Case {
  readonly title: string;
  readonly before: string;
  readonly after: string | undefined;
}

function readCases(): { head: string; cases: Case[] } {
  const [head = '', ...parts] = readFileSync(golden, 'utf8').split(/^=== /m);
  const cases = parts.map((part): Case => {
    const [whole = '', after] = part.split(/^--- becomes\n/m);
    const end = whole.indexOf('\n');
    return { title: whole.slice(0, end), before: whole.slice(end + 1), after };
  });
  return { head, cases };
}

describe('documentation comments', () => {
  const { head, cases } = readCases();
  const made: string[] = [];
  for (const { title, before, after } of cases) {
    const [path = '', name = '', sentence = '', ...more] = title.split(' / ');
    it(title, async () => {
      const result = await document(before, path, name, sentence, more);
      made.push(`=== ${title}\n${before}--- becomes\n${result}`);
      if (process.env.GLASSBOX_UPDATE === undefined) assert.equal(result, after);
    });

    it(`${title}, with CRLF`, async () => {
      const crlf = (text: string) => text.replaceAll('\n', '\r\n');
      const [plain, result] = [
        await document(before, path, name, sentence, more),
        await document(crlf(before), path, name, sentence, more, { lineBreak: '\r\n' }),
      ];
      assert.equal(result, plain.startsWith('(') ? plain : crlf(plain));
    });
  }
  after(() => {
    if (process.env.GLASSBOX_UPDATE !== undefined) writeFileSync(golden, head + made.join(''));
  });

  it('leave the rest of the file as it is, and are documentation for whoever reads the file again', async () => {
    for (const { before, title } of cases) {
      const [path = '', name = '', sentence = '', ...more] = title.split(' / ');
      const result = await document(before, path, name, sentence, more);
      if (result.startsWith('(')) continue;
      const symbol = (await symbolsOf(result, path, grammars)).find((one) => one.name === name);
      assert.ok(symbol?.documentation, title);
      const again = { name, text: sentence, facts: more.includes('facts') ? symbol.signature : undefined };
      assert.equal(
        documentationEdit(result, symbol, again, { ...usual, languageId: languageOf(path).id }),
        'documented',
      );
    }
  });

  it('break at the width that is wanted, tabs counted', async () => {
    const text = '\t\tfunction f() {}\n';
    const result = await document(text, 'a.ts', 'f', 'word '.repeat(30), [], { width: 60, tabSize: 8 });
    for (const line of result.split('\n').slice(0, -2)) assert.ok(line.replaceAll('\t', '        ').length <= 60, line);
  });
});

describe('plain comments', () => {
  const at = (text: string, offset: number, languageId: string) =>
    applied(text, commentEdit(text, offset, { name: '', text: 'waits for it' }, { ...usual, languageId }));

  it('stand above the line, indented as it is', () => {
    assert.equal(at('{\n\tawait it;\n}\n', 5, 'typescript'), '{\n\t// Waits for it.\n\tawait it;\n}\n');
    assert.equal(at('x = 1\n', 0, 'python'), '# Waits for it.\nx = 1\n');
  });

  it('are refused where a language has none that is known', () =>
    assert.equal(at('{}', 0, 'plaintext'), '(noStyle)\n'));

  it('stand between two marks where a language has no lines for them, which nothing in them ends', () => {
    assert.equal(at('<a/>\n', 0, 'xml'), '<!-- Waits for it. -->\n<a/>\n');
    const long = (text: string, languageId: string) =>
      applied('x', commentEdit('x', 0, { name: '', text }, { ...usual, languageId, width: 40 }));
    assert.equal(
      long('Ends --> here, and ---- there, as it wants to.', 'html'),
      '<!--\n  Ends - -> here, and - - - - there, as\n  it wants to.\n-->\nx',
    );
    assert.equal(long('Ends */ here.', 'css'), '/* Ends * / here. */\nx');
  });

  it('is what each part of a component has for comments', async () => {
    const vue = `<template>
  <p @click="load">Hi</p>
</template>
<script setup lang="ts">
const load = async (path: string) => {
  return path;
};
</script>
<style>
p { color: red }
</style>
`;
    const at = (part: string): number => vue.indexOf(part);
    const symbol = (await symbolsOf(vue, 'a.vue', grammars)).find(({ name }) => name === 'load')!;
    const optionsAt = (offset: number): EditOptions => ({
      ...usual,
      languageId: languageAt(vue, 'a.vue', offset) ?? 'none',
    });
    const content = { name: 'load', text: 'Loads a path.' };
    assert.equal(
      applied(vue, documentationEdit(vue, symbol, content, optionsAt(symbol.start))),
      vue.replace('const load', '/** Loads a path. */\nconst load'),
    );
    const above = (part: string): string => applied(vue, commentEdit(vue, at(part), content, optionsAt(at(part))));
    assert.equal(above('  <p'), vue.replace('  <p', '  <!-- Loads a path. -->\n  <p'));
    assert.equal(above('p { color'), vue.replace('p { color', '/* Loads a path. */\np { color'));
    assert.equal(above('  return'), vue.replace('  return', '  // Loads a path.\n  return'));
    // The file as a whole is markup.
    assert.equal(above('<template>'), `<!-- Loads a path. -->\n${vue}`);
  });
});
