/**
 * Walks over the head of a GGUF file without keeping any of it, so that no file makes the library in `header.ts` take more
 * memory or time than a model needs: whatever a file claims, what is behind it in the file is counted first.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { FileWindow } from '../../common/files/fileWindow';

/** More than the vocabulary of any model takes. Bytes. */
const maxBytes = 48 * 2 ** 20;
/** Tensors, or entries. */
const maxEntries = 65_536;
/** Values in all lists of the metadata together: tokens, their types and scores, and merges. */
const maxValues = 4_000_000;
const maxDimensions = 8;

/** Little-endian ones; version 1 was short-lived and has other sizes. */
const versions = [2, 3];
const types = { string: 8, array: 9 };
/** Bytes of a value, by the number of its type. */
const sizes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

/**
 * @param path of a file
 * @returns what is wrong with its head, to go on behind "cannot be used: "; `undefined` where nothing is
 * @throws {Error} where the file cannot be read
 */
export function findHeadFault(path: string): string | undefined {
  const descriptor = openSync(path, 'r');
  try {
    new HeadWalk(new FileWindow(descriptor, fstatSync(descriptor).size)).walk();
    return undefined;
  } catch (error) {
    if (error instanceof HeadFault) return error.message;
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

class HeadFault extends Error {}

class HeadWalk {
  #at = 0;
  #values = 0;

  constructor(private readonly file: FileWindow) {}

  walk(): void {
    if (this.file.size < 4 || this.#take(4).toString('latin1') !== 'GGUF') throw new HeadFault('it is no GGUF file');
    const version = this.#uint32();
    if (!versions.includes(version)) throw new HeadFault(`its version ${version} is not understood`);
    const [tensors, entries] = [this.#uint64(), this.#uint64()];
    if (tensors > maxEntries || entries > maxEntries)
      throw new HeadFault(`it claims to have ${tensors} tensors and ${entries} entries`);
    for (let entry = 0; entry < entries; entry++) {
      this.#skip(this.#uint64());
      const type = this.#uint32();
      if (type === types.array) this.#skipList();
      else this.#skipValues(type, 1);
    }
    for (let tensor = 0; tensor < tensors; tensor++) {
      this.#skip(this.#uint64());
      const dimensions = this.#uint32();
      if (dimensions > maxDimensions) throw new HeadFault(`it has a tensor of ${dimensions} dimensions`);
      this.#skip(8 * dimensions + 4 + 8);
    }
  }

  #skipList(): void {
    const type = this.#uint32();
    const count = this.#uint64();
    this.#values += count;
    if (this.#values > maxValues) throw new HeadFault('its metadata has more values than a model needs');
    this.#skipValues(type, count);
  }

  /** Lists of lists are allowed by the format, and no model has any. */
  #skipValues(type: number, count: number): void {
    const size = sizes[type];
    if (size !== undefined) this.#skip(count * size);
    else if (type === types.string) for (let value = 0; value < count; value++) this.#skip(this.#uint64());
    else throw new HeadFault(`its metadata has values of type ${type}`);
  }

  #uint32(): number {
    return this.#take(4).readUInt32LE();
  }

  /** Rounded above 2^53, where it is too much for anything. */
  #uint64(): number {
    return Number(this.#take(8).readBigUInt64LE());
  }

  #take(length: number): Buffer {
    const start = this.#at;
    this.#skip(length);
    return this.file.at(start, length);
  }

  #skip(length: number): void {
    this.#at += length;
    if (this.#at > this.file.size) throw new HeadFault('it ends too early');
    if (this.#at > maxBytes) throw new HeadFault('its metadata is larger than that of any model');
  }
}
