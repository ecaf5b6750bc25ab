import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OutcomeTracker, shownAfterMs } from '../../../../../src/features/completion/learning/outcomes';
import type { Offer, SuggestionOutcome, TextChange } from '../../../../../src/features/completion/learning/outcomes';

/** A document with a cursor, and a tracker that is told what an editor would tell it. */
class Desk {
  readonly told: SuggestionOutcome[] = [];
  readonly tracker = new OutcomeTracker((outcome) => this.told.push(outcome));
  now = 1_000;
  #id = 0;

  constructor(
    public text = '',
    public cursor = text.length,
  ) {}

  offer(text: string): number {
    const offer: Offer = {
      id: ++this.#id, document: 'file:///a.ts', languageId: 'typescript', offset: this.cursor, text, confidence: 0.6,
    }; // prettier-ignore
    this.tracker.offered(offer, this.now);
    return offer.id;
  }

  look(ms = shownAfterMs): void {
    this.now += ms;
  }

  /** Puts a text in at the cursor, in the place of what stands around it. */
  put(text: string, { before = 0, behind = 0, cursor = text.length } = {}): void {
    this.change({ rangeOffset: this.cursor - before, rangeLength: before + behind, text });
    this.cursor += cursor - before;
    this.tracker.moved('file:///a.ts', this.cursor, this.now);
  }

  change(...changes: TextChange[]): void {
    this.tracker.edited('file:///a.ts', changes, this.now);
  }

  /** What became of suggestions so far, the one that is followed included. */
  fates(): string[] {
    this.tracker.close(this.now);
    return this.told.map(({ fate }) => fate);
  }
}

