/**
 * Holds quantised vectors in WebAssembly memory and compares a query with all of them; used by `modelVectors.ts` and
 * `relevance.ts`.
 */
import { ScannedCosines } from './cosines';
import { bestKernel, lane } from './kernel';
import type { Kernel, MakeKernel } from './kernel';
import { giveBack, memoryBytes, takeMemory } from './memories';
import { secondThread } from './secondThread';
import type { Scannable } from './secondThread';
import { canShare } from './webassembly';

/** Bytes for the query, which stands before everything else. */
const queryRoom = 1 << 16;

/** How many rows of so many bytes a shelf holds; memory is taken from the system as rows come, not before. */
function rowsOfShelf(width: number): number {
  // Each has a factor and a result, 32 bits each, before all rows, which thus begin where a lane does.
  return Math.floor((memoryBytes - queryRoom) / (width + 8) / lane) * lane;
}

/** Rows that lie one behind the other in the memory of a kernel. */
class Shelf implements Scannable {
  readonly #memory = takeMemory();
  readonly #kernel: Kernel;
  readonly #factors = queryRoom;
  readonly #out: number;
  readonly #rows: number;
  readonly #bytes: Int8Array;
  readonly #floats: Float32Array;
  readonly shared: Scannable['shared'];
  count = 0;

  /** @param width bytes of a row @param room rows that it holds at most */
  constructor(
    private readonly width: number,
    room: number,
    makeKernel: MakeKernel,
  ) {
    this.shared =
      canShare && makeKernel.module !== undefined ? { module: makeKernel.module, memory: this.#memory } : undefined;
    this.#out = queryRoom + room * 4;
    this.#rows = queryRoom + room * 8;
    this.#kernel = makeKernel(this.#memory);
    this.#bytes = new Int8Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  add(row: Int8Array): void {
    this.put(this.count++, row);
  }

  put(index: number, row: Int8Array): void {
    const place = this.#rows + index * this.width;
    this.#bytes.set(row, place);
    this.#bytes.fill(0, place + row.length, place + this.width);
    const square = this.#kernel.dot(place, place);
    this.#floats[this.#factors / 4 + index] = square === 0 ? 0 : 1 / Math.sqrt(square);
  }

  /** Where a row stands. */
  row(index: number, length: number): Int8Array {
    const place = this.#rows + index * this.width;
    return this.#bytes.subarray(place, place + length);
  }

  get bytes(): number {
    return this.count * this.width;
  }

  /** Has the next scan compare all rows with a query. */
  prepare(query: Int8Array): void {
    this.#bytes.fill(0, 0, this.width);
    this.#bytes.set(query);
  }

  places(): [number, number, number, number, number] {
    return [this.#rows, 0, this.count, this.#factors, this.#out];
  }

  scan(): void {
    this.#kernel.scan(...this.places());
  }

  /** The dot product of each row, brought to length 1, with the query, as the last scan gave it. */
  found(): Float32Array {
    return this.#floats.subarray(this.#out / 4, this.#out / 4 + this.count);
  }

  /** Not to be used from now on. */
  close(): void {
    secondThread.forget(this);
    giveBack(this.#memory);
  }
}

/** Any number of quantised vectors of one dimension, compared with a query one by one, exactly. */
export class Shelves {
  readonly #shelves: Shelf[] = [];
  readonly #width: number;
  readonly #room: number;
  readonly #makeKernel: MakeKernel;

  /** @param kernelFor gives the kernel for rows of so many bytes */
  constructor(
    readonly dimension: number,
    kernelFor: (width: number) => MakeKernel = bestKernel,
  ) {
    if (!(dimension >= 1 && dimension <= queryRoom))
      throw new RangeError(`There are no vectors of ${dimension} numbers.`);
    this.#width = Math.ceil(dimension / lane) * lane;
    this.#room = rowsOfShelf(this.#width);
    this.#makeKernel = kernelFor(this.#width);
  }

  get size(): number {
    const last = this.#shelves.at(-1);
    return last === undefined ? 0 : (this.#shelves.length - 1) * this.#room + last.count;
  }

  /** @param row -127 … 127; of the dimension @returns its number, counted from 0 */
  add(row: Int8Array): number {
    let last = this.#shelves.at(-1);
    if (last === undefined || last.count === this.#room)
      this.#shelves.push((last = new Shelf(this.#width, this.#room, this.#makeKernel)));
    last.add(row);
    return this.size - 1;
  }

  /** A copy of a vector as it was added. */
  row(index: number): Int8Array {
    return this.#placeOf(index).slice();
  }

  #placeOf(index: number): Int8Array {
    return this.#shelfOf(index).row(index % this.#room, this.dimension);
  }

  /** Gives back the room of a vector: the last one takes its place and its number. */
  remove(index: number): void {
    this.#shelfOf(index).put(index % this.#room, this.#placeOf(this.size - 1));
    const last = this.#shelfOf(this.size - 1);
    if (--last.count === 0) this.#shelves.pop()?.close();
  }

  /** Gives back the room of all vectors. */
  clear(): void {
    for (const shelf of this.#shelves.splice(0)) shelf.close();
  }

  #shelfOf(index: number): Shelf {
    const shelf = this.#shelves[Math.floor(index / this.#room)];
    if (shelf === undefined || index % this.#room >= shelf.count) throw new RangeError(`There is no vector ${index}.`);
    return shelf;
  }

  /** @param query quantised @returns what is to be scanned to compare all vectors with it */
  prepare(query: Int8Array): readonly Scannable[] {
    for (const shelf of this.#shelves) shelf.prepare(query);
    return this.#shelves;
  }

  /** The cosine of every vector with a query, once everything was scanned; until the next one. */
  found(query: Int8Array): ScannedCosines {
    let square = 0;
    for (const number of query) square += number * number;
    const parts = this.#shelves.map((shelf) => shelf.found());
    return new ScannedCosines(parts, this.#room, square === 0 ? 0 : 1 / Math.sqrt(square));
  }

  /** The same at once. */
  scan(query: Int8Array): ScannedCosines {
    for (const shelf of this.prepare(query)) shelf.scan();
    return this.found(query);
  }
}
