import type { EngineClient } from '../engine/client';
import type { CaptureDescription } from '../engine/protocol/attention';
import type { Finished, ShownSimilarity } from './messages';

/** A question and what was found for it: what is to be known is why they are alike. */
export interface SimilaritySubject {
  readonly kind: 'similarity';
  readonly question: string;
  readonly code: string;
  /** The definitions that the code stands in, which the model is given in front of it. */
  readonly around: string;
  readonly foundBy: number | undefined;
  /** Whether the model attends to anything: a table of token vectors does not. */
  readonly attends: boolean;
}

/** What the panel is told of it. */
export interface ComparedTexts {
  readonly description: Pick<CaptureDescription, 'capture' | 'sequences' | 'stacks'>;
  readonly similarity: ShownSimilarity;
  readonly finished: Finished;
}

/** Numbers of the engine's own captures are below. */
const firstId = 2 ** 40;

/** Compares texts for the panel. The engine keeps nothing of it: all pairs are in its answer. */
export class SimilarityCaptures {
  private next = firstId;

  constructor(private readonly engine: Pick<EngineClient, 'request'>) {}

  /** @throws EngineError */
  async compare(model: string, { question, code, around, foundBy, attends }: SimilaritySubject, signal: AbortSignal): Promise<ComparedTexts> {
    const started = performance.now();
    const found = await this.engine.request('similarity', { model, question, code, around }, { priority: 'inspect', signal });
    const { pairs, score, pooling, truncated } = found;
    const capture = this.next++;
    return {
      // Rows of one sequence, columns of another, as where a decoder reads an encoder.
      description: { capture, sequences: [found.question, found.code], stacks: [{ kind: 'cross', queries: 0, keys: 1, layers: 1, heads: 1, causal: false, kept: [true], valueWeighted: false }] },
      similarity: { pairs, score, pooling, truncated, attends, ...(foundBy === undefined ? {} : { foundBy }) },
      finished: { capture, sinkShares: [new Float32Array(1)], totalMs: performance.now() - started, bytes: pairs.byteLength },
    };
  }
}