describe('what becomes of a suggestion', () => {
  it('is not told where it was gone before it could be seen', () => {
    const desk = new Desk('const a = ');
    desk.offer('compute();');
    desk.look(shownAfterMs - 1);
    desk.put('x');
    assert.deepEqual(desk.fates(), []);
  });

  it('is that it was taken, and where its text stands', () => {
    const desk = new Desk('const a = ');
    const id = desk.offer('compute();');
    desk.look();
    desk.put('compute();');
    desk.tracker.accepted(id);
    assert.deepEqual(desk.fates(), ['taken']);
    assert.deepEqual(desk.told[0]!.inserted, { offset: 10, length: 10, text: 'compute();' });
    assert.equal(desk.told[0]!.keysSaved, 9);
  });

  it('is that it was taken where the editor had no time to draw it for long', () => {
    const desk = new Desk();
    const id = desk.offer('compute();');
    desk.put('compute();');
    desk.tracker.accepted(id);
    assert.deepEqual(desk.fates(), ['taken']);
  });

  it('is that it was taken by words and lines, once', () => {
    const desk = new Desk();
    desk.offer('one two\nthree');
    desk.look();
    desk.put('one');
    desk.offer(' two\nthree');
    desk.put(' two');
    desk.offer('\nthree');
    const id = desk.offer('\nthree');
    desk.put('\nthree');
    desk.tracker.accepted(id);
    assert.deepEqual(desk.fates(), ['taken']);
    const [{ words, lines, inserted }] = desk.told as [SuggestionOutcome];
    assert.deepEqual({ words, lines }, { words: 1, lines: 1 });
    assert.equal(inserted?.text, 'one two\nthree');
  });

  it('is that it was taken in part where the rest was typed over', () => {
    const desk = new Desk();
    desk.offer('compute(total)');
    desk.look();
    desk.put('compute');
    desk.put('[');
    assert.deepEqual(desk.fates(), ['takenPartly']);
    assert.equal(desk.told[0]!.inserted?.text, 'compute');
  });

  it('is that it was typed by hand, with the brackets that the editor closes', () => {
    const desk = new Desk();
    desk.offer('f(a)');
    desk.look();
    desk.put('f');
    desk.offer('(a)');
    desk.put('()', { cursor: 1 });
    desk.offer('a)');
    desk.put('a');
    desk.put(')', { behind: 1 });
    assert.deepEqual(desk.fates(), ['typedOut']);
  });

  it('is that it was taken where its last character came from the editor', () => {
    const desk = new Desk('f()');
    const id = desk.offer(';');
    desk.look();
    desk.put(';');
    desk.tracker.accepted(id);
    assert.deepEqual(desk.fates(), ['taken']);
  });

  it('is that it was typed over, also with a line end', () => {
    for (const other of ['x', '\n', '\r\n  ', 'another thing']) {
      const desk = new Desk();
      desk.offer('compute();');
      desk.look();
      desk.put(other);
      assert.deepEqual(desk.fates(), ['typedOver'], JSON.stringify(other));
    }
  });

  it('is that it was left where the cursor goes, something is deleted, or another takes its place', () => {
    const ways: ((desk: Desk) => void)[] = [
      (desk) => desk.tracker.moved('file:///a.ts', 2, desk.now),
      (desk) => desk.put('', { before: 1 }),
      (desk) => desk.offer('something else'),
      (desk) => desk.tracker.close(desk.now),
    ];
    for (const leave of ways) {
      const desk = new Desk('abcdef');
      desk.offer('compute();');
      desk.look();
      leave(desk);
      assert.deepEqual(desk.told.map(({ fate }) => fate), ['left']); // prettier-ignore
    }
  });

  it('is the same where the suggestion takes the place of what stands around the cursor', () => {
    const desk = new Desk('log(pri)', 7);
    const id = desk.offer('nted.value);');
    desk.look();
    desk.put('printed.value);', { before: 3, behind: 1 });
    desk.tracker.accepted(id);
    assert.deepEqual(desk.fates(), ['taken']);
    assert.deepEqual(desk.told[0]!.inserted, { offset: 7, length: 12, text: 'nted.value);' });
  });

  it('counts line ends as the document does', () => {
    const desk = new Desk();
    const id = desk.offer('a {\n}\n');
    desk.look();
    desk.put('a {\r\n}\r\n');
    desk.tracker.accepted(id);
    assert.deepEqual(desk.fates(), ['taken']);
    assert.deepEqual(desk.told[0]!.inserted, { offset: 0, length: 8, text: 'a {\n}\n' });
  });

  it('is followed through changes further up', () => {
    const desk = new Desk('one\ntwo');
    const id = desk.offer('compute();');
    desk.look();
    desk.change({ rangeOffset: 0, rangeLength: 3, text: 'a longer line' });
    desk.cursor += 10;
    desk.put('compute();');
    desk.tracker.accepted(id);
    assert.deepEqual(desk.fates(), ['taken']);
    assert.equal(desk.told[0]!.inserted?.offset, 17);
  });

  it('is told once for each at most, whatever happens, with no more text than was offered', () => {
    const piece = fc.constantFrom('a', 'ab', 'compute', '();', '\n', '(', '()', '"', '', 'é😀', '\r\n');
    const step = fc.oneof(
      fc.record({ do: fc.constant('offer' as const), text: fc.array(piece, { maxLength: 4 }).map((all) => all.join('')) }),
      fc.record({ do: fc.constant('goOn' as const), length: fc.nat(5), auto: fc.boolean() }),
      fc.record({ do: fc.constant('put' as const), text: piece, before: fc.nat(2), behind: fc.nat(2) }),
      fc.record({ do: fc.constant('change' as const), rangeOffset: fc.nat(50), rangeLength: fc.nat(20), text: piece }),
      fc.record({ do: fc.constant('move' as const), to: fc.nat(50) }),
      fc.record({ do: fc.constant('accept' as const), id: fc.nat(30) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400) }),
      fc.record({ do: fc.constant('close' as const) }),
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const desk = new Desk('x'.repeat(20), 10);
        let rest = '';
        const texts = new Map<number, string>();
        for (const one of steps) {
          switch (one.do) {
            case 'offer':
              rest = one.text;
              texts.set(desk.offer(rest), rest);
              break;
            case 'goOn': {
              const typed = rest.slice(0, one.length);
              rest = rest.slice(one.length);
              desk.put(typed);
              if (one.auto) texts.set(desk.offer(rest), rest);
              break;
            }
            case 'put':
              desk.put(one.text, { before: Math.min(one.before, desk.cursor), behind: one.behind });
              break;
            case 'change':
              desk.change(one);
              break;
            case 'move':
              desk.tracker.moved('file:///a.ts', one.to, desk.now);
              break;
            case 'accept':
              desk.tracker.accepted(one.id);
              break;
            case 'wait':
              desk.look(one.ms);
              break;
            case 'close':
              desk.tracker.close(desk.now);
          }
        }
        desk.tracker.close(desk.now);
        const ids = desk.told.map(({ offer }) => offer.id);
        assert.equal(new Set(ids).size, ids.length);
        assert.ok(ids.length <= texts.size);
        for (const { keysSaved, inserted, fate } of desk.told) {
          assert.ok(keysSaved >= 0);
          assert.ok(inserted === undefined || fate === 'taken' || fate === 'takenPartly');
          if (inserted) assert.ok([...texts.values()].join('').length >= inserted.text.length);
        }
        assert.equal(desk.tracker.document, undefined);
      }),
      { numRuns: 10_000 },
    );
  });
});
