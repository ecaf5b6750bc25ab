import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../../src/cli/failure';
import { nextEdit } from '../../../src/cli/nextEdit';
import { makeFolder } from '../../support/folder';

interface Printed {
  readonly path: string;
  readonly range: { start: { line: number; column: number }; end: { line: number; column: number } };
  readonly text: string;
  readonly confidence: number;
  readonly why: { learntFrom: { line: number; before: string; after: string }[]; names: Record<string, string> };
}

const cases = (key: string): string[] =>
  ['load', 'save', 'list', 'drop', 'find'].map((name) => `    case '${name}': return this.${name}(item.${key});`);
const [old, fresh] = [cases('oldKey'), cases('identifier')];
const lines = (changed: number, end = '\n'): string =>
  ['switch (kind) {', ...fresh.slice(0, changed), ...old.slice(changed), '}', ''].join(end);

describe('next-edit on the command line', () => {
  const folder = makeFolder();
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const run = async (before: string, after: string, within?: string): Promise<Printed[]> => {
    const printed: Printed[] = [];
    await nextEdit({ kind: 'nextEdit', before, after, folder: within }, (line) => {
      printed.push(JSON.parse(line) as Printed);
      return Promise.resolve();
    });
    return printed;
  };
  const nothing = file('before.ts', lines(0));

  for (const [name, end] of [
    ['one sign', '\n'],
    ['two', '\r\n'],
  ] as const)
    it(`prints where the edit would be made next, and why, whatever the line ends: ${name}`, async () => {
      const printed = await run(nothing, file('after.ts', lines(2, end)));
      assert.ok(printed.length > 0);
      for (const { range, text, confidence, why } of printed) {
        const { start, end: stop } = range;
        const line = old[start.line - 2] ?? '';
        const made = line.slice(0, start.column - 1) + text + line.slice(stop.column - 1);
        assert.equal(made, fresh[start.line - 2]);
        assert.ok(start.line > 3 && confidence >= 0.7);
        assert.deepEqual(
          why.learntFrom.map(({ line: number, after }) => [number, after]),
          [
            [2, 'identifier'],
            [3, 'identifier'],
          ],
        );
      }
    });

  it('prints nothing where nothing is left, and nothing was changed', async () => {
    assert.deepEqual(await run(nothing, file('all.ts', lines(5))), []);
    assert.deepEqual(await run(nothing, nothing), []);
  });

  it('looks into files around where it is told to, but into none that holds secrets', async () => {
    const around = makeFolder();
    const after = join(around, 'after.ts');
    writeFileSync(after, lines(5));
    writeFileSync(join(around, 'other.ts'), lines(0));
    writeFileSync(join(around, 'secrets.json'), lines(0));
    const found = await run(nothing, after, around);
    assert.ok(found.length > 0);
    assert.deepEqual([...new Set(found.map(({ path }) => path))], [join(around, 'other.ts')]);
    assert.deepEqual(await run(nothing, after), []);
  });

  it('reads no file that usually holds secrets', async () => {
    const secret = file('.env', 'A=1\n');
    await assert.rejects(run(secret, nothing), CommandError);
    await assert.rejects(run(nothing, secret), CommandError);
  });

  it('says which version is not there', async () => {
    await assert.rejects(run(join(folder, 'none.ts'), nothing), /none\.ts does not exist/);
  });
});
