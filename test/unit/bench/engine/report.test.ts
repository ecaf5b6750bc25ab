import assert from 'node:assert/strict';
import { median, ratios, table } from '../../../bench/engine/report';
import type { Row } from '../../../bench/engine/report';

const row = (more: Partial<Row>): Row => ({
  shape: 'm135',
  bound: 180,
  contender: 'native',
  threads: 1,
  prompt: 512,
  loadMs: 300,
  residentBytes: 2 ** 20,
  ownBytes: 2 ** 19,
  decode: 90,
  prefill: 600,
  decodeCpuMs: 10,
  prefillCpuMs: 2,
  ...more,
});

describe('the report of the engine bench', () => {
  it('takes the middle of odd and even numbers of values', () => {
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 100]), 3.5);
    assert.ok(Number.isNaN(median([])));
  });

  it('compares ours with others at the same threads and length, above 1 where ours is faster', () => {
    const found = ratios([
      row({}),
      row({ contender: 'binding', decode: 60 }),
      row({ contender: 'copy', decode: 1 }),
      row({ contender: 'llama', decode: 100, prefill: 500, loadMs: 600, decodeCpuMs: 12 }),
      row({ contender: 'llama', threads: 2, decode: 1 }),
      row({ contender: 'llama', prompt: 128, decode: 1 }),
    ]);
    assert.deepEqual(
      Object.keys(found).filter((name) => !name.includes('vs_llama')),
      ['decode_of_bound_1t', 'decode_of_bound_1t_stock'],
    );
    const {
      decode_vs_llama_1t: native,
      decode_vs_llama_1t_stock: binding,
      prefill_vs_llama_1t: prefill,
      decode_cpu_vs_llama_1t: cpu,
      load_vs_llama: load,
    } = found;
    assert.deepEqual(
      { native, binding, prefill, cpu, load },
      { native: 0.9, binding: 0.6, prefill: 1.2, cpu: 1.2, load: 0.5 },
    );
  });

  it('leaves out what was not measured', () => {
    assert.deepEqual(ratios([row({}), row({ contender: 'copy' })]), { decode_of_bound_1t: 0.5 });
  });

  it('names other shapes and lengths', () => {
    const other = { shape: 'm500', prompt: 1024 };
    const found = ratios([row(other), row({ ...other, contender: 'llama', decode: 45 }), row({ contender: 'llama' })]);
    assert.equal(found.decode_vs_llama_1t_m500_1024, 2);
    assert.equal(found.decode_vs_llama_1t, undefined);
  });

  it('shows a row for each contender', () => {
    const lines = table([row({}), row({ contender: 'llama' })]).split('\n');
    assert.equal(lines.length, 3);
    assert.equal(new Set(lines.map(({ length }) => length)).size, 1);
  });
});
