import type { Catalogue } from './catalogue';
import { checkSegment, numbersOf, segmentColumns, type SegmentRow } from './segments';
import { keyWords, KeyTable } from './vectors/keyTable';

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

/**
 * The chunks of an index as a search sees them: numbered through all segments, without gaps, so that arrays can hold what
 * is known of each. Such a number is a slot; it holds until the next refresh.
 */
export class Slots {
  segments: readonly Segment[] = [];
  /** Terms of each chunk, 0 for one that is gone; of the definition that it is a part of; its file; and its text. */
  lengths = new Uint32Array();
  wholes = new Uint32Array();
  files = new Uint32Array();
  /** Numbers in `keys`. */
  texts = new Int32Array();
  /** The texts of all chunks by their keys; some may be gone. */
  keys = new KeyTable();
  /** Chunks that are not gone. */
  live = 0;
  /** Terms of a definition, on average. */
  meanLength = 1;
  #generation = -1;

  constructor(private readonly catalogue: Catalogue) {}

  /** Reads what has changed since the last time. Within a snapshot. @returns whether something has */
  refresh(): boolean {
    const generation = this.catalogue.all<{ number: number }>('SELECT number FROM generation')[0]?.number ?? 0;
    if (generation === this.#generation) return false;
    const known = new Map(this.segments.map((segment) => [segment.id, segment]));
    let base = 0;
    const segments = this.catalogue
      .all<Omit<Segment, 'base'>>('SELECT id, first, changed, count, live FROM segments ORDER BY first')
      .map((segment): Segment => ({ ...segment, base: (base += segment.count) - segment.count }));
    // Should a segment be damaged, the next time begins anew.
    this.segments = [];
    const old = { lengths: this.lengths, wholes: this.wholes, files: this.files, texts: this.texts };
    this.lengths = new Uint32Array(base);
    this.wholes = new Uint32Array(base);
    this.files = new Uint32Array(base);
    this.texts = new Int32Array(base);
    if (this.keys.size > 2 * base + (1 << 16)) this.#forgetTexts(known);
    for (const segment of segments) {
      const before = known.get(segment.id);
      if (before?.changed === segment.changed) {
        for (const name of ['lengths', 'wholes', 'files', 'texts'] as const) {
          this[name].set(old[name].subarray(before.base, before.base + before.count), segment.base);
        }
      } else {
        this.#read(segment);
      }
    }
    this.segments = segments;
    this.#measure();
    this.#generation = generation;
    return true;
  }

  /** Has everything be read again: numbers of texts that are gone are given out anew. */
  #forgetTexts(known: Map<number, Segment>): void {
    known.clear();
    this.keys = new KeyTable();
  }

  #read({ id, base }: Segment): void {
    const row = checkSegment(this.catalogue.all<SegmentRow>(`SELECT ${segmentColumns} FROM segments WHERE id = ?`, id)[0] as SegmentRow);
    this.lengths.set(numbersOf(row.lengths), base);
    this.wholes.set(numbersOf(row.wholes), base);
    this.files.set(numbersOf(row.files), base);
    const words = numbersOf(row.texts);
    for (let slot = base, at = 0; at < words.length; slot++, at += keyWords) this.texts[slot] = this.keys.add(words, at);
  }

  #measure(): void {
    let [terms, definitions] = [0, 0];
    this.live = 0;
    for (let slot = 0; slot < this.lengths.length; slot++) {
      const length = this.lengths[slot] as number;
      if (length === 0) continue;
      this.live++;
      terms += length;
      definitions += length / (this.wholes[slot] as number);
    }
    this.meanLength = definitions === 0 ? 1 : terms / definitions;
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
