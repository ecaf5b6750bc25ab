/**
 * Turns hits and index progress into what the search view shows: groups by file, reasons, sentences and context text.
 * Pure functions without VS Code; used by the view, the finder and the workspace index.
 */
import { wordsOf } from '../../common/text/words';
import type { FoundChunk, Progress } from '../../ipc/indexer/protocol';
import { termsOfQuestion } from '../../common/text/terms';
import { fileName } from '../../common/files/paths';
import type { Translate } from '../../common/translate';
import type { Group, ShownHit, HitReason, HitRelation, SearchState } from './messages';

/**
 * Groups hits by file, in the order of the best hit of each.
 *
 * @param question as it was typed, or the code whose like was looked for
 * @param rootName shown before paths; empty where there is one root only
 * @param addressOf of the hit's file in the window; undefined where it is not known
 */
export function groupHits(
  found: readonly FoundChunk[],
  question: string,
  { rootName, addressOf }: { rootName: (root: string) => string; addressOf: (hit: FoundChunk) => string | undefined },
  t: Translate,
): Group[] {
  const words = wordsByTerm(question);
  const groups = new Map<string, { name: string; folder: string; hits: ShownHit[] }>();
  for (const [number, item] of found.entries()) {
    const key = JSON.stringify([item.root, item.path]);
    let group = groups.get(key);
    if (group === undefined) {
      const name = fileName(item.path);
      const folder = [rootName(item.root), item.path.slice(0, -name.length - 1)]
        .filter((part) => part !== '')
        .join('/');
      groups.set(key, (group = { name, folder, hits: [] }));
    }
    group.hits.push({
      number,
      symbol: item.symbol,
      lines: linesOf(item),
      snippet: item.snippet,
      why: reasonsOf(item, words, t),
      ...linkTo(addressOf(item), item),
    });
  }
  return [...groups.values()];
}

function linesOf({ from, to }: Pick<FoundChunk, 'from' | 'to'>): string {
  return from === to ? String(from) : `${from}–${to}`;
}

/** As VS Code reads it where a file is dropped. */
function linkTo(address: string | undefined, { from, to }: Pick<FoundChunk, 'from' | 'to'>): { uri?: string } {
  return address === undefined ? {} : { uri: `${address}#L${from}-L${to}` };
}

/** Terms are stems; people are shown what they have typed. */
function wordsByTerm(question: string): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const [name] of question.matchAll(/[\p{L}\p{N}_$]+/gu)) {
    for (const word of [name, ...wordsOf(name)]) {
      const [term, ...more] = termsOfQuestion(word);
      // Of a name of several words, the first term is the name as a whole.
      if (term !== undefined && (more.length === 0 || word === name) && !words.has(term)) words.set(term, word);
    }
  }
  return words;
}

/** Why a hit is one: how near its meaning is, its terms by what they add, then the rules. */
function reasonsOf({ why }: Pick<FoundChunk, 'why'>, words: ReadonlyMap<string, string>, t: Translate): HitReason[] {
  const terms = Object.entries(why.terms).sort(([, a], [, b]) => b - a);
  const sum = terms.reduce((total, [, added]) => total + added, 0);
  return [
    ...(why.dense === undefined
      ? []
      : [{ label: t('meaning'), value: why.dense.toFixed(2), share: Math.min(1, Math.max(0, why.dense)) }]),
    ...terms.map(([term, added]): HitReason => ({
      label: words.get(term) ?? term,
      value: `+${added.toFixed(1)}`,
      share: sum === 0 ? 0 : added / sum,
    })),
    ...Object.entries(why.rules).map(([rule, factor]): HitReason => ({
      label: ruleInWords(rule, t),
      value: `×${factor.toFixed(2)}`,
    })),
  ];
}

function ruleInWords(rule: string, t: Translate): string {
  switch (rule) {
    case 'definition':
      return t('it is defined here');
    case 'namedFile':
      return t('the file has this name');
    case 'tests':
      return t('it is a test');
    case 'declarations':
      return t('it is a declaration alone');
    default:
      return rule;
  }
}

