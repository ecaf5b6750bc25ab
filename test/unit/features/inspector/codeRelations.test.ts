import assert from 'node:assert/strict';
import { definitions, namesToAsk, siblings } from '../../../../src/features/inspector/codeRelations';
import type { Relation } from '../../../../src/ipc/engine/messages/attention';
import { grammars } from '../../../support/grammars';

const code =
  'const shelf = { books: 3 };\nfunction count(of) {\n  return shelf.books + of.books; // shelf of books\n}\n';

/** A text in tokens of words, blanks and signs, whole or a part of it, as a capture has them. */
function tokens(text: string, from = 0, to = text.length) {
  const found = [...text.slice(from, to).matchAll(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu)];
  return {
    texts: found.map(([own]) => own),
    offsets: Int32Array.from(found.flatMap(({ 0: own, index }) => [from + index, from + index + own.length])),
  };
}

function pairsOf({ pairs }: Relation): [number, number][] {
  return Array.from({ length: pairs.length / 2 }, (_, i) => [pairs[2 * i]!, pairs[2 * i + 1]!]);
}

describe('tokens of one syntax node', () => {
  it('are those whose leaves are its children, by hand', async () => {
    const { texts, offsets } = tokens(code);
    const leaves = await grammars.leaves(code, 'javascript', { start: 0, end: code.length });
    const found = pairsOf(siblings(offsets, leaves!, code)).map(
      ([reads, read]) => `${texts[reads]}${read < reads ? '←' : '?'}${texts[read]}`,
    );
    // `const` with its `;`, the declarator's name with `=`, the object's braces, the pair, …
    for (const pair of [
      ';←const',
      '=←shelf',
      '}←{',
      ':←books',
      '3←books',
      '3←:',
      'count←function',
      ')←(',
      'of←(',
      '.←shelf',
      'books←.',
      ';←return',
    ])
      assert.ok(found.includes(pair), `${pair} in ${found.join(' ')}`);
    for (const pair of ['=←const', '3←{', 'count←const', '/←/']) assert.ok(!found.includes(pair), pair);
  });

  it('are the same for a part of a file, for what is wrapped in blanks, and for a prompt that puts the end first', async () => {
    const [cut, middle] = [code.indexOf('function'), code.indexOf('return')];
    const parts = [tokens(code, middle), tokens(code, cut, middle)];
    const offsets = Int32Array.from(parts.flatMap((part) => [...part.offsets]));
    const texts = parts.flatMap((part) => part.texts);
    const leaves = await grammars.leaves(code, 'javascript', { start: cut, end: code.length });
    assert.ok(leaves!.every(({ start, end }) => end > cut && start < code.length));
    const found = pairsOf(siblings(offsets, leaves!, code)).map(([reads, read]) =>
      [texts[reads], texts[read]].join('←'),
    );
    assert.ok(found.includes('.←shelf') && found.includes(')←(') && found.includes('count←function'), found.join(' '));
    const blank = Int32Array.of(
      code.indexOf(' shelf ='),
      code.indexOf(' shelf =') + 6,
      code.indexOf(' = {'),
      code.indexOf(' = {') + 2,
    );
    assert.deepEqual(
      pairsOf(siblings(blank, (await grammars.leaves(code, 'javascript', { start: 0, end: 20 }))!, code)),
      [[1, 0]],
    );
  });

  it('of a long list are the nearest ones alone', async () => {
    const list = `[${'1, '.repeat(400)}1]`;
    const leaves = await grammars.leaves(list, 'javascript', { start: 0, end: list.length });
    const { offsets } = tokens(list);
    assert.ok(pairsOf(siblings(offsets, leaves!, list)).length <= 32 * (offsets.length / 2));
  });
});

describe('definitions', () => {
  it('are asked for once for each name, before any a second time, and never for keywords', () => {
    const { offsets } = tokens(code);
    assert.deepEqual(
      namesToAsk(offsets, code, 100)
        .map(({ text }) => text)
        .slice(0, 4),
      ['books', 'of', 'shelf', 'count'],
    );
    assert.ok(!namesToAsk(offsets, code, 100).some(({ text }) => ['const', 'function', 'return'].includes(text)));
    assert.equal(namesToAsk(offsets, code, 3).length, 3);
    assert.deepEqual(namesToAsk(Int32Array.of(-1, -1), code, 3), []);
  });

  it('are pairs of all tokens of both names; what is defined elsewhere or later is none', () => {
    const text = 'let longName = 1;\nuse(longName);';
    // Names in two tokens each.
    const offsets = Int32Array.of(0, 4, 4, 8, 8, 12, 12, 17, 17, 18, 18, 22, 22, 26, 26, 30, 30, 32);
    const [use] = namesToAsk(offsets, text, 10).filter(({ start }) => start > 10 && text.startsWith('longName', start));
    assert.deepEqual([use!.from, use!.to], [6, 8]);
    assert.deepEqual(pairsOf(definitions(offsets, text, [{ name: use!, start: 4 }])), [
      [6, 1],
      [6, 2],
      [7, 1],
      [7, 2],
    ]);
    assert.deepEqual(
      pairsOf(
        definitions(offsets, text, [
          { name: use!, start: 0 },
          { name: use!, start: 22 },
        ]),
      ),
      [],
    );
  });
});
