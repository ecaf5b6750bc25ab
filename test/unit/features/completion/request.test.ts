import assert from 'node:assert/strict';
import { whyNotHere, whyNotOffered } from '../../../../src/features/completion/eligibility';
import {
  insideWord,
  looksBinary,
  opensLine,
  restOfLine,
  startOfLine,
  withSelectedItem,
} from '../../../../src/features/completion/cursorContext';
import { describeReason } from '../../../../src/features/completion/reasons';
import type { NoSuggestionReason } from '../../../../src/features/completion/reasons';
import { completeParams, pathForModel } from '../../../../src/features/completion/request';
import { defaults } from '../../../../src/host/settings';
import { t } from '../../../support/translate';
import { at } from './place';

describe('a path as the model sees it', () => {
  const cases: [path: string, languageId: string, folder: string | undefined, expected: string][] = [
    ['/home/me/project/src/a.ts', 'typescript', '/home/me/project', 'src/a.ts'],
    ['/home/me/project/src/a.ts', 'typescript', '/home/me/project/', 'src/a.ts'],
    ['/home/me/project-two/a.ts', 'typescript', '/home/me/project', 'a.ts'],
    ['/home/me/a.py', 'python', undefined, 'a.py'],
    ['Untitled-1', 'python', undefined, 'Untitled-1.py'],
    ['/w/book.ipynb', 'python', '/w', 'book.ipynb.py'],
    ['/w/a.mts', 'typescript', '/w', 'a.mts'],
    ['/w/Makefile', 'makefile', '/w', 'Makefile'],
  ];
  for (const [path, languageId, folder, expected] of cases) {
    it(`${path} is ${expected}`, () => assert.equal(pathForModel({ path, languageId }, folder), expected));
  }
});

describe('what is asked of the engine', () => {
  it('has the declarations that the model is shown in front of the text, and none where none are wanted', () => {
    const options = { model: 'm', path: 'a.ts', mode: 'line' } as const;
    const context = [{ path: 'b.ts', text: 'export const b: number;\n' }];
    assert.deepEqual(completeParams(at('a = |'), { ...options, context }).context, context);
    assert.deepEqual(completeParams(at('a = |'), options).context, []);
  });

  it('has the text of other cells around that of the cursor’s', () => {
    const place = { ...at('net_|\nshow()'), around: { before: 'a = 1\n\n', after: '\n\nb = 2' } };
    const { prefix, suffix } = completeParams(place, { model: 'm', path: 'book.ipynb.py', mode: 'line' });
    assert.equal(prefix, 'a = 1\n\nnet_');
    assert.equal(suffix, '\nshow()\n\nb = 2');
  });
});

describe('where nothing is suggested at all', () => {
  const occasion = { path: '/w/a.ts', languageId: 'typescript' };
  const cases: [
    name: string,
    change: Partial<typeof occasion>,
    settings: Partial<typeof defaults>,
    expected: string | undefined,
  ][] = [
    ['nowhere by default', {}, {}, undefined],
    ['when switched off', {}, { completionEnabled: false }, 'off'],
    ['in a language switched off', { languageId: 'markdown' }, {}, 'languageOff'],
    [
      'in all other languages when `*` is off',
      {},
      { completionLanguages: { '*': false, python: true } },
      'languageOff',
    ],
    [
      'not in a language that is on when `*` is off',
      { languageId: 'python' },
      { completionLanguages: { '*': false, python: true } },
      undefined,
    ],
    ['in files that hold secrets', { path: '/w/.env' }, {}, 'secretFile'],
  ];
  for (const [name, change, settings, expected] of cases) {
    it(name, () =>
      assert.equal(whyNotOffered({ ...occasion, ...change }, { ...defaults, ...settings })?.kind, expected),
    );
  }
});

describe('where nothing is suggested while the user types', () => {
  const situation = { cursors: 1, isDiff: false };
  const everywhere = { comments: true, strings: true, multipleCursors: true, diffEditors: true };
  const nowhere = { comments: false, strings: false, multipleCursors: false, diffEditors: false };
  const cases: [
    text: string,
    path: string,
    change: Partial<typeof situation>,
    where: Partial<typeof everywhere>,
    expected: string | undefined,
  ][] = [
    ['a = |b', 'a.ts', {}, everywhere, 'insideWord'],
    ['a = |', 'a.ts', { cursors: 2 }, nowhere, 'multipleCursors'],
    ['a = |', 'a.ts', { cursors: 2 }, everywhere, undefined],
    ['a = |', 'a.ts', { isDiff: true }, nowhere, 'diffEditor'],
    ['a = |', 'a.ts', { isDiff: true }, everywhere, undefined],
    ['a = |', 'a.ts', {}, nowhere, undefined],
    ['// a |', 'a.ts', {}, { comments: false }, 'inComment'],
    ['// a |', 'a.ts', {}, { strings: false }, undefined],
    ['/* a\n * |\n */', 'a.ts', {}, { comments: false }, 'inComment'],
    ['# a |', 'a.py', {}, { comments: false }, 'inComment'],
    ['# a |', 'a.ts', {}, { comments: false }, undefined],
    ["a = 'b |", 'a.ts', {}, { strings: false }, 'inString'],
    ["a = 'b |", 'a.ts', {}, { comments: false }, undefined],
    ['a = """\nb |\n"""', 'a.py', {}, { strings: false }, 'inString'],
    ['a = `b\n|`', 'a.ts', {}, { strings: false }, 'inString'],
    ["a = 'b'.|", 'a.ts', {}, { strings: false }, undefined],
    ['a = 1; // b\n|', 'a.ts', {}, { comments: false, strings: false }, undefined],
    ["fn f<'a>(x: &'a str) { |", 'a.rs', {}, { strings: false }, undefined],
  ];
  for (const [text, path, change, where, expected] of cases)
    it(`${text.replaceAll('\n', '⏎')} in ${path}, ${JSON.stringify({ ...change, ...where })}: ${expected}`, () =>
      assert.equal(
        whyNotHere(at(text), path, { ...situation, ...change }, { ...everywhere, ...where })?.kind,
        expected,
      ));
});

describe('a place', () => {
  it('knows its line', () => {
    const place = at('a\n  b.|c)\nd');
    assert.equal(startOfLine(place), '  b.');
    assert.equal(restOfLine(place), 'c)');
    assert.equal(restOfLine(at('a|b')), 'b');
    assert.equal(opensLine(place), false);
    assert.equal(opensLine(at('a\n  |b')), true);
  });

  it('knows words and what is no text', () => {
    assert.equal(insideWord(at('a|é')), true);
    assert.equal(insideWord(at('a| b')), false);
    assert.equal(looksBinary(at('a|\0')), true);
    assert.equal(looksBinary(at('a|\n')), false);
  });

  it('can be looked at as if an item were inserted', () => {
    assert.deepEqual(withSelectedItem(at('x.con|)'), 3, 'concat'), at('x.concat|)'));
  });
});

describe('a reason', () => {
  it('is a sentence for people', () => {
    const reasons: NoSuggestionReason[] = [
      { kind: 'languageOff', languageId: 'markdown' },
      { kind: 'unsure', confidence: 0.314, minimum: 0.5 },
      { kind: 'failed', message: 'model.onnx is cut short.' },
    ];
    assert.deepEqual(
      reasons.map((reason) => describeReason(reason, t)),
      [
        'Completions are switched off for the language markdown',
        'The model was too unsure: 31 %, at least 50 % are wanted',
        'The engine failed: model.onnx is cut short.',
      ],
    );
  });
});
