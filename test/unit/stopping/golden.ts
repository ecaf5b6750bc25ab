/** Texts that a stop rule is fed, and what it is to show of them: for the tests of each mode. */
import assert from 'node:assert/strict';
import { createStopRule } from '../../../src/stopping/createStopRule';
import type { StopPlace } from '../../../src/stopping/createStopRule';
import type { Ending } from '../../../src/stopping/stopRule';
import type { CompletionMode } from '../../../src/ipc/engine/protocol';

export interface Golden {
  readonly name: string;
  /** Text before and behind the cursor, which stands at `|`. */
  readonly at: string;
  readonly written: string;
  readonly shown: string;
  /** False where nothing in the text ends it: the model has to, or the length. Default true. */
  readonly ends?: boolean;
  readonly ending?: Ending;
  readonly path?: string;
  readonly nextLines?: string;
  readonly inEmptyBody?: boolean;
}

function placeOf({ at, inEmptyBody, nextLines = '' }: Golden): StopPlace {
  const cursor = at.indexOf('|');
  assert.ok(cursor >= 0, 'a golden marks its cursor');
  return { prefix: at.slice(0, cursor), rest: at.slice(cursor + 1), nextLines, inEmptyBody };
}

/** Feeds the text in pieces of `size` and checks that nothing shown is taken back. */
function complete(mode: CompletionMode, golden: Golden, size: number): { shown: string; ended: boolean } {
  const rule = createStopRule(mode, golden.path ?? 'src/file.ts', placeOf(golden));
  let settled = 0;
  for (let length = size; ; length += size) {
    const text = golden.written.slice(0, length);
    const verdict = rule.check(text);
    assert.ok(verdict.settled >= settled, `"${text}" takes back what was shown`);
    assert.ok(verdict.settled <= text.length);
    settled = verdict.settled;
    if (verdict.end !== undefined) {
      assert.ok(verdict.end >= settled, `"${text}" ends before what was shown`);
      return { shown: text.slice(0, verdict.end), ended: true };
    }
    if (length >= golden.written.length) break;
  }
  const end = rule.finish(golden.written, golden.ending ?? 'complete');
  assert.ok(end >= settled, 'the end takes back what was shown');
  return { shown: golden.written.slice(0, end), ended: false };
}

export function check(mode: CompletionMode, goldens: readonly Golden[]): void {
  for (const golden of goldens) {
    it(golden.name, () => {
      for (const size of [1, 2, 3, 7, 1000]) {
        const expected = { shown: golden.shown, ended: golden.ends ?? true };
        assert.deepEqual(complete(mode, golden, size), expected, `in pieces of ${size}`);
      }
    });
  }
}
