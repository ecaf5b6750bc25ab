import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { EngineError } from '../../../src/ipc/engine/errors';
import { openDecoderSource } from '../../../src/engine/assemble/decoderSource';
import { readDecoderWeights } from '../../../src/modelFolder/gguf/decoder';
import { GgufTensors } from '../../../src/modelFolder/gguf/tensors';
import { tensorTypes } from '../../../src/modelFolder/gguf/tensorTypes';
import { tokenizerOf } from '../../../src/modelFolder/gguf/tokenizer';
import { SafetensorsFile } from '../../../src/modelFolder/safetensors/safetensorsFile';
import { summarizeModel } from '../../../src/modelFolder/summary';
import { ggufFloats, ggufHead, ggufPadded, ggufValue } from '../../support/gguf';
import type { GgufTensorInfo } from '../../support/gguf';
import { writeFiles } from '../../support/folder';
import { float32Tensor, safetensorsBytes } from '../../support/safetensors';

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

const weightNames = [
  ['model.embed_tokens', [vocabulary, width]],
  ['model.norm', [width]],
  ...['input_layernorm', 'post_attention_layernorm'].map((name) => [`model.layers.0.${name}`, [width]] as const),
  ...['self_attn.q_proj', 'self_attn.o_proj', 'mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj'].map(
    (name) => [`model.layers.0.${name}`, [width, width]] as const,
  ),
  ...['k', 'v'].map((name) => [`model.layers.0.self_attn.${name}_proj`, [width / 2, width]] as const),
] as const;
const goodConfig = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  vocab_size: vocabulary,
  hidden_size: width,
  intermediate_size: width,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 64,
  tie_word_embeddings: true,
};
const goodTokenizer = { added_tokens: [], model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] } };
type Part = readonly [name: string, shape: readonly number[]];
const tensorsOf = (parts: readonly Part[]) =>
  safetensorsBytes(
    parts.map(([name, shape]) => {
      const values = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5);
      return float32Tensor(`${name}.weight`, shape, values);
    }),
  );
const [firstHalf, secondHalf] = [weightNames.slice(0, 5), weightNames.slice(5)];
const goodIndex: Readonly<Record<string, string>> = Object.fromEntries(
  [firstHalf, secondHalf].flatMap((half, at) => half.map(([name]) => [`${name}.weight`, `model-${at}.safetensors`])),
);
/** A decoder in two shards. Undefined: without that file. */
const goodFolder: Readonly<Record<string, Buffer | object | undefined>> = {
  'config.json': goodConfig,
  'tokenizer.json': goodTokenizer,
  'model.safetensors.index.json': { weight_map: goodIndex },
  'model-0.safetensors': tensorsOf(firstHalf),
  'model-1.safetensors': tensorsOf(secondHalf),
};
type FolderFiles = typeof goodFolder;
const withMap = (map: unknown): FolderFiles => ({ 'model.safetensors.index.json': { weight_map: map } });
const withConfig = (changes: object): FolderFiles => ({ 'config.json': { ...goodConfig, ...changes } });
const anyWeight = fc.constantFrom(...Object.keys(goodIndex));
const anyShard = fc.constantFrom('model-0.safetensors', 'model-1.safetensors');
const outside = fc
  .tuple(fc.constantFrom('../', '..\\', '/', 'C:\\', './', 'a/../../', '//host/'), anyShard)
  .map(([before, name]) => before + name);

/** What is changed in the good folder. */
const hostileFolders: Readonly<Record<string, fc.Arbitrary<FolderFiles>>> = {
  'a shard outside of the folder': fc
    .tuple(anyWeight, outside)
    .map(([name, path]) => withMap({ ...goodIndex, [name]: path })),
  'a shard that is missing': anyShard.map((name) => ({ [name]: undefined })),
  'a shard that is cut off': fc
    .tuple(anyShard, fc.nat(2000))
    .map(([name, length]) => ({ [name]: (goodFolder[name] as Buffer).subarray(0, length) })),
  'a shard of lying offsets': fc.tuple(anyShard, lyingNumber).map(([name, length]) => {
    const bytes = Buffer.from(goodFolder[name] as Buffer);
    bytes.writeBigUInt64LE(length);
    return { [name]: bytes };
  }),
  'tensors in another shard than they are': anyWeight.map((name) =>
    withMap({
      ...goodIndex,
      [name]: goodIndex[name] === 'model-0.safetensors' ? 'model-1.safetensors' : 'model-0.safetensors',
    }),
  ),
  'a tensor that the index lacks': anyWeight.map((name) =>
    withMap(Object.fromEntries(Object.entries(goodIndex).filter(([other]) => other !== name))),
  ),
  'an index of another form': fc
    .jsonValue({ maxDepth: 3 })
    .filter((json) => JSON.stringify(json) !== '{}')
    .map((json) =>
      withMap(Array.isArray(json) || typeof json !== 'object' || json === null ? json : { ...json, a: 1 }),
    ),
  'a size that is none, or another': fc
    .tuple(
      fc.constantFrom('vocab_size', 'hidden_size', 'intermediate_size', 'num_hidden_layers', 'num_attention_heads'),
      fc.constantFrom<unknown>(0, -1, 1.5, 3, 7, 64, 1e6, 2 ** 31, 2 ** 53, 1e300, 'many', null, [], { a: '\n' }),
    )
    .map(([key, value]) => withConfig({ [key]: value })),
  'a context that is none': fc
    .constantFrom<unknown>(0, -1, 2 ** 21, 2 ** 53, 'long')
    .map((value) => withConfig({ max_position_embeddings: value })),
  'numbers that are none': fc
    .tuple(
      fc.constantFrom('rms_norm_eps', 'rope_theta', 'head_dim', 'num_key_value_heads'),
      fc.constantFrom<unknown>(0, -1, 'x', [], {}, 1e-400),
    )
    .map(([key, value]) => withConfig({ [key]: value })),
  'a family that is not known': fc.string().map((name) => withConfig({ model_type: `no ${name}\n` })),
};

async function readFolder(path: string): Promise<void> {
  await summarizeModel(path);
  const source = await openDecoderSource(path);
  await source.close();
}

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

const refusedInOneSentence = (reading: Promise<unknown>): Promise<void> =>
  assert.rejects(reading, (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.match(error.message, /^[^\n]{1,600}\.$/);
    return true;
  });

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
            await refusedInOneSentence(read(path));
          }),
          { numRuns, seed: 24 },
        );
      });

  const write = (files: FolderFiles): string => {
    const model = join(folder, 'folder');
    rmSync(model, { recursive: true, force: true });
    const contents = Object.entries({ ...goodFolder, ...files }).flatMap(([name, content]) =>
      content === undefined ? [] : [[name, content instanceof Buffer ? content : JSON.stringify(content)] as const],
    );
    writeFiles(model, Object.fromEntries(contents));
    return model;
  };

  it('may be folders, and are such for a reason: without it they are read', () => readFolder(write({})));
  for (const [kind, folders] of Object.entries(hostileFolders))
    it(`are refused in one sentence: folders, ${kind}`, async () => {
      await fc.assert(
        fc.asyncProperty(folders, (files) => refusedInOneSentence(readFolder(write(files)))),
        { numRuns: 35, seed: 24 },
      );
    });
});
