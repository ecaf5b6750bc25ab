import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleDecoder } from '../../src/engine/assemble/decoder';
import type { Backend } from '../../src/engine/decoder/open';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { differences, withExactActivations } from '../support/decoderLogits';
import type { ExpectedLogits } from '../support/decoderLogits';
import { startEngine, writeAndLookInto } from '../support/engine';
import { floats, readExpected, unpackFamily } from '../support/families';

const families = [
  'llama',
  'llama-shards',
  'mistral',
  'qwen2',
  'qwen3',
  'starcoder2',
  'gemma',
  'gemma2',
  'gemma3',
  'phi3',
] as const;
const backends: readonly Backend[] = ['auto', 'binding'];

for (const family of families) {
  describe(`a folder of safetensors of the family ${family}`, () => {
    const out = mkdtempSync(join(tmpdir(), 'glassbox-weights-'));
    let from: string;
    let expected: ExpectedLogits;
    before(async () => {
      from = await unpackFamily(`weights-${family}`);
      expected = readExpected(from) as ExpectedLogits;
    });
    after(() => rmSync(out, { recursive: true, force: true }));

    const assemble = async (precision: 'float32' | 'asStored'): Promise<string> => {
      const folder = join(out, precision);
      await assembleDecoder({ from, folder, block: 32, precision, log: () => undefined });
      return folder;
    };

    for (const backend of backends)
      it(`gives PyTorch's logits in float32, backend ${backend}`, async () => {
        const { largest } = await differences(await assemble('float32'), backend, expected, floats(expected.logits));
        console.log(`      largest difference of a logit ${largest.toExponential(1)}`);
        assert.ok(largest <= 1e-4, String(largest));
      });

    it('gives nearly the same in 8 bits, as people bring it', async () => {
      const folder = await assemble('asStored');
      const wanted = floats(expected.logits);
      const share = async (...how: [backend: Backend, changed?: typeof withExactActivations]) =>
        (await differences(folder, how[0], expected, wanted, how[1])).share;
      const [exact, used] = [await share('binding', withExactActivations), await share('auto')];
      console.log(`      difference ${exact.toFixed(4)} of the logits, with activations of 8 bits ${used.toFixed(4)}`);
      // Random attention is sharp, and multiplies what 8 bits lose in each weight by ten.
      assert.ok(exact <= 0.08 && used <= 0.1, `${exact} ${used}`);
    });

    it('is a model folder with its tokenizer, ends and chat template', async () => {
      const folder = await openDecoderFolder(await assemble('asStored'));
      assert.equal(folder.promptLayout, 'left-to-right');
      assert.deepEqual(folder.tokens, { endOfText: '<|endoftext|>' });
      assert.deepEqual(folder.stopTokens, ['<|endoftext|>', '<|im_end|>']);
      assert.match(folder.chatTemplate ?? '', /message\.content/);
      assert.equal(folder.contextLength, 96);
      const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
      const text = 'for index in range(2026):\n\tprint("größer")';
      assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
    });
  });
}

describe('a folder of safetensors in the engine', () => {
  const place = mkdtempSync(join(tmpdir(), 'glassbox-weights-model-'));
  const cache = join(place, 'cache');
  // As the cache of downloads has it.
  const model = join(place, 'models--random--llama', 'snapshots', '0123');
  before(async () => cpSync(await unpackFamily('weights-llama-shards'), model, { recursive: true }));
  after(() => rmSync(place, { recursive: true, force: true }));

  it('is described, completes, is looked into, and is converted once until one of its files changes', async () => {
    const texts: string[] = [];
    const said: string[] = [];
    for (let start = 0; start < 3; start++) {
      if (start === 2) utimesSync(join(model, 'model-00003-of-00004.safetensors'), 1, 1);
      const { client, lines } = startEngine({ cache });
      try {
        const { bytes, parameters, ...description } = await client.request(
          'describe',
          { path: model },
          { priority: 'completion' },
        );
        assert.deepEqual(description, {
          path: model,
          name: 'random/llama',
          format: 'safetensors',
          role: 'decoder',
          architecture: 'llama',
          quantization: 'BF16',
          contextLength: 96,
          fillsInTheMiddle: false,
        });
        assert.equal(bytes, 2 * (parameters ?? 0));
        const info = await client.request('load', { model }, { priority: 'completion' });
        assert.deepEqual([info.name, info.role, info.contextLength], ['random/llama', 'decoder', 96]);
        const { text, sequences } = await writeAndLookInto(client, model, 'let ab = ');
        texts.push(text);
        assert.equal(sequences, 1);
      } finally {
        client.dispose();
      }
      said.push(...lines);
    }
    assert.equal(new Set(texts).size, 1);
    assert.equal(said.filter((line) => line.includes('was converted once')).length, 2, said.join('\n'));
    assert.equal(readdirSync(join(cache, 'converted')).length, 2);
  });
});

describe('a folder of safetensors of an encoder in the engine', () => {
  const place = mkdtempSync(join(tmpdir(), 'glassbox-weights-encoder-'));
  after(() => rmSync(place, { recursive: true, force: true }));

  for (const [family, architecture] of [
    ['bert-weights', 'bert'],
    ['modernbert-weights', 'modernbert'],
  ] as const)
    it(`is described, embeds as PyTorch does, and is looked into where it is a ${architecture}`, async () => {
      const model = await unpackFamily(family);
      const { texts, dimension, vectors } = readExpected(model) as {
        texts: string[];
        dimension: number;
        vectors: { document: string };
      };
      const { client } = startEngine({ cache: join(place, family) });
      try {
        const described = await client.request('describe', { path: model }, { priority: 'index' });
        assert.deepEqual(
          [described.role, described.architecture, described.format, described.quantization, described.contextLength],
          ['encoder', architecture, 'safetensors', 'F32', 80],
        );
        const info = await client.request('load', { model }, { priority: 'index' });
        assert.deepEqual([info.role, info.dimension], ['encoder', dimension]);
        const embedded = await client.request('embed', { model, texts, kind: 'document' }, { priority: 'index' });
        const [found, wanted] = [embedded.vectors, floats(vectors.document)];
        const cosines = texts.map((_, text) =>
          found
            .subarray(text * dimension, (text + 1) * dimension)
            .reduce((sum, value, at) => sum + value * wanted[text * dimension + at]!, 0),
        );
        assert.ok(Math.min(...cosines) >= 0.99, String(Math.min(...cosines)));
        const subject = { kind: 'text', text: 'Read the whole file and return its lines.' } as const;
        const { sequences } = await client.request('capture', { model, subject }, { priority: 'inspect' });
        assert.equal(sequences.length, 1);
      } finally {
        client.dispose();
      }
    });
});
