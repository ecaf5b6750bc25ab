import { createHash } from 'node:crypto';
import { makeFolder } from './folder';
import { createRandom } from './random';
import { definition } from './tokenizers';

export const staticDimension = 24;

/** The files of a table of token vectors with random numbers, for the small tokenizer of the fixtures. */
export function staticModelFiles(form: 'lower-case-words' | 'plain' = 'plain'): Record<string, Uint8Array | string> {
  const random = createRandom(5);
  const ids = [...Object.values(definition.model.vocab), ...definition.added_tokens.map(({ id }) => id)];
  const rows = Math.max(...ids) + 1;
  const files = {
    'table.bin': Uint8Array.from({ length: rows * staticDimension }, () => Math.floor(random() * 255) - 127),
    'scales.bin': new Uint8Array(Float32Array.from({ length: rows }, () => random() / 127).buffer),
    'tokenizer.json': Buffer.from(JSON.stringify(definition)),
  };
  const listed = Object.entries(files).map(([path, content]) => ({
    path,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  const manifest = {
    format: 1,
    name: 'static',
    version: '1',
    license: 'MIT',
    role: 'static-embedding',
    dimension: staticDimension,
    text: form,
    files: listed,
  };
  return { ...files, 'glassbox.json': JSON.stringify(manifest) };
}

export function staticModelFolder(form?: 'lower-case-words' | 'plain'): string {
  return makeFolder(staticModelFiles(form));
}
