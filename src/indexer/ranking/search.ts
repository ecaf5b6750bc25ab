/**
 * Ranks the chunks of an index for a question, by words, meaning and rules, and explains each hit; called by
 * `searchIndex.ts`.
 */
import type { Catalogue } from '../store/catalogue';
import { aroundOf } from '../chunks/embeddedText';
import { fuse } from './fusion';
import type { Best, ChunkEvidence, SearchMode } from './fusion';
import { exactText, PatternError } from './exactText';
import type { ExactText } from './exactText';
import { acceptedFiles, kindFilter, unknownKinds } from './filters';
import { LexicalIndex } from './lexical';
import type { LexicalScores, Match } from './lexical';
import type { SearchRemark } from '../../ipc/indexer/protocol';
import { acceptsSymbols, parseQuestion } from '../../ipc/indexer/query';
import type { ParsedQuery } from '../../ipc/indexer/query';
import { askedFor, rules } from './rules';
import type { QueryTerms, Rules } from './rules';
import { scanFiles } from './scan';
import { correctionsOf } from './spelling';
import { Slots } from '../store/slots';
import { DenseIndex } from '../vectors/denseIndex';
import type { QuestionVector, SearchedModel } from '../vectors/searchedModel';
import type { DenseScores } from '../vectors/denseScores';
import type { Room } from '../vectors/spare';
import { termsOfQuestion } from '../../common/text/terms';

/** How many of the best by words, and of those by meaning, are looked at by rules. */
const pool = 200;
/** How many chunks are looked at where a filter is so narrow that the best do not pass it. */
const maxScannedChunks = 20_000;
/** How many chunks are read at most to see whether they hold a phrase. */
const maxReadChunks = 2_000;

/** UTF-16 units of what is read behind a chunk, where a phrase that begins in it may end. */
const maxBehind = 2_000;

export interface Why {
  /** What each term of the question adds to the BM25 score. */
  readonly terms: Readonly<Record<string, number>>;
  /** The cosine between question and chunk, where it was compared. */
  readonly dense?: number;
  /** Rules that changed the score, each with its factor. */
  readonly rules: Readonly<Record<string, number>>;
}

/** The piece of a file that meanings are compared by, see `textToEmbed`. */
export interface EmbeddedPiece {
  /** UTF-16 units of the file's text, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The definitions that it stands in, as they are embedded with it. */
  readonly around: string;
  /** The model that has embedded it (see `vectorModel`); absent where none has. */
  readonly model?: string;
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
  /** The part of it that is nearest in meaning. */
  readonly piece: EmbeddedPiece;
}

/** The text of a chunk, which the index does not hold; undefined where it is there no longer. UTF-16 units, end exclusive. */
export type ReadChunk = (path: string, start: number, end: number) => string | undefined;

/** What a search looks into: one catalogue, and what is known of it. */
export interface Searched {
  readonly catalogue: Catalogue;
  readonly lexical: LexicalIndex;
  readonly dense: DenseIndex;
}

/** @param models the best first; none to search by words alone @param room for vectors of all but the best */
export function lookInto(catalogue: Catalogue, models: readonly SearchedModel[] = [], room?: Room): Searched {
  const slots = new Slots(catalogue);
  return {
    catalogue,
    lexical: new LexicalIndex(catalogue, slots),
    dense: new DenseIndex(catalogue, slots, models, { room }),
  };
}

export interface Search {
  /** As a person types it, see `parseQuestion`. */
  readonly input: string;
  readonly mode: SearchMode;
  /** How many answers at most. */
  readonly top: number;
  /** The question (its `text`, see `Question`) as each model sees it; without any, only words are compared. */
  readonly vectors: ReadonlyMap<string, QuestionVector>;
  readonly readChunk: ReadChunk;
  /** A whole file as it is now, without private keys, for questions that no list of words answers; without it, they find what words lead to. */
  readonly wholeText?: (path: string) => string | undefined;
}

