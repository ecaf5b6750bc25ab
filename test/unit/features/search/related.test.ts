import assert from 'node:assert/strict';
import fc from 'fast-check';
import { calledNames, placesOf, plainSymbol } from '../../../../src/features/search/related';

describe('names that lead from a piece of code to others', () => {
  it('are those that it calls, in their order, each once', () => {
    const code = `export async function load(path: string) {
  const text = await readText(path);
  if (isEmpty(text)) return load(parent(path));
  return new Map<string, number>([...parse<Row[]>(text), ...readText (other)]);
}`;
    assert.deepEqual(calledNames(code, 'load'), ['readText', 'isEmpty', 'parent', 'Map', 'parse']);
    assert.deepEqual(calledNames('def save!(x)\n  valid?(x) && größe(x)', 'save'), ['valid', 'größe']);
    assert.equal(calledNames(Array.from({ length: 90 }, (_, at) => `call${at}()`).join(';'), '').length, 24);
  });

  it('stand as a whole', () => {
    assert.deepEqual(placesOf('load', 'load(); reload(); x.load; load2; $load; load'), [0, 20, 40]);
    assert.deepEqual(placesOf('', 'text'), []);
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (text, name) => {
        for (const at of placesOf(name, text)) assert.equal(text.slice(at, at + name.length), name);
      }),
    );
  });

  it('are the last part of a symbol', () => {
    assert.deepEqual(['Session.load', 'load', ''].map(plainSymbol), ['load', 'load', '']);
  });
});
