import assert from 'node:assert/strict';
import fc from 'fast-check';
import { labelText, markdownCode, markdownText, messageText } from '../../../../src/common/text/markup';
import { hostileMarkup } from '../../../support/hostileMarkup';
import { renderedMarkdown } from '../../../support/renderedMarkdown';

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const settings = { numRuns: 5_000 };

describe('text of a source or a model', () => {
  it('is text in Markdown, whatever it is', () =>
    fc.assert(
      fc.property(hostileMarkup, (text) => {
        const { tags, icons, text: shown } = renderedMarkdown(markdownText(text));
        assert.deepEqual(tags, text.trim() === '' ? [] : ['p']);
        assert.deepEqual(icons, []);
        assert.equal(inOneLine(shown), inOneLine(text));
      }),
      settings,
    ));

  it('is code in Markdown and nothing else, also in a list and in a link', () =>
    fc.assert(
      fc.property(hostileMarkup, (text) => {
        const code = renderedMarkdown(`- a ${markdownCode(text)} b\n- c`);
        assert.deepEqual([code.tags, code.icons], [['ul', 'li', 'code', 'li'], []]);
        assert.equal(inOneLine(code.text), inOneLine(`a ${inOneLine(text)} b c`).replace('a  b', 'a b'));
        const link = renderedMarkdown(`[${markdownCode(text)}](command:go?1 "Go")`);
        assert.deepEqual([link.tags, link.targets], [['p', 'a', 'code'], ['command:go?1']]); // prettier-ignore
      }),
      settings,
    ));

  it('is no link in a message and no icon in a label', () =>
    fc.assert(
      fc.property(hostileMarkup, (text) => {
        // As VS Code's parseLinkedText has it.
        assert.doesNotMatch(
          messageText(text),
          /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i,
        );
        assert.doesNotMatch(labelText(text), /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/);
      }),
      settings,
    ));
});
