import assert from 'node:assert/strict';
import { EditHistory } from '../../../../src/nearby/edits/history';
import { judgedFrom } from '../../../../src/nearby/edits/judgement';
import type { Judgement } from '../../../../src/nearby/edits/judgement';
import {
  judgedEdits,
  minimumConfidence,
  nextEdits,
  searchedEdits,
  sureConfidence,
  tokenized,
} from '../../../../src/nearby/edits/nextEdits';
import type { LeastConfidence, ProposedEdit } from '../../../../src/nearby/edits/nextEdits';

/** Surer by itself than what a model is asked for. */
const judging = { ...sureConfidence, judged: 0.65 };

/** Replaces the first text by the second in some of the lines, from the top, and asks what comes next. */
class Typist {
  readonly history = new EditHistory();
  readonly #texts: Map<string, string>;

  constructor(files: Readonly<Record<string, string>>) {
    this.#texts = new Map(Object.entries(files));
  }

  replace(path: string, line: number, from: string, to: string): void {
    const before = this.#texts.get(path)!;
    const start = before.indexOf(from, before.split('\n').slice(0, line).join('\n').length);
    this.history.add(path, { before, start, end: start + from.length, inserted: to });
    this.#texts.set(path, before.slice(0, start) + to + before.slice(start + from.length));
  }

  get #sources() {
    return [...this.#texts].map(([path, text]) => tokenized(path, text));
  }