interface ChunkRow {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly from_line: number;
  readonly to_line: number;
  readonly symbols: string;
  readonly defines: number;
  readonly kind: string;
  readonly definition: number;
}

export interface SearchCandidate extends Omit<ChunkRow, 'symbols' | 'start' | 'end'>, ChunkEvidence {
  readonly piece: EmbeddedPiece;
  readonly symbols: readonly string[];
  readonly terms: Readonly<Record<string, number>>;
  readonly cosine: number | undefined;
}

/** By words, where words are not compared; and where none was asked for, so that all fit alike. */
const unasked: Match = { score: 0, terms: {} };
const wordless: Match = { score: 1, terms: {} };

/** A question with how well all chunks answer it. */
interface Compared {
  readonly question: ParsedQuery;
  readonly terms: readonly string[];
  readonly mode: SearchMode;
  readonly byWords: LexicalScores;
  readonly byMeaning: DenseScores | undefined;
  readonly wanted: number;
  /** What has to stand in an answer to the letter. */
  readonly exact: ExactText | undefined;
  /** Whether a file of the catalogue, by its number, may hold an answer. */
  readonly accepts: (file: number) => boolean;
}

/** What may answer a question, in no order. */
export interface SearchCandidates {
  readonly asked: QueryTerms;
  readonly mode: SearchMode;
  readonly candidates: readonly SearchCandidate[];
  /** What there is to say about the question itself. */
  readonly remarks: readonly SearchRemark[];
}

/** The best answers to a question, best first. */
export function search(searched: Searched, request: Search): Hit[] {
  return answer(searched, request).hits;
}

/** The same with what there is to say about the question itself. */
export function answer(searched: Searched, request: Search): { hits: Hit[]; remarks: readonly SearchRemark[] } {
  const answers = answersTo(searched, request);
  return { hits: inOrder(answers, rules).slice(0, request.top), remarks: answers.remarks };
}

/** All that is looked at to answer a question. */
export function answersTo(searched: Searched, request: Search): SearchCandidates {
  const { input, mode, top, vectors } = request;
  const typed = parseQuestion(input);
  const { exact, remarks: ofPattern } = exactOf(typed);
  return searched.catalogue.snapshot(() => {
    searched.dense.refresh();
    const { question, remarks: ofWords } =
      exact === undefined ? corrected(searched, typed) : { question: typed, remarks: [] };
    const { accepts, remarks: ofFiles } = acceptedFiles(searched.catalogue, question);
    const terms = termsOfQuestion(question.text);
    const comparing =
      mode === 'lexical' || vectors.size === 0 || terms.length === 0 ? undefined : searched.dense.begin(vectors);
    // Meanwhile.
    const byWords = searched.lexical.scores(terms);
    const compared: Compared = {
      question,
      terms,
      mode: comparing === undefined ? 'lexical' : mode,
      byWords,
      byMeaning: comparing?.(),
      wanted: Math.max(pool, top),
      exact,
      accepts,
    };
    const { candidates, remarks: ofScan } = candidatesOf(searched, compared, request);
    return {
      asked: askedFor(question.text),
      mode: compared.mode,
      candidates: joinParts(candidates),
      remarks: [
        ...unknownKinds(typed).map((name): SearchRemark => ({ kind: 'unknownKind', name })),
        ...ofPattern,
        ...ofWords,
        ...ofFiles,
        ...ofScan,
      ],
    };
  });
}

/** A pattern that is none finds nothing, and says why. */
function exactOf(question: ParsedQuery): { exact: ExactText | undefined; remarks: SearchRemark[] } {
  try {
    return { exact: exactText(question), remarks: [] };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const { isLookAround, message: reason } = error;
    return { exact: { isIn: () => false, spansIn: () => [] }, remarks: [{ kind: 'pattern', isLookAround, reason }] };
  }
}

