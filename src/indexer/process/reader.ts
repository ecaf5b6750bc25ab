import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Catalogue, CatalogueError, isDamage } from '../catalogue';
import { readContent } from '../content';
import { withoutSecrets } from '../redaction';
import { lookInto, search, type Hit, type Searched } from '../search';
import { verify } from '../verification';
import { termsOf } from '../words';
import type { Found, Question } from './protocol';
import { snippetOf } from './snippet';

interface Open extends Searched {
  /** The file that was opened: another process may have put a new one in its place. */
  readonly inode: number;
}

/** Answers questions from the index of one root, whoever writes it. */
export class RootReader {
  #open: Open | undefined;

  /**
   * @param root absolute path
   * @param store absolute path of the index' own folder
   */
  constructor(
    readonly root: string,
    readonly store: string,
  ) {}

  /** @returns the best answers, best first; none where there is no index yet */
  search({ text, kind, top, except }: Question): Found[] {
    const texts = new Texts(this.root);
    // One more for each part of the place that is no answer.
    const wanted = except === undefined ? top : top + 10;
    const hits = this.#read(
      (searched) => search(searched, { input: kind === 'code' ? inWords(text) : text, mode: 'lexical', top: wanted, vectors: new Map(), readChunk: texts.chunk }),
      [],
    );
    const own = (hit: Hit): boolean => except?.root === this.root && hit.path === except.path && hit.from <= except.to && hit.to >= except.from;
    return hits
      .filter((hit) => !own(hit))
      .slice(0, top)
      .flatMap((hit) => {
        const lines = texts.of(hit.path)?.split('\n');
        // A file that has gone since is no answer.
        return lines === undefined ? [] : [{ root: this.root, ...hit, snippet: snippetOf(lines, hit.from, hit.to, new Set(Object.keys(hit.why.terms))) }];
      });
  }

  counts(): { files: number; chunks: number } {
    return this.#read(
      ({ catalogue }) => catalogue.all<{ files: number; chunks: number }>('SELECT (SELECT count(*) FROM files) AS files, (SELECT count(*) FROM chunks) AS chunks')[0] ?? { files: 0, chunks: 0 },
      { files: 0, chunks: 0 },
    );
  }

  verify(): string[] {
    return this.#read(({ catalogue }) => verify(catalogue), []);
  }

  close(): void {
    this.#open?.catalogue.close();
    this.#open = undefined;
  }

  /** @returns `otherwise` where there is no index that could be read: the one who writes it makes a new one */
  #read<Result>(read: (open: Open) => Result, otherwise: Result): Result {
    try {
      return read(this.#current());
    } catch (error) {
      this.close();
      if (error instanceof CatalogueError || isDamage(error)) return otherwise;
      throw error;
    }
  }

  #current(): Open {
    const inode = statSync(join(this.store, 'catalogue.db'), { throwIfNoEntry: false })?.ino;
    if (inode === undefined) throw new CatalogueError('missing', 'There is no index.');
    if (this.#open?.inode === inode) return this.#open;
    this.close();
    const catalogue = Catalogue.openForReading(this.store);
    return (this.#open = { ...lookInto(catalogue), inode });
  }
}

/** The files of one root as they are now, each read once. */
class Texts {
  readonly #known = new Map<string, string | undefined>();

  constructor(private readonly root: string) {}

  of(path: string): string | undefined {
    if (!this.#known.has(path)) this.#known.set(path, this.#read(path));
    return this.#known.get(path);
  }

  readonly chunk = (path: string, start: number, end: number): string | undefined => this.of(path)?.slice(start, end);

  #read(path: string): string | undefined {
    try {
      const content = readContent(readFileSync(join(this.root, path)));
      return 'text' in content ? withoutSecrets(content.text) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Code as a question of words: nothing in it is a filter or a phrase. */
function inWords(code: string): string {
  return [...new Set(termsOf(code))].join(' ');
}
