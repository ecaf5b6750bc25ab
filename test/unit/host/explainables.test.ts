import assert from 'node:assert/strict';
import { Explainables } from '../../../src/host/explainables';
import type { ExplainableSuggestion } from '../../../src/host/explainables';

const suggestion = (text: string, offering: object, before: string, accepted = false): ExplainableSuggestion => ({
  kind: 'suggestion',
  document: 'file:///a.ts',
  model: '/m',
  promptIds: new Int32Array(),
  tokens: [],
  prefix: before,
  accepted,
  text,
  offering,
  fits: (now) => now.endsWith(before),
});

describe('which suggestion is asked about', () => {
  const [first, second] = [{}, {}];
  const asked = (known: readonly ExplainableSuggestion[], before: string): string[] => {
    const subjects = new Explainables();
    subjects.provideSuggestions(() => known);
    return subjects.suggestionsAt('file:///a.ts', before).map(({ text }) => text);
  };

  it('is any of those that are on screen together, the one shown first in front', () => {
    const known = [
      suggestion('a', first, 'x = '),
      suggestion('b', first, 'x = '),
      suggestion('old', second, 'x = '),
      suggestion('taken', second, 'x = ', true),
    ];
    assert.deepEqual(asked(known, 'let x = '), ['a', 'b']);
  });

  it('is else the last that was taken, or the last at all', () => {
    const known = [suggestion('a', first, 'x = '), suggestion('taken', second, 'y = ', true)];
    assert.deepEqual(asked(known, 'elsewhere'), ['taken']);
    assert.deepEqual(asked(known.slice(0, 1), 'elsewhere'), ['a']);
    assert.deepEqual(asked([], 'x = '), []);
  });
});
