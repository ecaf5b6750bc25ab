import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { typing, typingTasks } from '../../../src/cli/typing';
import type { TypingTask } from '../../../src/cli/typing';

/** The document after each key, the cursor written as `|`. */
function documents(task: Omit<TypingTask, 'language'>, language: TypingTask['language'] = 'javascript'): string[] {
  return Array.from(typing({ ...task, language }), ({ prefix, suffix }) => `${prefix}|${suffix}`);
}

const typed = (text: string, language?: TypingTask['language']): string[] =>
  documents({ before: 'x', text: `\n${text}`, after: '' }, language).map((document) => document.slice(2));

describe('typing as in the editor', () => {
  it('closes brackets and types over them', () => {
    assert.deepEqual(typed('f(a)'), ['|', 'f|', 'f(|)', 'f(a|)', 'f(a)|']);
  });

  it('closes quotes, but not after a letter, in a string or in a comment', () => {
    assert.deepEqual(typed("'a'").slice(1), ["'|'", "'a|'", "'a'|"]);
    assert.deepEqual(typed("don't").at(-1), "don't|");
    assert.deepEqual(typed('"it\'s"').slice(-3), ['"it\'|"', '"it\'s|"', '"it\'s"|']);
    assert.deepEqual(typed("// 'a").at(-2), "// '|");
    assert.deepEqual(typed("# 'a", 'python').at(-2), "# '|");
  });

  it('does not close in front of a word', () => {
    assert.deepEqual(documents({ before: '', text: '(', after: 'word' }), ['(|word']);
  });

  it('opens a block on Enter and walks out of it', () => {
    assert.deepEqual(documents({ before: '  a', text: '\nif (b) {\n  c\n}', after: '' }).slice(-4), [
      '  a\nif (b) {|}',
      '  a\nif (b) {\n  |\n}',
      '  a\nif (b) {\n  c|\n}',
      '  a\nif (b) {\n  c\n}|',
    ]);
  });

  it('indents after a colon in Python, and takes back what is too much', () => {
    const keys = Array.from(
      typing({ before: 'a', text: '\nif b:\n    c\nd', after: '', language: 'python' }),
      ({ key }) => key,
    );
    assert.deepEqual(keys, ['Enter', 'i', 'f', ' ', 'b', ':', 'Enter', 'c', 'Enter', 'Backspace', 'd']);
  });

  it('moves a closing bracket to where its block began', () => {
    const after = documents({ before: 'f {\n  a', text: '\n}', after: '' });
    assert.deepEqual(after, ['f {\n  a\n  |', 'f {\n  a\n}|']);
  });

  it('leaves no white space on lines that stay empty', () => {
    assert.equal(documents({ before: '  a', text: '\n\n  b', after: '' }).at(-1), '  a\n\n  b|');
  });

  it('takes away a quote that the text does not close', () => {
    assert.equal(typed("a = b '\nc").at(-1), "a = b '\nc|");
  });

  it('ends with the text that was to be typed, in nearly every real stretch', () => {
    const files = globSync(['node_modules/express/lib/*.js', 'node_modules/zod/src/v4/core/*.ts']);
    const tasks = files.flatMap((file) => typingTasks(readFileSync(file, 'utf8'), 'javascript', 3, 200));
    const exact = tasks.filter((task) => {
      const last = Array.from(typing(task)).at(-1);
      return last && last.prefix + last.suffix === task.before + task.text + task.after;
    });
    assert.ok(tasks.length > 30 && exact.length > 0.9 * tasks.length, `${exact.length} of ${tasks.length}`);
  });
});
