import { join } from 'node:path';
import { folderWith, refused } from '../../../support/modelFolders';

describe('a path that is no model folder', () => {
  it('does not exist', async () => refused(join(await folderWith({}), 'nowhere'), 'modelMissing', 'nowhere'));
  it('is empty', async () => refused(await folderWith({}), 'modelMissing', 'glassbox.json', 'config.json'));
  it('is a file', async () =>
    refused(
      join(await folderWith({ 'model.onnx': '' }), 'model.onnx'),
      'modelInvalid',
      'neither a folder nor a GGUF file',
    ));
});
