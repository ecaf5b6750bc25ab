import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleDecoder } from '../../../../src/engine/assemble/decoder';
import { ConvertedModels } from '../../../../src/engine/conversion/convertedModels';
import { openDecoderFolder } from '../../../../src/modelFolder/layouts/folder';
import { unpackFamily } from '../../../support/families';

describe('model files that are kept converted', () => {
  let place: string;
  let file: string;
  let conversions: number;
  beforeEach(async () => {
    place = mkdtempSync(join(tmpdir(), 'glassbox-converted-'));
    file = join(place, 'sha256-0123');
    copyFileSync(join(await unpackFamily('gguf-qwen2'), 'model.gguf'), file);
    conversions = 0;
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  const cache = () => join(place, 'cache');
  const entries = () => readdirSync(cache());
  const start = (environment = 'this program', convert = assemble) =>
    new ConvertedModels({ folder: cache(), environment: () => environment, convert, log: () => undefined });
  const assemble = (from: string, folder: string): Promise<void> => {
    conversions++;
    return assembleDecoder({ from, folder, block: 32, precision: 'asStored', log: () => undefined });
  };

  it('are converted once, and open as folders', async () => {
    const models = start();
    const [one, other] = await Promise.all([models.folderOf(file), models.folderOf(file)]);
    assert.equal(one, other);
    assert.equal((await openDecoderFolder(one)).name, 'Random qwen2');
    assert.equal(models.originOf(one), file);
    assert.equal(await start().folderOf(file), one);
    assert.deepEqual([conversions, entries().length], [1, 1]);
  });

  it('leave folders, and files of other kinds, as they are', async () => {
    const other = join(place, 'model.onnx');
    writeFileSync(other, 'no model');
    for (const path of [place, other, join(place, 'none')]) assert.equal(await start().folderOf(path), path);
    assert.equal(conversions, 0);
  });

  it('are converted anew where the file or the program has changed', async () => {
    const first = await start().folderOf(file);
    utimesSync(file, 1, 1);
    const second = await start().folderOf(file);
    assert.notEqual(second, first);
    assert.notEqual(await start('another program').folderOf(file), second);
    assert.equal(conversions, 3);
  });

  it('are converted anew where the conversion is damaged', async () => {
    const folder = await start().folderOf(file);
    truncateSync(join(folder, 'model.onnx.data'), 100);
    assert.equal(await start().folderOf(file), folder);
    await openDecoderFolder(folder);
    assert.deepEqual([conversions, entries().length], [2, 1]);
  });

  it('leave nothing behind where that fails, and say why in one sentence', async () => {
    const failing = start('this program', (_, folder) => {
      writeFileSync(folder, 'half');
      return Promise.reject(new Error('the process ended with SIGKILL'));
    });
    await assert.rejects(failing.folderOf(file), {
      code: 'runtime',
      message: `${file} cannot be converted: the process ended with SIGKILL.`,
    });
    assert.deepEqual(entries(), []);
    await openDecoderFolder(await start().folderOf(file));
  });

  it('are refused before anything is written where the head says that they cannot be used', async () => {
    writeFileSync(file, readFileSync(file).subarray(0, 20_000));
    await assert.rejects(start().folderOf(file), { code: 'modelInvalid' });
    assert.ok(!existsSync(cache()));
    await assert.rejects(
      new ConvertedModels({
        folder: undefined,
        environment: () => '',
        convert: assemble,
        log: () => undefined,
      }).folderOf(file),
      { code: 'runtime' },
    );
  });
});