/** Where no word of a question is in the code, the words that are meant. */
function corrected(
  { lexical }: Searched,
  question: ParsedQuery,
): { question: ParsedQuery; remarks: readonly SearchRemark[] } {
  const terms = termsOfQuestion(question.text);
  if (terms.length === 0 || terms.some((term) => lexical.frequencyOf(term) > 0)) return { question, remarks: [] };
  const corrections = correctionsOf(question.text, (term) => lexical.frequencyOf(term));
  const words = new Map(corrections.map(({ from, to }) => [from, to]));
  const text = question.text.replaceAll(/[\p{L}\p{M}\p{N}_$]+/gu, (word) => words.get(word) ?? word);
  return {
    question: { ...question, text },
    remarks: corrections.map(({ from, to }) => ({ kind: 'corrected', from, to })),
  };
}

/** Answers, best first, by what they share with the question and by rules. */
export function inOrder({ asked, mode, candidates }: SearchCandidates, by: Rules): Hit[] {
  const best = bestOf(candidates);
  return candidates.map((candidate) => rank(candidate, asked, fuse(candidate, best, mode), by)).sort(byScore);
}

function candidatesOf(
  searched: Searched,
  compared: Compared,
  { readChunk, wholeText }: Search,
): { candidates: SearchCandidate[]; remarks: SearchRemark[] } {
  const { question, mode, byWords, byMeaning, exact, accepts } = compared;
  const isKind = kindFilter(question);
  const scanned = { looked: 0, total: 0 };
  const lists: Iterable<number>[] = listsOf(searched, compared);
  if (exact !== undefined && wholeText !== undefined) {
    const { catalogue, lexical } = searched;
    lists.push(scanFiles({ catalogue, slots: lexical.slots }, exact, accepts, wholeText, scanned));
  }
  const seen = new Set<number>();
  const candidates: SearchCandidate[] = [];
  const statement = searched.catalogue.prepare(
    'SELECT path, "start", "end", from_line, to_line, symbols, defines, kind, definition FROM chunks JOIN files ON files.id = chunks.file WHERE chunks.id = ?',
  );
  for (const list of lists) {
    let [accepted, read] = [0, 0];
    // Files are looked through for a pattern, and for a phrase that no words have led to.
    if (exact !== undefined && candidates.length >= (question.pattern === undefined ? 1 : compared.wanted)) break;
    for (const slot of list) {
      if (accepted >= compared.wanted || read >= maxReadChunks) break;
      if (seen.has(slot)) {
        accepted++;
        continue;
      }
      const row = statement.get(searched.lexical.slots.chunkAt(slot)) as ChunkRow | undefined;
      if (row === undefined) continue;
      const symbols = row.symbols === '' ? [] : row.symbols.split('\n');
      if (!acceptsSymbols(question, symbols)) continue;
      if (isKind !== undefined && !(row.defines === 1 && isKind(row.kind))) continue;
      if (exact !== undefined) {
        read++;
        // What begins in a chunk may end behind it.
        const text = readChunk(row.path, row.start, row.end + maxBehind);
        if (text === undefined || !exact.isIn(text, row.end - row.start)) continue;
      }
      const { score, terms } =
        compared.terms.length === 0 ? wordless : mode === 'dense' ? unasked : byWords.match(slot);
      // Some chunk always is the nearest: by itself, that is no reason to show it.
      if (score === 0 && exact === undefined && byMeaning?.isFar(slot) === true) continue;
      const lexical = exact === undefined ? score : Math.max(score, wordless.score);
      const model = byMeaning?.model(slot);
      const piece = {
        start: row.start,
        end: row.end,
        around: aroundOf(symbols, row.defines === 1),
        ...(model === undefined ? {} : { model }),
      };
      candidates.push({
        ...row,
        piece,
        symbols,
        lexical,
        terms,
        dense: byMeaning?.relative(slot),
        cosine: byMeaning?.cosine(slot),
      });
      seen.add(slot);
      accepted++;
    }
  }
  const isPart = scanned.looked < scanned.total && candidates.length < compared.wanted;
  return { candidates, remarks: isPart ? [{ kind: 'partlyScanned', ...scanned }] : [] };
}

