/** What a VSIX is made of, for those who have to keep it small: `npm run package` prints it. */
import { unzipSync } from 'fflate';
import { readFileSync } from 'node:fs';

/** The first pattern that a path matches names its part. @type {readonly (readonly [part: string, paths: RegExp])[]} */
const parts = [
  ['decoder from a base', /^dist\/models\/decoder\//],
  ['encoder from a base', /^dist\/models\/encoder\//],
  ['small decoder', /^models\/decoder\//],
  ['table of token vectors', /^models\/search\//],
  ['grammars', /^dist\/node_modules\/@vscode\/tree-sitter-wasm\//],
  ['ONNX Runtime, koffi and re2js', /^dist\/node_modules\//],
  ['programs and pages', /^dist\//],
  ['pictures, texts and licences', /^/],
];

/**
 * @param {string} vsix
 * @returns {{ part: string, packed: number, unpacked: number }[]} bytes of each part, in the order above, empty ones left out
 */
export function partsOf(vsix) {
  const sizes = parts.map(([part]) => ({ part, packed: 0, unpacked: 0 }));
  unzipSync(readFileSync(vsix), {
    filter: ({ name, size, originalSize }) => {
      const path = name.replace(/^extension\//, '');
      const sum = sizes[parts.findIndex(([, paths]) => paths.test(path))];
      if (sum) {
        sum.packed += size;
        sum.unpacked += originalSize;
      }
      return false;
    },
  });
  return sizes.filter(({ unpacked }) => unpacked > 0);
}
