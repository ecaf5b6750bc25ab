import assert from 'node:assert/strict';
import { answeredText, editQuestion } from '../../../../../src/features/nextEdit/written/question';
import { EditHistory } from '../../../../../src/nearby/edits/history';
import { positionAt } from '../../../../../src/nearby/edits/placedEdit';

/** What is asked after texts were replaced one after the other, each where it stands first. */
function asked(text: string, ...replaced: readonly (readonly [from: string, to: string])[]) {
  const history = new EditHistory();
  let [before, now, start] = [text, text, 0];
  for (const [from, to] of replaced) {
    [before, start] = [now, now.indexOf(from)];
    history.add('a.ts', { before, start, end: start + from.length, inserted: to });
    now = before.slice(0, start) + to + before.slice(start + from.length);
  }
  const to = replaced.at(-1)?.[1] ?? '';
  const part = { start: positionAt(now, start), end: positionAt(now, start + to.length) };
  return { question: editQuestion({ path: 'a.ts', before, now, part, edits: history.edits }), now };
}

const lines = Array.from({ length: 60 }, (_, at) => `line${at}(value${at});`);
const text = `${lines.join('\n')}\n`;

describe('what a model that writes edits is asked', () => {
  it('is ten lines above and below, before and now', () => {
    const { question, now } = asked(text, ['value30', 'value30, true']);
    assert.equal(question?.before, lines.slice(20, 41).join('\n'));
    assert.equal(question.now, question.before.replace('value30', 'value30, true'));
    assert.equal(now.slice(question.start, question.end), question.now);
    assert.deepEqual(question.edits, []);
  });

  it('ends with the file', () => {
    assert.equal(asked(text, ['value0', 'other']).question?.before, lines.slice(0, 11).join('\n'));
    assert.ok(asked(text, ['value59', 'other']).question?.now.endsWith('line59(other);\n'));
  });

  it('has earlier edits of the file, as lines', () => {
    const { question } = asked(text, ['value3)', 'first)'], ['value40)', 'second)'], ['value41)', 'third)']);
    assert.deepEqual(question?.edits, [
      { before: 'line3(value3);', after: 'line3(first);' },
      { before: 'line40(value40);', after: 'line40(second);' },
    ]);
  });

  it('is nothing where a secret stands in the lines, before or now', () => {
    const secret = `const token = "ghp_${'a1B2'.repeat(9)}";`;
    const at = (line: number) => lines.toSpliced(line, 1, secret).join('\n');
    assert.equal(asked(at(25), ['value30', 'other']).question, undefined);
    assert.notEqual(asked(at(5), ['value30', 'other']).question, undefined);
    assert.equal(asked(at(30), [secret, 'const token = read();']).question, undefined);
  });

  it('is nothing where the lines are long, or more has changed than the edit', () => {
    assert.equal(asked(lines.map((line) => line.repeat(10)).join('\n'), ['value30', 'other']).question, undefined);
    const now = text.replace('value30', 'other').replace('value1(', 'elsewhere(').replace('line50', 'line5');
    const part = { start: { line: 30, character: 7 }, end: { line: 30, character: 12 } };
    assert.equal(editQuestion({ path: 'a.ts', before: text, now, part, edits: [] }), undefined);
  });
});

describe('what a model that writes edits answers', () => {
  const { question } = asked('load(user);\nload(order);\nload(item);\n\n', ['user', 'user, true']);
  const answer = (written: string) => answeredText(question!, written);

  it('stands in the place of the lines, with the blanks at their end', () => {
    const written = '\nload(user, true);\nload(order, true);\nload(item);';
    assert.equal(answer(written), 'load(user, true);\nload(order, true);\nload(item);\n\n');
    assert.equal(answer(written.slice(1)), answer(written));
  });

  it('is nothing where all stays, the edit is taken back, nothing comes, or no text', () => {
    assert.equal(answer(`\n${question!.now.trimEnd()}`), undefined);
    assert.equal(answer(`\n${question!.before}`), undefined);
    assert.equal(answer('\n'), undefined);
    assert.equal(answer('\nload(\ufffd'), undefined);
  });
});
