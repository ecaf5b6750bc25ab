import assert from 'node:assert/strict';
import type { KeyValueCache } from '../../../../../src/engine/decoder/cache/kv';
import { Sequences } from '../../../../../src/engine/decoder/cache/sequences';
import type { Sequence } from '../../../../../src/engine/decoder/cache/sequences';
import type { Priority } from '../../../../../src/ipc/engine/protocol';

const contextLength = 128;
const rowBytes = 10;

/** A cache that is as large as the text it holds. */
class Rows implements KeyValueCache {
  constructor(private rows = 0) {}
  get bytes(): number {
    return rowBytes * this.rows;
  }
  feeds(past: number, rows: number): Record<string, never> {
    this.rows = past + rows;
    return {};
  }
  into(): Record<string, never> {
    return {};
  }
  take(): void {}
  copy(rows: number): Rows {
    return new Rows(rows);
  }
  dispose(): void {
    this.rows = NaN;
  }
}

const text = (name: number, length: number) => Int32Array.from({ length }, (_, at) => 1000 * name + at);

describe('Sequences', () => {
  let sequences: Sequences;
  const bound = (rows: number) => (sequences = new Sequences(() => new Rows(), contextLength, rows * rowBytes));
  /** Begins a request for a text of which nothing is cached. */
  function begin(name: Priority, ids: Int32Array): Sequence {
    const sequence = sequences.take(name, ids);
    sequence.cache.feeds(0, ids.length);
    sequence.keep(ids, { past: 0, rows: ids.length });
    sequences.settle(sequence);
    return sequence;
  }
  const run = (name: Priority, ids: Int32Array) => sequences.giveBack(begin(name, ids));
  function cached(name: Priority, ids: Int32Array): number {
    const sequence = sequences.take(name, ids);
    const length = sequence.shared(ids);
    sequences.giveBack(sequence);
    return length;
  }

  it('keeps one text for each priority', () => {
    bound(1000);
    run('completion', text(1, 40));
    run('summarize', text(2, 50));
    run('completion', text(3, 40));
    assert.deepEqual(
      [cached('completion', text(1, 40)), cached('completion', text(3, 40)), cached('summarize', text(2, 50))],
      [0, 40, 50],
    );
  });

  it('lets the sequence go that was not used for longest', () => {
    bound(100);
    run('summarize', text(1, 40));
    run('inspect', text(2, 40));
    cached('summarize', text(1, 40));
    run('completion', text(3, 40));
    assert.deepEqual(
      [cached('summarize', text(1, 40)), cached('inspect', text(2, 40)), cached('completion', text(3, 40))],
      [40, 0, 40],
    );
  });

  it('lets none go for less urgent work, and what that needs behind its end', () => {
    bound(100);
    run('completion', text(1, 60));
    const summary = begin('summarize', text(2, 60));
    const inspection = begin('inspect', text(3, 60));
    assert.deepEqual(
      [cached('completion', text(1, 60)), summary.shared(text(2, 60)), inspection.shared(text(3, 60))],
      [60, 60, 60],
    );
    sequences.giveBack(inspection);
    sequences.giveBack(summary);
    assert.deepEqual(
      [cached('completion', text(1, 60)), cached('summarize', text(2, 60)), cached('inspect', text(3, 60))],
      [60, 0, 0],
    );
  });

  it('clears a sequence that is in use for a more urgent one that grows', () => {
    bound(100);
    const summary = begin('summarize', text(2, 60));
    run('completion', text(1, 60));
    assert.deepEqual([summary.shared(text(2, 60)), summary.cache.bytes], [0, 0]);
    assert.equal(cached('completion', text(1, 60)), 60);
  });

  it('gives two requests of one priority a sequence each, and keeps the later one', () => {
    bound(1000);
    const [first, second] = [begin('completion', text(1, 40)), begin('completion', text(2, 40))];
    assert.deepEqual([first.shared(text(1, 40)), second.shared(text(2, 40))], [40, 40]);
    sequences.giveBack(first);
    sequences.giveBack(second);
    assert.deepEqual([cached('completion', text(1, 40)), cached('completion', text(2, 40))], [0, 40]);
  });

  it('keeps the last one, however large', () => {
    bound(10);
    run('index', text(1, 60));
    assert.equal(cached('index', text(1, 60)), 60);
  });

  it('copies what is worth it from another sequence, which stays as it is', () => {
    bound(1000);
    const long = text(1, 60);
    run('completion', long);
    run('summarize', text(2, 30));
    const other = Int32Array.of(...long.subarray(0, 50), 7, 8);
    const sequence = sequences.take('summarize', other);
    assert.equal(sequence.shared(other), 50);
    assert.equal(sequence.cache.bytes, 50 * rowBytes);
    sequence.cut(20);
    assert.deepEqual([sequence.shared(other), cached('completion', long)], [20, 60]);
    assert.equal(cached('inspect', Int32Array.of(...long.subarray(0, 15), ...text(9, 20))), 0);
  });
});
