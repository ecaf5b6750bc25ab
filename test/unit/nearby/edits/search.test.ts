import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EditHistory } from '../../../../src/nearby/edits/history';
import { digestOf } from '../../../../src/nearby/edits/placedEdit';
import { minimumConfidence } from '../../../../src/nearby/edits/nextEdits';
import { EditFinder } from '../../../../src/nearby/edits/search';
import type { EditSearch, FoundEdit } from '../../../../src/nearby/edits/search';
import { makeFolder } from '../../../support/folder';

const lines = ['load', 'save', 'list', 'drop', 'find'].map(
  (name) => `  case '${name}': return this.${name}(item.oldKey);\n`,
);
const text = `switch (kind) {\n${lines.join('')}}\n`;

/** The field is renamed in the first two cases. */
function searchIn(path: string, before: string): EditSearch {
  const history = new EditHistory();
  let own = before;
  for (let made = 0; made < 2; made++) {
    const start = own.indexOf('oldKey');
    history.add(path, { before: own, start, end: start + 'oldKey'.length, inserted: 'identifier' });
    own = own.replace('oldKey', 'identifier');
  }
  return { work: history.work, own: { path, text: own }, neighbours: [], least: minimumConfidence };
}

const made = (source: string, { start, end, text: put }: FoundEdit): string => {
  const all = source.split('\n');
  const offset = (line: number, character: number) =>
    all.slice(0, line).join('\n').length + (line > 0 ? 1 : 0) + character;
  return source.slice(0, offset(start.line, start.character)) + put + source.slice(offset(end.line, end.character));
};

describe('a search for the next edit', () => {
  it('tells places by lines and columns, with what would go and come and nothing else', async () => {
    const search = searchIn('/a.ts', text);
    const { likely: found } = await new EditFinder().find(search);
    assert.deepEqual(found.map(({ start }) => start.line).sort(), [3, 4, 5]);
    for (const edit of found) {
      assert.deepEqual([edit.old, edit.text], ['oldKey', 'identifier']);
      assert.equal(edit.digest, digestOf(search.own.text));
      const then = made(search.own.text, edit).split('\n');
      assert.match(then[edit.start.line]!, /item\.identifier\)/);
    }
  });

  it('says what it was learnt from, where that stands now', async () => {
    const [first] = (await new EditFinder().find(searchIn('/a.ts', text))).likely;
    assert.deepEqual(
      first!.learntFrom.map(({ line, before, after }) => [line, before, after]),
      [[1, 'oldKey', 'identifier'], [2, 'oldKey', 'identifier']],
    );
  });

  it('looks into files around, which it reads', async () => {
    const path = join(makeFolder(), 'b.ts');
    writeFileSync(path, text.replaceAll('\n', '\r\n'));
    const search = searchIn('/a.ts', text);
    const { likely: found } = await new EditFinder().find({ ...search, neighbours: [path] });
    const there = found.find((edit) => edit.path === path)!;
    assert.equal(there.digest, digestOf(text), 'line ends are told as one sign');
    assert.equal(there.old, 'oldKey');
  });

  it('finds nothing in lines that hold a secret, and says so by what would go', async () => {
    const secret = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
    const before = text.replace(lines[3]!, lines[3]!.replace(');', `); const stripeKey = '${secret}';`));
    const { likely: found } = await new EditFinder().find(searchIn('/a.ts', before));
    assert.ok(found.length > 0);
    assert.ok(!found.some(({ start }) => start.line === 4));
    assert.ok(!JSON.stringify(found).includes(secret));
  });

  it('finds in a text that has changed what stands there now', async () => {
    const finder = new EditFinder();
    await finder.find(searchIn('/a.ts', text));
    const search = searchIn('/a.ts', `// a line more\n${text}`);
    assert.deepEqual((await finder.find(search)).likely.map(({ start }) => start.line).sort(), [4, 5, 6]);
  });
}); // prettier-ignore
