import { TextFramer } from '../encoder/texts';
import { EngineError } from '../errors';
import type { EncoderDecoderFolder, EncoderFolder } from '../models/types';
import type { CapturedSequence } from '../protocol/attention';
import { readFrame } from '../tokenizer/frame';
import { Tokenizer } from '../tokenizer/tokenizer';
import { sequenceOf, type Part } from './sequence';

/** What captures need of an encoder's or encoder-decoder's folder. */
export interface SequenceFolder {
  readonly name: string;
  readonly vocabularySize: number;
  /** Absolute paths of the graphs. A decoder's takes no cache: all its tokens are run at once. */
  readonly encoder: string;
  readonly decoder: string | undefined;
  /** What the model reads, cut to what it takes. */
  source(text: string): CapturedSequence;
  /** What its decoder is to have written, behind the token that it begins with. */
  target(text: string): CapturedSequence;
}

/** @throws {EngineError} `modelMissing` where an encoder-decoder has no graph that runs all its tokens at once */
export function sequenceFolderOf(folder: EncoderFolder | EncoderDecoderFolder): SequenceFolder {
  const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
  const { name, vocabularySize } = folder;
  if (folder.role === 'encoder') return { name, vocabularySize, encoder: folder.graph, decoder: undefined, ...encoderTexts(folder, tokenizer) };
  if (folder.wholeGraph === undefined) {
    throw new EngineError('modelMissing', `The model folder ${folder.path} has no onnx/decoder_model.onnx, without which an encoder-decoder cannot be looked into; add it from the same export.`);
  }
  return { name, vocabularySize, encoder: folder.encoderGraph, decoder: folder.wholeGraph, ...pairTexts(folder, tokenizer) };
}

type Texts = Pick<SequenceFolder, 'source' | 'target'>;

function pairTexts({ tokenizer: json, contextLength, startIds }: EncoderDecoderFolder, tokenizer: Tokenizer): Texts {
  const { before, after } = readFrame(json);
  return {
    source: (text) => framed(text, tokenizer.encode(text).slice(0, contextLength - before.length - after.length), { before, after }, tokenizer),
    target: (text) => framed(text, tokenizer.encode(text).slice(0, contextLength - startIds.length), { before: startIds, after: [] }, tokenizer),
  };
}

function encoderTexts(folder: EncoderFolder, tokenizer: Tokenizer): Texts {
  const framer = new TextFramer(folder, tokenizer);
  const special = new Set(tokenizer.specialIds);
  const source = (text: string): CapturedSequence => {
    const ids = Array.from(framer.frame('document', text).ids);
    const first = ids.findIndex((id) => !special.has(id));
    const last = ids.findLastIndex((id) => !special.has(id));
    return framed(text, first < 0 ? [] : ids.slice(first, last + 1), { before: first < 0 ? ids : ids.slice(0, first), after: first < 0 ? [] : ids.slice(last + 1) }, tokenizer);
  };
  return { source, target: source };
}

/** Special tokens around a text. Ranges are the tokenizer's own where it is the text alone that was tokenized. */
function framed(text: string, ids: readonly number[], { before, after }: { before: readonly number[]; after: readonly number[] }, tokenizer: Tokenizer): CapturedSequence {
  const parts: Part[] = [{ kind: 'special', ids: before }, { kind: 'text', ids }, { kind: 'special', ids: after }];
  const known = tokenizer.encodeWithRanges(text);
  const same = ids.every((id, at) => id === known.ids[at]);
  if (!same) return sequenceOf(parts, tokenizer);
  const end = ids.length === 0 ? 0 : (known.ranges[2 * ids.length - 1] as number);
  const ranges = [...before.flatMap(() => [0, 0]), ...known.ranges.subarray(0, 2 * ids.length), ...after.flatMap(() => [end, end])];
  const texts = [...before.map(() => ''), ...ids.map((_, at) => text.slice(known.ranges[2 * at], known.ranges[2 * at + 1])), ...after.map(() => '')];
  const segments: CapturedSequence['segments'] = [];
  for (const { kind, ids: own } of parts) {
    const from = segments.at(-1)?.to ?? 0;
    const start = segments.at(-1)?.end ?? 0;
    if (own.length > 0) segments.push({ kind, from, to: from + own.length, start, end: kind === 'text' ? end : start });
  }
  return { ids: Int32Array.from([...before, ...ids, ...after]), texts, text: text.slice(0, end), ranges: Uint32Array.from(ranges), segments };
}
