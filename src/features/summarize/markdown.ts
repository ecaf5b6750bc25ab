/** A summary as the Markdown that the editor shows; pure, so that a test can read it. */
import { markdownCode, markdownText } from '../../common/text/markup';
import type { Translate } from '../../common/translate';
import type { Signature } from '../../syntax/signature';
import type { Ground } from './grounding';
import type { UnknownName } from './identifiers';
import { describeProblem, isShown, linesText, parameterText, percentOf, unknownOf } from './present';
import { sentencesOf } from './sentences';
import type { SentenceOrigin, Sentence, Summary } from './summary';

/** What a click opens, and the tooltip. */
export interface CommandLink {
  /** A command as an address. */
  readonly target: string;
  readonly title: string;
}

/** What a sentence of a text opens, by its place among the text's sentences. */
type LinkOf = (sentence: number) => CommandLink | undefined;

export interface MarkdownOptions {
  /** The code has changed since. */
  readonly stale?: boolean;
  /** What a sentence opens, of the text about the whole (part -1) or about a part. */
  readonly link?: (part: number, sentence: number) => CommandLink | undefined;
  /** What the name of the similar function opens whose documentation says it. */
  readonly origin?: (from: SentenceOrigin) => CommandLink | undefined;
}

export function toMarkdown(
  summary: Summary,
  t: Translate,
  { stale = false, link = () => undefined, origin = () => undefined }: MarkdownOptions = {},
): string {
  const { mode, main, parts, facts } = summary;
  const linksOf =
    (part: number): LinkOf =>
    (sentence) =>
      link(part, sentence);
  const said = main === undefined ? '' : sayOf(main, linksOf(-1), t) + sourceOf(main, origin, t);
  const list = parts.flatMap(({ name, line, sentence }, part) => {
    if (sentence === undefined) return [];
    const text = sayOf(sentence, linksOf(part), t);
    return [
      mode === 'outline' ? `- **${markdownText(name)}** (${line + 1}): ${text}${sourceOf(sentence, origin, t)}` : text,
    ];
  });
  const body =
    mode === 'outline'
      ? [list.join('\n'), said]
      : [
          [said, ...list].filter((text) => text !== '').join(' '),
          facts !== undefined && (mode === 'parameters' || isUseless(main)) ? factList(facts, t) : '',
        ];
  return [...body, ...notes(summary, stale, t)].filter((text) => text !== '').join('\n\n');
}

/** What is to be known about the text: how far it is, and why it is to be doubted. */
function notes(summary: Summary, stale: boolean, t: Translate): string[] {
  const { state, progress, main, aside } = summary;
  const names = [...new Set(unknownOf(summary).map(({ name }) => name))];
  const cut = main !== undefined && isShown(main) && main.cut;
  return [
    ...(state === 'writing'
      ? [
          `$(loading~spin) ${progress.total > 1 ? t('Reading: {0} of {1} parts', progress.done, progress.total) : t('Reading')}`,
        ]
      : []),
    ...(aside === undefined || aside.text === ''
      ? []
      : [`*${markdownText(aside.name ?? linesText(aside, t))}: ${markdownText(aside.text)}*`]),
    ...(state === 'stopped' ? [`$(debug-stop) ${t('Stopped before it was finished')}`] : []),
    ...(names.length > 0 ? [`$(warning) ${t('Not in this code: {0}', names.map(markdownCode).join(', '))}`] : []),
    ...(cut ? [`$(warning) ${t('The model has read the beginning of this code only')}`] : []),
    ...(stale ? [`$(warning) ${t('The code has changed since')}`] : []),
  ];
}

/** Whether the model's sentence cannot be shown, so that only the facts from the source are left. */
const isUseless = (main: Sentence | undefined): boolean => main !== undefined && !isShown(main);

function sayOf(sentence: Sentence, link: LinkOf, t: Translate): string {
  const { problem } = sentence;
  if (!isShown(sentence)) return problem === undefined ? '' : `$(info) *${markdownText(describeProblem(problem, t))}.*`;
  const shown = withLinks(sentence, link);
  return problem === 'cutOff' ? `${shown}…` : shown;
}

/** Where a sentence is from, unless the model wrote it. */
function sourceOf(
  { source, from }: Sentence,
  origin: (from: SentenceOrigin) => CommandLink | undefined,
  t: Translate,
): string {
  if (source === 'documentation') return ` *(${t('from its documentation')})*`;
  if (from === undefined) return '';
  const link = origin(from);
  const name = markdownCode(from.name);
  return ` *(${t('as {0} is documented', link === undefined ? name : linked(name, link))})*`;
}

/** The text with its sentences as links where there are any, in the colour of what surrounds them. */
function withLinks({ text, unknown }: Sentence, link: LinkOf): string {
  let result = '';
  let at = 0;
  const marked = (start: number, end: number): string =>
    withMarks(
      text.slice(start, end),
      unknown
        .filter((one) => one.start >= start && one.end <= end)
        .map((one) => ({ ...one, start: one.start - start, end: one.end - start })),
    );
  for (const [index, { start, end }] of sentencesOf(text).entries()) {
    const found = link(index);
    if (found === undefined) continue;
    const inside = `<span style="color:var(--vscode-editorWidget-foreground);">${marked(start, end)}</span>`;
    result += `${marked(at, start)}${linked(inside, found)}`;
    at = end;
  }
  return result + marked(at, text.length);
}

const linked = (markdown: string, { target, title }: CommandLink): string =>
  `[${markdown}](${target} "${markdownText(title).replaceAll('"', '&quot;')}")`;

/** What a sentence stands on. @param link what a click on one of the grounds opens */
export function groundsMarkdown(
  grounds: readonly Ground[],
  t: Translate,
  link: (index: number) => CommandLink,
): string {
  const lines = grounds.map((one, index) => `${linked(linesText(one, t), link(index))} (${percentOf(one.share)} %)`);
  return `$(list-selection) ${t('Stands on {0}', lines.join(', '))}`;
}

/** The text with the names that the code does not have in the colour of warnings; a note below says it in words. */
function withMarks(text: string, unknown: readonly UnknownName[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, name } of unknown) {
    result += `${prose(text.slice(at, start))}<span style="color:var(--vscode-editorWarning-foreground);">${markdownText(name)}</span>`;
    at = end;
  }
  return result + prose(text.slice(at));
}

/** Names in back quotes stay code; everything else is plain. */
function prose(text: string): string {
  return text
    .split(/`([^`\n]+)`/)
    .map((piece, index) => (index % 2 === 1 ? markdownCode(piece) : markdownText(piece)))
    .join('');
}

function factList({ parameters, returns, throws }: Signature, t: Translate): string {
  return [
    ...parameters.map((one) => `- ${markdownCode(parameterText(one))}`),
    ...(returns === undefined
      ? []
      : [`- ${returns.type === undefined ? t('Returns a value') : `${t('Returns')} ${markdownCode(returns.type)}`}`]),
    ...throws.map((type) => `- ${t('Throws')} ${markdownCode(type)}`),
  ].join('\n');
}
