import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { commands, contexts, internalCommands } from '../../../src/host/ids';

/** What the editor says of itself, by the names of its context keys; what is not named is false. */
type Situation = Readonly<Record<string, boolean | string>>;

/** The conditions that are in use here: `&&`, `||`, `!`, `== 'value'` and parentheses. */
function holds(when: string, situation: Situation): boolean {
  const tokens = when.match(/&&|\|\||==|[!()]|'[^']*'|[\w.]+/g)!;
  let at = 0;
  const take = (token: string): boolean => tokens[at] === token && ++at > 0;
  const term = (): boolean => {
    if (take('!')) return !term();
    if (take('(')) {
      const inner = either();
      assert.ok(take(')'), when);
      return inner;
    }
    const value = situation[tokens[at++]!] ?? false;
    return take('==') ? value === tokens[at++]!.slice(1, -1) : value !== false;
  };
  const both = (): boolean => {
    let all = term();
    while (take('&&')) all = term() && all;
    return all;
  };
  function either(): boolean {
    let any = both();
    while (take('||')) any = both() || any;
    return any;
  }
  const result = either();
  assert.equal(at, tokens.length, when);
  return result;
}

const bindingOf = (command: string) => manifest.contributes.keybindings.find((one) => one.command === command)!;
const [tab, escape] = [bindingOf(internalCommands.nextEditTab), bindingOf(commands.nextEditDecline)];

/** An edit is proposed, the cursor stands in the code, and nothing else is going on. */
const proposed: Situation = {
  [contexts.nextEditShown]: true,
  [contexts.nextEditTab]: true,
  editorTextFocus: true,
};

/** What is added, and which of the keys the next edit takes then. */
const situations: readonly [string, Situation, 'both' | 'tab' | 'escape' | 'none'][] = [
  ['an edit is proposed', {}, 'both'],
  ['nothing is proposed', { [contexts.nextEditShown]: false, [contexts.nextEditTab]: false }, 'none'],
  ['the cursor stands in the indentation', { [contexts.nextEditTab]: false }, 'escape'],
  ['ghost text is visible', { inlineSuggestionVisible: true }, 'none'],
  ['the editor shows an edit of another provider', { inlineEditIsVisible: true }, 'none'],
  ['the suggest widget is open', { suggestWidgetVisible: true }, 'none'],
  ['a snippet is being filled in', { inSnippetMode: true }, 'none'],
  ['a snippet’s prefix stands before the cursor', { hasSnippetCompletions: true }, 'escape'],
  ['Tab goes to the next of several words', { hasOtherSuggestions: true }, 'escape'],
  ['Tab expands abbreviations', { 'config.emmet.triggerExpansionOnTab': true }, 'escape'],
  ['text is selected', { editorHasSelection: true }, 'none'],
  ['there are several cursors', { editorHasMultipleSelections: true }, 'none'],
  ['Tab moves the focus', { editorTabMovesFocus: true }, 'escape'],
  ['the editor is read-only', { editorReadonly: true }, 'escape'],
  ['a notebook has the focus', { notebookEditorFocused: true }, 'none'],
  ['a comparison is shown', { isInDiffEditor: true }, 'none'],
  ['an editor inside another one has the focus', { isInEmbeddedEditor: true }, 'none'],
  ['references are peeked at', { inReferenceSearchEditor: true }, 'none'],
  ['references are listed over the editor', { referenceSearchVisible: true }, 'tab'],
  ['the terminal has the focus', { editorTextFocus: false, terminalFocus: true }, 'none'],
  ['the search view has the focus', { editorTextFocus: false, searchInputBoxFocus: true }, 'none'],
  ['the find widget has the focus', { editorTextFocus: false, findInputFocussed: true, findWidgetVisible: true }, 'none'],
  ['the find widget is open', { findWidgetVisible: true }, 'tab'],
  ['a name is being renamed', { renameInputVisible: true }, 'none'],
  ['tags are changed together', { LinkedEditingInputVisible: true }, 'none'],
  ['the chat is open in the editor', { inlineChatVisible: true }, 'none'],
  ['the chat has the focus', { editorTextFocus: false, inChatInput: true }, 'none'],
  ['an input method is composing', { isComposing: true }, 'none'],
  ['parameters are shown', { parameterHintsVisible: true }, 'tab'],
  ['a problem is shown', { markersNavigationVisible: true }, 'tab'],
  ['what changed since the last commit is shown', { dirtyDiffVisible: true }, 'tab'],
  ['quick fixes are listed', { codeActionMenuVisible: true }, 'tab'],
  ['a hover is shown', { editorHoverVisible: true }, 'tab'],
  ['a breakpoint is edited', { breakpointWidgetVisible: true }, 'tab'],
  ['an exception is shown', { exceptionWidgetVisible: true }, 'tab'],
  ['a message stands at the cursor', { messageVisible: true }, 'tab'],
  ['notifications are shown', { notificationToastsVisible: true }, 'tab'],
  ['the notification center is open', { notificationCenterVisible: true }, 'tab'],
  ['the editor fills the screen', { inZenMode: true }, 'tab'],
  ['Vim’s normal mode', { 'vim.active': true, 'vim.mode': 'Normal' }, 'none'],
  ['Vim’s visual mode', { 'vim.active': true, 'vim.mode': 'Visual' }, 'none'],
  ['Vim’s insert mode', { 'vim.active': true, 'vim.mode': 'Insert' }, 'tab'],
  ['Neovim’s normal mode', { 'neovim.init': true, 'neovim.mode': 'normal' }, 'none'],
  ['Neovim’s insert mode', { 'neovim.init': true, 'neovim.mode': 'insert' }, 'tab'],
  ['Tab would do something that is no longer shown: a key that came late', { [contexts.nextEditShown]: false }, 'tab'],
]; // prettier-ignore

describe('Tab and Escape', () => {
  it('are asked about in 35 situations and more', () => {
    assert.ok(situations.length >= 35);
    assert.deepEqual([tab.key, escape.key], ['tab', 'escape']);
  });

  for (const [name, added, taken] of situations) {
    const keeps = { both: 'keep none', tab: 'keep Escape', escape: 'keep Tab', none: 'keep both' }[taken];
    it(`${keeps} of their meanings where ${name}`, () => {
      const situation = { ...proposed, ...added };
      assert.equal(holds(tab.when, situation), taken === 'both' || taken === 'tab', 'Tab');
      assert.equal(holds(escape.when, situation), taken === 'both' || taken === 'escape', 'Escape');
    });
  }

  it('have no condition that no situation shows', () => {
    const named = new Set(situations.flatMap(([, added]) => Object.keys(added)).concat(Object.keys(proposed)));
    const asked = [tab, escape].flatMap(({ when }) => when.match(/[A-Za-z][\w.]*(?![\w']*')/g) ?? []);
    assert.deepEqual(asked.filter((key) => !named.has(key)), []);
  }); // prettier-ignore
});
