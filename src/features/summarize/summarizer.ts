/**
 * Entry of the summarizer: finds the subject of a request and streams its summary, from documentation, similar
 * functions or the model. Used by the editor's summaries, the tool and the command line; no VS Code in it.
 */
import { BoundedMap } from '../../common/boundedMap';
import { withoutSecrets } from '../../common/secrets/withoutSecrets';
import type { EngineClient } from '../../ipc/engine/client';
import type { SourceText } from '../../nearby/matches';
import { EngineError } from '../../ipc/engine/errors';
import { languageOf } from '../../syntax/languages';
import type { Range } from '../../syntax/documentation';
import { symbolsOf } from '../../syntax/symbols';
import type { CodeSymbol } from '../../syntax/symbols';
import type { Grammars } from '../../syntax/grammars';
import { AnswerCache } from './answerCache';
import { ServerError } from '../../servers/errors';
import { examplesFor } from './examples';
import { pieceOf } from './pieces';
import { documentedIn } from './similar/documented';
import { SimilarFunctions } from './similar/similar';
import { subjectOf } from './summaryTarget';
import type { Mode, Summary } from './summary';
import type { WriterFacts } from './prompts';
import { SummariesByEngine } from './writers';
import type { SummaryWriter } from './writers';
import { Writing } from './writing';

export interface SummaryRequest {
  readonly text: string;
  /** As a model sees it: relative, with `/`, and an ending that tells the language. */
  readonly path: string;
  /** Empty for the cursor alone. */
  readonly selection: Range;
  readonly mode: Mode;
  /** Absolute path of the model folder. */
  readonly model: string;
  /** 0 for the first answer; each further one is another. */
  readonly attempt: number;
  /** See `subjectOf`. */
  readonly isLines?: boolean;
  /** Files whose documented functions may be like the one that is summarized, nearest first; their paths are absolute. */
  readonly around?: () => Promise<readonly SourceText[]>;
}

/** Why nothing is summarized, before any model was asked. */
export type NoSummary =
  | 'nothing' // no text is selected but blanks
  | 'binary' // this is no text
  | 'tooLarge'; // would take longer than users wait

/** UTF-16 units. */
const maxTextLength = 2_000_000;
const rememberedFiles = 4;

/** From a selection to a summary, streamed. Knows no editor. */
export class Summarizer {
  readonly #answers: AnswerCache;
  readonly #similar: SimilarFunctions;
  readonly #files = new BoundedMap<string, { readonly text: string; readonly symbols: readonly CodeSymbol[] }>(
    rememberedFiles,
  );
  readonly #local: SummaryWriter;
  #writer: SummaryWriter;

  constructor(
    engine: Pick<EngineClient, 'request'>,
    private readonly grammars: Grammars,
  ) {
    this.#local = this.#writer = new SummariesByEngine(engine);
    this.#answers = new AnswerCache({ generate: (...asked) => this.#writer.generate(...asked) });
    this.#similar = new SimilarFunctions(grammars);
  }

  /**
   * @param onChange called with the summary whenever it grows; each one replaces the one before
   * @returns the whole summary, or what there was of it when the signal was aborted
   * @throws {EngineError} see `EngineClient.request`; the last summary given to `onChange` remains true
   */
  async summarize(
    request: SummaryRequest,
    onChange: (summary: Summary) => void,
    signal?: AbortSignal,
  ): Promise<Summary | NoSummary> {
    const { path, mode, model } = request;
    if (request.text.length > maxTextLength) return 'tooLarge';
    if (request.text.includes('\0')) return 'binary';
    const text = withoutSecrets(request.text, path);
    const symbols = await this.symbols(text, path);
    const subject = subjectOf(text, symbols, request.selection, request.isLines);
    if (subject === undefined) return 'nothing';
    const similar = () => this.#similar.to({ text, path, symbol: subject.symbol, symbols, around: request.around });
    const examples = () => {
      const others = symbols.filter((one) => one !== subject.symbol);
      return examplesFor(subject.symbol?.name ?? '', documentedIn(text, path, symbols, others));
    };
    const task = {
      text,
      path,
      languageId: languageOf(path).id,
      mode,
      subject,
      attempt: request.attempt,
      similar,
      examples,
    };
    for (let failures = 0; ; failures++) {
      const writing = new Writing(task, this.#answers, onChange, signal);
      writing.begin();
      try {
        return await writing.write(() => this.facts(model), pieceOf(subject, symbols));
      } catch (error) {
        if (signal?.aborted === true && error instanceof EngineError && error.code === 'cancelled')
          return writing.stop();
        // The server is left alone by now: the local model begins anew.
        if (!(error instanceof ServerError) || failures > 0) throw error;
      }
    }
  }

  /** What is known of who writes. @throws {EngineError} */
  facts(model: string): Promise<WriterFacts> {
    return this.#writer.facts(model);
  }

  /** Has another writer than the local model asked from now on, or that one again. @param make given the local one */
  use(make: (local: SummaryWriter) => SummaryWriter): void {
    this.#writer = make(this.#local);
    this.#answers.clear();
  }

  /** The definitions of a text; those of the latest few files are remembered. */
  async symbols(text: string, path: string): Promise<readonly CodeSymbol[]> {
    const known = this.#files.get(path);
    if (known?.text === text) return known.symbols;
    const symbols = await symbolsOf(text, path, this.grammars);
    this.#files.set(path, { text, symbols });
    return symbols;
  }

  /** Forgets the models' answers: another model may answer under the same name. */
  reset(): void {
    this.#answers.clear();
    this.#writer.reset();
  }
}