/** How far the index is, in one sentence. */
export function progressInWords(
  { phase, files, total, chunksPerSecond, secondsLeft, refined, held, trouble }: Progress,
  t: Translate,
): string {
  if (trouble !== undefined) return trouble;
  switch (phase) {
    case 'waiting':
      return t('Another window keeps the index up to date');
    case 'paused':
      return total === undefined ? t('Indexing is paused') : t('Indexing is paused at {0} of {1} files', files, total);
    case 'indexing': {
      const speed = Math.round(chunksPerSecond);
      if (total === undefined) return t('Indexing: {0} files, {1} chunks/s', files, speed);
      if (secondsLeft === undefined) return t('Indexing: {0} of {1} files', files, total);
      return t(
        'Indexing: {0} of {1} files, {2} chunks/s, {3} left',
        files,
        total,
        speed,
        durationInWords(secondsLeft, t),
      );
    }
    case 'refining': {
      if (refined === undefined || secondsLeft === undefined) return t('The encoder reads the code');
      return t(
        'The encoder has read {0} of {1} pieces, {2}/s, {3} left',
        refined.done,
        refined.total,
        Math.round(chunksPerSecond),
        durationInWords(secondsLeft, t),
      );
    }
    case 'idle':
      return held === undefined
        ? ''
        : t('The encoder waits while the computer runs on battery: {0} pieces are left', held);
  }
}

function durationInWords(seconds: number, t: Translate): string {
  return seconds < 90 ? t('{0} s', Math.ceil(seconds)) : t('{0} min', Math.round(seconds / 60));
}

/** What the page shows about the index. @param version grows with what can be found */
export function stateOf(progress: Progress | undefined, version: number, t: Translate): SearchState {
  if (progress === undefined) return { kind: 'ready', sentence: '', version };
  const { phase, files, total, refined } = progress;
  const [done, all] = refined === undefined ? [files, total ?? 0] : [refined.done, refined.total];
  return {
    kind: phase === 'idle' || phase === 'waiting' ? 'ready' : phase,
    sentence: progressInWords(progress, t),
    ...(all === 0 ? {} : { coverage: Math.min(1, done / all) }),
    version,
  };
}

/** What was found from a hit on, and by whom. */
export function relatedInWords(
  { name, places, isByServer }: { name: string; places: readonly unknown[]; isByServer: boolean },
  relation: HitRelation,
  t: Translate,
): string {
  if (name === '') return t('This hit stands outside of definitions: nothing calls it by a name.');
  const found = {
    callers: () => t('Callers of {0}: {1}', name, places.length),
    callees: () => t('Called by {0}: {1}', name, places.length),
    tests: () => t('Tests of {0}: {1}', name, places.length),
  }[relation]();
  return isByServer
    ? t('{0}, as the language server says', found)
    : t('{0}, by names: no language server answered', found);
}

/** A hit as text for a conversation: where it is, then the code. @param code the lines of the hit */
export function asContext(
  { path, from, to }: Pick<FoundChunk, 'path' | 'from' | 'to'>,
  languageId: string,
  code: string,
): string {
  // A fence longer than any in the code.
  const fence = '`'.repeat(Math.max(3, ...Array.from(code.matchAll(/`+/g), ([run]) => run.length + 1)));
  return `${path.replaceAll(/\s+/g, ' ')}:${from}-${to}\n${fence}${languageId}\n${code.replace(/\n?$/, '\n')}${fence}\n`;
}

/** A line that says something about the code below it. */
const commentLine = /^\s*(?:\/[/*]|\*|#|--|"{3}|'{3})/;
const isPartOfName = (character: string | undefined): boolean => /[\p{L}\p{N}_$]/u.test(character ?? '');

/**
 * Where code names what it defines, comments aside: that is what a hit is recognised by. Where it does not, its first line
 * that says something.
 *
 * @param symbol the definitions around it, as `Class.method`
 * @returns UTF-16 units, end exclusive
 */
export function nameIn(code: string, symbol: string): [start: number, end: number] {
  const name = symbol.slice(symbol.lastIndexOf('.') + 1);
  const lines = Array.from(code.matchAll(/.+/g), ({ 0: text, index }) => ({
    text,
    index,
    indentation: text.length - text.trimStart().length,
  }));
  const own = lines.filter(({ text }) => !commentLine.test(text));
  for (const { text, index } of name === '' ? [] : own) {
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
      if (!isPartOfName(text[at - 1]) && !isPartOfName(text[at + name.length]))
        return [index + at, index + at + name.length];
    }
  }
  const first = [...own, ...lines].find(({ text }) => /[\p{L}\p{N}]/u.test(text)) ?? {
    index: 0,
    text: '',
    indentation: 0,
  };
  return [first.index + first.indentation, first.index + first.text.trimEnd().length];
}
