import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Decoder } from '../../src/engine/decoder/decoder';
import { openDecoderSession } from '../../src/engine/decoder/open';
import type { Backend } from '../../src/engine/decoder/open';
import { Encoder } from '../../src/engine/encoder/encoder';
import { openDecoderFolder, openModelFolder } from '../../src/modelFolder/layouts/folder';
import type { EncoderFolder } from '../../src/modelFolder/layouts/types';
import { openSession } from '../../src/engine/runtime/session';
import type { Session } from '../../src/engine/runtime/session';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { floats, logSoftmaxAt, readExpected, unpackFamily } from '../support/families';

type Cases = readonly (readonly [prompt: readonly number[], tokens: readonly number[]])[];

/** What PyTorch and Python's ONNX Runtime make of prompts; see precisions.py beside the fixtures. */
interface ExpectedOfDecoder {
  readonly fp16: { readonly cases: Cases; readonly logits: readonly string[] };
  readonly int8: { readonly cases: Cases; readonly logits: readonly string[]; readonly exact: readonly string[] };
}
interface ExpectedOfEncoder {
  readonly texts: readonly string[];
  readonly dimension: number;
  readonly fp16: string;
  readonly int8: string;
  /** Before anything was rounded. */
  readonly exact: string;
}

const noPause = () => Promise.resolve(undefined);
const backends: readonly Backend[] = ['auto', 'binding'];
const graphs = { fp16: 'onnx/model_fp16.onnx', int8: 'onnx/model_quantized.onnx' } as const;

/** How far log-probabilities may be off what is expected. */
const tolerance = { fp16: 0.02, int8: 0.1 } as const;
/** How far eight bits take a log-probability of these small models from what it was: their loss, not the engine's. */
const lossOfEightBits = 1;

for (const { name, precision, backend } of ['llama', 'qwen2', 'gpt2'].flatMap((name) =>
  (['fp16', 'int8'] as const).flatMap((precision) => backends.map((backend) => ({ name, precision, backend }))),
)) {
  describe(`the decoder family ${name} in ${precision}, backend ${backend}`, () => {
    /** Empty each time: a cached beginning would part a text in two runs. */
    let decoder: () => Decoder;
    let unchanged: () => Decoder;
    let expected: ExpectedOfDecoder;
    const sessions: Session[] = [];

    before(async () => {
      const path = await unpackFamily(`${name}-precisions`);
      expected = readExpected(path) as ExpectedOfDecoder;
      const folder = { ...(await openDecoderFolder(path)), graph: join(path, graphs[precision]) };
      const { session, cacheForm } = await openDecoderSession(folder, { threads: 1, backend });
      const plain = await openSession(folder.graph, { threads: 1 });
      sessions.push(session, plain);
      for (const input of ['past_length', 'num_logits_to_keep'])
        assert.ok(session.inputs.has(input) && !plain.inputs.has(input));
      decoder = () => new Decoder(session, folder, cacheForm);
      unchanged = () => new Decoder(plain, folder);
    });
    after(() => Promise.all(sessions.map((session) => session.dispose())));

    const write = async (by: () => Decoder, prompt: readonly number[], maxTokens: number) =>
      (await by().generate({ prompt, maxTokens, stopIds: new Set<number>(), forbiddenIds: [] }, noPause)).tokens;

    it(`writes what ${precision === 'fp16' ? 'transformers writes' : 'ONNX Runtime writes for the whole text'}`, async () => {
      const { cases, logits } = expected[precision];
      let largest = 0;
      for (const [at, [prompt, tokens]] of cases.entries()) {
        const written = await write(decoder, prompt, tokens.length);
        assert.deepEqual(
          written.map(({ id }) => id),
          tokens,
          `prompt ${at}`,
        );
        if (logits[at] !== undefined)
          largest = Math.max(largest, Math.abs(written[0]!.logprob - logSoftmaxAt(floats(logits[at]), tokens[0]!)));
      }
      console.log(`      ${cases.length} prompts, largest difference of a log-probability ${largest.toExponential(1)}`);
      assert.ok(cases.length === 200 && largest < tolerance[precision], `${largest}`);
    });

    it('writes what the graph writes without the changes that make it faster', async () => {
      let largest = 0;
      for (const [prompt, tokens] of expected[precision].cases.slice(0, 50)) {
        const [written, others] = [
          await write(decoder, prompt, tokens.length),
          await write(unchanged, prompt, tokens.length),
        ];
        assert.deepEqual(
          written.map(({ id }) => id),
          others.map(({ id }) => id),
        );
        written.forEach(({ logprob }, at) => (largest = Math.max(largest, Math.abs(logprob - others[at]!.logprob))));
      }
      console.log(`      largest difference of a log-probability ${largest.toExponential(1)}`);
      assert.ok(largest < tolerance[precision], `${largest}`);
    });

    if (precision === 'int8') {
      it('has the loss that eight bits have', () => {
        const { cases, logits, exact } = expected.int8;
        const losses = exact.map((before, at) => {
          const id = cases[at]![1][0]!;
          return Math.abs(logSoftmaxAt(floats(before), id) - logSoftmaxAt(floats(logits[at]!), id));
        });
        console.log(`      largest loss of a log-probability ${Math.max(...losses).toExponential(1)}`);
        assert.ok(losses.length > 0 && Math.max(...losses) < lossOfEightBits, `${Math.max(...losses)}`);
      });
    }
  });
}

/** Largest 1 − cosine to what is expected, by weight format. Eight bits: as above, for a batch of texts of all lengths. */
const farthest = { fp16: 1e-4, int8: 5e-3 } as const;
/** The same to what PyTorch makes of the weights before they were quantised. */
const farthestFromExact = { fp16: 1e-4, int8: 2e-2 } as const;

for (const precision of ['fp16', 'int8'] as const) {
  describe(`the encoder family bert in ${precision}`, () => {
    let encoder: Encoder;
    let expected: ExpectedOfEncoder;

    before(async () => {
      const path = await unpackFamily('bert-precisions');
      expected = readExpected(path) as ExpectedOfEncoder;
      const folder = { ...((await openModelFolder(path)) as EncoderFolder), graph: join(path, graphs[precision]) };
      encoder = await Encoder.open(folder, Tokenizer.create(folder.tokenizer, folder.tokenizerConfig), { threads: 1 });
    });
    after(() => encoder.dispose());

    it('embeds texts as they are expected to be', async () => {
      const { texts, dimension } = expected;
      const { vectors } = await encoder.embed({ kind: 'document', texts }, noPause);
      const apart = (wanted: Float32Array) =>
        Math.max(
          ...texts.map(
            (_, at) =>
              1 -
              vectors
                .subarray(at * dimension, (at + 1) * dimension)
                .reduce((sum, value, i) => sum + value * wanted[at * dimension + i]!, 0),
          ),
        );
      const [own, exact] = [apart(floats(expected[precision])), apart(floats(expected.exact))];
      console.log(
        `      ${texts.length} texts, largest distance ${own.toExponential(1)}, from unrounded weights ${exact.toExponential(1)}`,
      );
      assert.ok(own < farthest[precision] && exact < farthestFromExact[precision], `${own} ${exact}`);
    });
  });
}
