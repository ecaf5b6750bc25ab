import assert from 'node:assert/strict';
import { plainText, unknownOf } from '../../../../src/features/summarize/present';
import { Summarizer } from '../../../../src/features/summarize/summarizer';
import type { SummaryRequest } from '../../../../src/features/summarize/summarizer';
import type { Summary } from '../../../../src/features/summarize/summary';
import { grammars } from '../../../support/grammars';
import { codeIn, FakeWriter } from './fakeWriter';

/** Says which names the code declares. */
const namesOf = (code: string): string =>
  `Declares ${[...code.matchAll(/(?:function|class|def) (\w+)/g)].map(([, name]) => name).join(' and ') || 'nothing'}.`;

const source = `import x from 'x';

/** Adds. It really does. */
function add(a: number, b: number): number {
  return a + b;
}

class Shape {
  /** @internal */
  area() {
    function inner() {}
    return inner;
  }
}
`;

function start(text: string, writer = new FakeWriter(namesOf)) {
  const summarizer = new Summarizer(writer, grammars);
  const heard: Summary[] = [];
  const ask = async (more: Partial<SummaryRequest> = {}, signal?: AbortSignal): Promise<Summary> => {
    const request: SummaryRequest = {
      text,
      path: 'a.ts',
      selection: { start: 0, end: text.length },
      mode: 'sentence',
      model: '/m',
      attempt: 0,
      ...more,
    };
    const summary = await summarizer.summarize(request, (one) => heard.push(one), signal);
    assert.ok(typeof summary !== 'string');
    return summary;
  };
  const at = (part: string) => ({ start: text.indexOf(part), end: text.indexOf(part) + part.length });
  return { summarizer, writer, heard, ask, at };
}

