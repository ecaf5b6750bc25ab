import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createStopRule } from '../../../../src/stopping/createStopRule';
import { Completer } from '../../../../src/features/completion/completer';
import { byEngine } from '../../../../src/features/completion/completes';
import type { Outcome, SuggestionRequest } from '../../../../src/features/completion/completer';
import { applyFilters } from '../../../../src/features/completion/filters';
import { fit } from '../../../../src/features/completion/replaceRange';
import { isSubsequence } from '../../../../src/features/completion/reuse';
import { restOfLine } from '../../../../src/features/completion/cursorContext';
import type { CursorContext } from '../../../../src/features/completion/cursorContext';
import { splitAtCursor } from '../../../../src/common/text/cursor';
import type { EngineClient } from '../../../../src/ipc/engine/client';
import type { CompletionMode } from '../../../../src/ipc/engine/protocol';
import { languages } from '../../../../src/syntax/languageTable';
import type { Language } from '../../../../src/syntax/languages';
import { at } from './place';

/** What users of completion products reported: text that was lost, written twice or not shown at places like these. */

const observer = { started: () => undefined, ended: () => undefined, served: () => undefined, failed: () => undefined };
const timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 };

/** What comes of a text that the model writes at a place. */
async function suggest(path: string, place: string, text: string): Promise<Outcome> {
  const tokens = [{ id: 1, text, logprob: -0.1 }];
  const result = { text, tokens, logprob: -0.1, confidence: 0.9, finish: 'stop', promptIds: new Int32Array(), timings };
  const engine = { request: () => Promise.resolve(result) } as unknown as Pick<EngineClient, 'request'>;
  const request: SuggestionRequest = { model: 'm', path, mode: 'line', minimumConfidence: 0, explicit: false };
  return new Completer(byEngine(engine), observer).suggest(at(place), request, new AbortController().signal);
}

/** The cursor's line after accepting, or why there is nothing to accept. */
async function accepted(path: string, place: string, text: string): Promise<string> {
  const outcome = await suggest(path, place, text);
  if (outcome.kind !== 'suggestion') return outcome.kind === 'none' ? `(${outcome.reason.kind})` : '(cancelled)';
  const { text: inserted, replaces } = outcome.suggestion;
  const { prefix, suffix } = at(place);
  const whole = prefix + inserted + suffix.slice(replaces);
  const start = prefix.lastIndexOf('\n') + 1;
  const end = whole.indexOf('\n', prefix.length + inserted.length);
  return whole.slice(start, end < 0 ? undefined : end);
}

const html = `<section>
  <div>
    <div>
      <p>Hi</p>
    </div>
  |
</section>
`;
const lua = `for _, row in ipairs(rows) do
  for _, cell in ipairs(row) do
    print(cell)
  end
|
`;
const glyph = `static const uint8_t glyph[] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    |
};
`;
const zeros = '0x00, '.repeat(8).trimEnd();

