/**
 * What capture takes from an encoder's or encoder-decoder's folder: graph paths, vocabulary size, and texts turned
 * into sequences; used by `open.ts` and `sequenceAttention.ts`.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { EncoderDecoderFolder, EncoderFolder } from '../../modelFolder/layouts/types';
import type { CapturedSequence } from '../../ipc/engine/messages/attention';
import { readFrame } from '../../modelFolder/tokenizer/frame';
import { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { EncoderSequences, framed } from './encoderSequences';

/** What captures need of an encoder's or encoder-decoder's folder. */
export interface SequenceFolder {
  readonly name: string;
  readonly vocabularySize: number;
  /** Absolute paths of the graphs. A decoder's takes no cache: all its tokens are run at once. */
  readonly encoder: string;
  readonly decoder: string | undefined;
  /** What the model reads, cut to what it takes. @param around what an encoder is given in front of it */
  source(text: string, around?: string): CapturedSequence;
  /** What its decoder is to have written, behind the token that it begins with. */
  target(text: string): CapturedSequence;
}

/** @throws {EngineError} `modelMissing` where an encoder-decoder has no graph that runs all its tokens at once */
export function sequenceFolderOf(folder: EncoderFolder | EncoderDecoderFolder): SequenceFolder {
  const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
  const { name, vocabularySize } = folder;
  if (folder.role === 'encoder')
    return { name, vocabularySize, encoder: folder.graph, decoder: undefined, ...encoderTexts(folder, tokenizer) };
  if (folder.wholeGraph === undefined) {
    throw new EngineError(
      'modelMissing',
      `The model folder ${folder.path} has no onnx/decoder_model.onnx, without which an encoder-decoder cannot be looked into; add it from the same export.`,
    );
  }
  return {
    name,
    vocabularySize,
    encoder: folder.encoderGraph,
    decoder: folder.wholeGraph,
    ...pairTexts(folder, tokenizer),
  };
}

type Texts = Pick<SequenceFolder, 'source' | 'target'>;

function pairTexts({ tokenizer: json, contextLength, startIds }: EncoderDecoderFolder, tokenizer: Tokenizer): Texts {
  const { before, after } = readFrame(json);
  return {
    source: (text) =>
      framed(
        text,
        tokenizer.encode(text).slice(0, contextLength - before.length - after.length),
        { before, after },
        tokenizer,
      ),
    target: (text) =>
      framed(
        text,
        tokenizer.encode(text).slice(0, contextLength - startIds.length),
        { before: startIds, after: [] },
        tokenizer,
      ),
  };
}

function encoderTexts(folder: EncoderFolder, tokenizer: Tokenizer): Texts {
  const sequences = new EncoderSequences(folder, tokenizer);
  const source = (text: string, around?: string): CapturedSequence => sequences.of('document', text, around);
  return { source, target: source };
}
