import { bestKernel, lane, type Kernel, type MakeKernel } from './kernel';
import { webAssembly, type Memory } from './webassembly';

const page = 1 << 16;
/** Bytes for the query, which stands before everything else. */
const queryRoom = page;
/** Rows of a shelf; memory is taken from the system as rows come, not before. */
const shelfRows = 1 << 14;

/** Rows that lie one behind the other in the memory of a kernel. */
class Shelf {
  readonly #memory: Memory;
  readonly #kernel: Kernel;
  readonly #factors = queryRoom;
  readonly #out = queryRoom + shelfRows * 4;
  readonly #rows = queryRoom + shelfRows * 8;
  #bytes: Int8Array;
  #floats: Float32Array;
  count = 0;

  constructor(
    private readonly width: number,
    makeKernel: MakeKernel,
  ) {
    this.#memory = new webAssembly.Memory({ initial: Math.ceil((this.#rows + shelfRows * width) / page) });
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
    const square = this.#kernel.dot(place, place);
    this.#floats[this.#factors / 4 + index] = square === 0 ? 0 : 1 / Math.sqrt(square);
  }

  row(index: number, length: number): Int8Array {
    const place = this.#rows + index * this.width;
    return this.#bytes.slice(place, place + length);
  }

  /** The dot product of each row, brought to length 1, with the query. Valid until the next scan. */
  scan(query: Int8Array): Float32Array {
    this.#bytes.fill(0, 0, this.width);
    this.#bytes.set(query);
    this.#kernel.scan(this.#rows, 0, this.count, this.#factors, this.#out);
    return this.#floats.subarray(this.#out / 4, this.#out / 4 + this.count);
  }
}

/** Any number of quantised vectors of one dimension, compared with a query one by one, exactly. */
export class Shelves {
  readonly #shelves: Shelf[] = [];
  readonly #width: number;
  readonly #makeKernel: MakeKernel;

  /** @param kernelFor gives the kernel for rows of so many bytes */
  constructor(
    readonly dimension: number,
    kernelFor: (width: number) => MakeKernel = bestKernel,
  ) {
    if (!(dimension >= 1 && dimension <= queryRoom)) throw new RangeError(`There are no vectors of ${dimension} numbers.`);
    this.#width = Math.ceil(dimension / lane) * lane;
    this.#makeKernel = kernelFor(this.#width);
  }

  get size(): number {
    const last = this.#shelves.at(-1);
    return last === undefined ? 0 : (this.#shelves.length - 1) * shelfRows + last.count;
  }

  /** @param row -127 … 127; of the dimension @returns its number, counted from 0 */
  add(row: Int8Array): number {
    let last = this.#shelves.at(-1);
    if (last === undefined || last.count === shelfRows) this.#shelves.push((last = new Shelf(this.#width, this.#makeKernel)));
    last.add(row);
    return (this.#shelves.length - 1) * shelfRows + last.count - 1;
  }

  /** A copy of a vector as it was added. */
  row(index: number): Int8Array {
    return this.#shelfOf(index).row(index % shelfRows, this.dimension);
  }

  /** Gives back the room of a vector: the last one takes its place and its number. */
  remove(index: number): void {
    this.#shelfOf(index).put(index % shelfRows, this.row(this.size - 1));
    const last = this.#shelfOf(this.size - 1);
    if (--last.count === 0) this.#shelves.pop();
  }

  #shelfOf(index: number): Shelf {
    const shelf = this.#shelves[Math.floor(index / shelfRows)];
    if (shelf === undefined || index % shelfRows >= shelf.count) throw new RangeError(`There is no vector ${index}.`);
    return shelf;
  }

  /**
   * The cosine of every vector with a query; 0 for the zero vector.
   *
   * @param query quantised
   * @param into receives them; at least as long as there are vectors @returns that part of it
   */
  scan(query: Int8Array, into: Float32Array = new Float32Array(this.size)): Float32Array {
    const scores = into.subarray(0, this.size);
    let square = 0;
    for (const number of query) square += number * number;
    if (square === 0) return scores.fill(0);
    const factor = 1 / Math.sqrt(square);
    this.#shelves.forEach((shelf, index) => {
      const found = shelf.scan(query);
      for (let row = 0; row < found.length; row++) scores[index * shelfRows + row] = (found[row] as number) * factor;
    });
    return scores;
  }
}
