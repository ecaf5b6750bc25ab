import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { settings } from '../../src/host/ids';
import { unpackFamily } from '../support/families';
import { api, close, logLines, open, type, until, useScratchFolder, useSetting } from './editor';

const code = 'function add(a, b) {\n  return a + b;\n}\n\nconst sum = ';

describe('a GGUF file that the setting names', () => {
  const scratch = useScratchFolder();
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-gguf-'));
  // Whatever a model with random weights writes is shown.
  useSetting('completion.minimumConfidence', 0);
  after(() => rmSync(folder, { recursive: true, force: true }));

  const usual = vscode.workspace.getConfiguration().inspect<string>(settings.modelDecoder)?.globalValue;
  const setModel = (path: string | undefined) =>
    vscode.workspace.getConfiguration().update(settings.modelDecoder, path, vscode.ConfigurationTarget.Global);
  afterEach(async () => {
    await setModel(usual);
    await close();
  });

  it('is converted once and completes code', async () => {
    const { activity } = await api();
    const file = join(folder, 'model.gguf');
    writeFileSync(file, withRoom(readFileSync(join(await unpackFamily('gguf-qwen2'), 'model.gguf'))));
    const uri = scratch('gguf.js', code);
    await open(uri);
    await setModel(file);
    const { lastRun } = activity.state;
    // A key pressed just as a setting changes may still be answered as before.
    for (let keys = 0; keys < 20 && activity.state.lastRun === lastRun; keys++) {
      await type('a');
      await until('it has its answer', () => activity.state.lastRun !== lastRun, 5_000).catch(() => undefined);
    }
    assert.notEqual(activity.state.lastRun, lastRun, activity.explanation(uri.toString()) ?? activity.state.failure);
    await until('its facts are known', () => activity.state.model?.name === 'Random qwen2');
    assert.equal(activity.state.failure, undefined);
    assert.ok(logLines().some((line) => line.includes('was converted once')));
  });
});

/** The file with a context that a completion fits into. */
function withRoom(bytes: Buffer): Buffer {
  const key = 'qwen2.context_length';
  // Behind the key stands the type of its value.
  bytes.writeUInt32LE(1_024, bytes.indexOf(key) + key.length + 4);
  return bytes;
}
