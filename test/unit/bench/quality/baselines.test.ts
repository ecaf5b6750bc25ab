import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Bm25, splitIdentifier, splitIdentifiers, wholeIdentifiers } from '../../../bench/quality/baselines/bm25';
import { copyCompletion } from '../../../bench/quality/baselines/copy';
import { NgramModel } from '../../../bench/quality/baselines/ngram';
import { SortedContexts } from '../../../bench/quality/baselines/sortedContexts';
import { contextFor } from '../../../bench/quality/context';
import { cutToTask } from '../../../bench/quality/situations';
import type { Situation, Workspace } from '../../../bench/quality/situations';

const situation = (prefix: string, rest = '', mode: 'line' | 'block' = 'line', suffix = '\n'): Situation => {
  return { package: 'p', path: 'own.ts', prefix, suffix: rest + suffix, rest, mode, answer: '' };
};
const workspaceOf = (files: Record<string, string>): Workspace => {
  return { name: 'p', files: new Map(Object.entries(files).map(([path, text]) => [path, { path, text }])) };
};

describe('the cut of a completion', () => {
  it('ends with the line, before what the editor has closed', () => {
    assert.equal(cutToTask('a, f(b)) + c\nnext', situation('g(', ')')), 'a, f(b)');
    assert.equal(cutToTask('a[")"], b)', situation('g(', ')')), 'a[")"], b');
    assert.equal(cutToTask(String.raw`it\'s' + b`, situation("x = '", "'")), String.raw`it\'s`);
    assert.equal(cutToTask('a; b\nc', situation('')), 'a; b');
  });

  it('ends a block before the first line that is indented less', () => {
    assert.equal(cutToTask('a\n  if\n\n    b\n}\nc', situation('f {\n  ', '', 'block')), 'a\n  if\n\n    b');
  });
});

describe('the copying baseline', () => {
  it('repeats what followed the longest agreement', () => {
    const prefix = 'open(file, "r");\nclose(file);\nread(file, "w");\nopen(file, ';
    assert.equal(copyCompletion(situation(prefix, ')')), '"r"');
  });

  it('looks into other files only where it is given some, and never into the hidden part of its own', () => {
    const workspace = workspaceOf({ 'own.ts': 'const answer = hidden();', 'other.ts': 'const answer = shown();' });
    assert.equal(copyCompletion(situation('const answer = '), workspace), 'shown();');
    assert.equal(copyCompletion(situation('const answer = ')), '');
  });
});

describe('the n-gram baseline', () => {
  const workspace = workspaceOf({
    'own.ts': 'const total = secret.of(list);',
    'a.ts': 'const size = list.length;\nconst most = list.length;\nconst name = list.name;\n',
  });

  it('writes what follows most often, up to the end of the line', () => {
    assert.equal(new NgramModel(workspace).complete(situation('const x = list.')), 'length;');
  });

  it('finishes a word', () => {
    assert.equal(new NgramModel(workspace).complete(situation('const x = list.na')), 'me;');
  });

  it('does not know the hidden part of its own file', () => {
    assert.doesNotMatch(new NgramModel(workspace).complete(situation('const total = ')), /secret/);
  });

  it('learns from the visible text of its own file', () => {
    assert.equal(new NgramModel().complete(situation('go(home);\ngo(', ')')), 'home');
  });
});

describe('sorted contexts', () => {
  it('find every occurrence of every context, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { maxLength: 60 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
        (stream, context) => {
          const index = new SortedContexts(Int32Array.from(stream), 4, 3);
          const { from, to } = index.find(context);
          const found = [...index.positions.slice(from, to)].sort((a, b) => a - b);
          const expected = [...stream.keys()].filter((at) =>
            context.every((token, offset) => stream[at + offset] === token),
          );
          assert.deepEqual(found, expected);
        },
      ),
    );
  });
});

describe('BM25', () => {
  it('splits names as programmers write them', () => {
    assert.deepEqual(splitIdentifier('parseHTTPHeader_v2'), ['parse', 'http', 'header', 'v', '2']);
    assert.deepEqual(splitIdentifiers('parseHeaders'), ['parseheaders', 'pars', 'header']);
    assert.deepEqual(wholeIdentifiers('parseHeaders(x)'), ['parseheaders', 'x']);
  });

  it('finds by the parts of a name only where it splits', () => {
    const documents = ['function parseHeaders() {}', 'function writeBody() {}', 'function close() {}'];
    const [split, whole] = [new Bm25(documents, splitIdentifiers), new Bm25(documents, wholeIdentifiers)].map((index) =>
      index.search('the header is parsed'),
    );
    assert.ok(split!.indexOf(Math.max(...split!)) === 0 && split![0]! > 0);
    assert.deepEqual([...whole!], [0, 0, 0]);
  });

  it('gives a rare term more weight than a common one, and a short text more than a long one', () => {
    const scores = new Bm25(['a b', 'a c', 'a c d e f g h'], wholeIdentifiers).search('a b');
    assert.ok(scores[0]! > scores[1]! && scores[1]! > scores[2]!);
    // ln(1 + (3 − 1 + 0.5) ÷ (1 + 0.5)) for b and ln(1 + 0.5 ÷ 3.5) for a, times (k1 + 1) ÷ (1 + k1 (1 − b + b · 2 ÷ 11⁄3)).
    const expected =
      ((Math.log(1 + 2.5 / 1.5) + Math.log(1 + 0.5 / 3.5)) * 2.2) / (1 + 1.2 * (0.25 + 0.75 * (2 / (11 / 3))));
    assert.ok(Math.abs(scores[0]! - expected) < 1e-12);
  });
});

describe('repository context', () => {
  const prefix = "import { load } from './loader';\nconst settings = load(folder, defaults);\nconst theme = settings.";

  it('shows the excerpt that shares most names, last, and no twin of the file', () => {
    const workspace = workspaceOf({
      'own.ts': prefix,
      'twin.ts': `${prefix}answer;\n`,
      'loader.ts':
        'export function load(folder, defaults) {\n  const settings = read(folder);\n  return settings ?? defaults;\n}\n',
      'far/other.ts': 'export const unrelated = 1;\n',
    });
    const context = contextFor(situation(prefix), workspace);
    assert.deepEqual(
      context.map(({ path }) => path),
      ['far/other.ts', 'loader.ts'],
    );
    assert.match(context[1]?.text ?? '', /return settings/);
  });
});
