import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numbersOf } from '../../../../src/indexer/store/bytes';
import { Catalogue } from '../../../../src/indexer/store/catalogue';
import { keyOf } from '../../../../src/indexer/chunks/embeddedText';
import { topSlots } from '../../../../src/indexer/store/topSlots';
import { isWhole, readBlock, sweepBlocks, tidyBlocks, writeBlock } from '../../../../src/indexer/vectors/blocks';
import { plainKernel, simdKernel } from '../../../../src/indexer/vectors/kernel';
import { keyWords, KeyTable } from '../../../../src/indexer/store/keyTable';
import { giveBack, takeMemory } from '../../../../src/indexer/vectors/memories';
import { quantize, quantizeAll } from '../../../../src/indexer/vectors/quantization';
import { Shelves } from '../../../../src/indexer/vectors/shelf';
import { createRandom } from '../../../support/random';

const byte = fc.integer({ min: -127, max: 127 });
const scan = (shelves: Shelves, query: Int8Array): number[] => {
  const found = shelves.scan(query);
  return Array.from({ length: found.length }, (_, row) => found.at(row)!);
};

describe('the scan', () => {
  it('runs as WebAssembly here', () => {
    assert.notEqual(simdKernel(256), undefined);
  });

  it('gives the same bits with and without SIMD, and the cosine', () => {
    const sets = fc.integer({ min: 1, max: 70 }).chain((dimension) => {
      const row = fc
        .array(byte, { minLength: dimension, maxLength: dimension })
        .map((numbers) => Int8Array.from(numbers));
      return fc.record({ dimension: fc.constant(dimension), rows: fc.array(row, { maxLength: 20 }), query: row });
    });
    fc.assert(
      fc.property(sets, ({ dimension, rows, query }) => {
        const [fast, plain] = [new Shelves(dimension), new Shelves(dimension, plainKernel)];
        rows.forEach((row, index) => {
          assert.equal(fast.add(row), index);
          plain.add(row);
        });
        const scores = scan(fast, query);
        assert.deepEqual(scores, scan(plain, query));
        rows.forEach((row, index) => {
          assert.deepEqual(fast.row(index), row);
          assert.ok(Math.abs(scores[index]! - cosine(row, query)) < 1e-5);
        });
      }),
    );
  });

  it('does not overflow where all numbers are as large as can be', () => {
    for (const dimension of [16, 384, 1024]) {
      const shelves = new Shelves(dimension);
      shelves.add(new Int8Array(dimension).fill(-127));
      assert.ok(Math.abs(shelves.scan(new Int8Array(dimension).fill(127)).at(0)! + 1) < 1e-6);
    }
  });

  it('goes on without what was removed, whose place the last one takes', () => {
    const shelves = new Shelves(2_048);
    const random = createRandom(4);
    const rows: Int8Array[] = [];
    // More than one shelf holds, and back into the first.
    for (let index = 0; index < 3_500; index++) {
      rows.push(Int8Array.from({ length: 2_048 }, () => Math.floor(random() * 255) - 127));
      shelves.add(rows.at(-1)!);
    }
    while (rows.length > 2_500) {
      const index = Math.floor(random() * rows.length);
      shelves.remove(index);
      const last = rows.pop()!;
      if (index < rows.length) rows[index] = last;
    }
    assert.equal(shelves.size, rows.length);
    const query = rows[7]!;
    scan(shelves, query).forEach((score, index) => assert.ok(Math.abs(score - cosine(rows[index]!, query)) < 1e-5));
    assert.equal(shelves.add(query), rows.length);
    assert.throws(() => shelves.remove(rows.length + 1), RangeError);
  });

  it('goes over any number of vectors', () => {
    const dimension = 1_008;
    const shelves = new Shelves(dimension);
    const row = new Int8Array(dimension);
    for (let index = 0; index < 20_000; index++) {
      row.fill(0);
      row[index % dimension] = 1;
      shelves.add(row);
    }
    assert.equal(shelves.size, 20_000);
    const scores = scan(
      shelves,
      Int8Array.from({ length: dimension }, (_, index) => Number(index === 3)),
    );
    scores.forEach((score, index) => assert.equal(score, Number(index % dimension === 3)));
  });

  it('takes memory that was given back, and sees nothing of what it held', () => {
    const given = takeMemory();
    giveBack(given);
    assert.equal(takeMemory(), given);
    assert.notEqual(takeMemory(), given);

    const wide = new Shelves(2_048);
    for (let index = 0; index < 1_000; index++) wide.add(new Int8Array(2_048).fill(127));
    wide.clear();
    assert.equal(wide.size, 0);
    for (const dimension of [20, 33]) {
      const shelves = new Shelves(dimension);
      const rows = Array.from({ length: 100 }, (_, index) => new Int8Array(dimension).fill(index - 50).fill(1, 3));
      for (const row of rows) shelves.add(row);
      scan(shelves, rows[0]!).forEach((score, index) =>
        assert.ok(Math.abs(score - cosine(rows[index]!, rows[0]!)) < 1e-5),
      );
      shelves.clear();
    }
  });
});

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, first, second] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    dot += a[index]! * b[index]!;
    first += a[index]! ** 2;
    second += b[index]! ** 2;
  }
  return first * second === 0 ? 0 : dot / Math.sqrt(first * second);
}