describe('a summary', () => {
  it('of a symbol is one sentence about its code without its documentation, streamed', async () => {
    const { ask, at, writer, heard } = start(source);
    const summary = await ask({ selection: at('add') });
    assert.deepEqual(
      writer.asked.map(({ prompt, until, maxTokens }) => [prompt, until, maxTokens]),
      [
        [
          {
            kind: 'documentation',
            path: 'a.ts',
            code: 'function add(a: number, b: number): number {\n  return a + b;\n}',
          },
          'sentence',
          64,
        ],
      ],
    );
    assert.equal(plainText(summary), 'Declares add.');
    assert.deepEqual(
      [summary.subject.kind, summary.subject.symbol?.name, summary.lines, summary.state],
      ['symbol', 'add', { first: 3, last: 5 }, 'whole'],
    );
    assert.deepEqual([...new Set(heard.map(({ main }) => main?.text))], [undefined, 'Declares', 'Declares add.']);
  });

  it('is what a similar function is documented with, and what the model says when asked for another text', async () => {
    const text =
      'class Store {\n  /** Removes a book. */\n  removeBook(id) {\n    this.books.delete(id);\n  }\n\n  removeReader(id) {\n    this.readers.delete(id);\n  }\n}\n';
    const { ask, at, writer } = start(text);
    const { main, state } = await ask({ selection: at('removeReader') });
    assert.deepEqual(
      [main?.text, main?.source, main?.from, state],
      ['Removes a reader.', 'similar', { name: 'removeBook', path: undefined, line: 2 }, 'whole'],
    );
    assert.equal(writer.asked.length, 0);
    const another = await ask({ selection: at('removeReader'), attempt: 1 });
    assert.equal(another.main?.source, 'model');
    const alone = start(text.replace('/** Removes a book. */', ''));
    await alone.ask({ selection: alone.at('removeReader') });
    assert.deepEqual(writer.asked, alone.writer.asked, "the model's first answer is still to come");
    assert.equal((await ask({ selection: at('removeReader'), mode: 'outline' })).main?.source, 'model');
  });

  it('lists the parameters as the source has them', async () => {
    const { ask, at } = start(source);
    const { facts } = await ask({ selection: at('add'), mode: 'parameters' });
    const [a, b] = ['a', 'b'].map((name) => ({ name, type: 'number', optional: false, rest: false }));
    assert.deepEqual(facts, { parameters: [a, b], returns: { type: 'number' }, throws: [] });
  });

  it("of a file is a line for each symbol, in its author's words where there are any, and one for the whole", async () => {
    const { ask, writer } = start(source);
    const summary = await ask({ mode: 'outline' });
    assert.deepEqual(
      summary.parts.map(({ name, line, sentence }) => [name, line, sentence?.text, sentence?.source]),
      [
        ['add', 3, 'Adds.', 'documentation'],
        ['Shape', 7, 'Declares Shape and inner.', 'model'],
      ],
    );
    assert.equal(
      plainText(summary),
      'add: Adds.\nShape: Declares Shape and inner.\n\nDeclares add and Shape and inner.',
    );
    assert.equal(writer.asked.length, 2);
    assert.deepEqual(summary.progress, { done: 2, total: 2 });
  });

  it('of what was asked before comes from memory, also when asked in another mode', async () => {
    const { ask, at, writer } = start(source);
    const first = await ask({ selection: at('add') });
    const asked = writer.asked.length;
    assert.deepEqual(await ask({ selection: at('add') }), first);
    await ask({ selection: at('add'), mode: 'parameters' });
    assert.equal(writer.asked.length, asked);
    await ask({ selection: at('add'), attempt: 1 });
    assert.deepEqual(writer.asked.at(-1)?.sampling, { temperature: 0.7, topP: 0.95, seed: 1 });
  });

  const long = Array.from(
    { length: 40 },
    (_, n) => `function f${n}(a) {\n${'  a = a + 1;\n'.repeat(30)}  return a;\n}\n`,
  ).join('\n');

  it('of what does not fit is made of what its parts do; a changed part is asked again, with what it is part of', async () => {
    const { ask, writer, heard } = start(long);
    const summary = await ask();
    assert.equal(summary.main?.problem, undefined);
    const first = writer.asked.length;
    for (const params of writer.asked) assert.ok(codeIn(params).length <= 2.8 * 512, `${codeIn(params).length} units`);
    const leaves = writer.asked.filter(
      (params) => /^function f\d+/.test(codeIn(params)) && !codeIn(params).includes('//'),
    );
    assert.equal(leaves.length, 40);
    // The first words are there long before the first ones about the whole.
    const firstWords = heard.findIndex(({ aside }) => aside !== undefined && aside.text !== '');
    assert.deepEqual(heard[firstWords]?.aside, { first: 0, last: 32, name: 'f0', text: 'Declares' });
    assert.ok(heard.findIndex(({ main }) => main !== undefined) > firstWords);
    assert.equal(summary.aside, undefined);
    assert.ok(
      heard.some(({ progress }) => progress.done > 5 && progress.total >= 40 && progress.done < progress.total),
    );

    await ask({
      text: long.replace('function f7(a) {\n', 'function f7(a) {\n  log(a);\n'),
      selection: { start: 0, end: long.length + 9 },
    });
    // The function, and what is said about it: the same, so what it is part of does not change either.
    assert.equal(writer.asked.length, first + 1);
  });

  it('of 5,000 lines goes on to its end, keeps what it has when it is stopped, and asks nothing twice', async () => {
    const functions = Array.from(
      { length: 625 },
      (_, n) => `function f${n}(a) {\n  const b = a + ${n};\n  if (b > ${n}) {\n    return b;\n  }\n  return a;\n}\n`,
    );
    const text = functions.join('\n');
    assert.equal(text.split('\n').length, 5_000);
    const { ask, writer, heard } = start(text);
    const controller = new AbortController();
    let count = 0;
    writer.before = () => {
      if (++count === 301) controller.abort();
    };
    const part = await ask({ mode: 'outline' }, controller.signal);
    assert.deepEqual(
      [part.state, part.parts.length, part.parts.filter(({ sentence }) => sentence !== undefined).length],
      ['stopped', 625, 300],
    );

    const whole = await ask({ mode: 'outline' });
    assert.equal(whole.state, 'whole');
    assert.deepEqual(
      whole.parts.map(({ sentence }) => sentence?.text),
      functions.map((_, n) => `Declares f${n}.`),
    );
    assert.equal(whole.progress.done, whole.progress.total);
    // The one that was cancelled is the only one that was begun twice.
    assert.equal(new Set(writer.asked.map(codeIn)).size, writer.asked.length - 1);
    const counts = heard
      .slice(heard.findLastIndex(({ progress }) => progress.done === 0))
      .map(({ progress: { done, total } }) => [done, total] as const);
    for (const [at, [done, total]] of counts.entries()) assert.ok(done <= total && done >= (counts[at - 1]?.[0] ?? 0));

    const asked = writer.asked.length;
    const changed = text.replace('a + 7;', 'a + 8;');
    await ask({ text: changed, mode: 'outline' });
    // The function alone: what is said about it, and so all that is told by it, stays the same.
    assert.deepEqual(
      writer.asked.slice(asked).map((params) => /f\d+/.exec(codeIn(params))?.[0]),
      ['f7'],
    );
  }).timeout(60_000);

  it('of a long function without parts is made of stretches of it', async () => {
    const text = `function f(a) {\n${'  a = a + 1;\n'.repeat(400)}}\n`;
    const { ask, writer } = start(text);
    await ask();
    assert.ok(writer.asked.length > 3);
    assert.match(codeIn(writer.asked.at(-1)!), /^function f\(a\) \{\n\/\/ Declares/);
  });

  it('can be stopped, and keeps what there is', async () => {
    const { ask, writer } = start(long);
    const controller = new AbortController();
    let count = 0;
    writer.before = () => {
      if (++count === 4) controller.abort();
    };
    const summary = await ask({ mode: 'outline' }, controller.signal);
    assert.equal(summary.state, 'stopped');
    assert.equal(summary.parts.filter(({ sentence }) => sentence !== undefined).length, 3);
    assert.equal(writer.asked.length, 4);
  });

  it('says what the model says badly instead of showing it', async () => {
    for (const [said, problem] of [
      ['', 'empty'],
      ['{ } => ;;', 'notWords'],
      ['the the the the', 'loops'],
      ['Gets the value of the value of the value of the value', 'loops'],
      ['Adds.', undefined],
    ] as const) {
      const summary = await start(source, new FakeWriter(() => said)).ask();
      assert.equal(summary.main?.problem, problem, said);
      assert.equal(plainText(summary), problem === undefined ? said : '');
    }
  });

  it('marks names that the code does not have', async () => {
    const summary = await start(
      source,
      new FakeWriter(() => 'Calls fetchUser() and `add` from JavaScript, as HTTP with `missing` and user_id.'),
    ).ask();
    assert.deepEqual(
      unknownOf(summary).map(({ name }) => name),
      ['fetchUser', 'missing', 'user_id'],
    );
    const text = summary.main?.text ?? '';
    for (const { start: from, end, name } of unknownOf(summary)) assert.equal(text.slice(from, end), name);
  });

  it('is asked in a conversation where the model was tuned on them, and a paragraph at once', async () => {
    const writer = new FakeWriter(() => 'Adds. Then rests.');
    writer.prompts = ['chat', 'text'];
    writer.contextLength = 4_096;
    const { ask } = start(source, writer);
    const summary = await ask({ mode: 'paragraph' });
    const [{ prompt, until }] = writer.asked as [(typeof writer.asked)[0]];
    assert.ok(prompt.kind === 'chat' && prompt.messages[0]?.role === 'system');
    assert.equal(until, undefined);
    assert.deepEqual([plainText(summary), writer.asked.length], ['Adds. Then rests.', 1]);
  });

  it('is asked in a conversation behind two examples, without the path, and shown from what it says on', async () => {
    const text =
      'class Store {\n  /** Throws a book out of the store. */\n  sell(book) {\n    this.books.delete(book);\n  }\n\n  add(id) {\n    this.ids.push(id);\n  }\n}\n';
    const writer = new FakeWriter(() => 'This method is a function that keeps an id.');
    writer.prompts = ['chat', 'text'];
    writer.contextLength = 4_096;
    const { ask, at } = start(text, writer);
    const { main } = await ask({ selection: at('add'), path: 'src/store/main.js' });
    assert.equal(main?.text, 'Keeps an id.');
    const [{ prompt, until }] = writer.asked as [(typeof writer.asked)[0]];
    assert.equal(until, 'sentence');
    assert.ok(prompt.kind === 'chat');
    assert.ok(!JSON.stringify(prompt).includes('main.js'));
    assert.deepEqual(
      prompt.messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user', 'assistant', 'user'],
    );
    assert.equal(prompt.messages[4]?.content, 'Throws a book out of the store.');
    assert.match(prompt.messages[5]?.content ?? '', /this\.ids\.push\(id\);\n {2}\}\n\nWhat does `add` do\?$/);
  });

  it('is nothing where the model only names what it was shown', async () => {
    const writer = new FakeWriter(() => 'The code does the following:');
    writer.prompts = ['chat'];
    const { ask, at } = start(source, writer);
    assert.equal((await ask({ selection: at('add') })).main?.problem, 'empty');
  });

  it('is of several sentences where the model writes one at a time', async () => {
    const summary = await start(source).ask({ mode: 'paragraph' });
    assert.equal(plainText(summary), 'Declares add and Shape and inner. Adds. Declares Shape and inner.');
  });

  it('is not made of blanks, of what is no text, or of what is no end to', async () => {
    const { summarizer } = start('');
    const ask = (text: string, selection = { start: 0, end: text.length }) =>
      summarizer.summarize(
        { text, path: 'a.ts', selection, mode: 'sentence', model: '/m', attempt: 0 },
        () => undefined,
      );
    assert.equal(await ask(' \n\t'), 'nothing');
    assert.equal(await ask('let a;\n\n  \n', { start: 7, end: 9 }), 'nothing');
    assert.equal(await ask('a\0b'), 'binary');
    assert.equal(await ask('a'.repeat(2_000_001)), 'tooLarge');
  });
});
