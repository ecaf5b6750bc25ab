import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { EngineError } from '../../../src/ipc/engine/errors';
import { readDecoderWeights } from '../../../src/modelFolder/gguf/decoder';
import { GgufTensors } from '../../../src/modelFolder/gguf/tensors';
import { tensorTypes } from '../../../src/modelFolder/gguf/tensorTypes';
import { tokenizerOf } from '../../../src/modelFolder/gguf/tokenizer';
import { SafetensorsFile } from '../../../src/modelFolder/safetensors/safetensorsFile';
import { summarizeModel } from '../../../src/modelFolder/summary';
import { ggufFloats, ggufHead, ggufPadded, ggufValue } from '../../support/gguf';
import type { GgufTensorInfo } from '../../support/gguf';

const [width, vocabulary] = [32, 8];
const metadata = {
  'general.architecture': ggufValue.text('llama'),
  'llama.block_count': ggufValue.uint32(1),
  'llama.context_length': ggufValue.uint32(64),
  'llama.embedding_length': ggufValue.uint32(width),
  'llama.feed_forward_length': ggufValue.uint32(width),
  'llama.attention.head_count': ggufValue.uint32(2),
  'llama.attention.head_count_kv': ggufValue.uint32(1),
  'llama.attention.layer_norm_rms_epsilon': ggufValue.float32(1e-5),
  'llama.rope.freq_base': ggufValue.float32(10_000),
  'tokenizer.ggml.model': ggufValue.text('gpt2'),
  'tokenizer.ggml.pre': ggufValue.text('gpt-2'),
  'tokenizer.ggml.tokens': ggufValue.texts(['a', 'b', 'c', 'd', 'e', 'f', 'ab', 'abc']),
  'tokenizer.ggml.token_type': ggufValue.int32s([1, 1, 1, 1, 1, 1, 1, 3]),
  'tokenizer.ggml.merges': ggufValue.texts(['a b']),
  'tokenizer.ggml.eos_token_id': ggufValue.uint32(7),
};
type Key = keyof typeof metadata;

