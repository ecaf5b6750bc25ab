import assert from 'node:assert/strict';
import { Batch, commit } from '../../../../src/indexer/indexing/batch';
import { numbersOf, release, withRoomFor } from '../../../../src/indexer/store/bytes';
import { Catalogue } from '../../../../src/indexer/store/catalogue';
import { keyOf } from '../../../../src/indexer/chunks/embeddedText';
import { Slots } from '../../../../src/indexer/store/slots';
import { createRandom } from '../../../support/random';

describe('the slots of an index', () => {
  it('are the same in one that is open all the time and in one that is opened', () => {
    const catalogue = Catalogue.inMemory();
    const open = new Slots(catalogue);
    const random = createRandom(21);
    const paths = new Set<string>();
    let most = 0;
    for (let round = 0; round < 60; round++) {
      const batch = new Batch();
      // Now and then most files go, so that segments do and others move to the front.
      for (const path of paths) {
        if (random() > (round % 10 === 9 ? 0.9 : 0.05)) continue;
        paths.delete(path);
        batch.removed.push(catalogue.all<{ id: number }>('SELECT id FROM files WHERE path = ?', path)[0]!.id);
      }
      for (let file = 0; file < random() * 12; file++) {
        const path = `${Math.floor(random() * 200)}.ts`;
        if (batch.files.some((other) => other.path === path)) continue;
        paths.add(path);
        const chunks = Array.from({ length: Math.floor(random() * 4) }, (_, chunk) => {
          const terms = Array.from({ length: 1 + Math.floor(random() * 5) }, (__, term) => `term${term}`);
          const text = `${Math.floor(random() * 100)}`;
          return {
            start: chunk,
            end: chunk + 1,
            from: 1,
            to: 1,
            symbols: [],
            defines: false,
            definition: 0,
            terms,
            embedded: text,
            key: keyOf(text),
            whole: terms.length + chunk,
          };
        });
        batch.add({ path, language: 'typescript', hash: new Uint8Array(), bytes: 1, modified: 0, lines: 1, chunks });
      }
      commit(catalogue, batch);
      open.refresh();
      const opened = new Slots(catalogue);
      opened.refresh();
      assert.deepEqual(seen(open), seen(opened));
      const used = new Set(open.texts.filter((_, slot) => open.wholes[slot] !== 0));
      assert.deepEqual(new Set(Array.from(open.isUsed.keys()).filter((number) => open.isUsed[number] === 1)), used);
      most = Math.max(most, open.segments.length);
    }
    assert.ok(most > 3);
  });
});

function seen({ segments, wholes, files, texts, live, meanLength }: Slots) {
  return {
    segments,
    wholes,
    files,
    live,
    meanLength: meanLength.toFixed(9),
    sameText: Array.from(texts, (text) => texts.indexOf(text)),
  };
}

describe('numbers in bytes', () => {
  it('are read at any address', () => {
    const numbers = Uint32Array.from([7, 2 ** 32 - 1]);
    const shifted = new Uint8Array(9);
    shifted.set(new Uint8Array(numbers.buffer), 1);
    assert.deepEqual(numbersOf(new Uint8Array(numbers.buffer)), numbers);
    assert.deepEqual(numbersOf(shifted.subarray(1)), numbers);
  });

  it('are given back, unless others share their memory', () => {
    const own = new Uint8Array(8);
    release(own);
    assert.equal(own.length, 0);
    const shared = new Uint8Array(8).subarray(0, 4);
    release(shared);
    assert.equal(shared.length, 4);
  });

  it('have room for more, and give it back', () => {
    let numbers = new Int32Array();
    for (let count = 1; count <= 20_000; count++) {
      numbers = withRoomFor(count, numbers);
      numbers[count - 1] = count;
    }
    assert.ok(numbers.every((number, index) => number === (index < 20_000 ? index + 1 : 0)));
    assert.equal(withRoomFor(10_000, numbers), numbers);
    const few = withRoomFor(3, numbers);
    assert.deepEqual([...few.subarray(0, 3)], [1, 2, 3]);
    assert.ok(few.length < 5_000);
  });
});
