import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withoutOpening } from '../../../../src/features/summarize/opening';

describe('a sentence about code', () => {
  const cases: [written: string, shown: string][] = [
    ['This function returns the sum.', 'Returns the sum.'],
    ['The code from src/v4/core.ts implements a parser.', 'Implements a parser.'],
    ['The code from lib/tls.js computes a MAC of the key.', 'Computes a MAC of the key.'],
    ['This code from lodash.js is a function that finds a value.', 'Finds a value.'],
    ['The code in the above code is a shell completion function that takes a context.', 'Takes a context.'],
    ['The code in this function is to append tokens.', 'The code in this function is to append tokens.'],
    ['The code from lib/document.js is designed to depopulate all paths.', 'Depopulates all paths.'],
    [
      'The function `search` in the given code is used to match a name.',
      'The function `search` in the given code is used to match a name.',
    ],
    ['The `toDotPath` function takes a string.', 'Takes a string.'],
    ['The function `equals` takes two objects.', 'Takes two objects.'],
    ['`use` is a function that keeps a handler.', 'Keeps a handler.'],
    ['`use` and `eject` are a pair.', '`use` and `eject` are a pair.'],
    ['The function called `aliasFields` will copy options.', 'Copies options.'],
    ['This code is a wrapper around a socket.', 'A wrapper around a socket.'],
    ['This JavaScript function from a.ts returns a new object.', 'Returns a new object.'],
    ['The code from lib/http.js does the following:', ''],
    ['The function is called when a socket closes.', 'The function is called when a socket closes.'],
    ['The class names of an element.', 'The class names of an element.'],
    ['The code points are counted.', 'The code points are counted.'],
    ['Returns the code that this function writes.', 'Returns the code that this function writes.'],
    ['', ''],
  ];
  for (const [written, shown] of cases)
    it(`${JSON.stringify(written)} is shown as ${JSON.stringify(shown)}`, () =>
      assert.equal(withoutOpening(written), shown));

  it('that begins otherwise is shown as it is', () =>
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/^th(?:is|e)\b/i.test(text)),
        (text) => assert.equal(withoutOpening(text), text),
      ),
    ));

  it('loses nothing but its beginning', () =>
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const said = `Returns ${text}`;
        assert.equal(
          withoutOpening(`This function returns ${text}`),
          /^(?:of|is|are|was|were)\b/.test(text.trimStart()) ? `This function returns ${text}` : said,
        );
      }),
    ));
});