const f32 = 0;
const tensor = (name: string, ...sizes: number[]): GgufTensorInfo => ({
  name: `${name}.weight`,
  sizes,
  type: f32,
  bytes: 4 * sizes.reduce((a, b) => a * b),
});
const tensors = [
  tensor('token_embd', width, vocabulary),
  ...['attn_norm', 'ffn_norm'].map((name) => tensor(`blk.0.${name}`, width)),
  ...['attn_q', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'].map((name) => tensor(`blk.0.${name}`, width, width)),
  ...['attn_k', 'attn_v'].map((name) => tensor(`blk.0.${name}`, width, width / 2)),
  tensor('output_norm', width),
];
const valuesOf = (infos: readonly GgufTensorInfo[]): Buffer =>
  Buffer.concat(infos.map(({ bytes }) => ggufPadded(ggufFloats(new Array<number>(bytes / 4).fill(0.5)))));
const values = valuesOf(tensors);
const good = Buffer.concat([ggufHead(metadata, tensors), values]);

/** Of every size: as a format may count them, and as no model does. */
const lyingNumber = fc.oneof(
  fc.bigInt({ min: 2n ** 17n, max: 2n ** 33n }),
  fc.constantFrom(2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
);
const withUint64 = (at: number, value: bigint): Buffer => {
  const bytes = Buffer.from(good);
  bytes.writeBigUInt64LE(value, at);
  return bytes;
};
const withEntry = (key: Key, value: Buffer): Buffer =>
  Buffer.concat([ggufHead({ ...metadata, [key]: value }, tensors), values]);
const withTensor = (at: number, changes: Partial<GgufTensorInfo>): Buffer => {
  const changed = tensors.map((one, index) => (index === at ? { ...one, ...changes } : one));
  return Buffer.concat([ggufHead(metadata, changed), values]);
};
/** A value of a type whose length is a lie. */
const lyingLength = (type: number, ...before: number[]) =>
  lyingNumber.map((count) => {
    const head = Buffer.alloc(4 + 4 * before.length + 8);
    [type, ...before].forEach((one, index) => head.writeUInt32LE(one, 4 * index));
    head.writeBigUInt64LE(count, head.length - 8);
    return head;
  });
const anyKey = fc.constantFrom(...(Object.keys(metadata) as Key[]));
const anyTensor = fc.nat(tensors.length - 1);
const counted = fc.constantFrom<Key>(
  'llama.block_count',
  'llama.embedding_length',
  'llama.feed_forward_length',
  'llama.attention.head_count',
  'llama.attention.head_count_kv',
);

/** Each gives files that no reader may accept. */
const hostileGguf: Readonly<Record<string, fc.Arbitrary<Buffer>>> = {
  'cut off': fc.nat(good.length - ggufPadded(Buffer.alloc(4 * width)).length).map((length) => good.subarray(0, length)),
  'more tensors than there are': lyingNumber.map((count) => withUint64(8, count)),
  'more entries than there are': lyingNumber.map((count) => withUint64(16, count)),
  'a text longer than the file': fc.tuple(anyKey, lyingLength(8)).map((given) => withEntry(...given)),
  'a list longer than the file': fc
    .tuple(
      anyKey,
      fc.constantFrom(0, 4, 5, 6, 8, 10, 12).chain((type) => lyingLength(9, type)),
    )
    .map((given) => withEntry(...given)),
  'lists of lists': fc.tuple(anyKey, lyingLength(9, 9)).map((given) => withEntry(...given)),
  'values of no type': fc.tuple(anyKey, fc.integer({ min: 13, max: 2 ** 31 })).map(([key, type]) => {
    const value = Buffer.alloc(12);
    value.writeUInt32LE(type);
    return withEntry(key, value);
  }),
  'a size that is none': fc
    .tuple(counted, fc.constantFrom(0, 3, 7, 2 ** 20, 2 ** 31, 2 ** 32 - 1))
    .map(([key, value]) => withEntry(key, ggufValue.uint32(value))),
  'a context that is none': fc
    .constantFrom(0, 2 ** 21, 2 ** 32 - 1)
    .map((value) => withEntry('llama.context_length', ggufValue.uint32(value))),
  'a number that is none': fc
    .tuple(
      fc.constantFrom<Key>('llama.rope.freq_base', 'llama.attention.layer_norm_rms_epsilon'),
      fc.constantFrom(NaN, Infinity, -Infinity, -1),
    )
    .map(([key, value]) => withEntry(key, ggufValue.float32(value))),
  'another type than it should have': anyKey.map((key) => withEntry(key, ggufValue.flag(true))),
  'a family that is not known': fc
    .string()
    .map((name) => withEntry('general.architecture', ggufValue.text(`no ${name}`))),
  'merges that are none': fc
    .constantFrom('', ' ', 'ab', 'a ')
    .map((merge) => withEntry('tokenizer.ggml.merges', ggufValue.texts([merge]))),
  'another vocabulary than it has rows': fc
    .integer({ min: 1, max: 40 })
    .filter((count) => count !== vocabulary)
    .map((count) =>
      withEntry('tokenizer.ggml.tokens', ggufValue.texts(Array.from({ length: count }, (_, at) => `t${at}`))),
    ),
  'a tensor of an absurd size': fc
    .tuple(anyTensor, fc.constantFrom([0], [2 ** 40], [2 ** 30, 2 ** 30], [2 ** 50, 2 ** 50, 2 ** 50], []))
    .map(([at, sizes]) => withTensor(at, { sizes })),
  'a tensor of another format': fc
    .tuple(
      anyTensor,
      fc.integer({ min: 4, max: 200 }).filter((type) => (tensorTypes.get(type)?.blockLength ?? Infinity) > width),
    )
    .map(([at, type]) => withTensor(at, { type })),
  'a tensor that is called otherwise': fc
    .tuple(
      anyTensor,
      fc.constantFrom('', 'a b', '../../etc', 'blk.0.attn_q', 'x'.repeat(300), 'output_norm.weight\u0000'),
    )
    .map(([at, name]) => withTensor(at, { name })),
  'a tensor that begins behind the file': fc
    .tuple(anyTensor, fc.integer({ min: 2 ** 16, max: 2 ** 40 }))
    .map(([at, bytes]) => {
      // Those behind it begin where it is said to end.
      const before = at === tensors.length - 1 ? at - 1 : at;
      return withTensor(before, { bytes });
    }),
  'numbers that are not finite': fc
    .tuple(fc.nat(values.length / 4 - 1), fc.constantFrom(NaN, Infinity))
    .map(([at, value]) => {
      const bytes = Buffer.from(good);
      bytes.writeFloatLE(value, good.length - values.length + 4 * at);
      return bytes;
    }),
};

const header = {
  a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
  b: { dtype: 'F16', shape: [2], data_offsets: [16, 20] },
};
const safetensors = (json: string, data = Buffer.alloc(20)): Buffer => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([length, Buffer.from(json), data]);
};
const goodSafetensors = safetensors(JSON.stringify(header));
const withTensorA = (changes: object): Buffer =>
  safetensors(JSON.stringify({ ...header, a: { ...header.a, ...changes } }));

const hostileSafetensors: Readonly<Record<string, fc.Arbitrary<Buffer>>> = {
  'cut off': fc.nat(goodSafetensors.length - 1).map((length) => goodSafetensors.subarray(0, length)),
  'a header longer than the file': lyingNumber.map((length) => {
    const bytes = Buffer.from(goodSafetensors);
    bytes.writeBigUInt64LE(length);
    return bytes;
  }),
  'lying offsets': fc
    .tuple(fc.integer({ min: -(2 ** 53), max: 2 ** 53 }), fc.integer({ min: -(2 ** 53), max: 2 ** 53 }))
    .filter(([start, end]) => start !== 0 || end !== 16)
    .map((data_offsets) => withTensorA({ data_offsets })),
  'lying shapes': fc
    .array(fc.constantFrom(0, -1, 3, 2 ** 31, 2 ** 53, 1e300, 1.5), { minLength: 1, maxLength: 6 })
    .map((shape) => withTensorA({ shape })),
  'types of no name': fc.string().map((name) => withTensorA({ dtype: `no ${name}` })),
  'a header of another form': fc
    .jsonValue({ maxDepth: 3 })
    .map((json) => safetensors(JSON.stringify({ ...header, c: json }))),
  'brackets without end': fc.integer({ min: 1, max: 200_000 }).map((depth) => safetensors('['.repeat(depth))),
  'no JSON': fc.string().map((text) => safetensors(`{${text}`)),
};

async function readGguf(path: string): Promise<void> {
  await summarizeModel(path);
  const opened = await GgufTensors.open(path);
  try {
    const { embedding, layers, head } = await readDecoderWeights(opened);
    tokenizerOf(Object.fromEntries(opened.file.metadata));
    const matrices = layers.flatMap(({ query, key, value, output, gate, up, down }) => [
      query,
      key,
      value,
      output,
      gate,
      up,
      down,
    ]);
    for (const matrix of [embedding, ...(head ? [head] : []), ...matrices.filter((one) => one !== undefined)])
      for await (const stripe of matrix.stripes()) assert.ok(stripe.length > 0);
  } finally {
    await opened.close();
  }
}

async function readSafetensors(path: string): Promise<void> {
  const opened = await SafetensorsFile.open(path);
  try {
    for (const [name, { shape }] of opened.tensors) await opened.read(name, shape);
  } finally {
    await opened.close();
  }
}

describe('a thousand hostile files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-hostile-'));
  const path = join(folder, 'model');
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are what they are for a reason: without it they are read', async () => {
    writeFileSync(path, good);
    await readGguf(path);
    writeFileSync(path, goodSafetensors);
    await readSafetensors(path);
  });

  const formats = [
    ['GGUF', readGguf, hostileGguf, 35],
    ['safetensors', readSafetensors, hostileSafetensors, 45],
  ] as const;
  for (const [format, read, kinds, numRuns] of formats)
    for (const [kind, files] of Object.entries(kinds))
      it(`are refused in one sentence: ${format}, ${kind}`, async () => {
        await fc.assert(
          fc.asyncProperty(files, async (bytes) => {
            writeFileSync(path, bytes);
            await assert.rejects(read(path), (error) => {
              assert.ok(error instanceof EngineError, String(error));
              assert.match(error.message, /^[^\n]{1,600}\.$/);
              return true;
            });
          }),
          { numRuns, seed: 24 },
        );
      });
});
