import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decoder } from '../../src/engine/decoder/decoder';
import type { Backend } from '../../src/engine/decoder/open';
import { EngineError } from '../../src/ipc/engine/errors';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import type { ErrorCode } from '../../src/ipc/engine/protocol';
import { openModel } from '../../src/engine/server/openModel';
import { moveWeights } from '../support/externalData';
import { readExpected, unpackFamily } from '../support/families';

const noPause = () => Promise.resolve(undefined);

/** Folders as exporters write them, with weights in files of their own as large models have them; the genai builder always does. */
const layouts = [
  { family: 'llama', graph: 'onnx/model.onnx', files: ['model.onnx_data', 'model.onnx_data_1'] },
  { family: 'genai-llama', graph: 'model.onnx', files: ['model.onnx.data'] },
  { family: 'bert', graph: 'onnx/model.onnx', files: ['model.onnx_data'] },
  { family: 't5', graph: 'onnx/decoder_model_merged.onnx', files: ['decoder_model_merged.onnx_data'] },
] as const;

for (const { family, graph, files } of layouts) {
  describe(`weights of ${family} in files of their own`, () => {
    let path: string;
    let last: string;

    beforeEach(async () => {
      path = await unpackFamily(family);
      if (graph !== 'model.onnx') moveWeights(join(path, graph), files);
      last = join(path, graph, '..', files.at(-1)!);
      // What transformers.js wants to be told; the graph itself says it too.
      const config = join(path, 'config.json');
      if (family === 'llama') {
        const told = { 'transformers.js_config': { use_external_data_format: { 'model.onnx': files.length } } };
        writeFileSync(config, JSON.stringify({ ...(JSON.parse(readFileSync(config, 'utf8')) as object), ...told }));
      }
    });

    async function refusal(backend: Backend): Promise<EngineError> {
      const error: unknown = await openModel(path, { threads: 1, backend }).then(
        () => assert.fail('it was opened'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof EngineError, String(error));
      return error;
    }

    /** One sentence that names the file and says what to do. */
    async function isRefused(code: ErrorCode, words: RegExp): Promise<void> {
      for (const backend of ['auto', 'binding'] as const) {
        const error = await refusal(backend);
        assert.equal(error.code, code);
        assert.ok(error.message.includes(last) && words.test(error.message), error.message);
        assert.doesNotMatch(error.message, /\n|onnxruntime|Protobuf/i);
      }
    }

    it('are found', async () => {
      const model = await openModel(path, { threads: 1 });
      await model.dispose?.();
    });

    it('are missed', async () => {
      rmSync(last);
      await isRefused('modelMissing', /is missing or cannot be read; copy it there\.$/);
    });

    it('are found to be cut off', async () => {
      const { size } = statSync(last);
      truncateSync(last, size - 1);
      await isRefused(
        'modelInvalid',
        new RegExp(`has ${size - 1} bytes instead of ${size}; download or copy it again\\.$`),
      );
    });
  });
}

describe('weights of a decoder in several files', () => {
  for (const backend of ['auto', 'binding'] as const) {
    it(`give the text that they give in one, backend ${backend}`, async () => {
      const path = await unpackFamily('llama');
      moveWeights(join(path, 'onnx/model.onnx'), ['model.onnx_data', 'model.onnx_data_1', 'model.onnx_data_2']);
      const decoder = await Decoder.open(await openDecoderFolder(path), { threads: 1, backend });
      const { cases } = readExpected(path) as { cases: readonly (readonly [readonly number[], readonly number[]])[] };
      for (const [prompt, tokens] of cases.slice(0, 20)) {
        const written = await decoder.generate(
          { prompt, maxTokens: tokens.length, stopIds: new Set<number>(), forbiddenIds: [] },
          noPause,
        );
        assert.deepEqual(
          written.tokens.map(({ id }) => id),
          tokens,
        );
      }
      await decoder.dispose();
    });
  }
});
