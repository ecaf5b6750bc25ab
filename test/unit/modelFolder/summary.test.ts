import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../../src/ipc/engine/errors';
import { summarizeModel } from '../../../src/modelFolder/summary';
import { unpackFamily } from '../../support/families';
import { ggufHead, ggufValue } from '../../support/gguf';

describe('what a model is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-summary-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('stands in the header of a GGUF file, whatever the file is called', async () => {
    const blob = join(folder, 'sha256-0123');
    copyFileSync(join(await unpackFamily('gguf-qwen2'), 'model.gguf'), blob);
    const { bytes, parameters, ...said } = await summarizeModel(blob);
    assert.deepEqual(said, {
      path: blob,
      name: 'Random qwen2',
      format: 'gguf',
      role: 'decoder',
      architecture: 'qwen2',
      quantization: 'Q4_0',
      contextLength: 96,
      fillsInTheMiddle: false,
    });
    // The table, two layers of seven matrices with three biases and two norms, and the last norm.
    assert.equal(parameters, 259 * 64 + 2 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 64 * 128 + 128 + 128) + 64);
    assert.ok(bytes > 0);
  });

  it('stands in the configuration of a model folder', async () => {
    const path = await unpackFamily('bert');
    const { name: _name, bytes, ...said } = await summarizeModel(path);
    assert.deepEqual(said, {
      path,
      format: 'onnx',
      role: 'encoder',
      architecture: 'bert',
      quantization: 'onnx/model.onnx',
      contextLength: 96,
      fillsInTheMiddle: false,
    });
    assert.ok(bytes > 0);
  });

  it('stands in the configuration and the header of a folder of weights', async () => {
    const path = await unpackFamily('weights-qwen3');
    const { name: _name, bytes, parameters, ...said } = await summarizeModel(path);
    assert.deepEqual(said, {
      path,
      format: 'safetensors',
      role: 'decoder',
      architecture: 'qwen3',
      quantization: 'BF16',
      contextLength: 96,
      fillsInTheMiddle: false,
    });
    // Two tables, two layers of seven matrices with two norms, and two of heads, and the last norm.
    assert.equal(parameters, 2 * 259 * 64 + 2 * (2 * 128 * 64 + 2 * 64 * 64 + 3 * 64 * 128 + 2 * 64 + 2 * 32) + 64);
    assert.equal(bytes, 2 * parameters);
  });

  it('or in one sentence why it cannot be used', async () => {
    const whole = join(await unpackFamily('gguf-llama'), 'model.gguf');
    const cut = join(folder, 'cut.gguf');
    copyFileSync(whole, cut);
    truncateSync(cut, 20_000);
    const other = join(folder, 'other.gguf');
    writeFileSync(other, ggufHead({ 'general.architecture': ggufValue.text('mamba') }, []));
    const part = join(folder, 'part.gguf');
    writeFileSync(part, ggufHead({ 'split.count': ggufValue.uint32(3) }, []));
    const none = join(folder, 'none.gguf');
    const refused: readonly (readonly [path: string, sentence: RegExp])[] = [
      [cut, /lies beyond the end of the file/],
      [other, /holds a model of the family "mamba"/],
      [part, /one of several parts/],
      [none, /cannot be read/],
      [folder, /holds neither/],
    ];
    for (const [path, sentence] of refused)
      await assert.rejects(summarizeModel(path), (error) => {
        assert.ok(error instanceof EngineError);
        assert.match(error.message, sentence);
        assert.match(error.message, /^[^\n]*\.$/);
        return true;
      });
  });
});