/** The slots to look at, in the order in which to look: by words and by meaning. */
function listsOf(
  { catalogue, lexical }: Searched,
  { question, terms, mode, byWords, byMeaning, wanted, exact, accepts }: Compared,
): number[][] {
  // Filters that only a look at the chunk can answer need more to choose from.
  const filters = question.phrases.length + question.symbols.length + question.kinds.length;
  const many = filters > 0 || exact !== undefined ? maxScannedChunks : wanted;
  const phraseTerms = question.phrases.flatMap((phrase) => termsOfQuestion(phrase));
  if (phraseTerms.length > 0) return [byWords.havingAll(phraseTerms, many, accepts)];
  if (exact !== undefined) return terms.length > 0 ? [byWords.best(many, accepts)] : [];
  if (terms.length > 0) {
    return [
      ...(mode === 'dense' ? [] : [byWords.best(many, accepts)]),
      ...(mode === 'lexical' || byMeaning === undefined ? [] : [byMeaning.best(many, accepts)]),
    ];
  }
  if (question.symbols.length + question.kinds.length === 0) return [];
  const defining: number[] = [];
  for (const { id, file } of catalogue.each<{ id: number; file: number }>(
    "SELECT id, file FROM chunks WHERE defines = 1 AND symbols <> '' ORDER BY id",
  )) {
    const slot = accepts(file) ? lexical.slots.slotOf(id) : undefined;
    if (slot !== undefined) defining.push(slot);
  }
  return [defining];
}

/**
 * The parts of a long definition answer together, at the place of the best of them: each term counts where it counts
 * most, as the length that scores are measured by is that of the whole; and so does meaning.
 */
function joinParts(candidates: readonly SearchCandidate[]): SearchCandidate[] {
  const joined = new Map<string, SearchCandidate>();
  for (const candidate of candidates) {
    const key = `${candidate.definition} ${candidate.path}`;
    const other = joined.get(key);
    joined.set(key, other === undefined ? candidate : join(other, candidate));
  }
  return [...joined.values()];
}

function join(a: SearchCandidate, b: SearchCandidate): SearchCandidate {
  const best =
    b.lexical > a.lexical || (b.lexical === a.lexical && (b.dense ?? -Infinity) > (a.dense ?? -Infinity)) ? b : a;
  const terms = { ...a.terms };
  for (const [term, added] of Object.entries(b.terms)) terms[term] = Math.max(added, terms[term] ?? 0);
  const nearer = (b.dense ?? -Infinity) > (a.dense ?? -Infinity) ? b : a;
  const sum = Object.values(terms).reduce((total, added) => total + added, 0);
  return {
    ...best,
    defines: Math.max(a.defines, b.defines),
    terms,
    lexical: Math.max(sum, best.lexical),
    dense: nearer.dense,
    cosine: nearer.cosine,
    piece: (nearer.cosine === undefined ? best : nearer).piece,
  };
}

function bestOf(candidates: readonly SearchCandidate[]): Best {
  return {
    lexical: candidates.reduce((most, { lexical }) => Math.max(most, lexical), 0),
    dense: candidates.reduce((most, { dense = 0 }) => Math.max(most, dense), 0),
  };
}

function rank(
  { path, from_line: from, to_line: to, symbols, defines, terms, cosine, piece }: SearchCandidate,
  asked: QueryTerms,
  fused: number,
  by: Rules,
): Hit {
  const factors = Object.entries(by).map(
    ([name, rule]) => [name, rule({ path, symbols, defines: defines === 1 }, asked)] as const,
  );
  const score = factors.reduce((product, [, factor]) => product * factor, fused);
  const changed = Object.fromEntries(factors.filter(([, factor]) => factor !== 1));
  return {
    path,
    from,
    to,
    symbol: symbols.join('.'),
    score,
    why: { terms, ...(cosine === undefined ? {} : { dense: cosine }), rules: changed },
    piece,
  };
}

function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.from - b.from);
}
