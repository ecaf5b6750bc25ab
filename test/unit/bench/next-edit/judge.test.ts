import assert from 'node:assert/strict';
import type { AnalogousEdit } from '../../../../src/nearby/edits/analogy';
import type { RecentEdit } from '../../../../src/nearby/edits/history';
import { judgedTexts } from '../../../bench/next-edit/judge';

describe('what a model judges', () => {
  const lines = Array.from({ length: 60 }, (_, at) => `call${at}(value);`);
  const source = lines.join('\n');
  const texts = (line: number, made: string, text = 'value, true') => {
    const start = source.indexOf(`call${line}(`) + `call${line}(`.length;
    const edit = { path: 'a.ts', start, end: start + 'value'.length, text } as AnalogousEdit;
    const at = source.indexOf(made);
    const alike = [{ path: 'a.ts', start: at, end: at + made.length } as RecentEdit];
    return judgedTexts({ edit, alike }, (path) => (path === 'a.ts' ? source : undefined));
  };

  it('is the lines before and after, below those above them', () => {
    const judged = texts(30, 'call28(value);');
    assert.deepEqual([judged?.old, judged?.now], ['call30(value);', 'call30(value, true);']);
    assert.ok(source.includes(judged!.before + judged!.old + judged!.behind));
    assert.ok(judged!.before.endsWith('call29(value);\n') && judged!.behind.startsWith('\ncall31(value);'));
  });

  it('has the last place where the edit was made in front, where that is not above anyway', () => {
    const judged = texts(50, 'call3(value);');
    assert.ok(judged!.before.includes('call3(value);') && judged!.before.endsWith('call49(value);\n'));
    assert.ok(!judged!.before.includes('call20('));
  });

  it('is nothing where the lines are long', () => {
    assert.equal(texts(30, 'call3(value);', 'x'.repeat(300)), undefined);
  });
});
