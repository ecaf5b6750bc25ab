import assert from 'node:assert/strict';
import { Batch, commit } from '../../../../src/indexer/indexing/batch';
import { Catalogue } from '../../../../src/indexer/store/catalogue';
import { keyOf, keySize } from '../../../../src/indexer/chunks/embeddedText';
import { Slots } from '../../../../src/indexer/store/slots';
import { writeBlock } from '../../../../src/indexer/vectors/blocks';
import { DenseIndex } from '../../../../src/indexer/vectors/denseIndex';
import type { QuestionVector } from '../../../../src/indexer/vectors/searchedModel';
import { sweep } from '../../../../src/indexer/vectors/sweep';
import { createRandom } from '../../../support/random';

const texts = 1_000;
const [full, fast] = [
  { name: 'full', dimension: 24 },
  { name: 'fast', dimension: 16 },
];
/** No room for both: from 100 vectors of the better model on, one in four of the others stays. */
const room = { bytesForBoth: 0, first: 100, oneIn: 4 };
const random = createRandom(11);
const vector = (dimension: number): Int8Array =>
  Int8Array.from({ length: dimension }, () => Math.floor(random() * 255) - 127);
const key = (text: number): Uint8Array => keyOf(`text ${text}`);

function write(catalogue: Catalogue, { name, dimension }: typeof full, from: number, to: number): void {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  const data = Buffer.concat(numbers.map(() => new Uint8Array(vector(dimension).buffer)));
  catalogue.transaction(() => writeBlock(catalogue, { model: name, keys: Buffer.concat(numbers.map(key)), data }));
}

/** Adds a file with one chunk for each of some texts. */
function add(catalogue: Catalogue, ...numbers: readonly number[]): void {
  const batch = new Batch();
  for (const text of numbers) {
    batch.add({
      path: `${text}.ts`,
      language: 'typescript',
      hash: new Uint8Array(),
      bytes: 1,
      modified: 0,
      lines: 1,
      chunks: [
        {
          start: 0,
          end: 1,
          from: 1,
          to: 1,
          symbols: [],
          defines: false,
          definition: 0,
          terms: ['term'],
          embedded: '',
          key: key(text),
          whole: 1,
        },
      ],
    });
  }
  commit(catalogue, batch);
}

/** An index whose texts have a vector of the fast model each. */
function made(): Catalogue {
  const catalogue = Catalogue.inMemory();
  add(catalogue, ...Array(texts).keys());
  write(catalogue, fast, 0, texts);
  return catalogue;
}

const reader = (catalogue: Catalogue, kept = room): DenseIndex =>
  new DenseIndex(catalogue, new Slots(catalogue), [full, fast], { room: kept });
const questions = new Map<string, QuestionVector>(
  [full, fast].map(({ name, dimension }) => [name, { vector: vector(dimension) }]),
);
const byFast = new Map([...questions].filter(([name]) => name === 'fast'));

/** What is said of each chunk, as [cosine, model]; and how many vectors of the fast model there are. */
function seen(dense: DenseIndex) {
  dense.refresh();
  const slots = Array.from({ length: texts }, (_, slot) => slot);
  const scores = dense.scores(questions);
  const said = slots.map((slot) => ({
    cosine: scores.cosine(slot),
    model: scores.model(slot),
    relative: scores.relative(slot)!,
  }));
  const alone = dense.scores(byFast);
  return { said, fast: slots.filter((slot) => alone.cosine(slot) !== undefined).length };
}

