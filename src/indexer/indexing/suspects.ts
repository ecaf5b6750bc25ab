/**
 * Remembers on disk which file was being read when the index process died; used by the writer and `indexing.ts`. After
 * two deaths a file is skipped until it changes.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { WalkedFile } from '../../common/files/walk';

/** How often in a row a file may end the process before it is passed by. */
const maxDeaths = 2;

const file = v.object({ path: v.string(), bytes: v.number(), modified: v.number() });
const suspect = v.object({ ...file.entries, deaths: v.number() });

type File = v.InferOutput<typeof file>;
type Suspect = v.InferOutput<typeof suspect>;

/**
 * Which files the process died of. What is being read stands in a file of its own, which outlives the process; the next
 * one finds it there, and passes by what has ended two before it, until it changes.
 */
export class Suspects {
  readonly #folder: string;
  readonly #known: Map<string, Suspect>;
  #note: number | undefined;

  /**
   * @param folder absolute path of the index' own folder
   * @param died whether the process before this one died while it was needed; when a window closes, its process ends, too,
   *   but not of what it was reading
   */
  constructor(folder: string, died: boolean) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#known = new Map(read(this.#list, v.array(suspect))?.map((one) => [one.path, one]));
    const last = died ? read(this.#reading, file) : undefined;
    rmSync(this.#reading, { force: true });
    if (last === undefined) return;
    const before = this.#known.get(last.path);
    this.#known.set(last.path, {
      ...last,
      deaths: before !== undefined && isSame(before, last) ? before.deaths + 1 : 1,
    });
    this.#save();
  }

  /** Whether a file has ended the process too often, as it is now. */
  isPoison(found: WalkedFile): boolean {
    const known = this.#known.get(found.path);
    return known !== undefined && known.deaths >= maxDeaths && isSame(known, found);
  }

  /** To be called before a file is read. */
  begin({ path, bytes, modified }: WalkedFile): void {
    this.#note ??= openSync(this.#reading, 'w');
    const text = Buffer.from(JSON.stringify({ path, bytes, modified } satisfies File));
    ftruncateSync(this.#note, writeSync(this.#note, text, 0, text.length, 0));
  }

  /** To be called when it was read. */
  end({ path }: WalkedFile): void {
    if (this.#note !== undefined) ftruncateSync(this.#note, 0);
    if (this.#known.delete(path)) this.#save();
  }

  /** Gives all of them another chance. */
  forget(): void {
    this.close();
    this.#known.clear();
    for (const path of [this.#reading, this.#list]) rmSync(path, { force: true });
  }

  close(): void {
    if (this.#note !== undefined) closeSync(this.#note);
    this.#note = undefined;
  }

  get #reading(): string {
    return join(this.#folder, 'reading.json');
  }

  get #list(): string {
    return join(this.#folder, 'suspects.json');
  }

  #save(): void {
    writeFileSync(this.#list, JSON.stringify([...this.#known.values()]));
  }
}

function isSame(a: Pick<File, 'bytes' | 'modified'>, b: Pick<File, 'bytes' | 'modified'>): boolean {
  return a.bytes === b.bytes && a.modified === b.modified;
}

/** What a file holds; undefined where it is not there, empty or cut off. */
function read<Schema extends v.GenericSchema>(path: string, schema: Schema): v.InferOutput<Schema> | undefined {
  try {
    return v.parse(schema, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
