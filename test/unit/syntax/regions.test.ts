import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkFile } from '../../../src/indexer/chunks/chunker';
import { markOf, regionsOf } from '../../../src/syntax/regions';
import { symbolsOf } from '../../../src/syntax/symbols';
import { grammars } from '../../support/grammars';

const orders = `<script setup lang="ts">
/** Cancels it. */
const cancelOrder = async (id: string) => {
  await api.remove(id);
};
</script>
<template>
  <a href="/orders">
    View orders
  </a>
</template>
<style scoped lang="scss">
.order { color: red; }
</style>
`;

describe('regions of a file', () => {
  const parts = (text: string, path: string): string[] =>
    regionsOf(text, path)!.map(
      ({ start, end, path: own }) => `${own.slice(path.length)} ${text.slice(start, end).trim()}`,
    );

  it('are script, template and style, each as what it is', () => {
    const found = regionsOf(orders, 'Orders.vue')!.map(({ path }) => path.slice('Orders.vue'.length));
    assert.deepEqual(found, ['.html', '.ts', '.html', '.scss', '.html']);
    assert.deepEqual(parts('<script>let a = 1;</script>\n<p>{a}</p>\n<style>p { top: 0 }</style>', 'a.svelte'), ['.html <script>', '.js let a = 1;', '.html </script>\n<p>{a}</p>\n<style>', '.css p { top: 0 }', '.html </style>']); // prettier-ignore
    assert.deepEqual(parts('---\nconst a = 1;\n---\n<p>{a}</p>\n', 'a.astro'), ['.html ---', '.ts const a = 1;', '.html ---\n<p>{a}</p>']); // prettier-ignore
    assert.equal(regionsOf('let a = 1;', 'a.ts'), undefined);
  });

  it('stand where they stand, behind letters that are longer in lower case, too', () => {
    assert.deepEqual(parts('<p>İİİ</p><style>p {}</style>', 'a.vue'), ['.html <p>İİİ</p><style>', '.css p {}', '.html </style>']); // prettier-ignore
  });

  it('are one where tags and blank lines are many and nothing ends', () => {
    for (const text of ['<script '.repeat(100_000), '\n'.repeat(1_000_000)])
      assert.deepEqual(regionsOf(text, 'a.astro'), [{ start: 0, end: text.length, path: 'a.astro.html' }]);
  });

  it('cover a component without gaps, whatever it holds', () => {
    const piece = fc.constantFrom('<script lang="ts">', '</script>', '<style>', '</style>', '<template>', '</template>', '---\n', 'a\n', '<script src="x"/>', '"', '>'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(piece), fc.constantFrom('a.vue', 'a.svelte', 'a.astro'), (pieces, path) => {
        const text = pieces.join('');
        let at = 0;
        for (const { start, end } of regionsOf(text, path)!) {
          assert.ok(start === at && end > start);
          at = end;
        }
        assert.equal(at, text.length);
      }),
    );
  });

  it('are cells of a notebook', () => {
    const text = `${markOf('python')}def f():\n    pass\n${markOf('markdown')}# Title\n${markOf('unheard')}x\n`;
    assert.deepEqual(parts(text, 'a.ipynb'), ['.py def f():\n    pass', '.md # Title', '.txt x']);
  });

  it('have symbols where they are code, and none where they are prose', async () => {
    const symbols = await symbolsOf(orders, 'Orders.vue', grammars);
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['cancelOrder'],
    );
    const [{ nameRange, documentation, start, end }] = symbols as [(typeof symbols)[0]];
    assert.equal(orders.slice(nameRange!.start, nameRange!.end), 'cancelOrder');
    assert.equal(orders.slice(documentation!.start, documentation!.end), '/** Cancels it. */');
    assert.match(orders.slice(start, end), /^const cancelOrder[^]*\};?$/);
    assert.deepEqual(await symbolsOf('Table of contents\n\nView orders\n', 'NOTES', grammars), []);
    assert.deepEqual((await symbolsOf('create table orders (id int);\n', 'a.sql', grammars)).map(({ name }) => name), ['orders']); // prettier-ignore
  });

  it('are cut apart, and a cell without the line above it', async () => {
    const pieces = (await chunkFile(orders, 'Orders.vue', grammars)).map(({ start, end }) => orders.slice(start, end));
    assert.equal(pieces.join(''), orders);
    assert.ok(pieces.every((piece) => !(piece.includes('cancelOrder') && piece.includes('View orders'))));
    const text = `${markOf('python')}def f():\n    pass\n${markOf('markdown')}# Title\n`;
    const cells = (await chunkFile(text, 'a.ipynb', grammars)).map(({ start, end }) => text.slice(start, end));
    assert.deepEqual(cells, ['def f():\n    pass\n', '# Title\n']);
  });
});
