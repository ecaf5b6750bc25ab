/**
 * Splits a text's vector into one contribution per token, for encoder models and for static tables; used by the
 * similarity service and created by `openModel.ts` for encoders.
 */
import { EncoderSequences, withAround } from '../attention/encoderSequences';
import type { Encoder } from '../encoder/encoder';
import type { StaticEmbedder } from '../../modelFolder/table/staticTable';
import { withSurroundings } from '../../modelFolder/table/surroundings';
import type { EncoderFolder, TextKind } from '../../modelFolder/layouts/types';
import type { CapturedSequence } from '../../ipc/engine/messages/attention';
import type { Similarity } from '../../ipc/engine/messages/similarity';
import type { Step } from '../../common/step';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';

/** A text as a model reads it, with what each token adds to the text's vector. */
export interface SplitSequence {
  readonly sequence: CapturedSequence;
  /** [tokens, dimension]; their sum, brought to length 1, is the text's vector. */
  readonly contributions: Float32Array;
  readonly truncated: boolean;
}

/** Takes the vectors of texts apart by their tokens. */
export interface TextSplitter {
  readonly dimension: number;
  readonly pooling: Similarity['pooling'];
  /** @param around definitions that a piece of code stands in. @throws {EngineError} */
  split(kind: TextKind, text: string, around: string, step: Step): Promise<SplitSequence>;
}

export class EncoderSplitter implements TextSplitter {
  readonly #sequences: EncoderSequences;

  constructor(
    folder: EncoderFolder,
    tokenizer: Tokenizer,
    private readonly encoder: Pick<Encoder, 'split' | 'dimension' | 'pooling'>,
  ) {
    this.#sequences = new EncoderSequences(folder, tokenizer);
  }

  get dimension(): number {
    return this.encoder.dimension;
  }

  get pooling(): Similarity['pooling'] {
    return this.encoder.pooling;
  }

  async split(kind: TextKind, text: string, around: string, step: Step): Promise<SplitSequence> {
    const { framed, contributions } = await this.encoder.split(kind, withSurroundings(around, text), step);
    return { sequence: this.#sequences.of(kind, text, around), contributions, truncated: framed.truncated };
  }
}

export class TableSplitter implements TextSplitter {
  readonly pooling = 'table';

  constructor(private readonly table: Pick<StaticEmbedder, 'tokens' | 'dimension'>) {}

  get dimension(): number {
    return this.table.dimension;
  }

  split(_kind: TextKind, text: string, around: string): Promise<SplitSequence> {
    const whole = withSurroundings(around, text);
    const { ids, ranges, vectors } = this.table.tokens(whole);
    const texts = Array.from(ids, (_, at) => whole.slice(ranges[2 * at], ranges[2 * at + 1]));
    const sequence: CapturedSequence = {
      ids,
      texts,
      text: whole,
      ranges,
      segments: [{ kind: 'text', from: 0, to: ids.length, start: 0, end: whole.length }],
    };
    return Promise.resolve({
      sequence: withAround(sequence, whole.length - text.length),
      contributions: vectors,
      truncated: false,
    });
  }
}
