import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drifted } from '../../../../src/features/summarize/drift';
import { groundsMarkdown, toMarkdown } from '../../../../src/features/summarize/markdown';
import type { SentenceOrigin, Sentence, Summary } from '../../../../src/features/summarize/summary';
import { hostileMarkup } from '../../../support/hostileMarkup';
import { renderedMarkdown } from '../../../support/renderedMarkdown';
import { t } from '../../../support/translate';

const say = (text: string, more: Partial<Sentence> = {}): Sentence => ({
  text,
  source: 'model',
  problem: undefined,
  unknown: [],
  cut: false,
  ...more,
});

const summary = (more: Partial<Summary> = {}): Summary => ({
  mode: 'sentence',
  subject: { start: 0, end: 9, kind: 'symbol', symbol: undefined },
  lines: { first: 0, last: 1 },
  main: say('Adds two numbers.'),
  parts: [],
  aside: undefined,
  facts: {
    parameters: [{ name: 'a', type: 'Map<string>', optional: true, rest: false }],
    returns: { type: 'number' },
    throws: ['E'],
  },
  progress: { done: 1, total: 1 },
  state: 'whole',
  ...more,
});

const shown = (more: Partial<Summary> = {}, stale = false): string => toMarkdown(summary(more), t, { stale });

describe('a summary as Markdown', () => {
  it('is its text and nothing else where there is nothing to be doubted', () =>
    assert.equal(shown(), 'Adds two numbers.'));

  it('lists what the source says where that is asked for, or where the model says nothing', () => {
    const facts = '- <code>a?: Map&lt;string\\></code>\n- Returns <code>number</code>\n- Throws <code>E</code>';
    assert.equal(shown({ mode: 'parameters' }), `Adds two numbers.\n\n${facts}`);
    assert.equal(
      shown({ main: say('', { problem: 'empty' }) }),
      `$(info) *The model had nothing to say about this code.*\n\n${facts}`,
    );
  });

  it('shows no markup, link or icon that a model may have written, and keeps names in back quotes', () => {
    assert.equal(
      shown({ main: say('See [a](command:x) <img src=x> $(zap) **b** `c_d` &amp;') }),
      'See \\[a\\]\\(command:x\\) &lt;img src=x\\> &#36;\\(zap\\) \\*\\*b\\*\\* <code>c\\_d</code> &amp;amp;',
    );
  });

  it('marks names that the code does not have, in the text and in words', () => {
    const main = say('Calls getUser now.', { unknown: [{ start: 6, end: 13, name: 'getUser' }] });
    assert.equal(
      shown({ main }),
      'Calls <span style="color:var(--vscode-editorWarning-foreground);">getUser</span> now.\n\n$(warning) Not in this code: <code>getUser</code>',
    );
  });

  it('says how far it is, that it was stopped, cut, or is out of date', () => {
    assert.match(
      shown({ state: 'writing', progress: { done: 3, total: 40 } }),
      /\$\(loading~spin\) Reading: 3 of 40 parts$/,
    );
    const aside = { first: 4, last: 8, name: undefined, text: 'Adds *two*.' };
    assert.match(
      shown({ state: 'writing', progress: { done: 3, total: 40 }, aside }),
      /3 of 40 parts\n\n\*lines 5–9: Adds \\\*two\\\*\.\*$/,
    );
    assert.match(shown({ state: 'writing', aside: { ...aside, name: 'add_all' } }), /\*add\\_all: Adds/);
    assert.match(shown({ state: 'writing' }), /\$\(loading~spin\) Reading$/);
    assert.match(shown({ state: 'stopped' }), /Stopped before it was finished$/);
    assert.match(shown({ main: say('A', { cut: true }) }), /has read the beginning of this code only$/);
    assert.match(shown({ main: say('A', { problem: 'cutOff' }) }), /^A…$/);
    assert.match(shown({}, true), /The code has changed since$/);
  });

  it('lets each sentence open something, whatever a model has written in it', () => {
    const main = say('Calls getUser "now". See [b](command:x) `](y)`.', {
      unknown: [{ start: 6, end: 13, name: 'getUser' }],
    });
    const link = (part: number, sentence: number) => ({
      target: `command:show?${part},${sentence}`,
      title: 'Show "it" (3 %)',
    });
    const colored = (text: string) => `<span style="color:var(--vscode-editorWidget-foreground);">${text}</span>`;
    const title = '"Show &quot;it&quot; \\(3 %\\)"';
    const first = colored('Calls <span style="color:var(--vscode-editorWarning-foreground);">getUser</span> "now".');
    const [text = '', note] = toMarkdown(summary({ main }), t, { link }).split('\n\n');
    assert.equal(
      text,
      `[${first}](command:show?-1,0 ${title}) [${colored('See \\[b\\]\\(command:x\\) <code>\\]\\(y\\)</code>.')}](command:show?-1,1 ${title})`,
    );
    assert.match(note ?? '', /Not in this code: <code>getUser<\/code>/);
    const parts = [{ name: 'a', line: 0, sentence: say('Adds.') }];
    assert.ok(toMarkdown(summary({ mode: 'outline', parts }), t, { link }).includes('(command:show?0,0 '));
  });

  it('names the lines that a sentence stands on', () => {
    const grounds = [
      { first: 4, last: 4, share: 0.5 },
      { first: 6, last: 9, share: 0.004 },
    ];
    assert.equal(
      groundsMarkdown(grounds, t, (index) => ({ target: `command:go?${index}`, title: 'Go' })),
      '$(list-selection) Stands on [line 5](command:go?0 "Go") (50 %), [lines 7–10](command:go?1 "Go") (1 %)',
    );
  });

  it('says whose documentation it is in, where that is of a similar function', () => {
    const from = { name: 'add_`all', path: '/b.ts', line: 3 };
    const main = say('Adds three numbers.', { source: 'similar', from });
    assert.equal(shown({ main }), 'Adds three numbers. *(as <code>add\\_\\`all</code> is documented)*');
    const origin = ({ path, line }: SentenceOrigin) => ({ target: `file://${path}#L${line + 1}`, title: 'b.ts:4' });
    assert.equal(
      toMarkdown(summary({ main }), t, { origin }),
      'Adds three numbers. *(as [<code>add\\_\\`all</code>](file:///b.ts#L4 "b.ts:4") is documented)*',
    );
  });

  it('of a file names its parts and says whose words they are', () => {
    const parts = [
      { name: 'add_all', line: 4, sentence: say('Adds.', { source: 'documentation' }) },
      { name: 'rest', line: 9, sentence: undefined },
    ];
    assert.equal(
      shown({ mode: 'outline', parts }),
      '- **add\\_all** (5): Adds. *(from its documentation)*\n\nAdds two numbers.',
    );
  });
});

