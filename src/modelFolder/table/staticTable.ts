/**
 * The static embedding model: sums of token vectors, without running a graph; used for fast search vectors by the
 * indexer and the command line, and explained by the similarity service.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { EngineError } from '../../ipc/engine/errors';
import { misfit } from '../../common/schemaIssue';
import { exists, readJson, verifyFile } from '../layouts/files';
import { Tokenizer } from '../tokenizer/tokenizer';
import { copyOf, identifier, placedWordsIn, wordsIn } from '../../common/text/words';

const manifestName = 'glassbox.json';
/** The table, the factors of its rows, and what makes tokens of text. */
const parts = { table: 'table.bin', scales: 'scales.bin', tokenizer: 'tokenizer.json' } as const;

const manifest = v.object({
  format: v.literal(1),
  name: v.pipe(v.string(), v.nonEmpty()),
  version: v.string(),
  role: v.literal('static-embedding'),
  dimension: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)),
  text: v.picklist(['lower-case-words', 'plain']),
  files: v.array(v.object({ path: v.picklist(Object.values(parts)), bytes: v.number(), sha256: v.string() })),
});

/** What a model takes a text for: its words (see `wordsIn`), one by one, or the text as it stands. */
type TextForm = v.InferOutput<typeof manifest>['text'];

const rememberedNames = 50_000;
/** Texts after which other work of the process has its turn. */
const textsAtOnce = 64;

/**
 * Embeds a text as the sum of the vectors of its tokens: no model runs, so that a workspace is embedded in seconds.
 *
 * `table.bin` holds a row of `dimension` signed bytes for each token; row i times the i-th 32-bit float of `scales.bin`
 * is the vector of token i, with its weight. The vectors of a text's tokens are added up and brought to length 1.
 */
export class StaticEmbedder {
  readonly #remembered = new Map<string, readonly number[]>();

  private constructor(
    readonly id: string,
    readonly dimension: number,
    private readonly table: Int8Array,
    private readonly scales: Float32Array,
    private readonly tokenizer: Tokenizer,
    private readonly form: TextForm,
  ) {}

  /**
   * Opens a model folder of the role `static-embedding`; all of its files are checked.
   *
   * @param folder absolute path
   * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence
   */
  static async open(folder: string): Promise<StaticEmbedder> {
    const parsed = v.safeParse(manifest, await readJson(folder, manifestName));
    if (!parsed.success) {
      throw new EngineError(
        'modelInvalid',
        `${manifestName} in the model folder ${folder} is no table of token vectors: ${misfit(parsed.issues[0])}; make the model folder again.`,
      );
    }
    const { name, version, dimension, text, files } = parsed.output;
    for (const path of Object.values(parts)) {
      const listed = files.find((file) => file.path === path);
      if (listed === undefined)
        throw new EngineError(
          'modelInvalid',
          `${path} is not listed in ${manifestName} of the model folder ${folder}; make the model folder again.`,
        );
      await verifyFile(folder, listed);
    }
    const table = await readFile(join(folder, parts.table));
    const scales = await readFile(join(folder, parts.scales));
    const tokenizer = Tokenizer.create(await readJson(folder, parts.tokenizer));
    const rows = scales.length / 4;
    if (table.length !== rows * dimension || rows < tokenizer.vocabularySize) {
      throw new EngineError(
        'modelInvalid',
        `The files of the model folder ${folder} do not belong together: ${parts.table} has not ${dimension} bytes for each token; make the model folder again.`,
      );
    }
    return new StaticEmbedder(
      `${name}@${version}`,
      dimension,
      new Int8Array(table.buffer, table.byteOffset, table.length),
      // All machines that VS Code runs on have the lowest byte first, as the file has.
      new Float32Array(scales.buffer.slice(scales.byteOffset, scales.byteOffset + scales.length)),
      tokenizer,
      text,
    );
  }

  async embed(texts: readonly string[], _kind?: unknown, signal?: AbortSignal): Promise<Float32Array> {
    const vectors = new Float32Array(texts.length * this.dimension);
    for (const [index, text] of texts.entries()) {
      if (index > 0 && index % textsAtOnce === 0) {
        await new Promise(setImmediate);
        signal?.throwIfAborted();
      }
      this.#embed(text, vectors.subarray(index * this.dimension, (index + 1) * this.dimension));
    }
    return vectors;
  }

  /**
   * The tokens of a text and what each adds to the vector of the text before that is brought to length 1.
   *
   * @returns `ranges`: start and end of each token's text, of its whole word where the tokens of a word in lower case
   *   cannot be told apart in the text; `vectors`: [tokens, dimension]
   */
  tokens(text: string): { ids: Int32Array; ranges: Uint32Array; vectors: Float32Array } {
    const ids: number[] = [];
    const ranges: number[] = [];
    const place = (part: string, start: number, end: number): void => {
      const found = this.tokenizer.encodeWithRanges(part);
      const same = part.length === end - start;
      found.ids.forEach((id, at) => {
        ids.push(id);
        if (same) ranges.push(start + (found.ranges[2 * at] as number), start + (found.ranges[2 * at + 1] as number));
        else ranges.push(start, end);
      });
    };
    if (this.form === 'plain') place(text, 0, text.length);
    else for (const { word, start, end } of placedWordsIn(text)) place(word, start, end);
    const vectors = new Float32Array(ids.length * this.dimension);
    ids.forEach((id, at) => this.#add([id], 1, vectors.subarray(at * this.dimension, (at + 1) * this.dimension)));
    return { ids: Int32Array.from(ids), ranges: Uint32Array.from(ranges), vectors };
  }

  #embed(text: string, into: Float32Array): void {
    if (this.form === 'plain') this.#add(this.tokenizer.encode(text), 1, into);
    else for (const [name, times] of countsOf(text.match(identifier) ?? [])) this.#add(this.#idsOf(name), times, into);
    let square = 0;
    for (const number of into) square += number * number;
    if (square === 0) return;
    const factor = 1 / Math.sqrt(square);
    for (let index = 0; index < into.length; index++) into[index] = (into[index] as number) * factor;
  }

  /** @param times how often the tokens are there */
  #add(ids: readonly number[], times: number, into: Float32Array): void {
    const { table, scales, dimension } = this;
    for (const id of ids) {
      const scale = (scales[id] as number) * times;
      for (let index = 0, place = id * dimension; index < dimension; index++, place++) {
        into[index] = (into[index] as number) + scale * (table[place] as number);
      }
    }
  }

  /** The tokens of the words of a name. */
  #idsOf(name: string): readonly number[] {
    let ids = this.#remembered.get(name);
    if (ids === undefined) {
      if (this.#remembered.size >= rememberedNames) this.#remembered.clear();
      ids = Array.from(wordsIn(name), (word) => this.tokenizer.encode(word)).flat();
      this.#remembered.set(copyOf(name), ids);
    }
    return ids;
  }
}

/** A name that comes again in a text, as most do, is looked up and added once. */
function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Whether a model folder's manifest has the role of such a table; readers of other roles handle all other folders. */
export async function isStaticTable(folder: string): Promise<boolean> {
  if (!(await exists(folder, manifestName))) return false;
  return v.is(v.object({ role: manifest.entries.role }), await readJson(folder, manifestName));
}
