/** How each language writes its documentation: pure functions from a `CommentContent` to lines without indentation. */
import { languageWithId } from '../../../syntax/languages';
import type { DocumentationStyle } from '../../../syntax/languages';
import type { Parameter, Signature } from '../../../syntax/signature';
import { paragraphsOf } from './content';
import type { CommentContent } from './content';
import { docstring } from './docstring';
import { wrap, wrapAll } from './wrap';

export interface StyleOptions {
  /** UTF-16 units that a line may have. */
  readonly width: number;
  /** The file's text, for the habits that it shows. */
  readonly file: string;
}

export type Style = (content: CommentContent, options: StyleOptions) => string[];

/** `/** … *\/`, on one line where it fits. */
function block(tags: (facts: Signature) => string[], escape: (text: string) => string): Style {
  return (content, { width }) => {
    const paragraphs = paragraphsOf(content).map((paragraph) => escape(paragraph).replace(/^@/, String.raw`\@`));
    const listed = content.facts === undefined ? [] : tags(content.facts).map(escape);
    const [only = ''] = paragraphs;
    if (paragraphs.length <= 1 && listed.length === 0 && only.length + '/**  */'.length <= width)
      return [`/** ${only} */`];
    const lines = [
      ...wrapAll(paragraphs, width - ' * '.length),
      ...(listed.length > 0 && paragraphs.length > 0 ? [''] : []),
      ...listed,
    ];
    return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'];
  };
}

/** Lines that each begin with the same mark. */
function lines(
  mark: string,
  list: (facts: Signature) => string[],
  prose: (content: CommentContent) => string[] = paragraphsOf,
): Style {
  return (content, { width }) => {
    const listed = content.facts === undefined ? [] : list(content.facts);
    const text = wrapAll(prose(content), width - mark.length - 1);
    const all = [...text, ...(listed.length > 0 && text.length > 0 ? [''] : []), ...listed];
    // A backslash at the end of a line would join the next one, code as it may be, to the comment.
    return all.map((line) => `${mark} ${line}`.trimEnd().replace(/\\+$/, ''));
  };
}

/**
 * Between two marks, as markup and style sheets have it; on one line where it fits. Nothing in it ends it, or looks as if,
 * or begins another one inside.
 */
function between([opening, closing]: readonly [string, string]): Style {
  const apart = (mark: string): string => `${mark.slice(0, 1)} ${mark.slice(1)}`;
  const escaped = (text: string): string =>
    opening === '<!--'
      ? text.replaceAll(/-(?=-)/g, '- ')
      : text.replaceAll(closing, apart(closing)).replaceAll(opening, apart(opening));
  return (content, { width }) => {
    const paragraphs = paragraphsOf(content).map(escaped);
    const [only = ''] = paragraphs;
    const line = `${opening} ${only} ${closing}`;
    if (paragraphs.length <= 1 && line.length <= width) return [line];
    return [opening, ...wrapAll(paragraphs, width - 2).map((one) => `  ${one}`.trimEnd()), closing];
  };
}

/** Neither mark in it: some languages nest block comments, and others warn of one that begins inside. */
const closed = (text: string): string => text.replaceAll('*/', String.raw`*\/`).replaceAll('/*', String.raw`/\*`);
/** In Java even a comment's `\u` is read, so `\u002a/` would close it and `\user` would not compile. */
const closedJava = (text: string): string =>
  text
    .replaceAll('*/', '*&#47;')
    .replaceAll('/*', '/&#42;')
    .replaceAll(String.raw`\u`, '&#92;u');
const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const tagged =
  (
    returns: string,
    parameter: (parameter: Parameter) => string,
    result: (type: string | undefined) => string = () => '',
  ) =>
  (facts: Signature): string[] => [
    ...facts.parameters.map((one) => `@param ${parameter(one)}`),
    ...(facts.returns === undefined ? [] : [`${returns} ${result(facts.returns.type)}`.trimEnd()]),
    ...facts.throws.map((type) => `@throws ${type}`),
  ];

const names = tagged('@returns', ({ name }) => name);
const java = tagged('@return', ({ name }) => name);
const php = tagged(
  '@return',
  ({ name, type }) => (type === undefined ? name : `${type} ${name}`),
  (type) => type ?? '',
);
const yard = tagged('@return', ({ name }) => name);

