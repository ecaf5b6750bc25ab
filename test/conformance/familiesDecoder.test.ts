import assert from 'node:assert/strict';
import { Decoder } from '../../src/engine/decoder/decoder';
import type { Backend } from '../../src/engine/decoder/open';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import { floats, logSoftmaxAt, readExpected, unpackFamily } from '../support/families';

/** Prompts, what transformers writes behind them in PyTorch, and all logits behind the first few; see decoders.py. */
interface Expected {
  readonly cases: readonly (readonly [prompt: readonly number[], tokens: readonly number[]])[];
  readonly logits: readonly string[];
}

const noPause = () => Promise.resolve(undefined);
const backends: readonly Backend[] = ['auto', 'binding'];

/**
 * Families as optimum exports them, and as the builder of onnxruntime-genai does, with how far a log-probability may be
 * off: rounding, but for Gemma's builder, which approximates an activation function, and for four bits, whose products
 * round activations to eight.
 */
const families: readonly (readonly [name: string, tolerance: number])[] = [
  ['llama', 1e-4],
  ['qwen2', 1e-4],
  ['qwen3', 1e-4],
  ['gpt2', 1e-4],
  ['gpt-bigcode', 1e-4],
  ['starcoder2', 1e-4],
  ['gemma', 1e-4],
  ['phi', 1e-4],
  ['genai-llama', 1e-4],
  ['genai-qwen2', 1e-4],
  ['genai-qwen3', 1e-4],
  ['genai018-llama', 1e-4],
  ['genai018-qwen2', 1e-4],
  ['genai018-qwen3', 1e-4],
  ['genai-gemma', 1e-2],
  ['genai-llama-int4', 0.2],
];

for (const { name, tolerance, backend } of families.flatMap(([name, tolerance]) =>
  backends.map((backend) => ({ name, tolerance, backend })),
)) {
  describe(`the decoder family ${name}, backend ${backend}`, () => {
    let decoder: Decoder;
    let expected: Expected;

    before(async () => {
      const path = await unpackFamily(name);
      expected = readExpected(path) as Expected;
      decoder = await Decoder.open(await openDecoderFolder(path), { threads: 1, backend });
    });
    after(() => decoder.dispose());

    it('writes what transformers writes', async () => {
      let largest = 0;
      for (const [at, [prompt, tokens]] of expected.cases.entries()) {
        const request = { prompt, maxTokens: tokens.length, stopIds: new Set<number>(), forbiddenIds: [] };
        const written = await decoder.generate(request, noPause);
        assert.deepEqual(
          written.tokens.map(({ id }) => id),
          tokens,
          `prompt ${at}`,
        );
        const logits = expected.logits[at];
        if (logits !== undefined)
          largest = Math.max(largest, Math.abs(written.tokens[0]!.logprob - logSoftmaxAt(floats(logits), tokens[0]!)));
      }
      console.log(
        `      ${expected.cases.length} prompts, largest difference of a log-probability ${largest.toExponential(1)}`,
      );
      assert.ok(expected.cases.length === 200 && largest < tolerance, `${largest}`);
    });
  });
}
