/**
 * The types of an opened model folder, by role, with prompt layouts, poolings and special tokens; used by every layout
 * and throughout the engine.
 */

/** The names under which a model may know its special tokens. */
export type SpecialToken =
  | 'file'
  | 'suffix'
  | 'prefix'
  | 'rest'
  | 'middle'
  | 'endOfMiddle'
  | 'doc'
  | 'query'
  | 'document'
  | 'pad'
  | 'beginOfText'
  | 'endOfText'
  | 'endOfTurn';

/**
 * How completion prompts are written:
 * - `suffix-first-marked`: our own, see docs/model-folder.md;
 * - `suffix-first-next-line`: the same without a mark where the rest of the line is empty;
 * - `prefix-suffix-middle`: the order most public fill-in-the-middle models were trained on;
 * - `suffix-prefix-middle`: the same parts with the suffix first, without a mark of the middle where the model has none;
 * - `left-to-right`: the model knows no suffix.
 */
export type PromptLayout =
  'suffix-first-marked' | 'suffix-first-next-line' | 'prefix-suffix-middle' | 'suffix-prefix-middle' | 'left-to-right';

/** What every model folder has, opened and checked; nothing of it has been loaded into a session yet. */
interface AnyFolder {
  readonly path: string;
  readonly name: string;
  /** Tokens. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Absolute path of the ONNX file. */
  readonly graph: string;
  /** Content of `tokenizer.json`, parsed. */
  readonly tokenizer: unknown;
  /** Content of `tokenizer_config.json` where there is one. */
  readonly tokenizerConfig: unknown;
}

export interface DecoderFolder extends AnyFolder {
  readonly role: 'decoder';
  /** `delta`: the graph of docs/model-folder.md; `copy`: `present.*` holds the whole cache (transformers.js, optimum). */
  readonly cacheOutputs: 'delta' | 'copy';
  /** Shape of the cache where the folder states it; otherwise the graph's own inputs do. `heads`: key-value heads. */
  readonly cache?: { readonly layers: number; readonly heads: number; readonly headSize: number };
  readonly promptLayout: PromptLayout;
  /** Texts of the special tokens, as the tokenizer knows them. With `beginOfText`, every prompt begins with it. */
  readonly tokens: Readonly<Partial<Record<SpecialToken, string>>>;
  /** Jinja template that writes conversations, where the model was tuned on them. */
  readonly chatTemplate?: string;
  /** From which confidence on a text copied from around the cursor is better than one that the model writes, 0…1. */
  readonly copiesFrom?: number;
  /** How it is prompted to write the next edit, where it was trained to: see docs/model-folder.md. */
  readonly nextEdit?: 'sweep';
  /** Tokens at which generation ends. */
  readonly stopTokens: readonly string[];
}

/** What a text is embedded for: models trained on pairs of unlike texts tell the two apart. */
export type TextKind = 'query' | 'document';

/** How the vectors of a text's tokens become one; all are L2-normalised in the end. */
export type Pooling = 'mean' | 'weightedMean' | 'max' | 'first' | 'last';

export interface EncoderFolder extends AnyFolder {
  readonly role: 'encoder';
  /** Numbers in a vector, where the folder states it; otherwise the graph does. */
  readonly dimension?: number;
  readonly pooling: Pooling;
  /** Set where neither the folder says it nor the model is known: the mean is taken then. */
  readonly poolingIsAssumed?: true;
  /**
   * Whether more than pooling makes the vector, so that only a graph that gives the finished vector (`sentence_embedding`)
   * will do.
   */
  readonly needsFinishedVectors: boolean;
  /** Text that goes in front of a text of each kind. */
  readonly prefixes: Readonly<Record<TextKind, string>>;
  /** Whether the tokens of the prefix, and of what stands before it, count in pooling. */
  readonly poolsPrefix: boolean;
  /** Special tokens that go in front of a text of each kind, by their text in the tokenizer. */
  readonly marks: Readonly<Partial<Record<TextKind, string>>>;
  /** The token that fills up the shorter texts of a batch, by its text in the tokenizer. */
  readonly pad: string | undefined;
  /** Whether texts lose the white space around them, prefix included, before they reach the tokenizer. */
  readonly trims: boolean;
  /** Whether texts are lower-cased before they reach the tokenizer. */
  readonly lowerCase: boolean;
}

/** A model that reads a text and writes another. Its `graph` is the decoder's. */
export interface EncoderDecoderFolder extends AnyFolder {
  readonly role: 'encoder-decoder';
  /** Absolute path of the encoder's ONNX file. */
  readonly encoderGraph: string;
  /** That of a graph of the decoder that takes no cache, where there is one: it runs all its tokens at once, and has no branches. */
  readonly wholeGraph?: string;
  /** What every written text begins with, and what ends it. */
  readonly startIds: readonly number[];
  readonly endIds: readonly number[];
}

export type ModelFolder = DecoderFolder | EncoderFolder | EncoderDecoderFolder;

/** What a model's files say of it without being opened; it can be used in its role. */
export interface ModelSummary {
  /** Absolute path of the file or folder, as a setting takes it. */
  readonly path: string;
  /** What its files call it; the file's or the folder's name where they do not. */
  readonly name: string;
  readonly format: 'gguf' | 'onnx' | 'safetensors';
  /** `decoder` fits `glassbox.model.decoder`, `encoder` fits `glassbox.model.encoder`. */
  readonly role: ModelFolder['role'];
  /** Family, as the files name it, such as `llama`; absent where they do not. */
  readonly architecture?: string;
  /** How most weights are stored: a format of GGUF (`Q4_K`) or safetensors (`BF16`), or the name of the graph (`onnx/model_q4.onnx`). */
  readonly quantization: string;
  /** Absent where the files do not list their weights. */
  readonly parameters?: number;
  /** Tokens. */
  readonly contextLength: number;
  /** Whether it has tokens that tell it what stands behind the cursor. */
  readonly fillsInTheMiddle: boolean;
  /** Of the file, or of the graph and what lies beside it under its name. */
  readonly bytes: number;
}
