/**
 * Puts the command line's own help into docs/cli.md, so that both say the same. `npm run generate` calls it, and a unit test
 * compares the page with what it returns. Everything around the two marks is written by hand.
 */
import { transform } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const begin = '<!-- usage: written by `npm run generate` from src/cli/usage.ts -->\n';
const end = '<!-- end of usage -->\n';

/**
 * @param {string} root absolute path of the repository
 * @returns {Promise<string>} the page, as docs/cli.md is to hold it
 */
export async function usagePage(root) {
  const page = await readFile(join(root, 'docs/cli.md'), 'utf8');
  const [before, rest] = splitAt(page, begin);
  const [, after] = splitAt(rest, end);
  return `${before}${begin}\n\`\`\`text\n${await usageOf(root)}\`\`\`\n\n${end}${after}`;
}

/** @param {string} text @param {string} mark @returns {[string, string]} what stands before the mark, and behind it */
function splitAt(text, mark) {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`docs/cli.md lacks the line ${mark.trim()}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** @param {string} root @returns {Promise<string>} what `glassbox --help` prints */
async function usageOf(root) {
  const source = await readFile(join(root, 'src/cli/usage.ts'), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'esm' });
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)).usage;
}
