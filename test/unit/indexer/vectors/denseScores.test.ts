import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ScannedCosines } from '../../../../src/indexer/vectors/cosines';
import { JointScores } from '../../../../src/indexer/vectors/denseScores';
import type { ModelScores } from '../../../../src/indexer/vectors/denseScores';
import type { Scale } from '../../../../src/indexer/vectors/comparable';

const size = 7;
/** Whether each of two models has embedded a text, and what it makes of it: few different numbers, so that some are equal. */
const text = fc.record({
  has: fc.tuple(fc.boolean(), fc.boolean()),
  cosines: fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 })),
});

function modelOf(
  texts: readonly { has: readonly boolean[]; cosines: readonly number[] }[],
  index: 0 | 1,
): ModelScores & Scale {
  const rows = new Int32Array(texts.length).fill(-1);
  const own = texts.flatMap(({ has }, number) => (has[index] === true ? [number] : []));
  own.forEach((number, row) => (rows[number] = row));
  const values = Float32Array.from(own, (number) => texts[number]!.cosines[index]!);
  const parts = Array.from({ length: Math.ceil(own.length / size) }, (_, part) =>
    values.subarray(part * size, (part + 1) * size),
  );
  return {
    name: `model ${index}`,
    rows,
    cosines: new ScannedCosines(parts, size, 0.1),
    floor: 0.05,
    textOf: (row) => own[row]!,
    mean: index / 100,
    deviation: 0.2 - index / 100,
  };
}

describe('what several models say of chunks', () => {
  const cases = fc.array(text, { minLength: 1, maxLength: 120 }).chain((texts) =>
    fc.record({
      texts: fc.constant(texts),
      chunks: fc.array(fc.record({ text: fc.nat(texts.length - 1), file: fc.nat(3), lives: fc.boolean() }), {
        maxLength: 150,
      }),
      top: fc.integer({ min: 1, max: 12 }),
      file: fc.nat(3),
    }),
  );

  it('is the word of the best one on each, and the best are those that sorting would give', () => {
    fc.assert(
      fc.property(cases, ({ texts, chunks, top, file }) => {
        const models = [modelOf(texts, 0), modelOf(texts, 1)];
        const slots = {
          texts: Int32Array.from(chunks, (chunk) => chunk.text),
          files: Uint32Array.from(chunks, (chunk) => chunk.file),
          wholes: Uint32Array.from(chunks, ({ lives }) => Number(lives)),
          isUsed: Uint8Array.from(texts, (_, number) =>
            Number(chunks.some((chunk) => chunk.lives && chunk.text === number)),
          ),
        };
        const scores = new JointScores(slots, models);
        const expected = chunks.map(({ text: number, lives }) => {
          const by = texts[number]!.has.indexOf(true);
          return by < 0 || !lives
            ? undefined
            : Math.fround((Math.fround(texts[number]!.cosines[by]!) * 0.1 - models[by]!.mean) / models[by]!.deviation);
        });
        chunks.forEach(({ text: number, lives }, slot) => {
          const by = texts[number]!.has.indexOf(true);
          assert.equal(scores.relative(slot), expected[slot]);
          assert.equal(scores.model(slot), by < 0 ? undefined : `model ${by}`);
          if (lives) assert.equal(scores.isFar(slot), by < 0 || texts[number]!.cosines[by]! <= 0);
        });
        for (const accepts of [() => true, (number: number) => number === file]) {
          const sorted = expected
            .flatMap((score, slot) => (score === undefined || !accepts(chunks[slot]!.file) ? [] : [slot]))
            .sort((a, b) => expected[b]! - expected[a]! || a - b);
          assert.deepEqual(scores.best(top, accepts), sorted.slice(0, top));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('looks at a few chunks only, though the nearest texts are gone', () => {
    const count = 500;
    const texts = Array.from({ length: count }, (_, number) => ({ has: [true, false], cosines: [number, 0] }));
    const lives = (number: number): boolean => number < count / 2;
    const everyone = Array.from({ length: count }, (_, number) => number);
    const slots = {
      texts: Int32Array.from(everyone),
      files: new Uint32Array(count),
      wholes: Uint32Array.from(everyone, (number) => Number(lives(number))),
      isUsed: Uint8Array.from(everyone, (number) => Number(lives(number))),
    };
    let looked = 0;
    const best = new JointScores(slots, [modelOf(texts, 0)]).best(5, () => ++looked > 0);
    assert.deepEqual(best, [249, 248, 247, 246, 245]);
    assert.ok(looked <= 10, `looked at ${looked}`);
  });
});
