/** The bytes of each token of a vocabulary in one buffer; used by `tokenizer.ts`. An array for each takes ten times the memory. */

/** Bytes by id. */
export class ByteTable {
  readonly #bytes: Uint8Array;
  /** Where the bytes of each id begin, and at last where they all end. */
  readonly #starts: Uint32Array;
  /** 1 for ids that stand for bytes, be it none. */
  readonly #known: Uint8Array;

  /** @param bytesOf asked once for each id below `size`; `undefined` where it stands for nothing */
  constructor(
    readonly size: number,
    bytesOf: (id: number) => Uint8Array | undefined,
  ) {
    this.#starts = new Uint32Array(size + 1);
    this.#known = new Uint8Array(size);
    let bytes = new Uint8Array(8 * size);
    for (let id = 0; id < size; id++) {
      const own = bytesOf(id);
      const start = this.#starts[id] ?? 0;
      const end = start + (own?.length ?? 0);
      if (end > bytes.length) bytes = lengthened(bytes, end);
      if (own) bytes.set(own, start);
      this.#known[id] = Number(own !== undefined);
      this.#starts[id + 1] = end;
    }
    this.#bytes = bytes.slice(0, this.#starts[size]);
  }

  /** A view of them, not to be written to. */
  get(id: number): Uint8Array | undefined {
    return this.#known[id] ? this.#bytes.subarray(this.#starts[id], this.#starts[id + 1]) : undefined;
  }
}

function lengthened(bytes: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(Math.max(least, 2 * bytes.length));
  longer.set(bytes);
  return longer;
}
