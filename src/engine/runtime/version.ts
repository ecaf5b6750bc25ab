/**
 * Reads the installed version of ONNX Runtime from its package; used in the keys of verdicts, rounding results and
 * packed weights. Empty where the package is missing.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Version of ONNX Runtime; empty where it is not there. */
export function runtimeVersion(): string {
  try {
    const root = dirname(dirname(require.resolve('onnxruntime-node')));
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return '';
  }
}
