/**
 * Numbers the live and deleted chunks of all segments without gaps, in memory; used by lexical and dense search. Slot
 * numbers are valid until the next refresh.
 */
import { numbersOf, release, withRoomFor } from './bytes';
import type { Catalogue } from './catalogue';
import { checkSegment, segmentColumns } from './segments';
import type { SegmentRow } from './segments';
import { keyWords, KeyTable } from './keyTable';

export interface Segment {
  readonly id: number;
  /** Number of its first chunk. */
  readonly first: number;
  readonly changed: number;
  /** Its first slot. */
  readonly base: number;
  readonly count: number;
  /** How many of its chunks are not gone. */
  readonly live: number;
}

/** A segment and what is counted in it when it is read. */
interface Measured extends Segment {
  /** Terms of its chunks, and of how many definitions these are. */
  readonly terms: number;
  readonly definitions: number;
}

/** What is known of each slot. */
const columns = ['wholes', 'files', 'texts'] as const;

/**
 * The chunks of an index as a search sees them: numbered through all segments, without gaps, so that arrays can hold what
 * is known of each. Such a number is a slot; it holds until the next refresh.
 */
export class Slots {
  segments: readonly Measured[] = [];
  /** Terms of the definition that each chunk is a part of; 0 for a chunk that is gone. */
  wholes = new Uint32Array();
  /** The file of each chunk. */
  files = new Uint32Array();
  /** Its text: a number in `keys`. */
  texts = new Int32Array();
  /** The texts of all chunks by their keys; some may be gone. */
  keys = new KeyTable();
  /** By the number of a text: 1 where a chunk that is not gone has it. */
  isUsed = new Uint8Array();
  /** Chunks that are not gone. */
  live = 0;
  /** Terms of a definition, on average. */
  meanLength = 1;
  /** Of the catalogue, when it was read last. */
  generation = -1;
  /** The arrays that those above are the beginning of. */
  readonly #room = {
    wholes: new Uint32Array(),
    files: new Uint32Array(),
    texts: new Int32Array(),
    isUsed: new Uint8Array(),
  };

  constructor(private readonly catalogue: Catalogue) {}

  /** Reads what has changed since the last time. Within a snapshot. @returns whether something has */
  refresh(): boolean {
    const generation = this.catalogue.all<{ number: number }>('SELECT number FROM generation')[0]?.number ?? 0;
    if (generation === this.generation) return false;
    const known = new Map(this.segments.map((segment) => [segment.id, segment]));
    let base = 0;
    const segments = this.catalogue
      .all<Omit<Segment, 'base'>>('SELECT id, first, changed, count, live FROM segments ORDER BY first')
      .map((segment): Segment => ({ ...segment, base: (base += segment.count) - segment.count }));
    // Should a segment be damaged, the next time begins anew.
    this.segments = [];
    if (this.keys.size > 2 * base + (1 << 16)) this.#forgetTexts(known);
    const kept = new Map<number, Measured>();
    for (const { id, changed, base: to } of segments) {
      const before = known.get(id);
      // New segments come behind all others, so that what stays moves to the front, if at all.
      if (before?.changed !== changed || before.base < to) continue;
      this.#move(before, to);
      kept.set(id, { ...before, base: to });
    }
    this.#resize(base);
    this.segments = segments.map((segment) => kept.get(segment.id) ?? this.#read(segment));
    this.#mark();
    this.#measure();
    this.generation = generation;
    return true;
  }

  #move({ base, count }: Segment, to: number): void {
    for (const name of columns) this[name].copyWithin(to, base, base + count);
  }

  #resize(count: number): void {
    for (const name of ['wholes', 'files'] as const)
      this[name] = (this.#room[name] = withRoomFor(count, this.#room[name])).subarray(0, count);
    this.texts = (this.#room.texts = withRoomFor(count, this.#room.texts)).subarray(0, count);
  }

  /** Has everything be read again: numbers of texts that are gone are given out anew. */
  #forgetTexts(known: Map<number, Segment>): void {
    known.clear();
    this.keys = new KeyTable();
  }

  #read(segment: Segment): Measured {
    const { id, base } = segment;
    const row = checkSegment(
      this.catalogue.all<SegmentRow>(`SELECT ${segmentColumns} FROM segments WHERE id = ?`, id)[0] as SegmentRow,
    );
    this.wholes.set(numbersOf(row.wholes), base);
    this.files.set(numbersOf(row.files), base);
    const [lengths, words] = [numbersOf(row.lengths), numbersOf(row.texts)];
    let [terms, definitions] = [0, 0];
    for (let chunk = 0, slot = base; chunk < lengths.length; chunk++, slot++) {
      this.texts[slot] = this.keys.add(words, chunk * keyWords);
      const length = lengths[chunk] as number;
      if (length === 0) this.wholes[slot] = 0;
      else definitions += length / (this.wholes[slot] as number);
      terms += length;
    }
    release(row.lengths, row.wholes, row.files, row.texts);
    return { ...segment, terms, definitions };
  }

  #mark(): void {
    const { wholes, texts } = this;
    const isUsed = (this.#room.isUsed = withRoomFor(this.keys.size, this.#room.isUsed))
      .subarray(0, this.keys.size)
      .fill(0);
    for (let slot = 0; slot < wholes.length; slot++) if (wholes[slot] !== 0) isUsed[texts[slot] as number] = 1;
    this.isUsed = isUsed;
  }

  #measure(): void {
    const sum = (of: (segment: Measured) => number): number =>
      this.segments.reduce((total, segment) => total + of(segment), 0);
    this.live = sum(({ live }) => live);
    const definitions = sum((segment) => segment.definitions);
    this.meanLength = definitions === 0 ? 1 : sum(({ terms }) => terms) / definitions;
  }

  /** Whether the text of a chunk has a key. */
  hasText(slot: number, key: Uint8Array): boolean {
    return this.keys.find(numbersOf(key), 0) === this.texts[slot];
  }

  segmentAt(slot: number): Segment {
    // Thousands of slots are asked for in a question: by halves, since there may be hundreds of segments.
    let [low, high] = [0, this.segments.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.segments[middle] as Segment).base <= slot) low = middle;
      else high = middle - 1;
    }
    const segment = this.segments[low];
    if (segment === undefined) throw new RangeError(`There is no slot ${slot}.`);
    return segment;
  }

  /** The number of a chunk by its slot. */
  chunkAt(slot: number): number {
    const { first, base } = this.segmentAt(slot);
    return first + slot - base;
  }

  /** The slot of a chunk by its number, undefined where there is none. */
  slotOf(chunk: number): number | undefined {
    const segment = this.segments.findLast(({ first }) => first <= chunk);
    if (segment === undefined || chunk >= segment.first + segment.count) return undefined;
    return segment.base + chunk - segment.first;
  }
}
