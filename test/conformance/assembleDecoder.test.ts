import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleDecoder } from '../../src/engine/assemble/decoder';
import type { DecoderAssembly } from '../../src/engine/assemble/decoder';
import type { Backend } from '../../src/engine/decoder/open';
import { ModelProtoSchema } from '../../src/engine/graphs/onnx';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { differences, withExactActivations } from '../support/decoderLogits';
import type { ExpectedLogits } from '../support/decoderLogits';
import { floats, readExpected, unpackFamily } from '../support/families';

/** What transformers and models/training/model/quantize.py make of the file's weights: see gguf_decoders.py. */
interface Expected extends ExpectedLogits {
  readonly rounded: Readonly<
    Record<32 | 64, { readonly digests: Readonly<Record<string, Digests>>; readonly logits: string }>
  >;
}

/** SHA-256 of the bytes. */
interface Digests {
  readonly codes: string;
  readonly scales: string;
}

const families = [
  'llama',
  'llama-untied',
  'llama-k',
  'qwen2',
  'qwen3',
  'starcoder2',
  'gemma',
  'gemma2',
  'gemma3',
  'phi3',
] as const;
/** Largest differences of a logit, where matrices and tables are all of formats that are kept: Q4_0, Q8_0, and Q4_1 with its offsets. */
const kept: ReadonlyMap<string, number> = new Map([
  ['qwen2', 1e-4],
  ['starcoder2', 1e-4],
  ['llama', 5e-3],
]);
const blocks = [32, 64] as const;
const compare = async (...given: Parameters<typeof differences>): Promise<number> =>
  (await differences(...given)).largest;
const backends: readonly Backend[] = ['auto', 'binding'];

