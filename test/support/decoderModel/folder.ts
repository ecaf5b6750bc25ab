import { dirname } from 'node:path';
import type { DecoderFolder } from '../../../src/modelFolder/layouts/types';
import type { DecoderShape } from './shape';

/** A public decoder that knows nothing but its graph. */
export const folderOf = (graph: string, shape: DecoderShape): DecoderFolder => ({
  role: 'decoder',
  path: dirname(graph),
  name: 'public',
  cacheOutputs: 'copy',
  contextLength: shape.contextLength,
  vocabularySize: shape.vocabulary,
  graph,
  tokenizer: {},
  tokenizerConfig: undefined,
  promptLayout: 'left-to-right',
  tokens: {},
  stopTokens: [],
});