describe('vectors of two models', () => {
  it('give room for each other, in an index that is open and in one that is opened', () => {
    const catalogue = made();
    const open = reader(catalogue);
    const everything = reader(catalogue, { ...room, bytesForBoth: Infinity });
    const writer = new DenseIndex(catalogue, new Slots(catalogue), [full, fast], { hold: 'known', room });
    const inSample = (from: number, to: number): number =>
      Array.from({ length: to - from }, (_, index) => key(from + index)).filter(
        (bytes) => (Buffer.from(bytes).readUInt32LE(4) & 3) === 0,
      ).length;
    assert.equal(seen(open).fast, texts);
    for (const [from, to] of [
      [0, 60],
      [60, 120],
      [120, 500],
      [500, 1_000],
    ] as const) {
      write(catalogue, full, from, to);
      const wanted = to < 100 ? texts : texts - to + inSample(0, to);
      for (const phase of ['written', 'swept']) {
        if (phase === 'swept') sweep(catalogue, writer);
        const all = seen(everything);
        for (const [name, dense] of [
          ['open', open],
          ['opened', reader(catalogue)],
        ] as const) {
          const { said, fast: held } = seen(dense);
          const where = `${name}, ${phase}, ${to}`;
          assert.equal(held, wanted, where);
          said.forEach(({ cosine, model, relative }, slot) => {
            const one = all.said[slot]!;
            assert.deepEqual([cosine, model], [one.cosine, one.model], where);
            // A quarter of the texts says nearly what all of them do.
            assert.ok(Math.abs(relative - one.relative) < 0.5, `${where}: ${relative} ${one.relative}`);
          });
        }
        assert.equal(all.fast, texts);
      }
    }
    const [left] = catalogue.all<{ bytes: number }>(
      "SELECT sum(length(keys)) AS bytes FROM blocks WHERE model = 'fast'",
    );
    assert.equal(left?.bytes, inSample(0, texts) * keySize);
  });

  it('are compared with a question once where the better one has embedded nearly everything', () => {
    const catalogue = made();
    const room = { bytesForBoth: Infinity, first: 100, oneIn: 16 };
    const dense = reader(catalogue, room);
    const said = (by: typeof questions) => {
      dense.refresh();
      const scores = dense.scores(by);
      const slots = Array.from({ length: dense.slots.live }, (_, slot) => slot);
      return { each: slots.map((slot) => scores.model(slot)), cosines: slots.map((slot) => scores.cosine(slot)), relative: slots.map((slot) => scores.relative(slot)!), best: scores.best(20, () => true) }; // prettier-ignore
    };
    let embedded = 0;
    for (const share of [0, 0.5, 0.9, 0.98, 1]) {
      write(catalogue, full, embedded, texts * share);
      embedded = texts * share;
      // Without a copy, everything is compared with everything: the same answers on nearly the same scale.
      const [some, all] = [
        said(questions),
        new DenseIndex(catalogue, new Slots(catalogue), [full, fast], { room: { ...room, first: Infinity } }),
      ];
      all.refresh();
      const scores = all.scores(questions);
      some.each.forEach((model, slot) => {
        assert.equal(model, slot < embedded ? 'full' : 'fast');
        assert.deepEqual([model, some.cosines[slot]], [scores.model(slot), scores.cosine(slot)]);
        assert.ok(Math.abs(some.relative[slot]! - scores.relative(slot)!) < 0.5, `${share}: ${slot}`);
      });
      // All vectors of the lesser one are there for the next question, which the better one may be too busy for.
      assert.deepEqual(new Set(said(byFast).each), new Set(['fast']));
      assert.deepEqual(said(questions), some);
    }
    const byFull = new Map([...questions].filter(([name]) => name === 'full'));
    assert.deepEqual(said(questions), said(byFull));
    // A text that only the lesser one has embedded is compared by that.
    add(catalogue, texts);
    write(catalogue, fast, texts, texts + 1);
    const { each } = said(questions);
    assert.deepEqual([each.at(-1), each.lastIndexOf('full')], ['fast', texts - 1]);
    write(catalogue, full, texts, texts + 1);
    assert.deepEqual(said(questions), said(byFull));
  });

  it('are all kept where there is room', () => {
    const catalogue = made();
    write(catalogue, full, 0, texts);
    assert.equal(seen(reader(catalogue, { ...room, bytesForBoth: texts * 40 })).fast, texts);
    assert.ok(seen(reader(catalogue, { ...room, bytesForBoth: texts * 40 - 1 })).fast < texts);
  });
});
