import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realWeightPath, weightPath } from '../../../../src/engine/graphs/weightPlace';

describe('places of weights', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'glassbox-weights-')));
  after(() => rmSync(root, { recursive: true }));
  const model = join(root, 'models--a', 'snapshots', 'r1', 'onnx');
  before(() => {
    mkdirSync(model, { recursive: true });
    mkdirSync(join(root, 'models--a', 'blobs'));
    writeFileSync(join(root, 'models--a', 'blobs', 'e3b0'), '');
    writeFileSync(join(root, 'diary.txt'), '');
    writeFileSync(join(model, 'model.onnx_data'), '');
  });

  it('are below the folder of the graph, as they are written', () => {
    for (const location of ['model.onnx_data', 'more/model.data', './a', '..data', 'a/../b'])
      assert.equal(weightPath(model, location), join(model, location));
    const elsewhere = [
      '../../diary.txt',
      '..',
      '/etc/passwd',
      'a/../../b',
      'C:\\a',
      '\\\\host\\share',
      '..\\b',
      'a\\..\\..\\b',
      '',
    ];
    for (const location of elsewhere)
      assert.throws(() => weightPath(model, location), { code: 'modelInvalid' }, location);
  });

  it('may be links within the folder or to the blobs of its cache, and to nothing else', async () => {
    const link = (target: string, name: string) => {
      symlinkSync(target, join(model, name));
      return realWeightPath(model, join(model, name));
    };
    assert.equal(await link('model.onnx_data', 'inside'), join(model, 'model.onnx_data'));
    assert.equal(await link('../../../blobs/e3b0', 'blob'), join(root, 'models--a', 'blobs', 'e3b0'));
    await assert.rejects(link('../../../../diary.txt', 'diary'), { code: 'modelInvalid' });
    await assert.rejects(link('/dev/zero', 'zero'), { code: 'modelInvalid' });
    await assert.rejects(realWeightPath(model, join(model, 'none')), { code: 'ENOENT' });
  });
});
