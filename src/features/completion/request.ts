/**
 * Builds the parameters of an engine completion request: token limit, deadline, the path as the model sees it and text
 * without secrets. Used by the completer, the provider and the command line.
 */
import type { EncodingSettings } from '../../common/text/encoding/decodeText';
import { pathInLanguage } from '../../syntax/languages';
import type { CompleteParams, CompletionMode, ContextSnippet, Neighbour } from '../../ipc/engine/protocol';
import type { CursorContext } from './cursorContext';
import { textForModel } from './textForModel';

/** A line of code is 10 to 15 tokens, a long one 40; a block ends by itself long before its bound. */
const maxTokens: Readonly<Record<CompletionMode, number>> = { line: 48, block: 160, auto: 160 };

/** Milliseconds after which a suggestion is of no use, whatever of it is there is taken. Opening the model counts. */
const deadlines: Readonly<Record<CompletionMode, number>> = { line: 5_000, block: 8_000, auto: 8_000 };
/** Where the user asks by command and waits: at the same place, the editor hands a second command on to nobody. */
const askedDeadlineMs = 20_000;

export const deadlineOf = ({
  mode,
  explicit,
}: {
  readonly mode: CompletionMode;
  readonly explicit: boolean;
}): number => (explicit ? askedDeadlineMs : deadlines[mode]);

/** How far a suggestion may go, by which model, for which file. */
export interface CompletionOptions {
  /** Absolute path of the model folder. */
  readonly model: string;
  /** As {@link pathForModel} gives it. */
  readonly path: string;
  readonly mode: CompletionMode;
  /** See `PromptBudget`. */
  readonly maxPromptTokens?: number | undefined;
  /** See `CandidateBudget`. */
  readonly candidates?: number | undefined;
  /** What can be no surer than that need not be written; all is where absent. */
  readonly minConfidence?: number | undefined;
  /** What the model is shown of other places, without secrets; nothing where absent. */
  readonly context?: readonly ContextSnippet[] | undefined;
  /** What may be copied from, see `neighboursOf`; without it the model alone writes. */
  readonly neighbours?: readonly Neighbour[] | undefined;
  /** How the editor reads those of them that are not Unicode. */
  readonly encoding?: EncodingSettings | undefined;
}

/**
 * What is asked of the engine.
 *
 * Text of other places is shown to the model only where that is wanted: its window is short, and what stands in front of the
 * prompt pushes the file's own text out.
 */
export function completeParams(cursor: CursorContext, options: CompletionOptions): CompleteParams {
  return {
    model: options.model,
    path: options.path,
    context: [...(options.context ?? [])],
    ...textForModel(cursor, options.path),
    mode: options.mode,
    maxTokens: maxTokens[options.mode],
    ...(options.mode === 'line' && options.candidates !== undefined && { candidates: options.candidates }),
    ...(options.minConfidence !== undefined && { minConfidence: options.minConfidence }),
    ...(options.maxPromptTokens !== undefined && { maxPromptTokens: options.maxPromptTokens }),
    ...(options.neighbours && { neighbours: [...options.neighbours] }),
    ...(options.neighbours && options.encoding && { encoding: options.encoding }),
  };
}

/**
 * A document's path as the model should see it: relative to its workspace folder, the bare name outside of one,
 * with `/`, and ending as its language does.
 * @param path with `/`; the document's and, where it is in one, its workspace folder's.
 */
export function pathForModel(document: { path: string; languageId: string }, folder: string | undefined): string {
  const root = folder === undefined ? undefined : folder.replace(/\/*$/, '/');
  const path =
    root !== undefined && document.path.startsWith(root)
      ? document.path.slice(root.length)
      : document.path.slice(document.path.lastIndexOf('/') + 1);
  return pathInLanguage(path, document.languageId);
}
