import assert from 'node:assert/strict';
import type { NamePlace } from '../../../../../src/features/nextEdit/served/namePlace';
import { RenamedName } from '../../../../../src/features/nextEdit/served/renamedName';
import { positionAt } from '../../../../../src/nearby/edits/placedEdit';

/** All places where a word stands; the first one defines it. */
const placesOf = (name: string, text: string, path: string): NamePlace[] =>
  [...text.matchAll(new RegExp(`(?<![\\w$])${name}(?![\\w$])`, 'g'))].map(({ index }) => ({
    path,
    start: positionAt(text, index),
    end: positionAt(text, index + name.length),
  }));

/** Files with uses of what the first word `total` of the first one defines, which is called `sum` now. */
function renamed(files: Readonly<Record<string, string>>, now = 'sum') {
  const [definition, ...uses] = Object.entries(files).flatMap(([path, text]) => placesOf('total', text, path));
  const name = new RenamedName('total', definition!, uses);
  const [path, text] = Object.entries(files)[0]!;
  const change = { start: definition!.start, end: definition!.end, text: now };
  name.changed(path, [change]);
  const texts = { ...files, [path]: text.replace(/\btotal\b/, now) };
  return {
    name,
    due: (to = now) =>
      name.renamedTo(to)
        ? Object.entries(texts).map(([file, one]) =>
            name.dueIn(file, one.split('\n'), to).map(({ place }) => place.start.line),
          )
        : undefined,
  };
}

describe('a definition whose name was changed', () => {
  it('has its uses follow, in all files', () => {
    const files = { 'a.ts': 'function total() {}\ntotal();\nlog(total, total);\n', 'b.ts': 'import { total } from "./a";\n' };
    assert.deepEqual(renamed(files).due(), [[1, 2, 2], [0]]);
  });

  it('has none follow while what stands there is no name, or the old one', () => {
    const files = { 'a.ts': 'let total = 1;\nlog(total);\n' };
    assert.equal(renamed(files, '').due(), undefined);
    assert.equal(renamed(files, 'to tal').due(), undefined);
    assert.equal(renamed(files, 'return').due(), undefined);
    assert.equal(renamed(files, 'total').due(), undefined);
  });

  it('leaves a use that is called otherwise by now, or is a part of a longer word', () => {
    const { name, due } = renamed({ 'a.ts': 'let total = 1;\nlog(total);\nlog(total);\nlog(total);\n' });
    const at = (line: number, from: number, to: number) => ({ start: { line, character: from }, end: { line, character: to } });
    name.changed('a.ts', [{ ...at(1, 4, 9), text: 'other' }]);
    name.changed('a.ts', [{ ...at(2, 9, 9), text: 's' }]);
    due();
    const lines = 'let sum = 1;\nlog(other);\nlog(totals);\nlog(total);'.split('\n');
    assert.deepEqual(name.dueIn('a.ts', lines, 'sum').map(({ place }) => place.start.line), [3]);
  });

  it('has uses that followed one name follow the next one', () => {
    const { name, due } = renamed({ 'a.ts': 'let total = 1;\nlog(total);\nlog(total);\n' }, 'su');
    due();
    const use = { start: { line: 1, character: 4 }, end: { line: 1, character: 9 } };
    name.changed('a.ts', [{ ...use, text: 'su' }]);
    name.changed('a.ts', [{ start: { line: 0, character: 6 }, end: { line: 0, character: 6 }, text: 'm' }]);
    assert.ok(name.renamedTo('sum'));
    assert.deepEqual(name.dueIn('a.ts', ['let sum = 1;', 'log(su);', 'log(total);'], 'sum').map(({ old }) => old), ['su', 'total']);
  });

  it('is at hand where it or one of its uses was edited', () => {
    const { name } = renamed({ 'a.ts': 'let total = 1;\nlog(total);\n' });
    const part = (line: number, character: number) => ({ start: { line, character }, end: { line, character } });
    assert.ok(name.isAt('a.ts', part(0, 7)) && name.isAt('a.ts', part(1, 9)));
    assert.ok(!name.isAt('a.ts', part(1, 10)) && !name.isAt('b.ts', part(0, 7)));
  });

  it('leaves a property and its value in one alone, but neither arguments nor what is imported', () => {
    const due = (text: string, path = 'b.ts') => renamed({ 'a.ts': 'let total;\n', [path]: text }).due()?.[1]?.length;
    for (const left of [
      'return { total };',
      'const { total } = all;',
      'f({ a: b(1), total, c });',
      'const x = {\n  a,\n  total,\n};',
      'const { total = 1 } = all;',
      'export default { total };',
    ])
      assert.equal(due(left), 0, left);
    for (const changed of [
      'f(a, total, c);',
      'x = [a, total];',
      'import { total, a } from "a";',
      'import A, {\n  total,\n} from "a";',
      'import type { total } from "a";',
      'export { total };',
      'x = { total: 1 };',
      'x = { total() {} };',
      'x = () => {\n  total = 1;\n}',
      'if (a) { total = 1; }',
      '<b c={total}>{total}</b>',
      'x = `${total}`;',
    ])
      assert.equal(due(changed), changed.split('total').length - 1, changed);
    assert.equal(due('{ total, }', 'b.py'), 1);
  });
}); // prettier-ignore