for (const family of families) {
  describe(`a GGUF file of the family ${family}`, () => {
    const out = mkdtempSync(join(tmpdir(), 'glassbox-assembled-'));
    let gguf: string;
    let expected: Expected;

    before(async () => {
      const unpacked = await unpackFamily(`gguf-${family}`);
      gguf = join(unpacked, 'model.gguf');
      expected = readExpected(unpacked) as Expected;
    });
    after(() => rmSync(out, { recursive: true, force: true }));

    const assemble = async (name: string, form: Pick<DecoderAssembly, 'block' | 'precision'>): Promise<string> => {
      const folder = join(out, name);
      await assembleDecoder({ from: gguf, folder, ...form, log: () => {} });
      return folder;
    };

    for (const backend of backends) {
      it(`gives PyTorch's logits in float32, backend ${backend}`, async () => {
        const folder = await assemble('float32', { block: 32, precision: 'float32' });
        const difference = await compare(folder, backend, expected, floats(expected.logits));
        console.log(`      largest difference of a logit ${difference.toExponential(1)}`);
        assert.ok(difference <= 1e-4, String(difference));
      });
    }

    for (const block of blocks) {
      it(`has the codes and scales of Python's rounding, ${block} values a scale`, async () => {
        const folder = await assemble(`int4-${block}`, { block, precision: 'int4' });
        assert.deepEqual(readDigests(folder), expected.rounded[block].digests);
      });

      it(`gives PyTorch's logits with weights so rounded, ${block} values a scale`, async () => {
        const folder = await assemble(`int4-${block}`, { block, precision: 'int4' });
        const wanted = floats(expected.rounded[block].logits);
        const exact = await compare(folder, 'binding', expected, wanted, withExactActivations);
        const shipped = await compare(folder, 'auto', expected, wanted);
        console.log(
          `      largest difference of a logit ${exact.toExponential(1)}, with activations of 8 bits ${shipped.toExponential(1)}`,
        );
        assert.ok(exact <= 1e-3 && shipped <= 0.5, `${exact} ${shipped}`);
      });
    }

    it('comes nearer to its weights with 8 bits for some matrices', async () => {
      const [plain, mixed] = [
        await assemble('int4-32', { block: 32, precision: 'int4' }),
        await assemble('mixed', { block: 32, precision: 'mixed' }),
      ];
      const wide = bitsOf(mixed)
        .filter(([, bits]) => bits === 8)
        .map(([name]) => name.replace(/^layers\.\d+\./, '').replace(/\.product$/, ''));
      assert.deepEqual([...new Set(wide)].sort(), ['down', 'output', 'table', 'value']);
      const distance = async (folder: string) =>
        (await differences(folder, 'binding', expected, floats(expected.logits), withExactActivations)).squares;
      const [near, far] = [await distance(mixed), await distance(plain)];
      // Of random weights, those of one family say nothing beside their biases.
      assert.ok(near < 1.001 * far, `${near} ${far}`);
    });

    it('gives the logits of its own weights as people bring it, with codes kept or 8 bits', async () => {
      const folder = await assemble('asStored', { block: 32, precision: 'asStored' });
      const wanted = floats(expected.logits);
      const exact = await compare(folder, 'binding', expected, wanted, withExactActivations);
      const used = await compare(folder, 'auto', expected, wanted);
      console.log(
        `      largest difference of a logit ${exact.toExponential(1)}, with activations of 8 bits ${used.toExponential(1)}`,
      );
      // What is rounded to 8 bits costs less than what activations are rounded by.
      assert.ok(exact <= (kept.get(family) ?? 0.3) && used <= 0.5, `${exact} ${used}`);
    });

    it('is a model folder with its tokenizer, ends and chat template', async () => {
      const folder = await openDecoderFolder(await assemble('described', { block: 32, precision: 'int4' }));
      assert.equal(folder.promptLayout, 'left-to-right');
      assert.deepEqual(folder.tokens, { endOfText: '<|endoftext|>', endOfTurn: '<|im_end|>' });
      assert.deepEqual(folder.stopTokens, ['<|endoftext|>', '<|im_end|>']);
      assert.match(folder.chatTemplate ?? '', /message\.content/);
      assert.equal(folder.contextLength, 96);
      const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
      const text = 'for index in range(2026):\n\tprint("größer")';
      // sentencepiece puts a space in front of a text.
      const space = family === 'phi3' ? ' ' : '';
      assert.equal(tokenizer.decode(tokenizer.encode(text)), space + text);
    });

    it('is the same bytes each time', async () => {
      const manifests = [];
      for (const name of ['once', 'again'])
        manifests.push(
          readFileSync(join(await assemble(name, { block: 32, precision: 'int4' }), 'glassbox.json'), 'utf8'),
        );
      assert.equal(manifests[0], manifests[1]);
    });
  });
}

/** The products of a graph that are stored in few bits, and in how many. */
function bitsOf(folder: string): [name: string, bits: number][] {
  const { graph } = fromBinary(ModelProtoSchema, readFileSync(join(folder, 'model.onnx')));
  return (graph?.node ?? [])
    .filter(({ opType }) => opType === 'MatMulNBits')
    .map(({ output, attribute }) => [output[0] ?? '', Number(attribute.find(({ name }) => name === 'bits')?.i)]);
}

/** Of the codes and scales in a folder's graph, by the matrix that they are of. */
function readDigests(folder: string): Record<string, Digests> {
  const { graph } = fromBinary(ModelProtoSchema, readFileSync(join(folder, 'model.onnx')));
  const bytes = readFileSync(join(folder, 'model.onnx.data'));
  const found = new Map(
    graph!.initializer.map(({ name, rawData, externalData }) => {
      const place = Object.fromEntries(externalData.map(({ key, value }) => [key, value]));
      const start = Number(place.offset);
      const data = externalData.length > 0 ? bytes.subarray(start, start + Number(place.length)) : rawData;
      return [name, createHash('sha256').update(data).digest('hex')];
    }),
  );
  return Object.fromEntries(
    [...found.keys()].flatMap((name) => {
      const matrix = /^(.*)\.codes$/.exec(name)?.[1];
      return matrix === undefined
        ? []
        : [[matrix, { codes: found.get(name)!, scales: found.get(`${matrix}.scales`)! }]];
    }),
  );
}
