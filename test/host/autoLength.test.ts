import assert from 'node:assert/strict';
import { close, open, suggestAndAccept, useScratchFolder, useSetting } from './editor';

const body = '  const cage = openCage();\n  weighTheToucan(cage, scale.kilograms);\n  closeCage(cage);';
const weigh = (name: string, inside: string): string => `export function ${name}(zoo, scale) {\n${inside}\n}\n\n`;

describe('a suggestion as long as the place wants it', function () {
  const scratch = useScratchFolder();
  useSetting('completion.length', 'auto');
  afterEach(close);

  const zoo = ['weighOnMonday', 'weighOnTuesday', 'weighOnWednesday'].map((name) => weigh(name, body)).join('');

  it('is the whole body where there is none yet', async () => {
    // Written so often near by that the copy is sure, whatever else is open.
    for (const day of [1, 2, 3, 4, 5, 6]) scratch(`day${day}.ts`, zoo + weigh('weighToday', body));
    const before = zoo + 'export function weighToday(zoo, scale) {\n';
    const editor = await open(scratch('empty.ts', `${before}  \n}\n`), before.split('\n').length - 1, 2);
    assert.equal(await suggestAndAccept(editor), `${before}${body}\n}\n`);
  });

  it('is a line where the body has been begun', async () => {
    const before = zoo + 'export function weighToday(zoo, scale) {\n';
    const after = '\n  rest(zoo);\n}\n';
    const editor = await open(scratch('begun.ts', `${before}  ${after}`), before.split('\n').length - 1, 2);
    const text = (await suggestAndAccept(editor)) ?? '';
    const added = text.slice(before.length, text.length - after.length).trim();
    assert.ok(added !== '' && !added.includes('\n'), JSON.stringify(added));
  });
});
