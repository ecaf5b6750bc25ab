import assert from 'node:assert/strict';
import { documentedIn, functionAt } from '../../../../../src/features/summarize/similar/documented';
import type { FunctionCode } from '../../../../../src/features/summarize/similar/documented';
import { ComparedFunction } from '../../../../../src/features/summarize/similar/evidence';
import { retell } from '../../../../../src/features/summarize/similar/retelling';
import { filesWithLike } from '../../../../../src/features/summarize/similar/files';
import { SimilarFunctions } from '../../../../../src/features/summarize/similar/similar';
import { symbolsOf } from '../../../../../src/syntax/symbols';
import { grammars } from '../../../../support/grammars';

const python = `class Store:
    def remove(self, key):
        """Removes an entry. It has to be there."""
        del self.entries[key]

    def clear(self):
        self.entries = {}
`;

describe('documented functions', () => {
  const functionsIn = async (text: string, path: string) =>
    documentedIn(text, path, await symbolsOf(text, path, grammars));

  it('are told by their first sentence, their code without it', async () => {
    const found = await functionsIn(python, 'store.py');
    assert.deepEqual(
      found.map(({ name, container, sentence, line, parameters }) => [name, container, sentence, line, parameters]),
      [['remove', 'Store', 'Removes an entry.', 1, ['key']]],
    );
    assert.equal(found[0]!.code.replaceAll(/\s+/g, ' ').trim(), 'def remove(self, key): del self.entries[key]');
  });

  it('are functions: what else is documented is not asked about', async () => {
    const text =
      '/** Colours. */\nclass Colours {}\n\n/** Mixes two colours. */\nexport const mix = (a, b) => a + b;\n\n/** @internal */\nfunction hidden() {}\n';
    assert.deepEqual(
      (await functionsIn(text, 'mix.js')).map(({ name }) => name),
      ['mix'],
    );
    const symbols = await symbolsOf(text, 'mix.js', grammars);
    assert.equal(
      functionAt(
        text,
        'mix.js',
        symbols.find(({ name }) => name === 'Colours')!,
        symbols,
      ),
      undefined,
    );
  });
});

describe('a sentence told of another function', () => {
  const named = (name: string, container = '', code = ''): FunctionCode => ({
    name,
    container,
    code,
    path: '',
    parameters: [],
  });
  const told = (sentence: string, from: string, to: string) => retell(sentence, named(from), named(to));

  it("has its names in the place of the other's, in prose as words", () => {
    assert.equal(
      told('Returns the order that `findOrder` found.', 'findOrder', 'findUser'),
      'Returns the user that `findUser` found.',
    );
    assert.equal(
      told('Removes a book, or two books.', 'removeBook', 'removeOldReader'),
      'Removes an old reader, or two old readers.',
    );
    assert.equal(told('Topic of the scheduled event.', 'scheduledEvent', 'user'), 'Topic of the user.');
    assert.equal(told('Loads a URL.', 'loadURL', 'loadItem'), 'Loads an item.');
    assert.equal(told('Order of an order: reorders none.', 'order', 'user'), 'User of a user: reorders none.');
    assert.equal(
      retell('Creates a Circle.', named('constructor', 'Circle'), named('constructor', 'LongLine')),
      'Creates a LongLine.',
    );
    assert.equal(
      retell('A FirstPlugin of first plugins.', named('x', 'FirstPlugin'), named('x', 'LastPlugin')),
      'A LastPlugin of last plugins.',
    );
  });

  it('has its verb', () => {
    assert.equal(told('Removes a listener.', 'removeListener', 'addListener'), 'Adds a listener.');
    assert.equal(told('Copies a node.', 'copyNode', 'pushNode'), 'Pushes a node.');
    assert.equal(told('Delete a header.', 'deleteHeader', 'hasHeader'), 'Has a header.');
    assert.equal(told('Deletes a header.', 'deleteHeader', 'hasHeader'), 'Has a header.');
  });

  it('is left where its name goes on', () =>
    assert.equal(told('Gets an option.', 'get', 'getFocused'), 'Gets an option.'));

  it('is itself where both have one name', () => assert.equal(told('Says it.', 'say', 'say'), 'Says it.'));

  it('is itself where names are no words', () =>
    assert.equal(told('Iterates.', '[Symbol.iterator]', '#a'), 'Iterates.'));

  it('is foreign where it goes on speaking of what only the other one is named after', () => {
    const isSo = (sentence: string, from: string, to: string, code = '') =>
      new ComparedFunction(named(to, '', code)).isForeign(sentence, named(from));
    assert.ok(isSo('Joins, and selects what is joined.', 'joinAndSelect', 'join'));
    assert.ok(isSo('Deleted headers are gone.', 'deleteHeader', 'hasHeader'));
    assert.ok(!isSo('Joins, and selects what is joined.', 'joinAndSelect', 'join', 'select()'));
  });
});

