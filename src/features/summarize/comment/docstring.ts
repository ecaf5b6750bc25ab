/** Writes a Python docstring in the quotes and section style that the file already uses. Used by `styles.ts`. */
import type { Parameter, Signature } from '../../../syntax/signature';
import { paragraphsOf } from './content';
import type { CommentContent } from './content';
import { wrapAll } from './wrap';

/** Python's documentation string, in the quotes and with the sections that the file has already. */
export function docstring(content: CommentContent, { width, file }: { width: number; file: string }): string[] {
  const quote = quotesOf(file);
  const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  const paragraphs = paragraphsOf(content).map(escape);
  const sections = content.facts === undefined ? [] : sectionsOf(content.facts, file).map(escape);
  const [only = ''] = paragraphs;
  if (paragraphs.length <= 1 && sections.length === 0 && only.length + 2 * quote.length <= width)
    return [`${quote}${guarded(only, quote)}${quote}`];
  const [first = '', ...rest] = wrapAll(paragraphs, width - quote.length);
  return [
    `${quote}${first}`,
    ...rest,
    ...(paragraphs.length > 0 && sections.length > 0 ? [''] : []),
    ...sections,
    quote,
  ];
}

/** A quote at the very end would run together with those that close the string. */
const guarded = (text: string, quote: string): string =>
  text.endsWith(quote.charAt(0)) ? `${text.slice(0, -1)}\\${text.slice(-1)}` : text;

function quotesOf(file: string): string {
  const count = (quote: string): number => file.split(quote).length - 1;
  return count("'''") > count('"""') ? "'''" : '"""';
}

/** The sections for parameters and result as Sphinx, NumPy or Google write them, whichever the file shows; else Google's. */
function sectionsOf(facts: Signature, file: string): string[] {
  if (/^[ \t]*:(?:param|returns?|rtype)\b/m.test(file)) return sphinx(facts);
  if (/^[ \t]*(?:Parameters|Returns)\r?\n[ \t]*-{3,}/m.test(file)) return numpy(facts);
  return google(facts);
}

const starred = ({ name, rest }: Parameter): string => (rest ? `*${name}` : name);

function sphinx({ parameters, returns }: Signature): string[] {
  return [
    ...parameters.map(({ name, type }) => `:param ${type === undefined ? '' : `${type} `}${name}:`),
    ...(returns === undefined ? [] : [':returns:', ...(returns.type === undefined ? [] : [`:rtype: ${returns.type}`])]),
  ];
}

function numpy({ parameters, returns }: Signature): string[] {
  const listed = parameters.map(
    (one) =>
      `${starred(one)}${one.type === undefined ? '' : ` : ${one.type}`}${one.optional ? `${one.type === undefined ? ' :' : ','} optional` : ''}`,
  );
  return [
    ...(listed.length > 0 ? ['Parameters', '----------', ...listed] : []),
    ...(listed.length > 0 && returns !== undefined ? [''] : []),
    ...(returns === undefined ? [] : ['Returns', '-------', ...(returns.type === undefined ? [] : [returns.type])]),
  ];
}

function google({ parameters, returns }: Signature): string[] {
  const listed = parameters.map((one) => {
    const about = [one.type, one.optional ? 'optional' : undefined].filter((part) => part !== undefined).join(', ');
    return `    ${starred(one)}${about === '' ? '' : ` (${about})`}:`;
  });
  return [
    ...(listed.length > 0 ? ['Args:', ...listed] : []),
    ...(listed.length > 0 && returns !== undefined ? [''] : []),
    ...(returns === undefined ? [] : ['Returns:', ...(returns.type === undefined ? [] : [`    ${returns.type}:`])]),
  ];
}
