import assert from 'node:assert/strict';
import { renameSync, statSync } from 'node:fs';
import { checkWeightFiles, weightBytes } from '../../../../src/engine/graphs/weightFiles';
import { writeOnnx } from '../../../support/decoderModel/onnx';
import { tiny } from '../../../support/decoderModel/shape';
import { makeFolder } from '../../../support/folder';

describe('files of weights', () => {
  it('are counted, those beside the graph too', async () => {
    const [inside, beside] = [writeOnnx(makeFolder(), tiny, 'inside'), writeOnnx(makeFolder(), tiny, 'beside')];
    assert.equal(await weightBytes(inside), statSync(inside).size);
    assert.equal(await weightBytes(beside), statSync(beside).size + statSync(`${beside}_data`).size);
    assert.equal(await weightBytes(`${inside}.none`), 0);
  });

  it('have to be there', async () => {
    const graph = writeOnnx(makeFolder(), tiny, 'beside');
    await checkWeightFiles(graph);
    renameSync(`${graph}_data`, `${graph}_other`);
    await assert.rejects(checkWeightFiles(graph), { code: 'modelMissing' });
  });
});
