import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EditRecorder } from '../../../../src/features/nextEdit/recorder';

/** A document in an editor, whose changes a recorder is told of. */
class Typing {
  readonly recorder = new EditRecorder();
  /** How often the whole text was read after it was opened. */
  reads = 0;

  constructor(
    public text: string,
    readonly path = 'a.ts',
  ) {
    this.recorder.opened(path, () => text);
  }

  /** Puts a text in the place of another, from the n-th time that this stands there. */
  replace(from: string, to: string, nth = 0): void {
    this.change(this.#place(from, nth), from.length, to);
  }

  /** Types behind a text, key by key. */
  typeBehind(anchor: string, keys: string): void {
    let at = this.#place(anchor, 0) + anchor.length;
    for (const key of keys) this.change(at++, 0, key);
  }

  change(offset: number, length: number, text: string): void {
    this.text = this.#with(offset, length, text);
    this.recorder.edited(this.path, [{ offset, length, text }], this.#read);
  }

  undo(offset: number, length: number, text: string): void {
    this.text = this.#with(offset, length, text);
    this.recorder.replaced(this.path, [{ offset, length, text }], this.#read);
  }

  /** What each edit put in the place of what, and what stands now where it is said to be. */
  get edits(): string[] {
    return this.recorder.edits.map(
      ({ start, end, pattern: { gapBefore, gapAfter } }) => `${gapBefore.trim()} → ${gapAfter.trim()} @ ${this.text.slice(start, end)}`.trim(),
    ); // prettier-ignore
  }

  #place(text: string, nth: number): number {
    let at = this.text.indexOf(text);
    for (let seen = 0; seen < nth; seen++) at = this.text.indexOf(text, at + 1);
    assert.ok(at >= 0, text);
    return at;
  }

  #read = (): string => {
    this.reads++;
    return this.text;
  };

  #with = (offset: number, length: number, text: string): string =>
    this.text.slice(0, offset) + text + this.text.slice(offset + length);
}

const calls = 'load(user);\nsave(order);\ndrop(item);\n';

describe('what the user does', () => {
  it('is one edit for all keys pressed at one place', () => {
    const typing = new Typing(calls);
    typing.typeBehind('load(user', ', true');
    assert.ok(typing.recorder.settle());
    assert.deepEqual(typing.edits, ['→ , true @ , true']);
  });

  it('is one edit where a key was taken back in between', () => {
    const typing = new Typing(calls);
    typing.typeBehind('load(user', ', truu');
    typing.replace('truu', 'tru');
    typing.typeBehind('tru', 'e');
    typing.recorder.settle();
    assert.deepEqual(typing.edits, ['→ , true @ , true']);
  });

  it('is one edit where the name is typed over', () => {
    const typing = new Typing(calls);
    typing.replace('user', '');
    typing.typeBehind('load(', 'person');
    typing.recorder.settle();
    assert.deepEqual(typing.edits, ['user → person @ person']);
  });

  it('is one edit for two places of a line', () => {
    const typing = new Typing('const a = load(x);\nnext();\n');
    typing.typeBehind('= ', 'await ');
    typing.typeBehind('(x', ', y');
    typing.recorder.settle();
    assert.equal(typing.recorder.edits.length, 1);
    assert.match(typing.edits[0]!, /await load\(x, y/);
  });

  it('is another edit in another line', () => {
    const typing = new Typing(calls);
    typing.typeBehind('load(user', ', true');
    typing.typeBehind('save(order', ', true');
    typing.recorder.settle();
    assert.deepEqual(typing.edits, ['→ , true @ , true', '→ , true @ , true']);
  });

  it('is forgotten when it is told to, and learnt from anew', () => {
    const typing = new Typing(calls);
    typing.typeBehind('load(user', ', true');
    typing.recorder.settle();
    typing.recorder.forget();
    assert.deepEqual(typing.edits, []);
    typing.recorder.opened(typing.path, () => typing.text);
    typing.typeBehind('save(order', ', true');
    typing.recorder.settle();
    assert.deepEqual(typing.edits, ['→ , true @ , true']);
  });

  it('goes on after a rest', () => {
    const typing = new Typing(calls);
    typing.typeBehind('load(user', ', t');
    typing.recorder.settle();
    typing.typeBehind('load(user, t', 'rue');
    assert.deepEqual(typing.edits, []);
    typing.recorder.settle();
    assert.deepEqual(typing.edits, ['→ , true @ , true']);
  });

  it('is none after it was undone', () => {
    const typing = new Typing(calls);
    typing.typeBehind('load(user', ', true');
    typing.recorder.settle();
    typing.undo('load(user'.length, ', true'.length, '');
    assert.deepEqual(typing.edits, []);
    typing.typeBehind('save(order', '!');
    typing.undo('load(user);\nsave(order'.length, 1, '');
    assert.ok(!typing.recorder.settle());
    assert.deepEqual(typing.edits, []);
  });

  it('stands where it stood when something else came above it', () => {
    const typing = new Typing(calls);
    typing.typeBehind('drop(item', ', true');
    typing.recorder.settle();
    typing.undo(0, 0, 'import {};\n');
    assert.deepEqual(typing.edits, ['→ , true @ , true']);
  });

  it('is none where all is as it was', () => {
    const typing = new Typing(calls);
    typing.replace('user', 'u');
    typing.replace('load(u)', 'load(user)');
    assert.ok(!typing.recorder.settle());
  });

  it('is learnt with several cursors: an edit at each', () => {
    const typing = new Typing(calls);
    const at = ['user', 'order', 'item'].map((name) => typing.text.indexOf(name) + name.length);
    const now = typing.text.replaceAll(')', '!)');
    typing.recorder.edited(
      'a.ts',
      at.toReversed().map((offset) => ({ offset, length: 0, text: '!' })),
      () => now,
    );
    typing.text = now;
    typing.recorder.settle();
    assert.deepEqual(typing.edits, ['→ ! @ !', '→ ! @ !', '→ ! @ !']);
  });

  it('is not learnt of a document whose text before is not known', () => {
    const recorder = new EditRecorder();
    recorder.edited('b.ts', [{ offset: 0, length: 1, text: 'x' }], () => 'xb');
    assert.ok(!recorder.settle());
    recorder.edited('b.ts', [{ offset: 1, length: 1, text: 'y' }], () => 'xy');
    assert.ok(recorder.settle());
  });

  it('is not learnt from a line with a secret, whose neighbours hold nothing of it', () => {
    const secret = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
    const typing = new Typing(`const stripeKey = '${secret}';\nload(user);\n`);
    typing.typeBehind('stripeKey', 's');
    typing.recorder.settle();
    assert.deepEqual(typing.recorder.edits, []);
    typing.typeBehind('load(user', ', 1');
    typing.recorder.settle();
    assert.equal(typing.recorder.edits.length, 1);
    assert.ok(!JSON.stringify(typing.recorder.edits).includes(secret.slice(8)));
  });

  it('is told where it stands when it has ended, until something else happens', () => {
    const typing = new Typing(calls);
    typing.typeBehind('save(order', ', true');
    assert.equal(typing.recorder.ended, undefined);
    typing.recorder.settle();
    const parts = [{ start: { line: 1, character: 10 }, end: { line: 1, character: 16 } }];
    assert.deepEqual(typing.recorder.ended, { path: 'a.ts', parts, before: calls });
    typing.typeBehind('load(', 'x');
    assert.equal(typing.recorder.ended, undefined);
  });

  it('has no key wait for the whole text to be read, at one place or at several', () => {
    const typing = new Typing(calls.repeat(1_000));
    for (const anchor of ['load(user', 'save(order', 'drop(item']) typing.typeBehind(anchor, ', { retry: true }');
    typing.recorder.settle();
    typing.typeBehind('load(user', '!');
    assert.equal(typing.reads, 0);
    assert.equal(typing.recorder.edits.length, 3);
  });

  it('leads to the text that is there, whatever is changed in whatever order', () => {
    const change = fc.record({ at: fc.nat(), length: fc.nat({ max: 3 }), text: fc.constantFrom('', 'q', 'zz', '\n', 'w\nw') });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (changes, rests) => {
        const typing = new Typing('a1\nb2 c3\n\nd4\ne5\n');
        for (const [index, { at, length, text }] of changes.entries()) {
          const offset = at % (typing.text.length + 1);
          typing.change(offset, Math.min(length, typing.text.length - offset), text);
          if (rests[index]) typing.recorder.settle();
        }
        typing.recorder.settle();
        for (const { start, end, pattern } of typing.recorder.edits) {
          assert.ok(start >= 0 && start <= end && end <= typing.text.length);
          assert.ok(pattern.removed.length + pattern.inserted.length > 0);
        }
      }),
    );
  }); // prettier-ignore
});
