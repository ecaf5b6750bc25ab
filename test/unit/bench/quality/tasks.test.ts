import assert from 'node:assert/strict';
import { bodyPlaces, codeLines, pauses, placesIn } from '../../../bench/quality/cuts';
import { bodyOf, fingerprint, maskName } from '../../../bench/quality/functions';
import { hashText, readPackages } from '../../../bench/quality/packages';
import { firstSentence } from '../../../bench/quality/sentence';
import { openParser } from '../../../bench/quality/syntax';
import type { Range } from '../../../bench/quality/syntax';
import { answerOf, readCompletionTasks, readFunctions, readSentenceTasks } from '../../../bench/quality/tasks';

const textOf = (text: string, { start, end }: Range): string => text.slice(start, end);

describe('frozen tasks', () => {
  it('are as many as were asked for, each in a package that is measured on', async () => {
    const tasks = await readCompletionTasks();
    const packages = new Map((await readPackages()).map((pinned) => [pinned.name, pinned]));
    const counts = { line: 0, any: 0, block: 0 };
    for (const task of tasks) {
      counts[task.set]++;
      assert.ok(packages.get(task.package)?.uses.includes('completion'), task.package);
      assert.ok(task.length >= 3 && task.lineLength >= task.length && task.offset >= 0);
      assert.equal(task.lineSha256 === task.sha256, task.lineLength === task.length);
    }
    assert.deepEqual(counts, { line: 2000, any: 600, block: 500 });
    assert.equal(
      new Set(tasks.map((task) => `${task.set} ${task.package} ${task.file} ${task.offset}`)).size,
      tasks.length,
    );
    for (const pause of pauses) {
      const share = tasks.filter(({ cut }) => cut === pause).length / counts.line;
      assert.ok(share > 0.2 && share < 0.3, `${pause}: ${share}`);
    }
  });

  it('ask for functions that the corpus holds, at most 300 in a package and at least 20', async () => {
    const counts = new Map<string, number>();
    const documents = new Map<string, Awaited<ReturnType<typeof readFunctions>>>();
    for (const task of await readSentenceTasks()) {
      counts.set(task.package, (counts.get(task.package) ?? 0) + 1);
      const functions = documents.get(task.package) ?? (await readFunctions(task.package));
      documents.set(task.package, functions);
      assert.ok(functions.get(task.file)?.[task.index]?.doc, `${task.package} ${task.file} ${task.index}`);
    }
    for (const [name, count] of counts) assert.ok(count >= 20 && count <= 300, `${name}: ${count}`);
  });

  it('refuse a text that is not the one they were made from', () => {
    const file = { path: 'a.ts', text: 'const answer = 42;' };
    assert.equal(answerOf(file, 15, 2, hashText('42')), '42');
    assert.throws(() => answerOf(file, 14, 2, hashText('42')), /a\.ts differs/);
  });
});

describe('places to complete', () => {
  const text = ['// a comment.', 'const total = sum(first(list), "a.b");', 'call(', '  one.two,', ');', ''].join('\n');

  const answers = async (line: number, cut: (typeof pauses)[number] | 'any') => {
    const syntax = (await openParser('javascript'))(text);
    return placesIn(text, syntax, codeLines(text, syntax)[line]!, cut).map((place) => [
      textOf(text, place.answer),
      place.rest,
      textOf(text, place.line),
    ]);
  };

  it('leave out comments', async () => {
    const syntax = (await openParser('javascript'))(text);
    assert.deepEqual(
      codeLines(text, syntax).map((line) => textOf(text, line)),
      text
        .split('\n')
        .slice(1, 5)
        .map((line) => line.trim()),
    );
  });

  it('keep behind the cursor what the editor has closed, and end before it', async () => {
    assert.deepEqual(await answers(0, 'paren'), [
      ['first(list), "a.b"', ')', 'first(list), "a.b");'],
      ['list', '))', 'list), "a.b");'],
    ]);
  });

  it('take the whole line where what it opens is closed on a later one', async () => {
    assert.deepEqual(await answers(1, 'newline'), [['call(', '', 'call(']]);
  });

  it('do not pause inside strings or after a full stop that no name follows', async () => {
    assert.deepEqual(await answers(0, 'dot'), []);
    assert.deepEqual(await answers(2, 'dot'), [['two,', '', 'two,']]);
  });

  it('cut at any character also inside strings, up to the closing quote', async () => {
    const inside = (await answers(0, 'any')).find(([answer]) => answer === 'a.b');
    assert.deepEqual(inside, ['a.b', '")', 'a.b");']);
  });

  it('find short bodies, without brackets and documentation', async () => {
    const python = 'def f(a):\n    """Say it."""\n    b = a\n    return b\n\nx = 1\n';
    const places = bodyPlaces(python, (await openParser('python'))(python));
    assert.deepEqual(
      places.map(({ answer }) => textOf(python, answer)),
      ['b = a\n    return b'],
    );
    const script = 'function f(a) {\n  if (a) {\n    g();\n  }\n  return a;\n}\n';
    const bodies = bodyPlaces(script, (await openParser('javascript'))(script));
    assert.deepEqual(
      bodies.map(({ answer }) => textOf(script, answer)),
      ['if (a) {\n    g();\n  }\n  return a;'],
    );
  });
});

describe('functions', () => {
  it('are found with name and documentation, and shown without it', async () => {
    const script = '/** Adds two numbers to one. */\nexport const add = (a, b) => {\n  return a + b;\n};\n';
    const [found] = (await openParser('javascript'))(script).functions;
    assert.ok(found?.doc);
    assert.equal(textOf(script, found.name), 'add');
    assert.equal(textOf(script, found.doc), '/** Adds two numbers to one. */');
    assert.equal(bodyOf(script, found), 'export const add = (a, b) => {\n  return a + b;\n};');
  });

  it('lose their documentation string without a trace', async () => {
    const python = 'class A:\n    def f(self):\n        """Say it."""\n        return 1\n';
    const [found] = (await openParser('python'))(python).functions;
    assert.ok(found);
    assert.equal(bodyOf(python, found), 'def f(self):\n        return 1');
  });

  it('hide their name, and no longer or shorter one', () => {
    assert.equal(maskName('get(a); this.get(); getAll(); $get', 'get'), 'fn(a); this.fn(); getAll(); $get');
    assert.equal(maskName('#run() { this.#run(); }', '#run'), 'fn() { this.fn(); }');
  });

  it('are the same whatever blanks and comments they have', () => {
    assert.equal(fingerprint('f(a) { // x\n  return a; }'), fingerprint('f(a) { /* y */ return a; }'));
    assert.notEqual(fingerprint('f(a) { return a; }'), fingerprint('f(a) { return b; }'));
  });
});

describe('first sentences', () => {
  const cases: [string, string | undefined][] = [
    ['/**\n * Finds the nearest\n * open file. More text.\n * @param a b\n */', 'Finds the nearest open file'],
    ['"""Return the user, e.g. from a token.\n\n    More.\n    """', 'Return the user, e.g. from a token'],
    [
      'r"""Raise an error if the given\n    :class:`Thing` is missing.\n    :param x: y\n    """',
      'Raise an error if the given :class:`Thing` is missing',
    ],
    ['/** Too short. */', undefined],
    ['/** See https://example.org for all of it. */', undefined],
    ['/** This was deprecated in version two. */', undefined],
    ['/** Renders {@link Thing} to the given screen. */', undefined],
  ];
  for (const [documentation, sentence] of cases) {
    it(JSON.stringify(documentation), () => assert.equal(firstSentence(documentation), sentence));
  }
});
