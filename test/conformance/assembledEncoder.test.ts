import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleEncoder } from '../../src/engine/assemble/encoder';
import type { EncoderAssembly } from '../../src/engine/assemble/encoder';
import { openFastEncoder } from '../../src/engine/encoder/open';
import { openModelFolder } from '../../src/modelFolder/layouts/folder';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { floats, readExpected, unpackFamily } from '../support/families';

/** Texts and what PyTorch makes of them, through `sentence-transformers`; see encoder_weights.py beside the fixture. */
interface Expected {
  readonly dimension: number;
  readonly texts: readonly string[];
  readonly vectors: { readonly document: string; readonly query?: string };
}

/** The least cosine to PyTorch's vectors, and to how many digits of it that has to be seen: bytes round. */
const bounds = { float32: { least: 0.999999, most: 1 }, int8: { least: 0.99, most: 0.99999 } } as const;

/** The least cosine of any text's vector. @param rounded whether products multiply bytes, where the graph has some that can */
async function leastCosine(
  path: string,
  expected: Expected,
  rounded: boolean,
  kind: 'document' | 'query' = 'document',
): Promise<number> {
  const folder = await openModelFolder(path);
  assert.ok(folder.role === 'encoder');
  const encoder = await openFastEncoder(folder, Tokenizer.create(folder.tokenizer, folder.tokenizerConfig), {
    threads: 2,
    memory: { get: () => rounded, put: () => undefined },
  });
  try {
    const { texts, dimension } = expected;
    const { vectors } = await encoder.embed({ kind, texts }, () => Promise.resolve(undefined));
    assert.equal(encoder.dimension, dimension);
    const wanted = floats(expected.vectors[kind] ?? '');
    return Math.min(
      ...texts.map((_, text) => {
        const row = (values: Float32Array) => values.subarray(text * dimension, (text + 1) * dimension);
        return row(vectors).reduce((sum, value, at) => sum + value * row(wanted)[at]!, 0);
      }),
    );
  } finally {
    await encoder.dispose();
  }
}

