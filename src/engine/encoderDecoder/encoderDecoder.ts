/**
 * Generates tokens with an encoder-decoder: the encoder runs once, the decoder token by token with a cache; opened by
 * `openModel.ts` and used by `writer.ts`. Nothing is kept between requests.
 */
import { Generation } from '../decoder/generation';
import type { Generated, GenerateRequest } from '../decoder/generation';
import { EngineError } from '../../ipc/engine/errors';
import type { EncoderDecoderFolder } from '../../modelFolder/layouts/types';
import { openSession } from '../runtime/session';
import type { Session, SessionOptions, Tensor, Tensors } from '../runtime/session';
import type { Step } from '../../common/step';
import { readGraphs } from './graph';
import type { CrossGraph } from './graph';

/** What an encoder has made of a text. */
interface Encoded {
  readonly hidden: Tensor;
  readonly mask: Tensor;
}

/**
 * Writes texts from texts: the encoder reads once, and its keys and values are kept while the decoder writes token by
 * token. Nothing is kept between requests.
 */
export class EncoderDecoder {
  private constructor(
    private readonly encoder: Session,
    private readonly decoder: Session,
    private readonly graph: CrossGraph,
    private readonly folder: EncoderDecoderFolder,
  ) {}

  /** @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime` */
  static async open(folder: EncoderDecoderFolder, options: SessionOptions): Promise<EncoderDecoder> {
    const encoder = await openSession(folder.encoderGraph, options);
    let decoder: Session | undefined;
    try {
      decoder = await openSession(folder.graph, options);
      return new EncoderDecoder(encoder, decoder, readGraphs(encoder, decoder, folder), folder);
    } catch (error) {
      await encoder.dispose();
      await decoder?.dispose();
      throw error;
    }
  }

  /**
   * Like `Decoder.generate`, of a text to read instead of one to go on with. Its tokens are counted as the prompt's, and
   * none of them is ever reused.
   *
   * @throws {EngineError} `invalid`, `runtime`, and what `step` throws
   */
  async generate(request: GenerateRequest, step: Step): Promise<Generated> {
    this.#check(request.prompt);
    const generation = new Generation({ ...request, prompt: this.folder.startIds }, this.folder);
    await step();
    const started = performance.now();
    const encoded = await this.#encode(request.prompt);
    generation.count(request.prompt.length, performance.now() - started);
    const result = (finish: Generated['finish']): Generated => ({ ...generation.result(finish), reusedTokens: 0 });

    let cache = this.#emptyCache();
    for (let done = 0; ;) {
      try {
        await step();
      } catch (error) {
        if (generation.tokens.length > 0 && error instanceof EngineError && error.code === 'deadline')
          return result('deadline');
        throw error;
      }
      const before = performance.now();
      const outputs = await this.#decode(encoded, generation.text.subarray(done, generation.length), cache, done > 0);
      cache = this.#grown(cache, outputs, done > 0);
      generation.count(0, performance.now() - before);
      done = generation.length;
      const finish = generation.write(this.#lastLogits(outputs), 0);
      if (finish !== undefined) return result(finish);
    }
  }

  async dispose(): Promise<void> {
    await this.encoder.dispose();
    await this.decoder.dispose();
  }

  #check(source: ArrayLike<number>): void {
    const { contextLength, vocabularySize, name } = this.folder;
    if (source.length === 0) throw new EngineError('invalid', 'A text needs at least one token.');
    if (source.length > contextLength)
      throw new EngineError('invalid', `The text has ${source.length} tokens, but ${name} takes ${contextLength}.`);
    if (Array.from(source).some((id) => id < 0 || id >= vocabularySize))
      throw new EngineError('invalid', `The text has a token that ${name} does not know.`);
  }

  async #encode(source: ArrayLike<number>): Promise<Encoded> {
    const shape = [1, source.length];
    const ids = this.encoder.tensor('int64', BigInt64Array.from(Array.from(source), BigInt), shape);
    const ones = new BigInt64Array(source.length).fill(1n);
    const inputs: Tensors = { input_ids: ids };
    if (this.encoder.inputs.has('attention_mask')) inputs.attention_mask = this.encoder.tensor('int64', ones, shape);
    const { last_hidden_state: hidden } = await this.encoder.run(inputs);
    return { hidden: hidden as Tensor, mask: this.decoder.tensor('int64', ones, shape) };
  }

  #emptyCache(): Tensors {
    const { slots, heads, headSize } = this.graph;
    return Object.fromEntries(
      slots.map(({ past }) => [past, this.decoder.tensor('float32', new Float32Array(0), [1, heads, 0, headSize])]),
    );
  }

  #decode({ hidden, mask }: Encoded, ids: Int32Array, cache: Tensors, continues: boolean): Promise<Tensors> {
    const feeds: Tensors = {
      ...cache,
      input_ids: this.decoder.tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
      encoder_hidden_states: hidden,
      use_cache_branch: this.decoder.tensor('bool', Uint8Array.of(continues ? 1 : 0), [1]),
    };
    if (this.decoder.inputs.has('encoder_attention_mask')) feeds.encoder_attention_mask = mask;
    return this.decoder.run(feeds);
  }

  /** The first run gives the keys and values of what was read; later ones give them empty. */
  #grown(cache: Tensors, outputs: Tensors, continues: boolean): Tensors {
    const kept = this.graph.slots.map(
      ({ past, present, own }) => [past, own || !continues ? outputs[present] : cache[past]] as const,
    );
    return Object.fromEntries(kept) as Tensors;
  }

  #lastLogits({ logits }: Tensors): Float32Array {
    const values = (logits as Tensor).data as Float32Array;
    return values.slice(values.length - this.folder.vocabularySize);
  }
}
