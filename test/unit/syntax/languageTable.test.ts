import assert from 'node:assert/strict';
import { createStopRule } from '../../../src/stopping/createStopRule';
import { Scanner } from '../../../src/syntax/scanner';
import { commentStyle, documentationStyle } from '../../../src/features/summarize/comment/styles';
import { isAlike } from '../../../src/nearby/candidateFiles';
import { documentationAbove, documentationText } from '../../../src/syntax/documentation';
import { languages } from '../../../src/syntax/languageTable';
import type { Language } from '../../../src/syntax/languages';
import { languageOf } from '../../../src/syntax/languages';
import { definitionQueries } from '../../../src/syntax/queries';

/** A block of each language that closes blocks by words, with one inside, and a line behind it. */
const wordBlocks: Readonly<Record<string, { head: string; body: string; behind: string }>> = {
  ruby: { head: 'def area(shapes)', body: '\n  shapes.each do |s|\n    p s\n  end\nend', behind: '\nx = 1\n' },
  lua: { head: 'local function f(x)', body: '\n  if x then\n    g()\n  end\nend', behind: '\nlocal y = 1\n' },
  elixir: { head: 'def area(x) do', body: '\n  if x do\n    1\n  else\n    2\n  end\nend', behind: '\nx = 1\n' },
  shellscript: { head: 'for f in *; do', body: '\n  if true; then\n    ls\n  fi\ndone', behind: '\nls\n' },
  julia: { head: 'function area(x)', body: '\n  if x\n    1\n  end\nend', behind: '\nx = 1\n' },
  fish: { head: 'function area', body: '\n  if true\n    ls\n  end\nend', behind: '\nls\n' },
};

const pathOf = ({ names, endings }: Language): string => names[0] ?? `a.${endings[0]}`;
const opened = (language: Language, text: string): number => {
  const scanner = new Scanner(language);
  scanner.feedAll(text);
  return scanner.open.length;
};

describe('the table of languages', () => {
  for (const column of ['id', 'endings', 'names'] as const)
    it(`names each of its ${column} once, in lower case`, () => {
      const all = languages.flatMap((language) => language[column]);
      assert.deepEqual(
        all.filter((one, at) => all.indexOf(one) !== at || one !== one.toLowerCase()),
        [],
      );
    });

  for (const language of languages) {
    const { id, names, endings, family, structure, comments, strings, blocks, terminator, documentation } = language;
    describe(id, () => {
      it('is found by each of its names and endings', () => {
        for (const path of [...names, ...endings.map((ending) => `some/where.${ending}`)])
          assert.equal(languageOf(path).id, id, path);
        assert.ok(names.length + endings.length > 0);
      });

      it('is alike with its family', () => {
        for (const other of languages)
          assert.equal(
            isAlike(`/w/${pathOf(language)}`, `/w/b.${other.endings[0] ?? ''}`),
            family === other.family && other.endings.length > 0,
            other.id,
          );
      });

      it('has its definitions found', () => {
        if (typeof structure === 'object') assert.match(definitionQueries[structure.grammar], /@name/);
        else assert.match(structure, /^(?:headings|indentation|plain)$/);
      });

      it('has brackets counted in code, not in comments and strings', () => {
        assert.equal(opened(language, 'f('), 1);
        for (const mark of comments.lines) assert.equal(opened(language, `x ${mark} (`), 0, mark);
        if (comments.block) assert.equal(opened(language, `x (${comments.block.join(' ( ')})`), 0);
        for (const quote of strings.quotes) {
          assert.equal(opened(language, `x ${quote}(`), 0, quote);
          assert.equal(opened(language, `x ${quote}(${quote} (`), 1, quote);
          assert.equal(opened(language, `x ${quote}\n(`), strings.multiline.includes(quote) ? 0 : 1, quote);
        }
        assert.ok(strings.multiline.split('').every((quote) => strings.quotes.includes(quote)));
        if (comments.block !== undefined) assert.equal(comments.block.length, 2);
      });

      it('ends statements where it does', () => {
        const { end } = createStopRule('line', pathOf(language), { prefix: 'a = ', rest: '' }).check('b; c\n');
        assert.equal(end, terminator === ';' ? 2 : 4);
      });

      it('ends blocks where it does', () => {
        const sample =
          blocks.closes === undefined
            ? { head: 'x {', body: '\n  y {\n    z\n  }\n}', behind: '\nw\n' }
            : wordBlocks[id];
        assert.ok(sample, 'a language whose blocks end with words has a sample here');
        const rule = createStopRule('block', pathOf(language), { prefix: sample.head, rest: '' });
        assert.equal(rule.check(sample.body + sample.behind).end, sample.body.length);
      });

      it('has its documentation read as it is written', () => {
        const style = documentationStyle(id);
        assert.equal(style === undefined, documentation === 'none');
        // Python's stands inside of the body, and is read from the syntax tree.
        if (style === undefined || documentation === 'docstring') return;
        for (const text of ['Computes how large a shape is.', '/* Computes */ how large *.c in src/**/ is.']) {
          const written = style({ name: 'area', text, facts: undefined }, { width: 80, file: '' }).join('\n');
          const found = documentationAbove(`${written}\narea`, id, written.length + 1);
          assert.deepEqual(found, { start: 0, end: written.length });
          // What would begin or end a comment is told apart, the words are as they were.
          assert.match(documentationText(written), /[Cc]omputes[^]* how large [^]* is\.$/);
          assert.equal(opened(language, written), 0);
          if (written.startsWith('/*')) assert.doesNotMatch(written.slice(2, -2), /\/\*|\*\//);
        }
      });

      if (['jsdoc', 'javadoc', 'doxygen', 'phpdoc', 'godoc'].includes(documentation)) {
        it('has its documentation read where that names the mark it begins with', () => {
          const above = `glob('lib/**');\n/* first */\n`;
          for (const written of ['/** /* Pear and broken. */', '/**\n * Globs as in src/**.\n */']) {
            const end = above.length + written.length;
            const found = documentationAbove(`${above}${written}\narea`, id, end + 1);
            assert.deepEqual(found, { start: above.length, end });
          }
        });
      }

      it('has its own plain comments', () => {
        const written = commentStyle(id)?.(
          { name: 'x', text: 'Says (why).', facts: undefined },
          { width: 80, file: '' },
        );
        assert.equal(written === undefined, comments.lines.length === 0 && comments.block === undefined);
        if (written !== undefined) assert.equal(opened(language, written.join('\n')), 0);
      });
    });
  }
});