const reported: [path: string, place: string, text: string, line: string][] = [
  // Punctuation right of the cursor is swallowed.
  ['a.ts', '  total: |,\n', 'sum(price, tax)', '  total: sum(price, tax),'],
  ['a.ts', 'type A = Promise<|>\n', 'Array<User>', 'type A = Promise<Array<User>>'],
  ['a.ts', 'type A = Promise<|>\n', 'User>', 'type A = Promise<User>'],
  ['a.ts', 'a = |;\n', 'b;', 'a = b;'],
  ['a.ts', 'f(|, b) {\n', 'a, b) {', 'f(a, b) {'],
  ['a.py', 'print("hello |")\n', 'world', 'print("hello world")'],
  // A closing word that stands on the neighbouring line is dropped.
  ['a.html', html, '</div>', '  </div>'],
  ['a.lua', lua, 'end', 'end'],
  ['a.sh', 'if a; then\n  for b in c; do\n    d\n  done\n|\n', 'fi', 'fi'],
  ['a.sh', 'for a in b; do\n  for c in d; do\n    e\n  done\n|\n', 'done', 'done'],
  ['a.bas', '  IF b THEN\n    c\n  END IF\n|\n', 'END IF', 'END IF'],
  ['a.sh', 'case a in\n  b) case c in\n    d) e ;;\n  esac\n|\n', 'esac', 'esac'],
  ['a.rb', 'def a|\nend\n', '\n    run\n  end', 'def a\n    run\n  end'],
  ['a.ts', '  a(1);\n  |\n', 'a(1);', '(repeatsBefore)'],
  ['a.rb', 'if x|\n  end\n', '\n    run\n  end', 'if x\n    run'],
  // A lone apostrophe doubles the closing bracket.
  ['a.rs', "fn pick<'a>(items: &[&str], |)\n", "key: &'a str) -> &'a str {", "fn pick<'a>(items: &[&str], key: &'a str) -> &'a str {"], // prettier-ignore
  ['a.ts', "render(/* can't be empty */ |)\n", 'title);', "render(/* can't be empty */ title);"],
  ['a.ts', `log('say "hi|')\n`, `");`, `log('say "hi");')`],
  // Rows of a table go round in no circle.
  ['a.c', glyph, zeros, `    ${zeros}`],
  ['a.txt', 'start |\n', 'again '.repeat(8).trimEnd(), '(loops)'],
  // Text of a file in another encoding.
  ['b.js', 'const label = |\n', "'Gr\uFFFD\uFFFDe \uFFFDndern';", '(garbled)'],
  ['b.js', "const a = '\uFFFD';\nconst b = |\n", "'\uFFFD';", "const b = '\uFFFD';"],
  // What is taken for a secret.
  ['a.html', '<div class="sk-navigation-drawer-|">\n', 'item', '<div class="sk-navigation-drawer-item">'],
  ['a.ts', '//TODO:contact@example.com |\n', 'about this', '//TODO:contact@example.com about this'],
];

describe('what users report', () => {
  for (const [path, place, text, line] of reported)
    it(`${path}: ${JSON.stringify(place.slice(-40))} + ${JSON.stringify(text.slice(0, 40))}`, async () =>
      assert.equal(await accepted(path, place, text), line));

  const piece = fc.constantFrom(
    ...[
      'f',
      ' ',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '<',
      '>',
      '"',
      "'",
      '`',
      ';',
      ',',
      ':',
      '=>',
      'a, b',
      '//',
      '#',
      "isn't",
    ],
    ...['\n', '\n  ', '\n    ', '\nend', '\n}', '</p>', 'return', 'if a', ' do', '&amp;', '0x00, ', '\\'],
  );
  const text = (maxLength: number) => fc.array(piece, { maxLength }).map((pieces) => pieces.join(''));
  const where = fc.record({
    prefix: text(10),
    suffix: text(10),
    written: text(12),
    mode: fc.constantFrom<CompletionMode>('line', 'block', 'auto'),
    language: fc.constantFrom(...languages),
  });

  it('what stood right of the cursor is still there, whatever is written in whatever language', () => {
    fc.assert(
      fc.property(where, ({ prefix, suffix, written, mode, language }) => {
        const cursor = { document: 'd', prefix, suffix };
        const shown = shownOf(language, cursor, written, mode);
        if (shown === undefined) return;
        const rest = restOfLine(cursor);
        const { text: inserted, replaces } = fit(shown, cursor, language);
        const whole = prefix + inserted + suffix.slice(replaces);
        // What is shown was written, but for blanks at line ends, from its beginning on.
        const bare = (any: string): string => any.replace(/[ \t]+(?=\n|$)/g, '');
        assert.ok(bare(written).startsWith(bare(inserted)));
        assert.ok(whole.startsWith(prefix) && whole.endsWith(suffix.slice(rest.length)));
        if (replaces === 0) assert.ok(whole.endsWith(suffix));
        else {
          assert.equal(replaces, rest.length);
          assert.ok(isSubsequence(rest.trim(), inserted));
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

/** What the stop rule and the filters leave of what a model writes. */
function shownOf(language: Language, cursor: CursorContext, written: string, mode: CompletionMode): string | undefined {
  const { names, endings } = language;
  const path = endings[0] === undefined ? (names[0] ?? 'a') : `a.${endings[0]}`;
  const rule = createStopRule(mode, path, splitAtCursor(cursor.prefix, cursor.suffix));
  let end = rule.finish(written, 'complete');
  for (let length = 1; length <= written.length; length++) {
    const verdict = rule.check(written.slice(0, length));
    if (verdict.end === undefined) continue;
    end = verdict.end;
    break;
  }
  const shown = applyFilters(written.slice(0, end), { cursor, language, confidence: 1, minimumConfidence: 0 });
  return typeof shown === 'string' ? shown : undefined;
}
