import assert from 'node:assert/strict';
import { holdsWeightsOnly } from '../../../../src/modelFolder/layouts/safetensorsLayout';
import { folderWith } from '../../../support/modelFolders';
import type { Files } from '../../../support/modelFolders';

describe('a folder of weights', () => {
  const weights: Files = { 'config.json': {}, 'model.safetensors': '' };
  const cases: readonly (readonly [files: Files, converted: boolean])[] = [
    [weights, true],
    [{ 'config.json': {}, 'model.safetensors.index.json': {} }, true],
    [{ 'config.json': {} }, false],
    [{ 'model.safetensors': '' }, false],
    [{ 'config.json': {}, 'pytorch_model.bin': '' }, false],
    // What can run as it is goes first.
    [{ ...weights, 'onnx/model_q4.onnx': '' }, false],
    [{ ...weights, 'model.onnx': '' }, false],
    [{ ...weights, 'genai_config.json': {} }, false],
    [{ ...weights, 'glassbox.json': {} }, false],
  ];
  for (const [files, converted] of cases)
    it(`is ${converted ? '' : 'not '}one that has to be converted, with ${Object.keys(files).join(', ')}`, async () =>
      assert.equal(await holdsWeightsOnly(await folderWith(files)), converted));
});
