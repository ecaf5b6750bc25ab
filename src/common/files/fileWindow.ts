/**
 * Reads parts of a large open file through a 64 KiB window; used to walk ONNX graphs and GGUF headers. Returned
 * buffers are views that later reads may replace, so callers copy them.
 */
import { readSync } from 'node:fs';

/** Bytes read at once: many small fields lie in the same window, and few weights are read along with them. */
const windowBytes = 1 << 16;

/** Reads a file from front to back in large pieces, and skips what is not asked for without reading it. */
export class FileWindow {
  #bytes = Buffer.alloc(0);
  #start = 0;

  /**
   * @param descriptor of an open file
   * @param size of the file in bytes
   */
  constructor(
    private readonly descriptor: number,
    readonly size: number,
  ) {}

  /** Bytes [start, start + length), fewer at the file's end. A view of the window: callers that keep it copy it. */
  at(start: number, length: number): Buffer {
    const end = Math.min(start + length, this.size);
    if (start < this.#start || end > this.#start + this.#bytes.length) {
      const buffer = Buffer.alloc(Math.min(Math.max(length, windowBytes), this.size - start));
      this.#bytes = buffer.subarray(0, readSync(this.descriptor, buffer, 0, buffer.length, start));
      this.#start = start;
    }
    return this.#bytes.subarray(start - this.#start, end - this.#start);
  }
}
