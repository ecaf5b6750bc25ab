import fc from 'fast-check';
import assert from 'node:assert/strict';
import { definition, variantNamed, withoutCharacters } from '../../../support/tokenizers';
import { sourceText } from '../../../support/texts';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';

const pairs = (ranges: Uint32Array): [number, number][] =>
  Array.from({ length: ranges.length / 2 }, (_, i) => [ranges[2 * i]!, ranges[2 * i + 1]!]);

const insidePair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && (text.codePointAt(at - 1) ?? 0) > 0xffff;

/** Every token has a range, in order; distinct ranges tile the text and begin and end between characters. */
function assertTiles(tokenizer: Tokenizer, text: string): [number, number][] {
  const { ids, ranges } = tokenizer.encodeWithRanges(text);
  assert.deepEqual(Array.from(ids), tokenizer.encode(text));
  const found = pairs(ranges);
  assert.equal(found.length, ids.length);
  let end = 0;
  found.forEach(([from, to], index) => {
    const [, previousEnd] = found[index - 1] ?? [0, 0];
    const shared = index > 0 && from === found[index - 1]![0] && to === previousEnd;
    assert.ok(shared || from === end, `token ${index} at ${from}, expected ${end}`);
    assert.ok(to > from && !insidePair(text, from) && !insidePair(text, to));
    end = to;
  });
  assert.equal(end, text.length);
  return found;
}

const bytesOnly = { ...definition, model: { ...definition.model, merges: [] } };

