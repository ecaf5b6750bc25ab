/** A summary as the Markdown that the editor shows; pure, so that a test can read it. */
import type { Translate } from '../translate';
import type { Signature } from '../syntax/signature';
import type { UnknownName } from './identifiers';
import { describeProblem, isShown, parameterText, unknownOf } from './present';
import type { Sentence, Summary } from './summary';

/** @param stale the code has changed since */
export function toMarkdown(summary: Summary, stale: boolean, t: Translate): string {
  const { mode, main, parts, facts } = summary;
  const said = main === undefined ? '' : sayOf(main, t);
  const list = parts.flatMap(({ name, line, sentence }) => {
    if (sentence === undefined) return [];
    const source = sentence.source === 'documentation' ? ` *(${t('from its documentation')})*` : '';
    return [mode === 'outline' ? `- **${escape(name)}** (${line + 1}): ${sayOf(sentence, t)}${source}` : sayOf(sentence, t)];
  });
  const body =
    mode === 'outline'
      ? [list.join('\n'), said]
      : [[said, ...list].filter((text) => text !== '').join(' '), facts !== undefined && (mode === 'parameters' || isUseless(main)) ? factList(facts, t) : ''];
  return [...body, ...notes(summary, stale, t)].filter((text) => text !== '').join('\n\n');
}

/** What is to be known about the text: how far it is, and why it is to be doubted. */
function notes(summary: Summary, stale: boolean, t: Translate): string[] {
  const { state, progress, main } = summary;
  const names = [...new Set(unknownOf(summary).map(({ name }) => name))];
  const cut = main !== undefined && isShown(main) && main.cut;
  return [
    ...(state === 'writing' ? [`$(loading~spin) ${progress.total > 1 ? t('Reading: {0} of {1} parts', progress.done, progress.total) : t('Reading')}`] : []),
    ...(state === 'stopped' ? [`$(debug-stop) ${t('Stopped before it was finished')}`] : []),
    ...(names.length > 0 ? [`$(warning) ${t('Not in this code: {0}', names.map((name) => `\`${name}\``).join(', '))}`] : []),
    ...(cut ? [`$(warning) ${t('The model has read the beginning of this code only')}`] : []),
    ...(stale ? [`$(warning) ${t('The code has changed since')}`] : []),
  ];
}

/** Where the model has said nothing that can be shown, what the source itself says is all there is. */
const isUseless = (main: Sentence | undefined): boolean => main !== undefined && !isShown(main);

function sayOf(sentence: Sentence, t: Translate): string {
  const { problem, text, unknown } = sentence;
  if (!isShown(sentence)) return problem === undefined ? '' : `$(info) *${escape(describeProblem(problem, t))}.*`;
  const shown = withMarks(text, unknown);
  return problem === 'cutOff' ? `${shown}…` : shown;
}

/** The text with the names that the code does not have in the colour of warnings; a note below says it in words. */
function withMarks(text: string, unknown: readonly UnknownName[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, name } of unknown) {
    result += `${prose(text.slice(at, start))}<span style="color:var(--vscode-editorWarning-foreground);">${escape(name)}</span>`;
    at = end;
  }
  return result + prose(text.slice(at));
}

/** Names in back quotes stay code; everything else is plain. */
function prose(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((piece, index) => (index % 2 === 1 ? piece : escape(piece)))
    .join('');
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(/[\\`*_{}[\]()#+\-!~|>$]/g, '\\$&');

function factList({ parameters, returns, throws }: Signature, t: Translate): string {
  return [
    ...parameters.map((one) => `- \`${parameterText(one)}\``),
    ...(returns === undefined ? [] : [`- ${returns.type === undefined ? t('Returns a value') : `${t('Returns')} \`${returns.type}\``}`]),
    ...throws.map((type) => `- ${t('Throws')} \`${type}\``),
  ].join('\n');
}
