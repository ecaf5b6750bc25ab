/** What llama.cpp makes of a GGUF file, through node-llama-cpp: logits behind every token. For the bench of rounding. */
import type { LogitsReader } from '../../support/decoderLogits';
import { openLlamaSequence } from '../engine/llama';

/** @param peers folder that node-llama-cpp is installed in @param length tokens of the longest text */
export async function openLlamaReader(
  peers: string,
  gguf: string,
  { threads, vocabularySize, length }: { threads: number; vocabularySize: number; length: number },
): Promise<Pick<LogitsReader, 'read' | 'dispose'>> {
  const { sequence, dispose } = await openLlamaSequence(
    { peers, gguf, threads },
    { contextSize: length, batchSize: length },
  );
  return {
    async read(ids) {
      await sequence.clearHistory();
      const options = { generateNext: { logits: true, options: { temperature: 1, topK: 0, topP: 1, minP: 0 } } };
      const found = await sequence.controlledEvaluate(ids.map((id) => [id, options]));
      const logits = new Float32Array(ids.length * vocabularySize);
      for (const [row, one] of found.entries()) {
        const given = one?.next?.logits;
        if (given?.size !== vocabularySize) throw new Error(`llama.cpp gave ${given?.size ?? 'no'} logits.`);
        for (const [id, logit] of given) logits[row * vocabularySize + id] = logit;
      }
      return logits;
    },
    dispose,
  };
}
