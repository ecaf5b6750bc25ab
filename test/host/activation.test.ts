import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type * as Glassbox from '../../src/extension';
import { api } from './editor';

/** As VS Code's memento, as far as it is used. */
function memory(): vscode.ExtensionContext['globalState'] {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string) => values.get(key) as never,
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
    setKeysForSync: () => undefined,
  };
}

const noSecrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'onDidChange'> = {
  get: () => Promise.resolve(undefined),
  store: () => Promise.resolve(),
  delete: () => Promise.resolve(),
  onDidChange: () => new vscode.Disposable(() => undefined),
};

describe('activation', () => {
  it('takes 50 ms at most, loading the bundle included', async () => {
    const extension = vscode.extensions.getExtension<Glassbox.Api>('glassbox.glassbox');
    assert.ok(extension);
    const running = await api();
    const { activationMs } = running;
    const load = createRequire(__filename);
    // The last instance stays for the other tests: it needs what VS Code gives to one.
    const storage = mkdtempSync(join(tmpdir(), 'glassbox-storage-'));
    process.on('exit', () => rmSync(storage, { recursive: true, force: true }));
    const bundle = load.resolve(extension.extensionPath);
    const runs: number[] = [];
    for (let run = 0; run < 5; run++) {
      (load(bundle) as typeof Glassbox).deactivate();
      // What is loaded at start beside the entry, too.
      for (const path of Object.keys(load.cache)) if (path.startsWith(dirname(bundle))) load.cache[path] = undefined;
      const start = performance.now();
      const { activate } = load(bundle) as typeof Glassbox;
      const context = {
        extensionPath: extension.extensionPath,
        subscriptions: [] as vscode.Disposable[],
        storageUri: vscode.Uri.file(join(storage, 'workspace')),
        globalStorageUri: vscode.Uri.file(join(storage, 'global')),
        workspaceState: memory(),
        globalState: memory(),
        secrets: noSecrets,
      };
      const latest = activate(context);
      runs.push(performance.now() - start);
      // Whoever asks for the extension's interface is answered by the instance that runs.
      Object.assign(running, latest);
    }
    // Whatever else the machine does only adds to it.
    const fastest = Math.min(...runs);
    console.log(
      `    load and activate, fastest of 5: ${fastest.toFixed(1)} ms; when VS Code started: ${activationMs.toFixed(1)} ms`,
    );
    assert.ok(fastest <= 50);
  });
});