describe('a quantised vector', () => {
  it('keeps its direction', () => {
    const random = createRandom(3);
    for (let round = 0; round < 20; round++) {
      const vector = Float32Array.from({ length: 256 }, () => random() - 0.5);
      const row = new Int8Array(256);
      quantize(vector, row);
      assert.ok(cosine(vector, row) > 0.9999);
    }
  });

  it('is zero where there is no direction', () => {
    for (const vector of [
      [0, 0],
      [NaN, 1],
      [Infinity, 1],
    ]) {
      const row = new Int8Array(2).fill(1);
      quantize(Float32Array.from(vector), row);
      assert.deepEqual([...row], [0, 0]);
    }
  });
});

describe('the table of keys', () => {
  it('numbers keys in the order in which they come', () => {
    const table = new KeyTable();
    const keys = Array.from({ length: 5_000 }, (_, index) => numbersOf(keyOf(`text ${index}`)));
    keys.forEach((key, index) => {
      assert.equal(table.find(key, 0), undefined);
      assert.equal(table.add(key, 0), index);
    });
    keys.forEach((key, index) => assert.deepEqual([table.add(key, 0), table.find(key, 0)], [index, index]));
    assert.equal(table.size, 5_000);
  });
});

describe('the best slots', () => {
  it('are those that sorting would give', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        scores,
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(60),
        (numbers, top, step, cut) => {
          const accepts = (slot: number): boolean => slot % step === 0;
          const sorted = numbers
            .map((_, slot) => slot)
            .filter(accepts)
            .sort((a, b) => numbers[b]! - numbers[a]! || a - b);
          const parts = [numbers.slice(0, cut), numbers.slice(cut)].map((part) => Float32Array.from(part));
          assert.deepEqual(topSlots(parts, top, accepts), sorted.slice(0, top));
        },
      ),
    );
  });
});

describe('blocks of vectors', () => {
  const model = 'test/2/int8';
  const rows = (from: number, to: number) => {
    const numbers = Array.from({ length: to - from }, (_, index) => from + index);
    return {
      model,
      keys: Buffer.concat(numbers.map((number) => keyOf(String(number)))),
      data: Uint8Array.from(numbers.flatMap((number) => [number, 1])),
    };
  };
  const content = (catalogue: Catalogue): Map<string, number> => {
    const found = new Map<string, number>();
    for (const { id } of catalogue.all<{ id: number }>('SELECT id FROM blocks')) {
      const block = readBlock(catalogue, id)!;
      assert.ok(isWhole(block));
      for (let index = 0; index < block.count; index++)
        found.set(
          Buffer.from(block.keys.subarray(index * 16, index * 16 + 16)).toString('hex'),
          block.data[index * 2]!,
        );
    }
    return found;
  };

  it('become few, and hold what they held', () => {
    const catalogue = Catalogue.inMemory();
    for (let block = 0; block < 100; block++) {
      writeBlock(catalogue, rows(block, block + 1));
      tidyBlocks(catalogue);
    }
    assert.ok(catalogue.all('SELECT id FROM blocks').length <= 16);
    assert.deepEqual(
      content(catalogue),
      new Map(Array.from({ length: 100 }, (_, number) => [Buffer.from(keyOf(String(number))).toString('hex'), number])),
    );
  });

  it('do not become large, however many there are at once', () => {
    const catalogue = Catalogue.inMemory();
    for (let block = 0; block < 80; block++) writeBlock(catalogue, rows(block * 300, (block + 1) * 300));
    tidyBlocks(catalogue);
    const counts = catalogue.all<{ count: number }>('SELECT count FROM blocks').map(({ count }) => count);
    assert.ok(counts.length < 20 && Math.max(...counts) <= 1 << 14, String(counts));
    assert.equal(content(catalogue).size, 24_000);
  });

  it('lose what nobody needs once that is most of a block', () => {
    const catalogue = Catalogue.inMemory();
    writeBlock(catalogue, rows(0, 10));
    writeBlock(catalogue, rows(10, 20));
    const wanted = new KeyTable();
    for (const number of [0, 1, 2, 10, 11, 12, 13, 14, 15]) wanted.add(numbersOf(keyOf(String(number))), 0);
    sweepBlocks(catalogue, (words, index) => wanted.find(words, index * keyWords) !== undefined);
    assert.deepEqual(
      [...content(catalogue).values()].sort((a, b) => a - b),
      [0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
    );
  });

  it('are known to be damaged by their bytes', () => {
    const catalogue = Catalogue.inMemory();
    writeBlock(catalogue, { ...rows(0, 1), data: new Uint8Array(quantizeAll(Float32Array.from([1, -1]), 2).buffer) });
    const block = readBlock(catalogue, 1)!;
    assert.ok(isWhole(block));
    block.data[1]! ^= 1;
    assert.ok(!isWhole(block));
  });
});
