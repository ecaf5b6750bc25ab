/** The model under test, asked through the real engine process. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { EngineClient } from '../../../src/ipc/engine/client';
import type { ContextSnippet } from '../../../src/ipc/engine/protocol';
import { cutWindow } from '../../../src/ipc/engine/documentWindow';
import { maxCandidates } from '../../../src/features/completion/candidateBudget';
import { PromptBudget } from '../../../src/features/completion/promptBudget';
import { Summarizer } from '../../../src/features/summarize/summarizer';
import type { Sentence } from '../../../src/features/summarize/summary';
import { Grammars } from '../../../src/syntax/grammars';
import { BenchError } from './packages';
import type { SourceFile } from './packages';
import { cutToTask } from './situations';
import type { Situation } from './situations';
import type { Range } from './syntax';

const maxTokens = { line: 48, block: 160 };
/** What the editor asks for on a machine whose speed it does not know yet. Tokens. */
const maxPromptTokens = new PromptBudget().tokens;
const patience = { ready: 60_000, grace: 60_000, load: 120_000 };

/** A function in its file, by its name. */
export type FunctionAsked = { path: string; text: string; name: Range };

export type Written = { text: string; confidence: number };

export class Model {
  readonly #engine: EngineClient;
  readonly #folder: string;
  readonly #summarizer: Summarizer;

  /**
   * @param candidates texts that are compared for a line, see `CandidateBudget`
   * @throws {BenchError} where the engine has not been built or the folder is not there
   */
  constructor(
    folder: string,
    private readonly candidates = maxCandidates,
  ) {
    this.#folder = path.resolve(folder);
    const modulePath = path.resolve('dist', 'engine.js');
    for (const needed of [modulePath, this.#folder]) {
      if (!existsSync(needed)) throw new BenchError(`${needed} is not there.`);
    }
    this.#engine = new EngineClient({
      modulePath,
      threads: () => 0,
      timeouts: patience,
      log: (level, message) => {
        if (level === 'warn' || level === 'error') process.stderr.write(`${message}\n`);
      },
    });
    this.#summarizer = new Summarizer(
      this.#engine,
      new Grammars(path.resolve('node_modules/@vscode/tree-sitter-wasm/wasm')),
    );
  }

  /** The name that the model's folder gives it. @throws {EngineError} where it cannot be opened */
  async load(): Promise<string> {
    const { name } = await this.#engine.request('load', { model: this.#folder }, { priority: 'completion' });
    return name;
  }

  /** @param neighbours absolute paths of files that may be copied from */
  async complete(situation: Situation, context: ContextSnippet[], neighbours?: string[]): Promise<Written> {
    const { text, confidence } = await this.#engine.request(
      'complete',
      {
        model: this.#folder,
        path: situation.path,
        context,
        ...cutWindow({ prefix: situation.prefix, suffix: situation.suffix }),
        mode: situation.mode,
        maxTokens: maxTokens[situation.mode],
        maxPromptTokens,
        ...(situation.mode === 'line' && { candidates: this.candidates }),
        ...(neighbours && { neighbours }),
      },
      { priority: 'completion' },
    );
    const written = cutToTask(text, situation);
    // Where nothing is written nothing is shown, however sure the model is of that.
    return { text: written, confidence: written.trim() === '' ? 0 : confidence };
  }

  /**
   * What the extension says of a function in its file, and what the model alone does; `problem` says why that would not
   * be shown, `isSimilar` whether the extension says what is said of another function.
   *
   * @param around nearest first
   */
  async summarizeIn(
    { path: file, text, name }: FunctionAsked,
    around: readonly SourceFile[],
  ): Promise<{ said: string; isSimilar: boolean; model: string; problem: string | undefined }> {
    const ask = async (attempt: number): Promise<Sentence | undefined> => {
      const request = {
        text,
        path: file,
        selection: name,
        mode: 'sentence' as const,
        model: this.#folder,
        attempt,
        around: () => Promise.resolve(around),
      };
      const summary = await this.#summarizer.summarize(request, () => undefined);
      return typeof summary === 'string' ? undefined : summary.main;
    };
    const said = await ask(0);
    const isSimilar = said?.source === 'similar';
    // Asked for another text, the extension lets the model write its first one.
    const model = isSimilar ? await ask(1) : said;
    return { said: said?.text ?? '', isSimilar, model: model?.text ?? '', problem: model?.problem };
  }

  dispose(): void {
    this.#engine.dispose();
  }
}
