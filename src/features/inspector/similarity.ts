/**
 * Captures of why a search question and a hit are alike: one engine request that returns all token pairs, so the
 * engine keeps nothing. Used by `inspection.ts`.
 */
import type { EngineClient } from '../../ipc/engine/client';
import { comparedTexts } from './shownSimilarity';
import type { ComparedTexts } from './shownSimilarity';

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

/** Numbers of the engine's own captures are below. */
const firstId = 2 ** 40;

/** Compares texts for the panel. The engine keeps nothing of it: all pairs are in its answer. */
export class SimilarityCaptures {
  #next = firstId;

  constructor(private readonly engine: Pick<EngineClient, 'request'>) {}

  /** @throws {EngineError} */
  async compare(
    model: string,
    { question, code, around, foundBy, attends }: SimilaritySubject,
    signal: AbortSignal,
  ): Promise<ComparedTexts> {
    const started = performance.now();
    const found = await this.engine.request(
      'similarity',
      { model, question, code, around },
      { priority: 'inspect', signal },
    );
    return comparedTexts(this.#next++, found, { attends, foundBy, totalMs: performance.now() - started });
  }
}
