/**
 * Turns texts into vectors of length 1 with an encoder model, in batches sized by measured speed; used by
 * `openModel.ts` for embeddings and by the similarity splitter.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { EncoderFolder, TextKind } from '../../modelFolder/layouts/types';
import { openSession } from '../runtime/session';
import type { Session, SessionOptions } from '../runtime/session';
import type { Step } from '../../common/step';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { nextBatch } from './batches';
import { readGraph } from './graph';
import { EncoderNetwork } from './network';
import type { Encoded } from './network';
import { EncoderPace } from './pace';
import { contributions, normalize, pool } from './pooling';
import { TextFramer } from './texts';
import type { FramedText } from './texts';

export interface EmbedRequest {
  readonly kind: TextKind;
  readonly texts: readonly string[];
  /** For background work: whether a run has to leave processors to interactive requests. It uses one thread then. */
  readonly busy?: () => boolean;
}

export interface Embedded {
  /** [texts, dimension], row by row, each of length 1; zeros for a text that has no tokens. */
  readonly vectors: Float32Array;
  readonly dimension: number;
  /** Tokens of all texts, those included that the model puts around them. */
  readonly tokens: number;
  /** How many texts were longer than the model takes, so that their ends are not in their vectors. */
  readonly truncated: number;
}

/** A text, and what each of its tokens adds to its vector, before that is brought to length 1. */
export interface SplitText {
  readonly framed: FramedText;
  /** [tokens, dimension]. */
  readonly contributions: Float32Array;
}

/** The least cosine between a vector that the graph gives and the same made of its tokens: rounding moves it no further. */
const sameVector = 0.9999;

/** Text that is tokenized at once takes a few milliseconds. UTF-16 units. */
const tokenizedAtOnce = 32_768;

/** So few tokens, as those of a question, are as soon done by one thread, which waits for no processor that others use. */
const maxTokensOfOneThread = 64;

/** A network with what is known of its speed. */
interface Lane {
  readonly network: EncoderNetwork;
  readonly pace: EncoderPace;
}

/**
 * Turns texts into vectors of length 1, whose scalar product says how alike the texts are.
 *
 * A text's vector does not depend on the texts beside it, but for rounding: where a graph rounds activations to eight
 * bits for a whole batch at once (`DynamicQuantizeLinear`), that moves the last digits.
 */
export class Encoder {
  readonly #wide: Lane;
  #narrow: Promise<Lane> | undefined;
  /** The same once it is open. */
  #openedNarrow: Lane | undefined;

  private constructor(
    private readonly folder: EncoderFolder,
    private readonly framer: TextFramer,
    private readonly open: (background: boolean) => Promise<EncoderNetwork>,
    first: EncoderNetwork,
    readonly dimension: number,
  ) {
    this.#wide = { network: first, pace: new EncoderPace() };
  }

  /**
   * Loads the folder's graph and runs it once, which shows that it is the encoder that the folder says it is.
   *
   * @param options `session`: opens what is to run in its place; a second time where runs are to leave processors to others
   * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
   */
  static async open(
    folder: EncoderFolder,
    tokenizer: Tokenizer,
    {
      threads,
      session: openOne = (settings) => openSession(folder.graph, settings),
    }: { threads: number; session?: (settings: SessionOptions) => Promise<Session> },
  ): Promise<Encoder> {
    const framer = new TextFramer(folder, tokenizer);
    const open = async (background: boolean): Promise<EncoderNetwork> => {
      const session = await openOne({ threads, background });
      try {
        return new EncoderNetwork(session, readGraph(session, folder), framer.padId);
      } catch (error) {
        await session.dispose();
        throw error;
      }
    };
    const network = await open(false);
    try {
      const { dimension } = await network.run([{ ids: Int32Array.of(framer.padId, framer.padId) }]);
      return new Encoder(folder, framer, open, network, dimension);
    } catch (error) {
      await network.dispose();
      throw error;
    }
  }

