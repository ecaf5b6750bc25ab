/**
 * Looks up what may answer a question: the best by words, by meaning and by what has to stand there to the letter, as far
 * as filters let them. Used by `search.ts`; puts nothing in order.
 */
import { termsOfQuestion } from '../../common/text/terms';
import type { SearchRemark } from '../../ipc/indexer/protocol';
import { acceptsSymbols } from '../../ipc/indexer/query';
import type { ParsedQuery } from '../../ipc/indexer/query';
import { aroundOf } from '../chunks/embeddedText';
import type { ReadChunk, ReadText } from '../chunks/sources';
import type { DenseScores } from '../vectors/denseScores';
import type { ExactText } from './exactText';
import { kindFilter } from './filters';
import type { SearchMode } from './fusion';
import type { SearchCandidate } from './hits';
import type { LexicalScores, Match } from './lexical';
import { scanFiles } from './scan';
import type { Searched } from './searched';

/** How many chunks are looked at where a filter is so narrow that the best do not pass it. */
const maxScannedChunks = 20_000;
/** How many chunks are read at most to see whether they hold a phrase. */
const maxReadChunks = 2_000;
/** UTF-16 units of what is read behind a chunk, where a phrase that begins in it may end. */
const maxBehind = 2_000;

/** A question with how well all chunks answer it. */
export interface ComparedQuestion {
  readonly question: ParsedQuery;
  readonly terms: readonly string[];
  readonly mode: SearchMode;
  readonly byWords: LexicalScores;
  readonly byMeaning: DenseScores | undefined;
  /** How many of the best by words, and of those by meaning, are looked at. */
  readonly wanted: number;
  /** What has to stand in an answer to the letter. */
  readonly exact: ExactText | undefined;
  /** Whether a file of the catalogue, by its number, may hold an answer. */
  readonly accepts: (file: number) => boolean;
}

/** How files are read, where the index does not hold what is asked for. */
export interface SourceReaders {
  readonly readChunk: ReadChunk;
  /** For questions that no list of words answers; without it, they find what words lead to. */
  readonly wholeText?: ReadText | undefined;
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

const chunkQuery =
  'SELECT path, "start", "end", from_line, to_line, symbols, defines, kind, definition FROM chunks JOIN files ON files.id = chunks.file WHERE chunks.id = ?';

/** By words, where words are not compared; and where none was asked for, so that all fit alike. */
const unasked: Match = { score: 0, terms: {} };
const wordless: Match = { score: 1, terms: {} };

/** The chunks that may answer a question, in no order, and what there is to say about the looking. */
export function candidatesOf(
  searched: Searched,
  compared: ComparedQuestion,
  { readChunk, wholeText }: SourceReaders,
): { candidates: SearchCandidate[]; remarks: SearchRemark[] } {
  const { question, wanted, exact, accepts } = compared;
  const { catalogue, lexical } = searched;
  const fits = rowFilter(compared, readChunk);
  const scanned = { looked: 0, total: 0 };
  const lists: Iterable<number>[] = listsOf(searched, compared);
  if (exact !== undefined && wholeText !== undefined)
    lists.push(scanFiles({ catalogue, slots: lexical.slots }, exact, accepts, wholeText, scanned));
  const seen = new Set<number>();
  const candidates: SearchCandidate[] = [];
  const statement = catalogue.prepare(chunkQuery);
  for (const list of lists) {
    let [accepted, read] = [0, 0];
    // Files are looked through for a pattern, and for a phrase that no words have led to.
    if (exact !== undefined && candidates.length >= (question.pattern === undefined ? 1 : wanted)) break;
    for (const slot of list) {
      if (accepted >= wanted || read >= maxReadChunks) break;
      if (!seen.has(slot)) {
        const row = statement.get(lexical.slots.chunkAt(slot)) as ChunkRow | undefined;
        if (row === undefined) continue;
        const symbols = row.symbols === '' ? [] : row.symbols.split('\n');
        const verdict = fits(row, symbols);
        if (verdict.isRead) read++;
        const candidate = verdict.fits ? candidateOf(row, symbols, slot, compared) : undefined;
        if (candidate === undefined) continue;
        candidates.push(candidate);
        seen.add(slot);
      }
      accepted++;
    }
  }
  const isPart = scanned.looked < scanned.total && candidates.length < wanted;
  return { candidates, remarks: isPart ? [{ kind: 'partlyScanned', ...scanned }] : [] };
}

/** Whether a chunk passes the filters that only a look at it can answer, and whether its text was read for that. */
function rowFilter(
  { question, exact }: ComparedQuestion,
  readChunk: ReadChunk,
): (row: ChunkRow, symbols: readonly string[]) => { fits: boolean; isRead: boolean } {
  const isKind = kindFilter(question);
  return ({ path, start, end, defines, kind }, symbols) => {
    const isAsked = acceptsSymbols(question, symbols) && (isKind === undefined || (defines === 1 && isKind(kind)));
    if (!isAsked || exact === undefined) return { fits: isAsked, isRead: false };
    // What begins in a chunk may end behind it.
    const text = readChunk(path, start, end + maxBehind);
    return { fits: text !== undefined && exact.isIn(text, end - start), isRead: true };
  };
}

/** @returns undefined where neither words nor meaning make it an answer */
function candidateOf(
  { path, start, end, from_line: from, to_line: to, defines, definition }: ChunkRow,
  symbols: readonly string[],
  slot: number,
  { terms: asked, mode, byWords, byMeaning, exact }: ComparedQuestion,
): SearchCandidate | undefined {
  const { score, terms } = asked.length === 0 ? wordless : mode === 'dense' ? unasked : byWords.match(slot);
  // Some chunk always is the nearest: by itself, that is no reason to show it.
  if (score === 0 && exact === undefined && byMeaning?.isFar(slot) === true) return undefined;
  const model = byMeaning?.model(slot);
  const around = aroundOf(symbols, defines === 1);
  return {
    path,
    from,
    to,
    symbols,
    defines: defines === 1,
    definition,
    piece: { start, end, around, ...(model === undefined ? {} : { model }) },
    lexical: exact === undefined ? score : Math.max(score, wordless.score),
    terms,
    dense: byMeaning?.relative(slot),
    cosine: byMeaning?.cosine(slot),
  };
}

/** The slots to look at, in the order in which to look: by words and by meaning. */
function listsOf(
  { catalogue, lexical }: Searched,
  { question, terms, mode, byWords, byMeaning, wanted, exact, accepts }: ComparedQuestion,
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
