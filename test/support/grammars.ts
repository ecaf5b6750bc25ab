import { join } from 'node:path';
import { Grammars } from '../../src/syntax/grammars';
import { root } from './paths';

/** The grammars where their package has them. */
export const grammarFolder = join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm');

export const grammars = new Grammars(grammarFolder);
