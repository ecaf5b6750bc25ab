/**
 * Reads and caches the texts of nearby files from disk, secrets blanked out; used by the copying of completions and by
 * summaries. Missing, large and binary files are left out.
 */
import { stat } from 'node:fs/promises';
import { withoutSecrets } from '../common/secrets/withoutSecrets';
import type { Neighbour } from '../ipc/engine/protocol';
import { readBounded } from '../common/files/boundedRead';
import type { SourceText } from './matches';
import { decodeText, isBinary } from '../common/text/encoding/decodeText';
import type { DecodedText, DetectEncoding, EncodingSettings } from '../common/text/encoding/decodeText';

/** Longer files are data, or generated. */
const textBounds = { most: 512 * 2 ** 10, isWanted: (head: Uint8Array) => !isBinary(head) };
/** What all files of a request may have together, and what is kept in memory. UTF-16 units. */
const maxTextLength = 4 * 2 ** 20;
/** Those that a person is likely to have changed a moment ago. */
const nearFiles = 32;

interface Kept {
  readonly source: SourceText | undefined;
  /** When the file was last looked at, `performance.now()`. */
  looked: number;
  readonly changed: number;
}

/** The texts of files around a document, as they are on disk where none is given; read again once they have changed. */
export class Neighbours {
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>();
  #encoding: EncodingSettings | undefined;

  /**
   * @param detect of files that are not Unicode; without one, they are read as the settings say
   * @param freshMs a file is not looked at again for so long: typing asks several times a second; the far ones for longer
   */
  constructor(
    private readonly detect?: DetectEncoding,
    private readonly freshMs = { near: 2_000, far: 30_000 },
  ) {}

  /**
   * @param wanted nearest first; files that are missing, large, binary or in an encoding that is not certain are left out
   * @param encoding how the editor reads files of this language that are not Unicode
   */
  async read(wanted: readonly Neighbour[], encoding?: EncodingSettings): Promise<SourceText[]> {
    this.#readBy(encoding);
    const found = await Promise.all(
      wanted.map(async (one, rank) =>
        typeof one === 'string' ? this.#fresh(one, rank < nearFiles ? this.freshMs.near : this.freshMs.far) : one,
      ),
    );
    const sources: SourceText[] = [];
    let length = 0;
    for (const source of found) {
      if (!source || length + source.text.length > maxTextLength) continue;
      length += source.text.length;
      sources.push(source);
    }
    this.#forget(wanted.length);
    return sources;
  }

  /** Texts that were read by other settings are read again. */
  #readBy(encoding: EncodingSettings | undefined): void {
    if (encoding?.encoding !== this.#encoding?.encoding || encoding?.guess !== this.#encoding?.guess)
      this.#kept.clear();
    this.#encoding = encoding;
  }

  async #fresh(path: string, freshMs: number): Promise<SourceText | undefined> {
    const now = performance.now();
    const kept = this.#kept.get(path);
    if (kept && now - kept.looked < freshMs) return this.#keep(path, kept);
    try {
      const { mtimeMs } = await stat(path);
      if (kept?.changed === mtimeMs) return this.#keep(path, { ...kept, looked: now });
      const read = await readBounded(path, textBounds);
      const source = 'bytes' in read ? sourceOf(path, decodeText(read.bytes, this.#encoding, this.detect)) : undefined;
      return this.#keep(path, { source, looked: now, changed: mtimeMs });
    } catch {
      // It is not there, or not ours to read: then there is nothing to copy from it.
      return this.#keep(path, { source: undefined, looked: now, changed: NaN });
    }
  }

  #keep(path: string, kept: Kept): SourceText | undefined {
    this.#kept.delete(path);
    this.#kept.set(path, kept);
    return kept.source;
  }

  /** @param wanted files of the last request, which stay */
  #forget(wanted: number): void {
    let length = 0;
    for (const { source } of this.#kept.values()) length += source?.text.length ?? 0;
    for (const [path, { source }] of this.#kept) {
      if (length <= 2 * maxTextLength || this.#kept.size <= wanted) return;
      this.#kept.delete(path);
      length -= source?.text.length ?? 0;
    }
  }
}

function sourceOf(path: string, decoded: DecodedText | undefined): SourceText | undefined {
  // Letters of another encoding would arrive in the document that is completed.
  if (decoded?.isCertain !== true || decoded.text.includes('\0')) return undefined;
  return { path, text: withoutSecrets(decoded.text, path) };
}
