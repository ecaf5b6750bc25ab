import assert from 'node:assert/strict';
import { checkRoom } from '../../../../src/engine/machine/room';
import { openModelFolder } from '../../../../src/modelFolder/layouts/folder';
import { embeddedModel } from '../../../support/engine';

describe('room for a model folder', () => {
  it('is asked for with its weights and, for a decoder, its cache', async () => {
    const folder = await openModelFolder(embeddedModel);
    await checkRoom(folder, 300 * 2 ** 20);
    await assert.rejects(checkRoom(folder, 256 * 2 ** 20), { code: 'runtime', message: /needs about .* GB of memory/ });
  });
});
