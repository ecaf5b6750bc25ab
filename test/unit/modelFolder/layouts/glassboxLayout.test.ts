import assert from 'node:assert/strict';
import { symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineError } from '../../../../src/ipc/engine/errors';
import { openModelFolder } from '../../../../src/modelFolder/layouts/folder';
import { entry, folderWith, refused, tokenizer, tokens } from '../../../support/modelFolders';
import type { Files } from '../../../support/modelFolders';

describe('a folder with glassbox.json', () => {
  const graph = 'not really a graph';
  const vocabulary = JSON.stringify(tokenizer(...Object.values(tokens)));
  const manifest = {
    format: 1,
    name: 'little',
    version: '1.0.0',
    role: 'decoder',
    license: 'MIT',
    contextLength: 256,
    vocabularySize: 7,
    graph: 'model.onnx',
    tokenizer: 'tokenizer.json',
    layout: 'suffix-first-next-line',
    tokens,
    cache: { layers: 2, heads: 1, headSize: 32 },
    files: [entry('model.onnx', graph), entry('tokenizer.json', vocabulary)],
  };
  const files: Files = { 'glassbox.json': manifest, 'model.onnx': graph, 'tokenizer.json': vocabulary };
  const changed = (changes: object): Files => ({ ...files, 'glassbox.json': { ...manifest, ...changes } });

  it('opens', async () => {
    const path = await folderWith(files);
    assert.deepEqual(await openModelFolder(path), {
      role: 'decoder',
      path,
      name: 'little',
      cacheOutputs: 'delta',
      cache: { layers: 2, heads: 1, headSize: 32 },
      contextLength: 256,
      vocabularySize: 7,
      graph: join(path, 'model.onnx'),
      tokenizer: JSON.parse(vocabulary) as unknown,
      tokenizerConfig: undefined,
      promptLayout: 'suffix-first-next-line',
      tokens,
      stopTokens: ['<|eom|>', '<|file|>'],
    });
  });

  it('opens with more tokens that end what is written, each named once', async () => {
    const path = await folderWith(changed({ stopTokens: [tokens.prefix, tokens.file] }));
    const folder = await openModelFolder(path);
    assert.deepEqual(folder.role === 'decoder' && folder.stopTokens, ['<|eom|>', '<|file|>', '<|prefix|>']);
    await refused(await folderWith(changed({ stopTokens: ['<|none|>'] })), 'modelInvalid', '<|none|>');
  });

  it('opens with a prompt for next edits, which needs the token of a file', async () => {
    const folder = await openModelFolder(await folderWith(changed({ nextEdit: 'sweep' })));
    assert.equal(folder.role === 'decoder' && folder.nextEdit, 'sweep');
    await refused(await folderWith(changed({ nextEdit: 'other' })), 'modelInvalid', 'nextEdit');
    const { file: _, ...others } = { ...tokens };
    const nameless = changed({ nextEdit: 'sweep', layout: 'left-to-right', tokens: others });
    await refused(await folderWith(nameless), 'modelInvalid', '"file"');
  });

  it('opens with a chat template, and the tokens that end what is written', async () => {
    const named = { endOfText: '<|text|>', endOfTurn: '<|turn|>' };
    const words = JSON.stringify(tokenizer(...Object.values(named)));
    const path = await folderWith({
      ...changed({
        layout: 'left-to-right',
        tokens: named,
        chatTemplate: '{{ messages }}',
        files: [entry('model.onnx', graph), entry('tokenizer.json', words)],
      }),
      'tokenizer.json': words,
    });
    const folder = await openModelFolder(path);
    assert.ok(folder.role === 'decoder');
    assert.deepEqual([folder.chatTemplate, folder.tokens], ['{{ messages }}', named]);
    assert.deepEqual(folder.stopTokens, ['<|text|>', '<|turn|>']);
  });

  it('opens with weights in a file of their own, where that is listed', async () => {
    const path = await folderWith({
      ...changed({ files: [...manifest.files, entry('model.onnx_data', 'weights')] }),
      'model.onnx_data': 'weights',
    });
    assert.equal((await openModelFolder(path)).graph, join(path, 'model.onnx'));
  });

  const wrong: Record<string, [Files, EngineError['code'], ...(string | RegExp)[]]> = {
    'another format': [changed({ format: 2 }), 'modelInvalid', 'glassbox.json', 'format 2', /update Glassbox/],
    'another role': [changed({ role: 'oracle' }), 'modelInvalid', 'glassbox.json', '"oracle"', 'decoder'],
    'the parts of another role': [
      changed({ role: 'encoder' }),
      'modelInvalid',
      'glassbox.json',
      'dimension is missing',
    ],
    'no role': [changed({ role: undefined }), 'modelInvalid', 'glassbox.json', 'role'],
    'a list instead': [{ ...files, 'glassbox.json': [] }, 'modelInvalid', 'glassbox.json'],
    'something unknown': [changed({ surprise: 1 }), 'modelInvalid', 'glassbox.json', 'surprise'],
    'a context of nothing': [changed({ contextLength: 0 }), 'modelInvalid', 'contextLength'],
    'a manifest cut off': [
      { ...files, 'glassbox.json': JSON.stringify(manifest).slice(0, -9) },
      'modelInvalid',
      'glassbox.json',
      'not valid JSON',
    ],
    'a path out of the folder': [changed({ graph: '../model.onnx' }), 'modelInvalid', 'graph'],
    'a path out of the folder, hidden': [
      changed({ files: [...manifest.files, entry('a/../../b', '')] }),
      'modelInvalid',
      'files.2.path',
    ],
    'an absolute path': [changed({ tokenizer: '/etc/passwd' }), 'modelInvalid', 'tokenizer'],
    'a path with a drive': [changed({ tokenizer: 'C:\\tokenizer.json' }), 'modelInvalid', 'tokenizer'],
    'a graph that is not listed': [changed({ files: [manifest.files[1]] }), 'modelInvalid', 'model.onnx', 'not listed'],
    'weights that are not listed': [
      { ...files, 'model.onnx_data': 'weights' },
      'modelInvalid',
      'model.onnx_data',
      'not listed',
    ],
    'a file that is not there': [
      { 'glassbox.json': manifest, 'tokenizer.json': vocabulary },
      'modelMissing',
      'model.onnx',
    ],
    'a file of another size': [
      { ...files, 'model.onnx': `${graph}!` },
      'modelInvalid',
      'model.onnx',
      '19 bytes instead of 18',
    ],
    'a file of another content': [
      { ...files, 'model.onnx': graph.toUpperCase() },
      'modelInvalid',
      'model.onnx',
      'SHA-256',
    ],
    'a checksum that is none': [
      changed({ files: [{ ...manifest.files[0], sha256: 'abc' }, manifest.files[1]] }),
      'modelInvalid',
      'sha256',
    ],
    'more tokens than the model has': [changed({ vocabularySize: 6 }), 'modelInvalid', 'tokenizer.json', 'more tokens'],
    'a token that its layout needs': [changed({ tokens: { ...tokens, rest: undefined } }), 'modelInvalid', '"rest"'],
    'a token that the tokenizer lacks': [
      changed({ tokens: { ...tokens, rest: '<|other|>' } }),
      'modelInvalid',
      'tokenizer.json',
      '<|other|>',
    ],
    'a folder in place of a file': [
      {
        ...files,
        'model.onnx': '',
        'model.onnx2/x': '',
        'glassbox.json': { ...manifest, graph: 'model.onnx2', files: [entry('model.onnx2', ''), manifest.files[1]] },
      },
      'modelInvalid',
      'model.onnx2',
      'not a file',
    ],
  };
  for (const [name, [content, code, ...mentions]] of Object.entries(wrong)) {
    it(`is refused: ${name}`, async () => refused(await folderWith(content), code, ...mentions));
  }

  it('opens as an encoder', async () => {
    const { layout: _, cache: __, ...rest } = manifest;
    const marks = { query: '<|file|>', document: '<|suffix|>', pad: '<|prefix|>' };
    const path = await folderWith({
      ...files,
      'glassbox.json': { ...rest, role: 'encoder', dimension: 24, pooling: 'mean', tokens: marks },
    });
    assert.deepEqual(await openModelFolder(path), {
      role: 'encoder',
      path,
      name: 'little',
      contextLength: 256,
      vocabularySize: 7,
      graph: join(path, 'model.onnx'),
      tokenizer: JSON.parse(vocabulary) as unknown,
      tokenizerConfig: undefined,
      dimension: 24,
      pooling: 'mean',
      needsFinishedVectors: false,
      prefixes: { query: '', document: '' },
      poolsPrefix: true,
      marks: { query: '<|file|>', document: '<|suffix|>' },
      pad: '<|prefix|>',
      trims: false,
      lowerCase: false,
    });
  });

  it('is refused where a link leads out of it', async () => {
    const outside = await folderWith({ 'secret.onnx': graph });
    const path = await folderWith({ 'glassbox.json': manifest, 'tokenizer.json': vocabulary });
    await symlink(join(outside, 'secret.onnx'), join(path, 'model.onnx'));
    await refused(path, 'modelInvalid', 'model.onnx', 'link');
  });

  it('notices a file that changes after it was opened, and one that is repaired', async () => {
    const path = await folderWith(files);
    await openModelFolder(path);
    await truncate(join(path, 'model.onnx'), 5);
    await refused(path, 'modelInvalid', '5 bytes');
    await writeFile(join(path, 'model.onnx'), graph.replace('not', 'yes'));
    // File systems keep coarse times: make sure that this one differs.
    await utimes(join(path, 'model.onnx'), 1, 1);
    await refused(path, 'modelInvalid', 'SHA-256');
    await writeFile(join(path, 'model.onnx'), graph);
    assert.equal((await openModelFolder(path)).name, 'little');
  });
});