  next(): ProposedEdit[] {
    return nextEdits(this.history.work, this.#sources);
  }

  search(least: LeastConfidence = judging) {
    return searchedEdits(this.history.work, this.#sources, least);
  }

  /** The line that is proposed first, as it would be. */
  proposedLine(): string | undefined {
    const edit = this.next()[0]?.edit;
    if (edit === undefined) return undefined;
    const text = this.#texts.get(edit.path)!;
    const made = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    const line = text.slice(0, edit.start).split('\n').length - 1 + /^\s*/.exec(edit.text)![0].split('\n').length - 1;
    return `${edit.path}: ${made.split('\n')[line]!.trim()}`;
  }
}

const cases = ['load', 'save', 'list', 'drop', 'find'].map(
  (name) => `    case '${name}': return this.${name}(item.oldKey);`,
);
const switchOf = `switch (kind) {\n${cases.join('\n')}\n}\n`;

describe('the next edit', () => {
  it('is proposed once an edit was made, where the places are alike, place after place', () => {
    const typist = new Typist({ 'a.ts': switchOf });
    typist.replace('a.ts', 1, 'item.oldKey', 'item.identifier');
    for (const name of ['save', 'list', 'drop', 'find']) {
      assert.equal(typist.proposedLine(), `a.ts: case '${name}': return this.${name}(item.identifier);`);
      typist.replace('a.ts', 0, 'item.oldKey', 'item.identifier');
    }
    assert.deepEqual(typist.next(), [], 'no place is left');
  });

  it('waits for a second time where the places are less alike', () => {
    const typist = new Typist({ 'a.ts': 'send(item.key);\nconst all = [item.key, 1];\nconst few = [item.key, 2];\n' });
    typist.replace('a.ts', 0, 'item.key', 'item.name');
    assert.deepEqual(typist.next(), []);
    typist.replace('a.ts', 1, 'item.key', 'item.name');
    assert.equal(typist.proposedLine(), 'a.ts: const few = [item.name, 2];');
  });

  it('says how sure it is, and what it is learnt from', () => {
    const typist = new Typist({ 'a.ts': switchOf });
    typist.replace('a.ts', 1, 'item.oldKey', 'item.identifier');
    typist.replace('a.ts', 2, 'item.oldKey', 'item.identifier');
    for (const { confidence, learntFrom } of typist.next()) {
      assert.ok(confidence >= minimumConfidence.again && confidence <= 1);
      assert.equal(learntFrom.length, 2);
    }
  });

  it('is an argument at another call, with the names of that call', () => {
    const load = (name: string): string =>
      `  const ${name} = await load(${name}Id);\n  if (${name} === undefined) return;\n`;
    const typist = new Typist({ 'a.ts': ['user', 'order', 'item', 'basket'].map(load).join('') });
    typist.replace('a.ts', 0, 'userId)', 'userId, { retry: true })');
    typist.replace('a.ts', 2, 'orderId)', 'orderId, { retry: true })');
    assert.equal(typist.proposedLine(), 'a.ts: const item = await load(itemId, { retry: true });');
  });

  it('is in another file where the one at hand has no more places', () => {
    const typist = new Typist({ 'a.ts': switchOf, 'b.ts': switchOf });
    for (let line = 1; line <= 5; line++) typist.replace('a.ts', line, 'item.oldKey', 'item.identifier');
    assert.match(typist.proposedLine() ?? '', /^b\.ts: .*item\.identifier/);
  });

  it('is an argument at the calls of another file, with the names there', () => {
    const load = (name: string): string =>
      `  const ${name} = await load(${name}Id);\n  if (${name} === undefined) return;\n`;
    const typist = new Typist({
      'a.ts': `async function a() {\n${['user', 'order'].map(load).join('')}}\n`,
      'b.ts': `async function b() {\n${['item'].map(load).join('')}}\n`,
    });
    typist.replace('a.ts', 0, 'userId)', 'userId, { retry: true })');
    typist.replace('a.ts', 2, 'orderId)', 'orderId, { retry: true })');
    assert.equal(typist.proposedLine(), 'b.ts: const item = await load(itemId, { retry: true });');
  });

  it('is a word in a string, with the other words of that place', () => {
    const modules = ['fs', 'path', 'events', 'util'];
    const typist = new Typist({ 'a.js': modules.map((name) => `const ${name} = require('${name}');\n`).join('') });
    typist.replace('a.js', 0, "'fs'", "'node:fs'");
    typist.replace('a.js', 1, "'path'", "'node:path'");
    assert.equal(typist.proposedLine(), "a.js: const events = require('node:events');");
  });

  it('is one of two that are made in turn', () => {
    const pair = (name: string): string => `  ${name}(old: string): void {\n    this.log(old);\n  }\n`;
    const typist = new Typist({ 'a.ts': ['load', 'save', 'list'].map(pair).join('') });
    for (const line of [0, 3]) {
      typist.replace('a.ts', line, 'old: string', 'old: Name');
      typist.replace('a.ts', line + 1, 'log(old)', 'log(old, now)');
    }
    assert.deepEqual(
      typist.next().slice(0, 2).map(({ edit }) => edit.text.trim()).sort(),
      [', now', 'Name'],
    ); // prettier-ignore
  });

  it('is none where the place between two was left as it is', () => {
    const typist = new Typist({ 'a.ts': switchOf });
    typist.replace('a.ts', 1, 'item.oldKey', 'item.identifier');
    typist.replace('a.ts', 3, 'item.oldKey', 'item.identifier');
    assert.ok(!typist.next().some(({ edit }) => edit.start < typist.history.edits[1]!.start), 'it was passed by');
  });

  it('is none after changes that are not alike', () => {
    const typist = new Typist({ 'a.ts': switchOf });
    typist.replace('a.ts', 1, 'item.oldKey', 'item.identifier');
    typist.replace('a.ts', 2, 'save(', 'store(');
    assert.deepEqual(typist.next(), []);
  });

  it('is none without any change', () =>
    assert.deepEqual(nextEdits({ edits: [], passed: [] }, [tokenized('a.ts', switchOf)]), []));
});

describe('a model', () => {
  it('is asked about the likeliest places, and about none where the evidence is sure of one', () => {
    const typist = new Typist({ 'a.ts': 'send(item.key);\nconst all = [item.key, 1];\nreturn other(item.key, 2);\n' });
    typist.replace('a.ts', 0, 'item.key', 'item.name');
    typist.replace('a.ts', 1, 'item.key', 'item.name');
    const { likely, unsure } = typist.search();
    assert.deepEqual(likely, []);
    assert.equal(unsure.length, 1);
    assert.deepEqual(typist.search(sureConfidence).unsure, [], 'none is asked');
    const [{ confidence } = { confidence: 0 }] = unsure;
    assert.ok(confidence >= judgedFrom && confidence < judging.again);
    const alike = new Typist({ 'a.ts': switchOf });
    alike.replace('a.ts', 1, 'item.oldKey', 'item.identifier');
    alike.replace('a.ts', 2, 'item.oldKey', 'item.identifier');
    assert.ok(alike.search().likely.length > 0);
    assert.deepEqual(alike.search().unsure, []);
  });

  const judgement = (old: number, now: number): Judgement => ({
    old: { logprob: old, tokens: 4, followed: -5, followingTokens: 8 },
    now: { logprob: now, tokens: 4, followed: -5, followingTokens: 8 },
  });
  const place = (confidence: number, times = 2) => ({ confidence, learntFrom: Array.from({ length: times }) });
  const [wanted, unwanted] = [judgement(-20, -1), judgement(-1, -20)];

  it('has shown what it finds likely, the likeliest first, whatever the evidence alone said', () => {
    const [a, b, c] = [place(0.7), place(0.8), place(0.94, 1)];
    const asked = [
      { place: a, judgement: wanted },
      { place: b, judgement: wanted },
      { place: c, judgement: unwanted },
    ];
    const shown = judgedEdits(asked, judging);
    assert.deepEqual(
      shown.map((one) => one.place),
      [b, a],
    );
    assert.ok(shown.every(({ confidence }) => confidence >= judging.judged));
    assert.deepEqual(judgedEdits([{ place: place(0.89), judgement: unwanted }], minimumConfidence), []);
  });

  it('leaves to the evidence what it did not judge', () => {
    const asked = [{ place: place(0.8), judgement: undefined }];
    assert.deepEqual(judgedEdits(asked, judging), []);
    assert.equal(judgedEdits(asked, minimumConfidence).length, 1);
    assert.deepEqual(judgedEdits([{ place: place(0.8, 1), judgement: undefined }], minimumConfidence), []);
  });
});
