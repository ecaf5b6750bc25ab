/** Where files that come with the extension lie, below its folder. Reads nothing. */
import { join } from 'node:path';

/** The grammars of tree-sitter. @param root absolute path of the extension's folder */
export function grammarFolder(root: string): string {
  return join(root, 'dist', 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm');
}