describe('token ranges', () => {
  for (const [name, tokenizer] of [
    ['merged tokens', Tokenizer.create(definition)],
    ['single bytes', Tokenizer.create(bytesOnly)],
    ['composed text', Tokenizer.create(variantNamed('modern'))],
  ] as const) {
    it(`tile every text: ${name}`, () => {
      fc.assert(
        fc.property(sourceText, (text) => void assertTiles(tokenizer, text)),
        { numRuns: 1500 },
      );
    });
  }

  it('point at the text that the token stands for', () => {
    const tokenizer = Tokenizer.create(definition);
    const property = fc.property(sourceText, (text) => {
      const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
      const { ids, ranges } = tokenizer.encodeWithRanges(text);
      const groups = new Map<number, { end: number; ids: number[] }>();
      pairs(ranges).forEach(([start, end], index) => {
        const group = groups.get(start) ?? { end, ids: [] };
        group.ids.push(ids[index]!);
        groups.set(start, group);
      });
      for (const [start, group] of groups)
        assert.equal(tokenizer.decode(group.ids), wellFormed.slice(start, group.end));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  const cases: Record<string, [text: string, ranges: [number, number][]]> = {
    nothing: ['', []],
    'a byte-order mark': [
      '\ufeffa',
      [
        [0, 1],
        [0, 1],
        [0, 1],
        [1, 2],
      ],
    ],
    CRLF: [
      'a\r\nb',
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
      ],
    ],
    'a tab': [
      '\ta',
      [
        [0, 1],
        [1, 2],
      ],
    ],
    'an emoji': [
      '😀!',
      [
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [2, 3],
      ],
    ],
    'a joined emoji': [
      '👩‍💻',
      [
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [2, 3],
        [2, 3],
        [2, 3],
        [3, 5],
        [3, 5],
        [3, 5],
        [3, 5],
      ],
    ],
    'a combining mark': [
      'e\u0301',
      [
        [0, 1],
        [1, 2],
        [1, 2],
      ],
    ],
    'a lone high surrogate': [
      'a\ud83db',
      [
        [0, 1],
        [1, 2],
        [1, 2],
        [1, 2],
        [2, 3],
      ],
    ],
    'a lone low surrogate': [
      '\ude00',
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
    ],
    'control characters': [
      '\u0000\u001b',
      [
        [0, 1],
        [1, 2],
      ],
    ],
  };
  const tokenizer = Tokenizer.create(bytesOnly);
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(`of ${name}`, () => assert.deepEqual(assertTiles(tokenizer, text), expected));
  }

  it('are shared by tokens that meet inside a code point', () => {
    // U+2019 is e2 80 99; the first token takes the space and two of its bytes, as GPT-2 has it.
    const vocab: Record<string, number> = { ...definition.model.vocab, Ġâ: 2000, ĠâĢ: 2001 };
    const merges: [string, string][] = [
      ['Ġ', 'â'],
      ['Ġâ', 'Ģ'],
    ];
    const glued = {
      ...definition,
      pre_tokenizer: variantNamed('classic').pre_tokenizer,
      model: { ...definition.model, vocab, merges },
    };
    const { ids, ranges } = Tokenizer.create(glued).encodeWithRanges(' \u2019x');
    assert.deepEqual(Array.from(ids), [2001, vocab['Ļ'], vocab.x]);
    assert.deepEqual(pairs(ranges), [
      [0, 2],
      [0, 2],
      [2, 3],
    ]);
  });

  it('lead back to text that was composed before encoding', () => {
    const composing = Tokenizer.create({ ...bytesOnly, normalizer: { type: 'NFC' } });
    // One source range for é, of which two tokens (c3 a9) are made; what stands around keeps its own.
    assert.deepEqual(assertTiles(composing, 'ae\u0301b'), [
      [0, 1],
      [1, 3],
      [1, 3],
      [3, 4],
    ]);
  });
});

describe('token ranges where bytes have no token', () => {
  // ESC is written ě, the byte f0 (which begins an emoji) ð, and x itself.
  const lacking = { ...withoutCharacters('xěð'), pre_tokenizer: variantNamed('classic').pre_tokenizer };
  const tokenizer = Tokenizer.create({ ...lacking, model: { ...lacking.model, merges: [] } });
  const cases: Record<string, [text: string, ranges: [number, number][]]> = {
    'at the beginning of a piece: with the token behind it': ['xa', [[0, 2]]],
    'in a piece: with the token before it': [
      'axxb',
      [
        [0, 3],
        [3, 4],
      ],
    ],
    'at the end of a piece': [
      'ax1',
      [
        [0, 2],
        [2, 3],
      ],
    ],
    'a piece of nothing else: with none': [
      '1\u001b\u001b2x',
      [
        [0, 1],
        [3, 4],
      ],
    ],
    'the first byte of a character: the others have all of it': [
      '😀a',
      [
        [0, 2],
        [0, 2],
        [0, 2],
        [2, 3],
      ],
    ],
    'nothing is left': ['xx', []],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(name, () => assert.deepEqual(pairs(tokenizer.encodeWithRanges(text).ranges), expected));
  }

  it('cover tokens that merged over what was left out', () => {
    const glued = {
      ...lacking,
      model: { ...lacking.model, vocab: { ...lacking.model.vocab, ab: 2000 }, merges: [['a', 'b']] },
    };
    const { ids, ranges } = Tokenizer.create(glued).encodeWithRanges('axxbx');
    assert.deepEqual(Array.from(ids), [2000]);
    assert.deepEqual(pairs(ranges), [[0, 5]]);
  });

  it('are one for unknown bytes that follow each other, where there is an unknown token', () => {
    const unknown = (fuse_unk: boolean) =>
      Tokenizer.create({
        ...lacking,
        model: { ...lacking.model, merges: [], unk_token: '<|pad|>', fuse_unk },
      }).encodeWithRanges('axxb');
    assert.deepEqual(pairs(unknown(true).ranges), [
      [0, 1],
      [1, 3],
      [3, 4],
    ]);
    assert.deepEqual(pairs(unknown(false).ranges), [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  it('are in order, leave out only what gave no token, and decode to the text without those bytes', () => {
    const bytesWithout = (text: string): Buffer =>
      Buffer.from(text.replace(/\p{Surrogate}/gu, '\ufffd')).filter(
        (byte) => ![0x78, 0x1b, 0xf0].includes(byte),
      ) as Buffer;
    const property = fc.property(sourceText, (text) => {
      const { ids, ranges } = tokenizer.encodeWithRanges(text);
      assert.deepEqual(Array.from(ids), tokenizer.encode(text));
      assert.equal(tokenizer.decode(ids), bytesWithout(text).toString('utf8'));
      const found = pairs(ranges);
      const gaps = [...found, [text.length, text.length]].map(([start], at) =>
        text.slice(found[at - 1]?.[1] ?? 0, start),
      );
      for (const gap of gaps) assert.match(gap, /^[x\u001b]*$/);
      for (const [start, end] of found) assert.ok(end > start && !insidePair(text, start) && !insidePair(text, end));
    });
    fc.assert(property, { numRuns: 1500 });
  });
});
