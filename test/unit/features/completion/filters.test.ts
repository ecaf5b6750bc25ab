import assert from 'node:assert/strict';
import { applyFilters } from '../../../../src/features/completion/filters';
import { endsInLoop } from '../../../../src/features/completion/repetition';
import { unknownLanguage } from '../../../../src/syntax/languageTable';
import { languageOf } from '../../../../src/syntax/languages';
import { at } from './place';

/** What is shown of a text at a place, or the kind of the reason why nothing is. */
function shown(place: string, text: string, confidence = 1, minimumConfidence = 0): string | { reason: string } {
  const result = applyFilters(text, { cursor: at(place), language: unknownLanguage, confidence, minimumConfidence });
  return typeof result === 'string' ? result : { reason: result.kind };
}

describe('filters', () => {
  const cases: [name: string, place: string, text: string, expected: string | { reason: string }][] = [
    ['an ordinary line passes', 'const a = |\n', 'b + c;', 'b + c;'],
    ['nothing at all', 'a|\n', '', { reason: 'wroteNothing' }],
    ['blanks and line breaks only', 'a|\n', '  \n\t', { reason: 'onlyWhitespace' }],
    ['whitespace at the end is cut off', 'a|\n', ' = b;  \n', ' = b;'],
    ['whitespace at line ends is cut off', 'a|\n', ' {  \n  b;\t\n}', ' {\n  b;\n}'],
    ['a blank between the text and the rest of the line stays', 'a = |b', 'not ', 'not '],
    ['the rest of the line once more', 'foo(|a, b);\n', 'a, b);', { reason: 'repeatsFollowing' }],
    ['the next line once more', 'a();\n|\nb();\n', 'b();', { reason: 'repeatsFollowing' }],
    ['the next line once more, begun by the user', 'a();\nb(|\n\n  b(1);\n', '1);', { reason: 'repeatsFollowing' }],
    ['a bracket above a bracket is how blocks end', 'if (a) {\n  {\n    b();\n  |\n}\n', '}', '}'],
    ['final lines that stand below already are cut off', 'f(|\n  b();\n}\n', 'a) {\n  b();\n}', 'a) {'],
    ['lines that only resemble those below stay', 'f(|\n  b();\n}\n', 'a) {\n  c();\n}', 'a) {\n  c();\n}'],
    ['a closing tag under one of another block', '<div>\n    </div>\n  |\n</section>', '</div>', '</div>'],
    ['a closing tag once more', '  <p>\n  </div>\n  |\n', '</div>', { reason: 'repeatsBefore' }],
    ['a closing word under one of another block', '  end\n|\n', 'end', 'end'],
    ['a block that ends above the end of another', 'def a|\nend\n', '\n    run\n  end', '\n    run\n  end'],
    ['an end that stands below already is cut off', 'if x|\n  end\n', '\n    run\n  end', '\n    run'],
    ['END IF of another block', '  END IF\n|\n', 'END IF', 'END IF'],
    ['the line before once more', '  a(1);\n  |\n', 'a(1);', { reason: 'repeatsBefore' }],
    ['the line before once more, begun by the user', 'a(1);\na|\n', '(1);', { reason: 'repeatsBefore' }],
    ['a bracket below a bracket is how blocks end', '  }\n|\n', '}', '}'],
    ['round in circles', 'x = |\n', 'a + b + a + b + a + b + a + b + a + b + a + b', { reason: 'loops' }],
    [
      'round in circles with ever longer names',
      'const { |\n',
      'requestOptions, requestOptionsPrototypes, requestOptionsPrototypesPrototypes } = this;',
      { reason: 'loops' },
    ],
    ['what its author has begun goes on', 'a(options, optionsProto, optionsProtoProto, |\n', 'null);', 'null);'],
    ['a private key', 'const key = |\n', '"-----BEGIN RSA PRIVATE KEY-----"', { reason: 'looksSecret' }],
    ['a password', 'password = |\n', '"hunter2hunter2"', { reason: 'looksSecret' }],
    ['a password read from where it belongs', 'password = |\n', 'os.environ["PASSWORD"]', 'os.environ["PASSWORD"]'],
  ];
  for (const [name, place, text, expected] of cases) {
    it(name, () => assert.deepEqual(shown(place, text), expected));
  }

  it('know the words that close blocks', () => {
    const ruby = languageOf('a.rb');
    const shownInRuby = (place: string, text: string) =>
      applyFilters(text, { cursor: at(place), language: ruby, confidence: 1, minimumConfidence: 0 });
    assert.equal(shownInRuby('  end\n|\n', 'end'), 'end');
    assert.equal(shownInRuby('  x.each do\n    |\n  end\n', 'end'), 'end');
    assert.deepEqual(shownInRuby('  route\n  |\n', 'route'), { kind: 'repeatsBefore' });
  });

  it('say how sure the model was and how sure it should have been', () => {
    assert.deepEqual(
      applyFilters('a', { cursor: at('|'), language: unknownLanguage, confidence: 0.2, minimumConfidence: 0.5 }),
      {
        kind: 'unsure',
        confidence: 0.2,
        minimum: 0.5,
      },
    );
    assert.equal(shown('|', 'a', 0.5, 0.5), 'a');
  });
});

describe('a loop', () => {
  const cases: [text: string, expected: boolean][] = [
    ['', false],
    ['foo(bar, baz);', false],
    ['[0, 0, 0, 0, 0]', false],
    ['// ------------------------------------------------------------', false],
    ['('.repeat(40), true],
    ['#'.repeat(40), false],
    ['abcabcabcabcabcabcabcabcabcabcabc', true],
    ['return self.x\n'.repeat(5), true],
    ['start and then ' + 'again '.repeat(8), true],
    ['again '.repeat(8) + 'and the end', false],
    ['    ' + '0x00, '.repeat(8).trimEnd(), false],
    ['    ' + '0xFFu, 12, '.repeat(8).trimEnd(), false],
    ['| --- | :-: '.repeat(6) + '|', false],
    ['1.5 2.25 '.repeat(9), false],
    ['a, '.repeat(20), true],
    ['f(0), '.repeat(10), true],
  ];
  for (const [text, expected] of cases) {
    it(`${JSON.stringify(text.slice(0, 40))} is ${expected ? 'one' : 'none'}`, () =>
      assert.equal(endsInLoop(text), expected));
  }

  it('is found in linear time', () => {
    // Of the processor: what else runs does not count. Quadratic time would be a hundred times the limit.
    const start = process.cpuUsage();
    endsInLoop('a'.repeat(50_000) + '\n' + '-'.repeat(50_000));
    const { user } = process.cpuUsage(start);
    assert.ok(user < 1_000_000, `${user} µs`);
  });
});
