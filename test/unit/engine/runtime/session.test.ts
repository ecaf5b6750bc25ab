import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { ErrorCode } from '../../../../src/ipc/engine/protocol';
import { openSession } from '../../../../src/engine/runtime/session';
import { root } from '../../../support/paths';

describe('openSession', () => {
  let folder: string;
  let model: Buffer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-'));
    model = await readFile(join(root, 'models/decoder/model.onnx'));
  });
  after(() => rm(folder, { recursive: true }));

  async function refused(content: Buffer | string, code: ErrorCode, sentence: RegExp): Promise<void> {
    const path = join(folder, 'model.onnx');
    await writeFile(path, content);
    await refusedAt(path, code, sentence);
  }

  const refusedAt = (path: string, code: ErrorCode, sentence: RegExp) =>
    assert.rejects(openSession(path, { threads: 1 }), (error) => {
      assert.ok(error instanceof EngineError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, sentence);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });

  it('says that a file is missing, empty or a folder', async () => {
    await refusedAt(join(folder, 'none.onnx'), 'modelMissing', /none\.onnx does not exist/);
    await refused('', 'modelInvalid', /model\.onnx is empty/);
    await mkdir(join(folder, 'folder.onnx'));
    await refusedAt(join(folder, 'folder.onnx'), 'modelInvalid', /folder\.onnx is not a file/);
  });

  it('says that a file is truncated, wherever it was cut', async () => {
    for (const share of [0.01, 0.5, 0.99])
      await refused(model.subarray(0, model.length * share), 'modelInvalid', /model\.onnx is truncated/);
    await refused(model.subarray(0, -1), 'modelInvalid', /model\.onnx is truncated/);
  });

  it('says that a file is no ONNX model', async () => {
    const page = '<!DOCTYPE html><html><body>Not found</body></html>\n'.repeat(100);
    for (const other of [
      page,
      '{"error": "not found"}',
      'GGUF\x03\0\0\0',
      Buffer.alloc(4096),
      Buffer.alloc(4096, 0xff),
    ]) {
      await refused(other, 'modelInvalid', /model\.onnx is not an ONNX model/);
    }
  });

  it('refuses a damaged model and lives on', async () => {
    for (let round = 0; round < 8; round++) {
      const damaged = Buffer.from(model);
      // The first kilobytes of an export name its nodes; weights further on may be damaged without anybody noticing.
      for (let change = 0; change < 40; change++) damaged[64 + ((change * 7919 + round * 104_729) % 4096)]! ^= 0x5a;
      await refused(damaged, 'modelInvalid', /model\.onnx/);
    }
    const session = await openSession(join(root, 'models/decoder/model.onnx'), { threads: 1 });
    assert.ok(session.inputs.has('input_ids'));
    await session.dispose();
  });

  it('tells inputs and outputs with their types and shapes', async () => {
    const session = await openSession(join(root, 'models/decoder/model.onnx'), { threads: 1, background: true });
    assert.deepEqual(session.inputs.get('input_ids')!.type, 'int64');
    assert.equal(session.inputs.get('past_key_values.0.key')!.shape[0], 1);
    assert.equal(session.outputs.get('logits')!.type, 'float32');
    await session.dispose();
  });

  it('says why a run failed', async () => {
    const session = await openSession(join(root, 'models/decoder/model.onnx'), { threads: 1 });
    const ids = session.tensor('int64', BigInt64Array.of(1n), [1, 1]);
    await assert.rejects(
      session.run({ input_ids: ids }),
      (error) => error instanceof EngineError && error.code === 'runtime',
    );
    await session.dispose();
    await assert.rejects(
      session.run({ input_ids: ids }),
      (error) => error instanceof EngineError && error.code === 'runtime',
    );
  });
});
