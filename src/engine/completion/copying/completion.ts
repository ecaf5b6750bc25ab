/**
 * Completion that proposes a copy from nearby code when it is likely right, asks the model otherwise, and chooses between
 * what both have; created by `openModel.ts` around `completionModel.ts`. Copies only when the request names neighbour files.
 */
import { minBlockConfidence } from '../completionModel';
import type { AskedCompletion, CompletionModel } from '../completionModel';
import { EmptyBodies } from '../../../stopping/emptyBodies';
import { noTimings } from '../../decoder/written';
import type { RerankedCompletion } from '../rerankedCompletion';
import { EngineError } from '../../../ipc/engine/errors';
import type { AlternativeText, CompleteParams, CompleteResult, Priority } from '../../../ipc/engine/protocol';
import type { Step } from '../../../common/step';
import { findSuitingCopy } from './copy';
import type { Copy } from './copy';
import { Neighbours } from '../../../nearby/fileTexts';
import { detectEncoding } from '../../../common/text/encoding/detectEncoding';

/** From which confidence on a copy is proposed without asking the model, where the model's folder does not say. */
const defaultMinConfidence = 0.5;

/**
 * Completes code by copying where that is likely to be right, and by the model elsewhere.
 *
 * Of all that programmers write, a quarter stands in the same form somewhere near by, and how far two places agree
 * tells how likely they go on alike (compare Hellendoorn and Devanbu, ESEC/FSE 2017: local caches beat networks of
 * their time). A copy takes milliseconds, and no run of the model. Where a copy is unsure, the model writes too, and
 * the surer one of both is proposed: either's confidence is the probability that it is what the programmer writes.
 */
export class CopyingCompletion {
  readonly #minimum: number;

  constructor(
    private readonly model: CompletionModel,
    /** Of models that are not prompted with what follows. */
    private readonly reranked: Pick<RerankedCompletion, 'complete'> | undefined,
    { copiesFrom = defaultMinConfidence }: { readonly copiesFrom?: number | undefined },
    private readonly bodies: Pick<EmptyBodies, 'has'> = new EmptyBodies(),
    private readonly neighbours = new Neighbours(detectEncoding),
  ) {
    this.#minimum = copiesFrom;
  }

  /**
   * See `CompletionModel.complete`. Nothing is copied where no neighbours are named, not even from the file itself. Where
   * alternatives are wanted, the model writes too, and the copy stands before what it writes unless the model is surer.
   */
  async complete(
    asked: CompleteParams,
    step: Step,
    onText: (text: string) => void,
    sequence?: Priority,
  ): Promise<CompleteResult> {
    const params: AskedCompletion =
      asked.mode === 'auto' ? { ...asked, inEmptyBody: await this.bodies.has(asked) } : asked;
    const copy =
      params.neighbours &&
      findSuitingCopy(params, await this.neighbours.read(params.neighbours, params.encoding), minBlockConfidence);
    if (copy && params.alternatives === undefined && copy.confidence >= this.#minimum) {
      await step();
      onText(copy.text);
      return this.model.propose(params, copy);
    }
    if (params.copiesOnly) return nothing;
    const reranked = (params.candidates ?? 1) > 1 && params.mode === 'line' ? this.reranked : undefined;
    const choose = reranked
      ? () => reranked.complete(params, copy, step, sequence)
      : copy && (() => this.#surer(params, copy, step, sequence));
    if (!choose) return this.model.complete(params, step, onText, sequence);
    // Text handed to `onText` is never taken back, so nothing is handed on before the choice is made.
    const chosen = await choose();
    onText(chosen.text);
    return chosen;
  }

  /** The copy, or what the model writes, whichever is surer. */
  async #surer(
    params: AskedCompletion,
    copy: Copy,
    step: Step,
    sequence: Priority | undefined,
  ): Promise<CompleteResult> {
    const written = await this.#write(params, step, sequence);
    const isCopied = written === undefined || isSurer(copy, written, this.#minimum);
    const first = isCopied ? this.model.propose(params, copy) : written;
    if (params.alternatives === undefined || written === undefined) return first;
    const { alternatives = [], timings, promptIds, ...own } = written;
    const candidates = isCopied
      ? [own, ...alternatives]
      : [alternativeOf(this.model.propose(params, copy)), ...alternatives];
    const others = candidates.filter(({ text }) => text.trim() !== '' && text.trim() !== first.text.trim());
    return { ...first, timings, promptIds, alternatives: others.slice(0, params.alternatives) };
  }

  /** What the model writes; nothing where it is not ready in time. */
  async #write(
    params: AskedCompletion,
    step: Step,
    sequence: Priority | undefined,
  ): Promise<CompleteResult | undefined> {
    try {
      return await this.model.complete(params, step, () => undefined, sequence);
    } catch (error) {
      if (error instanceof EngineError && error.code === 'deadline') return undefined;
      throw error;
    }
  }
}

/** Nothing is proposed, and no model was asked. */
const nothing: CompleteResult = {
  text: '',
  tokens: [],
  logprob: 0,
  confidence: 0,
  finish: 'stop',
  promptIds: new Int32Array(),
  timings: noTimings,
};

/** A copy is proposed from some confidence on whatever the model says, else where the model says nothing or is less sure. */
const isSurer = (copy: Copy, written: CompleteResult, minimum: number): boolean =>
  written.text.trim() === '' ||
  written.finish === 'unlikely' ||
  copy.confidence >= Math.min(minimum, written.confidence);

const alternativeOf = ({ text, tokens, logprob, confidence, finish }: CompleteResult): AlternativeText => ({
  text,
  tokens,
  logprob,
  confidence,
  finish,
});
