/**
 * Text of a source file, a model or a path, written so that the editor shows it as text. Used by whatever composes
 * Markdown, labels or messages; none of them puts outside text anywhere without one of these functions, for it could be
 * an image that is fetched, a link, a heading, a command or an icon.
 */

/**
 * As a part of a line of Markdown, in an editor that knows theme icons. White space of any kind and length is one blank.
 *
 * Besides what CommonMark takes for markup, this masks what GitHub's dialect makes links of (addresses of the web and of
 * mail) and what VS Code makes icons of, which it does in code spans too.
 */
export function markdownText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(marks, (mark) => entities.get(mark) ?? `\\${mark}`);
}

const marks = /[\\`*_{}[\]()#+\-!~|<>@&$]|:(?=\/\/)|(?<=www)\.|(?<=^ ?\d+)\./gi;
/** What a backslash does not hide from all that reads the text before it is drawn. */
const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['$', '&#36;'],
]);

/** The same in the letters of code. The Markdown has to allow HTML: a code span cannot hide what looks like an icon. */
export function markdownCode(text: string): string {
  return `<code>${markdownText(text)}</code>`;
}

/** As a label that may show icons. */
export function labelText(text: string): string {
  return text.replaceAll('$(', '$ (');
}

/** As a message, in which VS Code takes `[…](…)` for a link, even to a command. */
export function messageText(text: string): string {
  return text.replaceAll('](', '] (');
}
