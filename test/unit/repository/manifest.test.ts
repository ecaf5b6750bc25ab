import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { colors, commands, internalCommands, nextEditColors, settings, tools, views } from '../../../src/host/ids';
import { root } from '../../support/paths';

interface Manifest {
  engines: { vscode: string };
  activationEvents: string[];
  enabledApiProposals?: string[];
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    views: Record<string, { id: string }[]>;
    colors: { id: string; defaults: Record<string, string> }[];
    languageModelTools: { name: string }[];
    commands: { command: string; category: string; title: string }[];
    configuration: { properties: Record<string, { type: string | string[]; default: unknown; scope: string }> };
  };
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const text = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(text('package.json')) as Manifest;
const strings = JSON.parse(text('package.nls.json')) as Record<string, string>;

describe('package.json', () => {
  it('offers exactly the commands of src/host/ids.ts', () => {
    const offered = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual(offered.sort(), Object.values(commands).sort());
  });

  it('declares exactly the colours of src/host/ids.ts, for every kind of theme', () => {
    const declared = manifest.contributes.colors.map(({ id }) => id);
    assert.deepEqual(declared.sort(), [...Object.values(colors).flat(), ...Object.values(nextEditColors)].sort());
    for (const { id, defaults } of manifest.contributes.colors)
      assert.deepEqual(Object.keys(defaults).sort(), ['dark', 'highContrast', 'highContrastLight', 'light'], id);
  });

  it('has exactly the views and tools of src/host/ids.ts', () => {
    const shown = Object.values(manifest.contributes.views).flat();
    assert.deepEqual(shown.map(({ id }) => id).sort(), Object.values(views).sort());
    assert.deepEqual(
      manifest.contributes.languageModelTools.map(({ name }) => name),
      Object.values(tools),
    );
  });

  it('offers no internal command', () => {
    const offered = new Set(manifest.contributes.commands.map(({ command }) => command));
    assert.deepEqual(
      Object.values(internalCommands).filter((command) => offered.has(command)),
      [],
    );
  });

  it('declares exactly the settings of src/host/ids.ts', () => {
    assert.deepEqual(Object.keys(manifest.contributes.configuration.properties).sort(), Object.values(settings).sort());
  });

  it('gives every setting a type, a default and a scope', () => {
    for (const [name, setting] of Object.entries(manifest.contributes.configuration.properties)) {
      assert.ok(setting.type, `${name} has no type`);
      assert.notEqual(setting.default, undefined, `${name} has no default`);
      assert.ok(setting.scope, `${name} has no scope`);
    }
  });

  it('takes paths and engine options from the machine only, never from a workspace', () => {
    const { serverCompletion, serverSummaries, serverSearch, modelDecoder, modelEncoder, engineThreads } = settings;
    const machine = [modelDecoder, modelEncoder, engineThreads, serverCompletion, serverSummaries, serverSearch];
    for (const name of machine) {
      assert.equal(manifest.contributes.configuration.properties[name]?.scope, 'machine');
      assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(name));
    }
  });

  it('uses every string of package.nls.json, and no other', () => {
    const used = [...text('package.json').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(strings).sort());
  });

  it('is active as soon as the editor has started, for suggestions answer in every language', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
  });

  it('uses no proposed API and no API newer than the oldest VS Code it runs in', () => {
    assert.equal(manifest.enabledApiProposals, undefined);
    const floor = /^\^(\d+\.\d+)\./.exec(manifest.engines.vscode)?.[1];
    assert.equal(/^\d+\.\d+/.exec(manifest.devDependencies['@types/vscode'] ?? '')?.[0], floor);
  });

  it('pins every package to one version', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    assert.deepEqual(loose, []);
  });
});