describe('an encoder assembled from a folder of safetensors', () => {
  let from: string;
  let out: string;
  const facts = { name: 'random', version: '1', license: 'MIT', log: () => undefined };
  const assemble = async (options: Partial<EncoderAssembly> = {}): Promise<string> => {
    const folder = join(out, `model-${readdirSync(out).length}`);
    await assembleEncoder({ from, folder, precision: 'int8', ...facts, ...options });
    return folder;
  };

  before(async () => {
    from = await unpackFamily('bert-weights');
  });
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'assembled-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  for (const precision of ['float32', 'int8'] as const) {
    for (const rounded of [false, true]) {
      it(`embeds texts as PyTorch does in ${precision}${rounded ? ', with products of bytes' : ''}`, async () => {
        const { least, most } = rounded ? bounds.int8 : bounds[precision];
        const found = await leastCosine(await assemble({ precision }), readExpected(from) as Expected, rounded);
        console.log(`      least cosine ${found.toFixed(6)}`);
        assert.ok(found >= least && found <= most + 1e-6, `${found}`);
      });
    }
  }

  for (const precision of ['float32', 'int8'] as const)
    for (const kind of ['document', 'query'] as const)
      it(`embeds texts as PyTorch does where it is a ModernBERT, in ${precision}, each a ${kind}`, async () => {
        const weights = await unpackFamily('modernbert-weights');
        const folder = await assemble({ from: weights, precision });
        for (const rounded of precision === 'int8' ? [false, true] : [false]) {
          const found = await leastCosine(folder, readExpected(weights) as Expected, rounded, kind);
          console.log(`      least cosine ${found.toFixed(6)}`);
          const { least, most } = bounds[precision];
          assert.ok(found >= least && found <= most + 1e-6, `${found}`);
        }
      });

  it('sees tokens near by alone in some layers of a ModernBERT: with longer views, vectors are others', async () => {
    const other = join(out, 'from');
    const weights = await unpackFamily('modernbert-weights');
    cpSync(weights, other, { recursive: true });
    change(other, 'config.json', { local_attention: 192 });
    const folder = await assemble({ from: other, precision: 'float32' });
    const found = await leastCosine(folder, readExpected(weights) as Expected, false);
    assert.ok(found < 0.999, `${found}`);
  });

  for (const precision of ['float32', 'int8'] as const) {
    it(`embeds texts as PyTorch does with an adapter in ${precision}`, async () => {
      const trained = await unpackFamily('bert-adapter');
      const { least, most } = bounds[precision];
      const folder = await assemble({ precision, adapter: join(trained, 'adapter.safetensors') });
      const found = await leastCosine(folder, readExpected(trained) as Expected, false);
      assert.ok(found >= least && found <= most + 1e-6, `${found}`);
      assert.ok((await leastCosine(folder, readExpected(from) as Expected, false)) < 0.9, 'the adapter changes little');
    });
  }

  it('is refused where the adapter was trained on other weights', async () => {
    const adapter = join(await unpackFamily('bert-adapter'), 'adapter.safetensors');
    const spoilt = join(out, 'from');
    cpSync(from, spoilt, { recursive: true });
    writeFileSync(join(spoilt, 'model.safetensors'), Buffer.from('{}'));
    await assert.rejects(assemble({ from: spoilt, adapter, folder: join(out, 'made') }), /model\.safetensors/);
    cpSync(adapter, join(spoilt, 'model.safetensors'));
    await assert.rejects(
      assemble({ from: spoilt, adapter, folder: join(out, 'made') }),
      /adapter\.safetensors was trained on other weights than those in .*model\.safetensors/,
    );
    assert.deepEqual(readdirSync(out), ['from'], 'nothing is left behind');
  });

  it('says of itself what the folder said', async () => {
    const folder = await openModelFolder(await assemble());
    assert.ok(folder.role === 'encoder');
    const { name, contextLength, vocabularySize, dimension, pooling, pad } = folder;
    assert.deepEqual(
      { name, contextLength, vocabularySize, dimension, pooling, pad },
      { name: 'random', contextLength: 80, vocabularySize: 400, dimension: 48, pooling: 'mean', pad: '[PAD]' },
    );
  });

  it('says of itself how texts become vectors, where that is not the usual', async () => {
    const folder = await openModelFolder(await assemble({ from: await unpackFamily('modernbert-weights') }));
    assert.ok(folder.role === 'encoder');
    const { pooling, prefixes, poolsPrefix, trims, lowerCase, contextLength } = folder;
    assert.deepEqual(
      { pooling, prefixes, poolsPrefix, trims, lowerCase, contextLength },
      {
        pooling: 'first',
        prefixes: { query: 'search_query: ', document: 'search_document: ' },
        poolsPrefix: true,
        trims: true,
        lowerCase: false,
        contextLength: 80,
      },
    );
    const other = join(out, 'from');
    cpSync(from, other, { recursive: true });
    change(other, '1_Pooling/config.json', { pooling_mode: 'max', include_prompt: false });
    change(other, 'sentence_bert_config.json', { do_lower_case: true });
    change(other, 'config_sentence_transformers.json', { prompts: { query: 'ask: ' } });
    const opened = await openModelFolder(await assemble({ from: other }));
    assert.ok(opened.role === 'encoder');
    assert.deepEqual(
      [opened.pooling, opened.prefixes, opened.poolsPrefix, opened.lowerCase],
      ['max', { query: 'ask: ', document: '' }, false, true],
    );
  });

  it('is the same bytes each time, from a folder and from an archive', async () => {
    const content = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]);
    const first = content(await assemble());
    assert.deepEqual(
      first.map(([name]) => name),
      ['glassbox.json', 'model.onnx', 'model.onnx.data', 'tokenizer.json'],
    );
    assert.deepEqual(content(await assemble()), first);
    const names = readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const archive = join(out, 'model.zip');
    const files = names.map(({ parentPath, name }) => join(parentPath, name));
    writeFileSync(
      archive,
      zipSync(
        Object.fromEntries(
          files.map((path) => [path.slice(from.length + 1).replaceAll('\\', '/'), readFileSync(path)]),
        ),
      ),
    );
    assert.deepEqual(content(await assemble({ from: archive })), first);
  });

  const refusals: Record<string, [change: (folder: string) => void, sentence: RegExp]> = {
    'another family': [
      (folder) => change(folder, 'config.json', { model_type: 'mpnet' }),
      /config\.json .* not one of a BERT .*model_type/,
    ],
    'another activation': [
      (folder) => change(folder, 'config.json', { hidden_act: 'relu' }),
      /hidden_act should be "gelu"/,
    ],
    'other sizes than the weights have': [
      (folder) => change(folder, 'config.json', { hidden_size: 96 }),
      /embeddings\.\S+ as \[400, 48\] instead of \[400, 96\]/,
    ],
    'heads that cannot share the width': [
      (folder) => change(folder, 'config.json', { num_attention_heads: 5 }),
      /5 heads cannot share/,
    ],
    'no weights': [(folder) => rmSync(join(folder, 'model.safetensors')), /model\.safetensors.* cannot be read/],
    'more than pooling': [
      (folder) => writeFileSync(join(folder, 'modules.json'), JSON.stringify([{ type: 'x.Dense', path: '3_Dense' }])),
      /has more steps than pooling/,
    ],
  };
  function change(folder: string, name: string, values: object): void {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...values }));
  }
  for (const [title, [spoil, sentence]] of Object.entries(refusals)) {
    it(`is refused in one sentence where there is: ${title}`, async () => {
      const spoilt = join(out, 'from');
      cpSync(from, spoilt, { recursive: true });
      spoil(spoilt);
      await assert.rejects(assemble({ from: spoilt, folder: join(out, 'made') }), (error: Error) => {
        assert.equal(error.name, 'EngineError');
        assert.match(error.message, sentence);
        return true;
      });
      assert.deepEqual(readdirSync(out), ['from'], 'nothing is left behind');
    });
  }

  it('is refused in one sentence where the archive is none', async () => {
    const archive = join(out, 'model.zip');
    writeFileSync(archive, '<html>');
    await assert.rejects(
      assemble({ from: archive }),
      /model\.zip is no zip archive, or damaged: it holds no files; download it again\.$/,
    );
  });
});