describe('a summary with text of any kind', () => {
  const texts = fc.tuple(hostileMarkup, hostileMarkup, hostileMarkup, hostileMarkup);
  const ours = ['p', 'ul', 'li', 'code', 'span', 'em', 'strong'];
  const look = (made: Summary, linked: boolean) =>
    renderedMarkdown(
      linked ? toMarkdown(made, t, { link: () => go, origin: () => go }) : toMarkdown(made, t, { stale: true }),
    );
  const go = { target: 'command:go?1', title: '](command:x) "Go' };
  const of = ([a, b, c, d]: readonly string[], mode: Summary['mode'], more: Partial<Summary> = {}): Summary =>
    summary({
      mode,
      main: say(a!, { unknown: [{ start: 0, end: a!.length, name: b! }], from: { name: c!, path: d!, line: 1 } }),
      parts: [{ name: b!, line: 1, sentence: say(c!) }],
      aside: { first: 1, last: 2, name: c, text: d! },
      facts: {
        parameters: [{ name: a!, type: b, optional: false, rest: true }],
        returns: { type: c },
        throws: [d!],
      },
      ...more,
    });

  it('shows no image, heading, icon or link but its own', () =>
    fc.assert(
      fc.property(texts, fc.constantFrom('parameters', 'outline', 'sentence'), fc.boolean(), (all, mode, linked) => {
        const { tags, targets, icons } = look(of(all, mode), linked);
        assert.deepEqual(
          tags.filter((tag) => !(linked ? [...ours, 'a'] : ours).includes(tag)),
          [],
        );
        assert.deepEqual(
          targets.filter((target) => target !== go.target),
          [],
        );
        assert.deepEqual(
          icons.filter((icon) => icon !== 'warning'),
          [],
        );
      }),
      { numRuns: 2_000 },
    ));

  it('says the types of a signature as they stand in the source', () => {
    const type = '`x` | `![](https://evil.example/p.png)`';
    const facts = { parameters: [{ name: 'a', type, optional: false, rest: false }], returns: undefined, throws: [] };
    const { tags, text } = look(summary({ mode: 'parameters', main: undefined, facts }), false);
    assert.deepEqual(tags.slice(0, 3), ['ul', 'li', 'code']);
    assert.ok(text.includes(`a: ${type}`));
  });
});

describe('a range of a text that is edited', () => {
  const range = { start: 10, end: 20 };
  it('moves with what is changed before it, also right before it', () => {
    assert.deepEqual(drifted(range, { start: 2, length: 3, text: 'x' }), { start: 8, end: 18 });
    assert.deepEqual(drifted(range, { start: 10, length: 0, text: '/** x */\n' }), { start: 19, end: 29 });
  });
  it('stays with what is changed behind it', () =>
    assert.deepEqual(drifted(range, { start: 20, length: 4, text: '' }), range));
  it('is lost with what is changed inside of it or across its ends', () => {
    for (const [start, length] of [
      [12, 1],
      [9, 2],
      [19, 5],
      [0, 40],
    ] as const)
      assert.equal(drifted(range, { start, length, text: 'x' }), undefined);
  });
});