describe('files that may hold similar functions', () => {
  it('are those where a name like it may be defined, the likest first', async () => {
    const files = [
      { path: 'none', text: 'const x = openFile;\n' },
      { path: 'calls', text: '  foo.close(file)\n' },
      { path: 'some', text: '  async file() {}\n' },
      { path: 'like', text: 'export function closeFile<T>(a: T) {}\n' },
      { path: 'same', text: '    def open_file(self):\n' },
    ];
    assert.deepEqual(
      (await filesWithLike('openFile', files)).map(({ path }) => path),
      ['same', 'some', 'like'],
    );
  });

  it('are no more than a few', async () => {
    const files = Array.from({ length: 50 }, (_, index) => ({
      path: String(index),
      text: `function open${index}() {}\n`,
    }));
    assert.deepEqual(
      (await filesWithLike('open', files)).map(({ path }) => path),
      ['0', '1', '2', '3', '4', '5', '6', '7'],
    );
  });
});

describe('what is said of similar functions', () => {
  const similarTo = async (text: string, name: string, around: Record<string, string> = {}) => {
    const symbols = await symbolsOf(text, 'a.ts', grammars);
    const files = Object.entries(around).map(([path, other]) => ({ path, text: other }));
    return new SimilarFunctions(grammars).to({
      text,
      path: 'a.ts',
      symbol: symbols.find((one) => one.name === name),
      symbols,
      around: () => Promise.resolve(files),
    });
  };
  const getter = (name: string, documentation = '') =>
    `${documentation}  get${name}(id: number): ${name} {\n    const found = this.${name.toLowerCase()}s.get(id);\n    if (found === undefined) throw new Missing(id);\n    return found;\n  }\n`;
  const books = `class Books {\n${getter('Book', '  /** Returns the book with this id. */\n')}}\n`;

  it('is told of a function that is written like one of the same file', async () => {
    const text = books.replace(/}\n$/, `${getter('Reader')}}\n`);
    assert.deepEqual(await similarTo(text, 'getReader'), {
      sentence: 'Returns the reader with this id.',
      from: { name: 'getBook', path: undefined, line: 2 },
    });
  });

  it('is told of one in another file, which is named', async () => {
    const text = `class Readers {\n${getter('Reader')}}\n`;
    assert.deepEqual(await similarTo(text, 'getReader', { '/books.ts': books }), {
      sentence: 'Returns the reader with this id.',
      from: { name: 'getBook', path: '/books.ts', line: 2 },
    });
  });

  it('is nothing where no function is like it, and for what is no function', async () => {
    assert.equal(
      await similarTo('function parse(text: string) { return text.split(" "); }\n', 'parse', { '/books.ts': books }),
      undefined,
    );
    assert.equal(await similarTo('class Readers {}\n', 'Readers', { '/books.ts': books }), undefined);
    assert.equal(await similarTo('const x = 1;\n', 'none'), undefined);
  });
});
