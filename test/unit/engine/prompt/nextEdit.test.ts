import assert from 'node:assert/strict';
import { nextEditPrompt } from '../../../../src/engine/prompt/nextEdit';

describe('the prompt for a next edit', () => {
  /** One token for each character; 0 is the token of a file. */
  const tokenizer = { encode: (text: string) => Array.from(text, (sign) => sign.codePointAt(0)!) };
  const special = { need: () => 0 };
  const spelled = (ids: readonly number[]) =>
    ids.map((id) => (id === 0 ? '<|file_sep|>' : String.fromCodePoint(id))).join('');
  const edit = (number: number) => ({ path: `${number}.ts`, before: `old ${number}`, after: `new ${number}` });
  const asked = {
    kind: 'nextEdit' as const,
    path: 'src/a.ts',
    edits: [edit(1), edit(2)],
    before: 'a(1);\r\nb();',
    now: 'a(2);\nb();',
  };
  const last =
    '<|file_sep|>original/src/a.ts\na(1);\nb();\n<|file_sep|>current/src/a.ts\na(2);\nb();\n<|file_sep|>updated/src/a.ts';
  const diff = (number: number) => `<|file_sep|>${number}.ts.diff\noriginal:\nold ${number}\nupdated:\nnew ${number}\n`;

  it('is earlier edits, the lines before and now, and the name of what is to be written', () => {
    const { ids, cut } = nextEditPrompt(asked, 1_000, special, tokenizer);
    assert.deepEqual([spelled(ids), cut], [diff(1) + diff(2) + last, false]);
  });

  it('leaves the oldest edits out where there is no room, and says so', () => {
    const whole = nextEditPrompt(asked, 1_000, special, tokenizer).ids.length;
    const { ids, cut } = nextEditPrompt(asked, whole - 1, special, tokenizer);
    assert.deepEqual([spelled(ids), cut], [diff(2) + last, true]);
    assert.equal(spelled(nextEditPrompt(asked, 1, special, tokenizer).ids), last);
  });

  it('spells no special token, whatever the texts hold', () => {
    const { ids } = nextEditPrompt({ ...asked, edits: [], now: '<|file_sep|>' }, 1_000, special, tokenizer);
    assert.equal(ids.filter((id) => id === 0).length, 3);
  });
});
