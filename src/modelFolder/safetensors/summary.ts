/**
 * What a folder of safetensors says of the model in it, and whether the model can be used here; used by `../summary.ts` and before
 * a folder is converted. Reads no weights, only headers.
 */
import { invalid, nameOf, readJson } from '../layouts/files';
import { describeDecoderWeights, describeEncoderWeights, roleOfWeights } from '../layouts/safetensorsLayout';
import type { ModelSummary } from '../layouts/types';
import { readDecoderConfig } from './decoderConfig';
import { readEncoderShape } from './encoderConfig';
import { SafetensorsWeights } from './weights';

/**
 * @param path absolute, of a folder that `holdsWeightsOnly` says yes to
 * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence, where it cannot be used
 */
export async function summarizeWeights(path: string): Promise<ModelSummary> {
  const role = await roleOfWeights(path);
  if (role === 'encoder-decoder')
    throw invalid(
      `The model folder ${path} holds the weights of an encoder with a decoder, which cannot be read as they are; export it as ONNX, or choose another model.`,
    );
  if (role === 'encoder') return summarizeEncoder(path);
  const { architecture } = readDecoderConfig(path, await readJson(path, 'config.json'));
  const { name, contextLength, promptLayout } = await describeDecoderWeights(path);
  return {
    path,
    name,
    format: 'safetensors',
    role,
    architecture,
    ...(await countedIn(path)),
    contextLength,
    fillsInTheMiddle: promptLayout !== 'left-to-right',
  };
}

async function summarizeEncoder(path: string): Promise<ModelSummary> {
  const { family } = readEncoderShape(path, await readJson(path, 'config.json'));
  const { contextLength } = await describeEncoderWeights(path);
  return {
    path,
    name: nameOf(path),
    format: 'safetensors',
    role: 'encoder',
    architecture: family,
    ...(await countedIn(path)),
    contextLength,
    fillsInTheMiddle: false,
  };
}

/** How most values are stored, how many there are, and what they take. */
async function countedIn(path: string): Promise<Pick<ModelSummary, 'quantization' | 'parameters' | 'bytes'>> {
  const weights = await SafetensorsWeights.open(path);
  try {
    const types = new Map<string, number>();
    let [parameters, bytes] = [0, 0];
    for (const { type, shape, start, end } of weights.tensors.values()) {
      const values = shape.reduce((product, length) => product * length, 1);
      types.set(type, (types.get(type) ?? 0) + values);
      parameters += values;
      bytes += end - start;
    }
    return { quantization: [...types].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'none', parameters, bytes };
  } finally {
    await weights.close();
  }
}