const csharp: Style = (content, options) => {
  const { parameters, returns } = content.facts ?? { parameters: [], returns: undefined };
  const width = options.width - '/// '.length;
  const paragraphs = paragraphsOf(content).map(xml);
  const [only = ''] = paragraphs;
  const text =
    paragraphs.length === 1 && `<summary>${only}</summary>`.length <= width
      ? [`<summary>${only}</summary>`]
      : [
          '<summary>',
          ...paragraphs.flatMap((paragraph) =>
            paragraphs.length === 1 ? wrap(paragraph, width) : wrap(`<para>${paragraph}</para>`, width),
          ),
          '</summary>',
        ];
  const facts = [
    ...parameters.map(({ name }) => `<param name="${xml(name)}"></param>`),
    ...(returns === undefined ? [] : ['<returns></returns>']),
  ];
  return [...text, ...facts].map((line) => `/// ${line}`);
};

/** Go's documentation is a sentence about the name, which it begins with. */
function goProse(content: CommentContent): string[] {
  const [first, ...rest] = paragraphsOf(content);
  if (first === undefined) return [];
  const { name } = content;
  if (first.startsWith(`${name} `)) return [first, ...rest];
  const isVerb = /^\p{Lu}\p{Ll}+s\s/u.test(first);
  const inside = /^\p{Lu}\p{Ll}/u.test(first) ? first.charAt(0).toLowerCase() + first.slice(1) : first;
  return [`${name}${isVerb ? '' : ':'} ${inside}`, ...rest];
}

const typed = ({ name, type, rest }: Parameter): string =>
  `${name}${type === undefined ? '' : ` ${rest ? '...' : ''}${type}`}`;
const go = (facts: Signature): string[] => [
  ...(facts.parameters.length > 0 ? ['Parameters:', ...facts.parameters.map((one) => `  - ${typed(one)}`)] : []),
  ...(facts.parameters.length > 0 && facts.returns?.type !== undefined ? [''] : []),
  ...(facts.returns?.type === undefined ? [] : [`Returns ${facts.returns.type}.`]),
];

const rust = (facts: Signature): string[] => [
  ...(facts.parameters.length > 0
    ? [
        '# Arguments',
        '',
        ...facts.parameters.map(({ name, type }) => `* \`${name}\`${type === undefined ? '' : `: \`${type}\``}`),
      ]
    : []),
  ...(facts.parameters.length > 0 && facts.returns?.type !== undefined ? [''] : []),
  ...(facts.returns?.type === undefined ? [] : ['# Returns', '', `\`${facts.returns.type}\``]),
];

const nothing = (): string[] => [];
const doxygen = block(java, closed);
/** In the file's own habit: `///` where it has that, else a block. */
const doxygenAsThere: Style = (content, options) =>
  /^[ \t]*\/\/\/(?!\/)/m.test(options.file) && !/\/\*\*(?!\/)/.test(options.file)
    ? lines('///', java)(content, options)
    : doxygen(content, options);

const styles: Readonly<Record<DocumentationStyle, Style | undefined>> = {
  docstring,
  doxygen: doxygenAsThere,
  godoc: lines('//', go, goProse),
  hashes: lines('#', nothing),
  javadoc: block(java, closedJava),
  jsdoc: block(names, closed),
  luadoc: lines('---', nothing),
  none: undefined,
  phpdoc: block(php, closed),
  rustdoc: lines('///', rust),
  slashes: lines('///', nothing),
  xml: csharp,
  yard: lines('#', yard),
};

/** How definitions are documented. @param languageId as VS Code names it */
export function documentationStyle(languageId: string): Style | undefined {
  return styles[languageWithId(languageId)?.documentation ?? 'none'];
}

/** A plain comment, for lines that are no symbol. @param languageId as VS Code names it */
export function commentStyle(languageId: string): Style | undefined {
  const { lines: [mark] = [], block: marks } = languageWithId(languageId)?.comments ?? {};
  if (mark !== undefined) return lines(mark.trim(), nothing);
  return marks && between(marks);
}
