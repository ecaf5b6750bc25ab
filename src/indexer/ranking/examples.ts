/**
 * Makes example questions of what a workspace itself says: a sentence of its documentation, the words of a name, a kind of
 * definition. Used by `searchIndex.ts` for the empty search view; reads a few chunks, and writes nothing.
 */
import type { Catalogue } from '../store/catalogue';
import type { ExampleQuestion } from '../../ipc/indexer/protocol';
import { isTest } from '../../common/files/testPath';
import { wordsOf } from '../../common/text/words';
import type { ReadChunk } from '../chunks/sources';

/** How many definitions are looked at, spread over the whole index. */
const looked = 240;
/** Words of a question, and UTF-16 units of all of them: what fits on a line or two of the view, and says something. */
const [minWords, maxWords, maxLength] = [4, 12, 72];
/** Kinds that the third question asks for by their name. */
const narrowed = new Set(['class', 'interface', 'struct', 'type', 'enum']);

interface Definition {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly symbols: string;
  readonly kind: string;
}

/** At most one question of each kind, each about another file; what is in tests or is declared only is not asked for. */
export function exampleQuestions(catalogue: Catalogue, readChunk: ReadChunk): ExampleQuestion[] {
  const definitions = spread(catalogue).filter(({ path }) => !isTest(path) && !/\.d\.[cm]?ts$|\.pyi$/.test(path));
  const taken = new Set<string>();
  const first = (kind: ExampleQuestion['kind'], ...ways: ((definition: Definition) => string | undefined)[]) => {
    for (const textOf of ways) {
      for (const definition of definitions) {
        const text = taken.has(definition.path) ? undefined : textOf(definition);
        if (text === undefined) continue;
        taken.add(definition.path);
        return [{ kind, text }];
      }
    }
    return [];
  };
  return [
    ...first('sentence', ({ path, start, end, kind }) =>
      kind === 'section' ? undefined : sentenceOf(readChunk(path, start, end) ?? ''),
    ),
    ...first('name', ({ symbols, kind }) => (narrowed.has(kind) ? undefined : wordsOfName(symbols))),
    ...first('filter', narrowedByKind, narrowedByFolder),
  ];
}

function narrowedByKind({ symbols, kind }: Definition): string | undefined {
  const words = narrowed.has(kind) ? wordsOfName(symbols) : undefined;
  return words === undefined ? undefined : `${words} kind:${kind}`;
}

/** Where nothing is of a kind that is worth a filter. */
function narrowedByFolder({ path, symbols }: Definition): string | undefined {
  const [words, folder] = [wordsOfName(symbols), /^[^\s/]+(?=\/)/.exec(path)?.[0]];
  return words === undefined || folder === undefined ? undefined : `${words} path:${folder}`;
}

/** Of places that are as far from each other as the index is large. */
function spread(catalogue: Catalogue): Definition[] {
  const last = catalogue.all<{ id: number | null }>('SELECT max(id) AS id FROM chunks')[0]?.id ?? 0;
  const found = new Map<number, Definition>();
  for (let at = 0; at < looked; at++) {
    const from = Math.floor((at * (last + 1)) / looked);
    const [next] = catalogue.all<Definition & { id: number }>(
      'SELECT chunks.id AS id, path, "start", "end", symbols, kind FROM chunks JOIN files ON files.id = chunks.file WHERE chunks.id >= ? AND defines = 1 ORDER BY chunks.id LIMIT 1',
      from,
    );
    if (next !== undefined) found.set(next.id, next);
  }
  return [...found.values()];
}

/** `Session.parseHttpHeader` → `parse http header`; nothing of a name that is one word, or a whole sentence. */
function wordsOfName(symbols: string): string | undefined {
  const words = wordsOf(symbols.slice(symbols.lastIndexOf('\n') + 1)).filter((word) => /^\p{L}{2,}$/u.test(word));
  return words.length >= 2 && words.length <= 4 ? words.join(' ') : undefined;
}

/** How a line of documentation begins, in the languages that have a sign for it. */
const commentSign = /^\s*(?:\/\*+!?|\*+(?!\/)|\/\/+[/!]?|#+(?!!)|---?|;+)\s?/;
/** What stands in documentation and is no sentence about the code. */
const unfit = /[@{}<>[\]|=\\]|https?:|copyright|licen[cs]e|deprecated|eslint|prettier|todo|fixme|internal/i;

/** The first sentence that code says about itself, in a comment that it begins with or as the text of its body. */
export function sentenceOf(code: string): string | undefined {
  const docstring = /^(?:[^\n"']*\n){0,20}?[^\n"']*("""|''')([\s\S]*?)\1/.exec(code)?.[2];
  const comment: string[] = [];
  for (const line of code.split('\n')) {
    const sign = commentSign.exec(line);
    if (sign === null && line.trim() !== '') break;
    const text = line
      .slice(sign?.[0].length ?? 0)
      .replace(/\*+\/\s*$/, '')
      .trim();
    if (text === '' && comment.length > 0) break;
    if (text !== '') comment.push(text);
  }
  const prose = (comment.length > 0 ? comment.join(' ') : (docstring ?? '')).trim().replaceAll(/\s+/g, ' ');
  const sentence = (/^.*?(?=[.:;!?](?:\s|$)|$)/.exec(prose)?.[0] ?? '').replaceAll(/[`*_]/g, '').trim();
  const words = sentence.split(' ');
  if (words.length < minWords || words.length > maxWords || sentence.length > maxLength) return undefined;
  if (unfit.test(sentence) || !/^\p{L}/u.test(sentence)) return undefined;
  // A name or an abbreviation that a sentence begins with stays as it is.
  return /^\p{Lu}\p{Ll}*$/u.test(words[0] ?? '') ? (sentence[0] ?? '').toLowerCase() + sentence.slice(1) : sentence;
}
