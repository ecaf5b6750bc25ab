/**
 * The models that are assembled from bases that packages bring (scripts/lib/models.mjs), for tests that need one. Such
 * a test is skipped, with the reason, where the model could not be made; in continuous integration it fails instead.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths';

/** @throws {Error} in continuous integration, where the model is missing */
export function requireBaseModel(test: Mocha.Context, role: 'decoder' | 'encoder'): string {
  const folder = join(root, 'dist/models', role);
  if (existsSync(join(folder, 'glassbox.json'))) return folder;
  const sentence = whyMissing(role);
  if (process.env.CI) throw new Error(sentence);
  console.log(`      skipped: ${sentence}`);
  return test.skip();
}

function whyMissing(role: 'decoder' | 'encoder'): string {
  const report = join(root, 'dist/models/missing.json');
  const reasons = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as Record<string, string>) : {};
  return reasons[role] ?? `dist/models/${role} is not made yet: npm start makes it.`;
}
