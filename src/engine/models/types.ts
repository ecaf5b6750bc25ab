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
  | 'endOfText';

/**
 * How completion prompts are written:
 * - `suffix-first-marked`: our own, see docs/model-folder.md;
 * - `suffix-first-next-line`: the same without a mark where the rest of the line is empty;
 * - `prefix-suffix-middle`: the order most public fill-in-the-middle models were trained on;
 * - `left-to-right`: the model knows no suffix.
 */
export type PromptLayout = 'suffix-first-marked' | 'suffix-first-next-line' | 'prefix-suffix-middle' | 'left-to-right';

/** A decoder folder, opened and checked; nothing of it has been loaded into a session yet. */
export interface DecoderFolder {
  readonly role: 'decoder';
  readonly path: string;
  readonly name: string;
  /** `delta`: the graph of docs/model-folder.md; `copy`: `present.*` holds the whole cache (transformers.js, optimum). */
  readonly cacheOutputs: 'delta' | 'copy';
  /** Shape of the cache where the folder states it; otherwise the graph's own inputs do. `heads`: key-value heads. */
  readonly cache?: { readonly layers: number; readonly heads: number; readonly headSize: number };
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Absolute path of the ONNX file. */
  readonly graph: string;
  /** Content of `tokenizer.json`, parsed. */
  readonly tokenizer: unknown;
  /** Content of `tokenizer_config.json` where there is one. */
  readonly tokenizerConfig: unknown;
  readonly promptLayout: PromptLayout;
  /** Texts of the special tokens, as the tokenizer knows them. With `beginOfText`, every prompt begins with it. */
  readonly tokens: Readonly<Partial<Record<SpecialToken, string>>>;
  /** Jinja template that writes conversations, where the model was tuned on them. */
  readonly chatTemplate?: string;
  /** Tokens at which generation ends. */
  readonly stopTokens: readonly string[];
}

export type ModelFolder = DecoderFolder;
