/**
 * Runs an encoder graph on one padded batch of tokenized texts and returns vectors per text or per token; used by
 * `encoder.ts` and the packing recipe. Pooling is not done here.
 */
import { halfToNumber } from '../../common/halfPrecision';
import { elementsOf } from '../decoder/elements';
import { EngineError } from '../../ipc/engine/errors';
import type { Session, Tensor, Tensors } from '../runtime/session';
import type { EncoderGraph } from './graph';
import type { FramedText } from './texts';

/** What a run gave back: [texts, longest, dimension], or [texts, dimension] where the graph gives finished vectors. */
export interface Encoded {
  readonly values: Float32Array;
  readonly dimension: number;
  /** Tokens of the longest text, which all others were filled up to. */
  readonly longest: number;
  /** Whether there is a vector for each text, and not for each token. */
  readonly finished: boolean;
}

/** An encoder graph: a batch of texts in, vectors out. */
export class EncoderNetwork {
  constructor(
    private readonly session: Session,
    private readonly graph: EncoderGraph,
    private readonly padId: number,
  ) {}

  /** @throws {EngineError} `runtime`, or `modelInvalid` where what comes out has another shape than declared */
  async run(texts: readonly Pick<FramedText, 'ids'>[]): Promise<Encoded> {
    const { output, finished } = this.graph;
    const longest = Math.max(...texts.map(({ ids }) => ids.length));
    return this.#read(await this.session.run(this.#inputs(texts, longest)), output, finished, texts.length, longest);
  }

  /** One text, token by token, and its finished vector where the graph gives one. @throws {EngineError} as `run`; `invalid` where it gives no vectors of tokens */
  async runTokens(text: Pick<FramedText, 'ids'>): Promise<{ tokens: Encoded; whole: Encoded | undefined }> {
    const { output, finished, tokenOutput } = this.graph;
    if (tokenOutput === undefined)
      throw new EngineError(
        'invalid',
        'This encoder gives no vectors of tokens, so that nobody can say what each of them adds.',
      );
    const outputs = await this.session.run(this.#inputs([text], text.ids.length));
    return {
      tokens: this.#read(outputs, tokenOutput, false, 1, text.ids.length),
      whole: finished ? this.#read(outputs, output, true, 1, text.ids.length) : undefined,
    };
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }

  #read(outputs: Tensors, name: string, finished: boolean, texts: number, longest: number): Encoded {
    const output = outputs[name] as Tensor;
    const dimension = output.dims.at(-1) ?? 0;
    const rows = finished ? texts : texts * longest;
    const elements = elementsOf(output);
    if (dimension === 0 || elements.length !== rows * dimension) {
      throw new EngineError(
        'modelInvalid',
        `The graph gives ${name} with the shape ${output.dims.join('×')} for ${texts} texts of ${longest} tokens; export it again.`,
      );
    }
    const values = elements instanceof Float32Array ? elements : Float32Array.from(elements, halfToNumber);
    return { values, dimension, longest, finished };
  }

  #inputs(texts: readonly Pick<FramedText, 'ids'>[], longest: number): Tensors {
    const shape = [texts.length, longest];
    const perToken = (value: (text: number, at: number) => number): Tensor => {
      const data = BigInt64Array.from({ length: texts.length * longest }, (_, i) =>
        BigInt(value(Math.floor(i / longest), i % longest)),
      );
      return this.session.tensor('int64', data, shape);
    };
    const idsOf = (text: number): Int32Array => (texts[text] as FramedText).ids;
    const makers = {
      input_ids: () => perToken((text, at) => idsOf(text)[at] ?? this.padId),
      attention_mask: () => perToken((text, at) => (at < idsOf(text).length ? 1 : 0)),
      token_type_ids: () => perToken(() => 0),
      position_ids: () => perToken((_, at) => at),
    };
    const inputs: Tensors = {};
    for (const name of this.graph.takes) inputs[name] = makers[name]();
    for (const { name, type, heads, headSize } of this.graph.caches) {
      const none = type === 'float32' ? new Float32Array(0) : new Uint16Array(0);
      inputs[name] = this.session.tensor(type, none, [texts.length, heads, 0, headSize]);
    }
    return inputs;
  }
}
