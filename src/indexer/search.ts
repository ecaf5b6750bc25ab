import type { Catalogue } from './catalogue';
import type { LexicalIndex, Match } from './lexical';
import { acceptsFile, acceptsSymbols, acceptsText, parseQuestion, type Question } from './query';
import { askedFor, repeatedFile, rules, type Asked } from './rules';
import { termsOf } from './words';

/** How many of the best by words are looked at by rules. */
const pool = 200;
/** How many chunks are read at most to see whether they hold a phrase. */
const mostRead = 2_000;

export interface Why {
  /** What each term of the question adds to the score. */
  readonly terms: Readonly<Record<string, number>>;
  /** Rules that changed the score, each with its factor. */
  readonly rules: Readonly<Record<string, number>>;
}

export interface Hit {
  /** From the root, with `/` between folders. */
  readonly path: string;
  /** Lines from 1, both included. */
  readonly from: number;
  readonly to: number;
  /** The definitions around it, as `Class.method`; empty outside of them. */
  readonly symbol: string;
  readonly score: number;
  readonly why: Why;
}

/** The text of a chunk, which the index does not hold; undefined where it is there no longer. UTF-16 units, end exclusive. */
export type ReadChunk = (path: string, start: number, end: number) => string | undefined;

interface ChunkRow {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly from_line: number;
  readonly to_line: number;
  readonly symbols: string;
  readonly defines: number;
  readonly definition: number;
}

interface Candidate extends Omit<ChunkRow, 'symbols'> {
  readonly symbols: readonly string[];
  readonly match: Match;
}

/**
 * The best answers to a question as a person types it (see `parseQuestion`), best first.
 *
 * @param top how many at most
 */
export function search(catalogue: Catalogue, lexical: LexicalIndex, input: string, top: number, readChunk: ReadChunk): Hit[] {
  const question = parseQuestion(input);
  const asked = askedFor(question.text);
  return catalogue.snapshot(() => {
    const matches = matchesOf(catalogue, lexical, question, Math.max(pool, top));
    const accepted = acceptAll(catalogue, question, matches, Math.max(pool, top), readChunk);
    return spread(joinParts(accepted).map((candidate) => rank(candidate, asked))).slice(0, top);
  });
}

function matchesOf(catalogue: Catalogue, lexical: LexicalIndex, question: Question, wanted: number): Match[] {
  const accepts = fileFilter(catalogue, question);
  const terms = termsOf(question.text);
  // Filters that only a look at the chunk can answer need more to choose from.
  const narrow = question.phrases.length + question.symbols.length > 0;
  if (terms.length > 0) {
    const found = lexical.search(terms, narrow ? Infinity : wanted, accepts);
    const needed = question.phrases.flatMap((phrase) => termsOf(phrase));
    return needed.length === 0 ? found : found.filter((match) => needed.every((term) => Object.hasOwn(match.terms, term)));
  }
  if (question.symbols.length === 0) return [];
  const chunks = catalogue.all<{ id: number; file: number }>("SELECT id, file FROM chunks WHERE defines = 1 AND symbols <> '' ORDER BY id");
  return chunks.filter(({ file }) => accepts(file)).map(({ id }) => ({ chunk: id, score: 1, terms: {} }));
}

function fileFilter(catalogue: Catalogue, question: Question): (file: number) => boolean {
  const { languages, paths, withoutPaths } = question;
  if (languages.length + paths.length + withoutPaths.length === 0) return () => true;
  const files = catalogue.all<{ id: number; path: string; language: string }>('SELECT id, path, language FROM files WHERE skipped IS NULL');
  const accepted = new Set(files.filter(({ path, language }) => acceptsFile(question, path, language)).map(({ id }) => id));
  return (file) => accepted.has(file);
}

/** Looks at matches, best first, until enough of them fit. */
function acceptAll(catalogue: Catalogue, question: Question, matches: readonly Match[], wanted: number, readChunk: ReadChunk): Candidate[] {
  const statement = catalogue.prepare(
    'SELECT path, "start", "end", from_line, to_line, symbols, defines, definition FROM chunks JOIN files ON files.id = chunks.file WHERE chunks.id = ?',
  );
  const accepted: Candidate[] = [];
  let read = 0;
  for (const match of matches) {
    if (accepted.length >= wanted || read >= mostRead) break;
    const row = statement.get(match.chunk) as ChunkRow | undefined;
    if (row === undefined) continue;
    const symbols = row.symbols === '' ? [] : row.symbols.split('\n');
    if (!acceptsSymbols(question, symbols)) continue;
    if (question.phrases.length > 0) {
      read++;
      const text = readChunk(row.path, row.start, row.end);
      if (text === undefined || !acceptsText(question, text)) continue;
    }
    accepted.push({ ...row, symbols, match });
  }
  return accepted;
}

/**
 * The parts of a long definition answer together, at the place of the best of them: each term counts where it counts
 * most, as the length that scores are measured by is that of the whole.
 *
 * @param candidates best first
 */
function joinParts(candidates: readonly Candidate[]): Candidate[] {
  const joined = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = `${candidate.definition} ${candidate.path}`;
    const best = joined.get(key);
    if (best === undefined) {
      joined.set(key, candidate);
      continue;
    }
    const terms = { ...best.match.terms };
    for (const [term, added] of Object.entries(candidate.match.terms)) terms[term] = Math.max(added, terms[term] ?? 0);
    const score = Object.values(terms).reduce((sum, added) => sum + added, 0);
    joined.set(key, { ...best, defines: Math.max(best.defines, candidate.defines), match: { ...best.match, score: Math.max(score, best.match.score), terms } });
  }
  return [...joined.values()];
}

function rank({ path, from_line: from, to_line: to, symbols, defines, match }: Candidate, asked: Asked): Hit {
  const factors = Object.entries(rules).map(([name, rule]) => [name, rule({ path, symbols, defines: defines === 1 }, asked)] as const);
  const score = factors.reduce((product, [, factor]) => product * factor, match.score);
  const changed = Object.fromEntries(factors.filter(([, factor]) => factor !== 1));
  return { path, from, to, symbol: symbols.join('.'), score, why: { terms: match.terms, rules: changed } };
}

/** Sorts by score, every further answer from a file counting less. */
function spread(hits: readonly Hit[]): Hit[] {
  const seen = new Map<string, number>();
  return hits
    .toSorted(byScore)
    .map((hit): Hit => {
      const before = seen.get(hit.path) ?? 0;
      seen.set(hit.path, before + 1);
      if (before === 0) return hit;
      const factor = repeatedFile ** before;
      return { ...hit, score: hit.score * factor, why: { ...hit.why, rules: { ...hit.why.rules, repeatedFile: factor } } };
    })
    .sort(byScore);
}

function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.from - b.from);
}
