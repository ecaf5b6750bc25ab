import { basename, join } from 'node:path';
import * as v from 'valibot';
import { TextFramer } from '../encoder/texts';
import { exists, readJson } from '../models/files';
import { openModelFolder } from '../models/folder';
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

const config = v.object({
  is_encoder_decoder: v.optional(v.boolean()),
  vocab_size: v.number(),
  decoder_start_token_id: v.optional(v.nullable(v.number())),
  n_positions: v.optional(v.number()),
  max_position_embeddings: v.optional(v.number()),
});
const usualContext = 512;

const graphs = { encoder: 'onnx/encoder_model.onnx', decoder: 'onnx/decoder_model.onnx' };

/**
 * Whether a folder holds an encoder-decoder, as optimum exports it. Its graph without a cache is wanted beside the
 * encoder's: `decoder_model.onnx`.
 */
export async function hasEncoderDecoder(path: string): Promise<boolean> {
  return (await exists(path, graphs.encoder)) && (await exists(path, graphs.decoder)) && (await exists(path, 'config.json'));
}

/** @throws {EngineError} `modelMissing` or `modelInvalid` */
export async function openEncoderDecoderFolder(path: string): Promise<SequenceFolder> {
  const settings = v.parse(config, await readJson(path, 'config.json'));
  const tokenizerJson = await readJson(path, 'tokenizer.json');
  const tokenizer = Tokenizer.create(tokenizerJson, (await exists(path, 'tokenizer_config.json')) ? await readJson(path, 'tokenizer_config.json') : undefined);
  const { before, after } = readFrame(tokenizerJson);
  const most = settings.n_positions ?? settings.max_position_embeddings ?? usualContext;
  const start = settings.decoder_start_token_id ?? undefined;
  return {
    name: basename(path),
    vocabularySize: settings.vocab_size,
    encoder: join(path, graphs.encoder),
    decoder: join(path, graphs.decoder),
    source: (text) => framed(text, tokenizer.encode(text).slice(0, most - before.length - after.length), { before, after }, tokenizer),
    target: (text) => framed(text, tokenizer.encode(text).slice(0, most - 1), { before: start === undefined ? before : [start], after: [] }, tokenizer),
  };
}

/** @throws {EngineError} `modelMissing` or `modelInvalid` */
export async function openEncoderFolder(path: string): Promise<SequenceFolder> {
  const folder = await openModelFolder(path);
  if (folder.role !== 'encoder') throw new Error(`${folder.name} is no encoder`);
  const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
  const framer = new TextFramer(folder, tokenizer);
  const special = new Set(tokenizer.specialIds);
  const source = (text: string): CapturedSequence => {
    const ids = Array.from(framer.frame('document', text).ids);
    const first = ids.findIndex((id) => !special.has(id));
    const last = ids.findLastIndex((id) => !special.has(id));
    return framed(text, first < 0 ? [] : ids.slice(first, last + 1), { before: first < 0 ? ids : ids.slice(0, first), after: first < 0 ? [] : ids.slice(last + 1) }, tokenizer);
  };
  return { name: folder.name, vocabularySize: folder.vocabularySize, encoder: folder.graph, decoder: undefined, source, target: source };
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
