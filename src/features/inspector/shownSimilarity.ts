/**
 * Shapes the result of a similarity request as a capture that the panel can show, with question and code as two
 * sequences. Used by `similarity.ts` and by the recorded page in the webview.
 */
import type { CaptureDescription } from '../../ipc/engine/messages/attention';
import type { Similarity } from '../../ipc/engine/messages/similarity';
import type { Finished, ShownSimilarity } from './messages';

/** What the panel gets to show a question beside the code that was found for it. */
export interface ComparedTexts {
  readonly description: Pick<CaptureDescription, 'capture' | 'sequences' | 'stacks'>;
  readonly similarity: ShownSimilarity;
  readonly finished: Finished;
}

/** @param more what the model's answer does not say */
export function comparedTexts(
  capture: number,
  { question, code, pairs, score, pooling, truncated }: Omit<Similarity, 'dimension'>,
  {
    attends,
    foundBy,
    totalMs,
  }: { readonly attends: boolean; readonly foundBy: number | undefined; readonly totalMs: number },
): ComparedTexts {
  return {
    // Rows of one sequence, columns of another, as where a decoder reads an encoder.
    description: {
      capture,
      sequences: [question, code],
      stacks: [
        { kind: 'cross', queries: 0, keys: 1, layers: 1, heads: 1, causal: false, kept: [true], valueWeighted: false },
      ],
    },
    similarity: { pairs, score, pooling, truncated, attends, ...(foundBy === undefined ? {} : { foundBy }) },
    finished: { capture, sinkShares: [new Float32Array(1)], totalMs, bytes: pairs.byteLength },
  };
}
