/**
 * Opens a model folder of any role with everything its requests need: tokenizer, completion, writer, encoder or
 * splitter; called by `serve.ts` through a model store.
 */
import { CopyingCompletion } from '../completion/copying/completion';
import { CompletionModel } from '../completion/completionModel';
import type { EmptyBodies } from '../../stopping/emptyBodies';
import { FollowingText } from '../completion/following';
import { Likelihoods } from '../completion/likelihood';
import { RerankedCompletion } from '../completion/rerankedCompletion';
import { GenerationModel } from '../decoder/generate';
import type { TextWriter } from '../decoder/generate';
import type { DecoderOptions } from '../decoder/open';
import type { Encoder } from '../encoder/encoder';
import { openFastEncoder } from '../encoder/open';
import type { EncoderOptions } from '../encoder/open';
import { checkRoom } from '../machine/room';
import { placeDecoder } from '../machine/placeDecoder';
import type { Devices } from '../machine/devices';
import { EncoderDecoder } from '../encoderDecoder/encoderDecoder';
import { RewritingModel } from '../encoderDecoder/writer';
import { openModelFolder } from '../../modelFolder/layouts/folder';
import { encoderIdentity } from '../../modelFolder/layouts/identity';
import type { DecoderFolder, EncoderDecoderFolder, EncoderFolder } from '../../modelFolder/layouts/types';
import type { ModelInfo } from '../../ipc/engine/protocol';
import { EncoderSplitter } from '../similarity/splitter';
import type { TextSplitter } from '../similarity/splitter';
import { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';

/** A model folder, opened: its tokenizer, and what its role makes it good for. */
export interface OpenModel {
  /** Absolute path of the folder. */
  readonly path: string;
  readonly info: ModelInfo;
  readonly tokenizer: Pick<Tokenizer, 'encodeWithRanges'>;
  /** Of decoders. */
  readonly completion?: Pick<CompletionModel, 'complete'>;
  /** Of decoders: judges texts. */
  readonly likelihoods?: Pick<Likelihoods, 'of'>;
  /** Of models that write text. */
  readonly writer?: TextWriter;
  /** Of encoders. */
  readonly encoder?: Pick<Encoder, 'embed'>;
  /** Of encoders: takes the vectors of texts apart. */
  readonly splitter?: TextSplitter;
  /** What runs it, where that is not the processor. */
  readonly accelerator?: () => string | undefined;
  /** Gives its memory back; waits for the requests there are. */
  dispose?(): Promise<void>;
}

export interface ModelOptions extends DecoderOptions {
  /** Chooses what decoders run on; the processor without. */
  readonly devices?: Pick<Devices, 'choose' | 'failed'>;
  /** Tells completions whether they are asked for in an empty body. */
  readonly bodies?: EmptyBodies;
  /** What was found about encoders on this machine. */
  readonly roundings?: EncoderOptions['memory'];
}

/** @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`, with a sentence that says what to do */
export async function openModel(path: string, options: ModelOptions): Promise<OpenModel> {
  const start = performance.now();
  const folder = await openModelFolder(path);
  await checkRoom(folder);
  const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
  const { more, ...parts } =
    folder.role === 'encoder'
      ? await openEncoder(folder, tokenizer, options)
      : folder.role === 'decoder'
        ? await openDecoder(folder, tokenizer, options)
        : await openEncoderDecoder(folder, tokenizer, options);
  const { name, role, contextLength, vocabularySize } = folder;
  return {
    path,
    tokenizer,
    info: {
      name,
      role,
      contextLength,
      vocabularySize,
      fillsInTheMiddle: false,
      prompts: [],
      ...more,
      loadMs: performance.now() - start,
    },
    ...parts,
  };
}

/** What a role adds to a model and to its `ModelInfo`. */
type Opened = Pick<
  OpenModel,
  'completion' | 'likelihoods' | 'writer' | 'encoder' | 'splitter' | 'accelerator' | 'dispose'
> & {
  readonly more: Partial<ModelInfo>;
};

async function openDecoder(folder: DecoderFolder, tokenizer: Tokenizer, options: ModelOptions): Promise<Opened> {
  const decoder = await placeDecoder(folder, options);
  const writer = new GenerationModel(folder, tokenizer, decoder);
  const seesSuffix = folder.promptLayout !== 'left-to-right';
  const model = new CompletionModel(folder, tokenizer, decoder);
  const reranked = seesSuffix
    ? undefined
    : new RerankedCompletion(model, new FollowingText(model.prompts, tokenizer, decoder));
  return {
    completion: new CopyingCompletion(model, reranked, folder, options.bodies),
    likelihoods: new Likelihoods(folder, tokenizer, decoder),
    accelerator: () => decoder.accelerator,
    dispose: () => decoder.dispose(),
    writer,
    more: { fillsInTheMiddle: seesSuffix, prompts: [...writer.prompts] },
  };
}

async function openEncoder(
  folder: EncoderFolder,
  tokenizer: Tokenizer,
  { threads, log, roundings, packed }: ModelOptions,
): Promise<Opened> {
  const encoder = await openFastEncoder(folder, tokenizer, { threads, log, memory: roundings, packed });
  const identity = await encoderIdentity(folder);
  const splitter = new EncoderSplitter(folder, tokenizer, encoder);
  return { encoder, splitter, dispose: () => encoder.dispose(), more: { dimension: encoder.dimension, identity } };
}

async function openEncoderDecoder(
  folder: EncoderDecoderFolder,
  tokenizer: Tokenizer,
  options: DecoderOptions,
): Promise<Opened> {
  const model = await EncoderDecoder.open(folder, options);
  const writer = new RewritingModel(folder, tokenizer, model);
  return { writer, dispose: () => model.dispose(), more: { prompts: [...writer.prompts] } };
}
