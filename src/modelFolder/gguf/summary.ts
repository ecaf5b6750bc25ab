/**
 * What a GGUF file's header says of the model in it, and whether the model can be used here; used by `../summary.ts` and before a
 * file is converted. Reads no weights.
 */
import { basename } from 'node:path';
import { fillInTheMiddle } from '../layouts/fillInTheMiddle';
import type { ModelSummary } from '../layouts/types';
import { familyOf } from './decoder';
import { readMarks } from './endTokens';
import { readGgufHeader } from './header';
import type { GgufFile } from './header';
import { GgufMetadata } from './metadata';
import { checkTokenizer } from './tokenizer';

/**
 * @param path of a file; its name does not matter
 * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence, where it cannot be used as a decoder
 */
export async function summarizeGguf(path: string): Promise<ModelSummary> {
  const file = await readGgufHeader(path);
  const metadata = new GgufMetadata(file);
  if (metadata.count('split.count', 1) > 1)
    throw metadata.refusal('it is one of several parts, which have to be merged into one file');
  const architecture = familyOf(metadata);
  checkTokenizer(Object.fromEntries(file.metadata));
  const { types, parameters } = weightsOf(file);
  for (const { name, type, typeName } of file.tensors.values())
    if (!type) throw metadata.refusal(`its tensor ${name} is stored as ${typeName}, which is not understood`);
  return {
    path: file.path,
    name: metadata.text('general.name') ?? basename(file.path),
    format: 'gguf',
    role: 'decoder',
    architecture,
    quantization: mostOf(types),
    parameters,
    contextLength: metadata.count(`${architecture}.context_length`),
    fillsInTheMiddle: fillInTheMiddle(readMarks(metadata)) !== undefined,
    bytes: file.bytes,
  };
}

/** How many values there are, and how many of each format. */
function weightsOf({ tensors }: GgufFile): { types: ReadonlyMap<string, number>; parameters: number } {
  const types = new Map<string, number>();
  let parameters = 0;
  for (const { shape, typeName } of tensors.values()) {
    const values = shape.reduce((product, length) => product * length, 1);
    types.set(typeName, (types.get(typeName) ?? 0) + values);
    parameters += values;
  }
  return { types, parameters };
}

const mostOf = (counts: ReadonlyMap<string, number>): string =>
  [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'none';
