import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { findModels } from '../../../../src/features/models/findModels';
import type { StoreKind } from '../../../../src/features/models/stores';

describe('findModels', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-stores-'));
  after(() => rmSync(folder, { recursive: true }));
  const write = (path: string, text = ''): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const found = async (store: StoreKind, at: string) =>
    (await findModels([{ kind: store, folder: join(folder, at) }])).map(({ label, path }) => [
      label,
      relative(join(folder, at), path).replaceAll('\\', '/'),
    ]);

  it('reads manifests of Ollama, which name blobs', async () => {
    const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
    const layers = (digest: string) => ({ schemaVersion: 2, layers: [
      { mediaType: 'application/vnd.ollama.image.license', digest: `sha256:${'0'.repeat(64)}` },
      { mediaType: 'application/vnd.ollama.image.model', digest },
    ] }); // prettier-ignore
    write('ollama/manifests/registry.ollama.ai/library/qwen2.5-coder/0.5b', JSON.stringify(layers(`sha256:${one}`)));
    write('ollama/manifests/registry.ollama.ai/ada/own/latest', JSON.stringify(layers(`sha256:${two}`)));
    write('ollama/manifests/hf.co/ada/Model-GGUF/Q4_K_M', JSON.stringify(layers(`sha256:${two}`)));
    write('ollama/manifests/registry.ollama.ai/library/cloud/latest', '{"layers":[]}');
    write('ollama/manifests/registry.ollama.ai/library/hostile/latest', JSON.stringify(layers('sha256:../../x')));
    write('ollama/manifests/registry.ollama.ai/library/damaged/latest', '{');
    assert.deepEqual(await found('ollama', 'ollama'), [
      ['ada/Model-GGUF:Q4_K_M', `blobs/sha256-${two}`],
      ['qwen2.5-coder:0.5b', `blobs/sha256-${one}`],
    ]);
  });

  it('lists GGUF files, the first of several parts, and none that reads pictures', async () => {
    for (const name of ['Qwen/Coder-GGUF/coder-q4.gguf', 'a/b/big-00001-of-00003.gguf', 'a/b/big-00002-of-00003.gguf'])
      write(`lm/${name}`);
    for (const name of ['a/b/mmproj-model.gguf', 'a/b/readme.md']) write(`lm/${name}`);
    assert.deepEqual(
      (await found('lmStudio', 'lm')).map(([label]) => label),
      ['Qwen/Coder-GGUF/coder-q4.gguf', 'a/b/big-00001-of-00003.gguf'],
    );
  });

  it('lists snapshots of Hugging Face, and GGUF files in them', async () => {
    write('hub/models--org--onnx/snapshots/aaa/config.json');
    write('hub/models--org--onnx/snapshots/bbb/config.json');
    write('hub/models--org--onnx/refs/main', 'bbb\n');
    write('hub/models--org--gguf/blobs/123');
    mkdirSync(join(folder, 'hub/models--org--gguf/snapshots/ccc'), { recursive: true });
    symlinkSync('../../blobs/123', join(folder, 'hub/models--org--gguf/snapshots/ccc/m.gguf'));
    symlinkSync('../../blobs/gone', join(folder, 'hub/models--org--gguf/snapshots/ccc/gone.gguf'));
    write('hub/models--org--empty/refs/main', 'ddd');
    write('hub/datasets--org--data/snapshots/eee/config.json');
    assert.deepEqual(await found('huggingFace', 'hub'), [
      ['org/gguf/m.gguf', 'models--org--gguf/snapshots/ccc/m.gguf'],
      ['org/onnx', 'models--org--onnx/snapshots/bbb'],
    ]);
  });

  it('finds nothing where there is nothing', async () => {
    assert.deepEqual(await found('llamaCpp', 'absent'), []);
  });
});
