import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** What keeps features of the editor's own, which would talk over the one under test, out of the way. */
const quiet = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'files.autoSave': 'off',
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * The committed decoder alone, and no encoder, for tests of what holds for every model: they are done in a tenth of the
 * time, and nothing that a model reads in the background comes between.
 */
const smallModels = {
  'glassbox.model.decoder': join(root, 'models/decoder'),
  'glassbox.model.encoder': 'none',
};

/** The models that tests in an editor run on: `GLASSBOX_TEST_MODELS=real` takes those that come with the extension. */
export const testModels = process.env['GLASSBOX_TEST_MODELS'] === 'real' ? {} : smallModels;

/** What tests in an editor begin with: nothing that one has learned decides what the next one sees. */
export const testSettings = { 'glassbox.completion.learning': false, ...testModels };

/** @param {string} userData as given to `--user-data-dir` @param {Record<string, unknown>} [more] */
export function writeUserSettings(userData, more = {}) {
  mkdirSync(join(userData, 'User'), { recursive: true });
  writeFileSync(join(userData, 'User/settings.json'), JSON.stringify({ ...quiet, ...more }, null, 2));
}