  /**
   * The vectors of `texts`, in their order. `step` is awaited before every native run and between long texts; what it
   * throws ends the request.
   *
   * @throws {EngineError} `runtime`, and what `step` throws
   */
  async embed({ kind, texts, busy }: EmbedRequest, step: Step): Promise<Embedded> {
    if (busy) await this.#openNarrow();
    const framed = await this.#frame(kind, texts, step);
    const { dimension } = this;
    const vectors = new Float32Array(texts.length * dimension);
    const left = framed.map((text, at) => ({ ...text, at })).filter(({ ids }) => ids.length > 0);
    left.sort((a, b) => a.ids.length - b.ids.length);
    const isShort = left.reduce((sum, { ids }) => sum + ids.length, 0) <= maxTokensOfOneThread;
    while (left.length > 0) {
      await step();
      const { network, pace } = (isShort || busy?.() === true ? this.#openedNarrow : undefined) ?? this.#wide;
      const batch = left.splice(
        -nextBatch(
          left.map(({ ids }) => ids.length),
          pace.tokens,
        ),
      );
      const started = performance.now();
      const encoded = await network.run(batch);
      pace.record(batch.length * encoded.longest, performance.now() - started);
      batch.forEach((text, row) =>
        this.#finish(encoded, row, text, vectors.subarray(text.at * dimension, (text.at + 1) * dimension)),
      );
    }
    return {
      vectors,
      dimension,
      tokens: framed.reduce((sum, { ids }) => sum + ids.length, 0),
      truncated: framed.filter(({ truncated }) => truncated).length,
    };
  }

  get pooling(): EncoderFolder['pooling'] {
    return this.folder.pooling;
  }

  /**
   * Takes a text's vector apart: what its tokens add is summed up to it, by `embed`'s own model and pooling.
   *
   * @throws {EngineError} `invalid` where the graph does more to a text's vector than pooling
   */
  async split(kind: TextKind, text: string, step: Step): Promise<SplitText> {
    const framed = this.framer.frame(kind, text);
    if (framed.ids.length === 0) return { framed, contributions: new Float32Array(0) };
    await step();
    const { tokens, whole } = await this.#wide.network.runTokens(framed);
    const { values, dimension } = tokens;
    const vectors = { values, dimension, first: 0, length: framed.ids.length, unpooled: framed.unpooled };
    if (whole !== undefined) {
      const pooled = new Float32Array(dimension);
      pool(this.folder.pooling, vectors, pooled);
      if (cosine(pooled, whole.values) < sameVector)
        throw new EngineError(
          'invalid',
          `${this.folder.name} does more to a text’s vector than to pool its tokens, so that nobody can say what each of them adds.`,
        );
    }
    return { framed, contributions: contributions(this.folder.pooling, vectors) };
  }

  async dispose(): Promise<void> {
    await this.#wide.network.dispose();
    await (await this.#narrow)?.network.dispose();
  }

  async #frame(kind: TextKind, texts: readonly string[], step: Step): Promise<FramedText[]> {
    const framed: FramedText[] = [];
    let units = 0;
    for (const text of texts) {
      units += text.length;
      if (units > tokenizedAtOnce) {
        await step();
        units = text.length;
      }
      framed.push(this.framer.frame(kind, text));
    }
    return framed;
  }

  /**
   * One thread has a session of its own: how many a session uses cannot be changed afterwards. It is opened before it
   * is needed, since opening blocks the engine's thread.
   */
  async #openNarrow(): Promise<void> {
    this.#narrow ??= this.open(true).then((network) => ({ network, pace: new EncoderPace() }));
    try {
      this.#openedNarrow = await this.#narrow;
    } catch (error) {
      this.#narrow = undefined;
      throw error;
    }
  }

  #finish(
    { values, longest, finished }: Encoded,
    row: number,
    { ids, unpooled }: FramedText,
    into: Float32Array,
  ): void {
    const { dimension } = this;
    if (finished) into.set(values.subarray(row * dimension, (row + 1) * dimension));
    else pool(this.folder.pooling, { values, dimension, first: row * longest, length: ids.length, unpooled }, into);
    normalize(into);
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return a.length === b.length ? product(a, b) / Math.sqrt(product(a, a) * product(b, b)) : 0;
}
