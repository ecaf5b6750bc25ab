/**
 * Reads the files that an index is of as they are now, for what the index does not hold: texts of chunks, lines and whole
 * files. Used by `searchIndex.ts`; shows no line that holds a secret.
 */
import { join } from 'node:path';
import { readBoundedSync } from '../../common/files/boundedRead';
import { shownSlice, withoutKeys } from '../../common/secrets/withoutSecrets';
import type { FolderEncodings } from '../../common/text/encoding/decodeText';
import { encodingOf } from '../indexing/reading';
import { contentOf, linesBetween, sourceBounds } from './content';

/** A part of a file; undefined where the file is there no longer. UTF-16 units, end exclusive. */
export type ReadChunk = (path: string, start: number, end: number) => string | undefined;
/** Lines of a file, counted from 1, both included; undefined where it is there no longer. */
export type ReadLines = (path: string, from: number, to: number) => string[] | undefined;
/** A whole file, without private keys; undefined where it is there no longer. */
export type ReadText = (path: string) => string | undefined;

/** The files below a folder, by their paths from there, with `/` between folders. */
export class Sources {
  /** By these settings, files that are not Unicode are read. */
  encodings: FolderEncodings | undefined;

  /** @param root absolute path */
  constructor(private readonly root: string) {}

  /** Reads each file once. */
  chunks(): ReadChunk {
    const textOf = this.#once();
    return (path, start, end) => {
      const text = textOf(path);
      return text === undefined ? undefined : shownSlice(text, start, end, path);
    };
  }

  /** Reads each file once. */
  lines(): ReadLines {
    const textOf = this.#once();
    return (path, from, to) => {
      const text = textOf(path);
      // Most of a file is not shown, and is neither looked through for secrets nor taken apart.
      return text === undefined ? undefined : shownSlice(text, ...linesBetween(text, from, to), path).split('\n');
    };
  }

  readonly text: ReadText = (path) => {
    try {
      const read = readBoundedSync(join(this.root, path), sourceBounds(path));
      const content = contentOf(read, path, encodingOf(path, this.encodings));
      // No part of a text shows by itself that it is one of a private key.
      return 'text' in content ? withoutKeys(content.text) : undefined;
    } catch {
      // It was there when it was indexed.
      return undefined;
    }
  };

  #once(): ReadText {
    const texts = new Map<string, string | undefined>();
    return (path) => {
      if (!texts.has(path)) texts.set(path, this.text(path));
      return texts.get(path);
    };
  }
}
