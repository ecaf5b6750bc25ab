/**
 * Who answers a key in the typing benchmark: the extension's own completer, nothing but the engine, and the rules of when to ask
 * and what to keep that two other extensions published. All ask the same engine and show by the same filters.
 */
import { BoundedMap } from '../../../src/common/boundedMap';
import { Completer } from '../../../src/features/completion/completer';
import { byEngine } from '../../../src/features/completion/completes';
import type { SuggestionRequest } from '../../../src/features/completion/completer';
import type { CursorContext } from '../../../src/features/completion/cursorContext';
import { startOfLine } from '../../../src/features/completion/cursorContext';
import { applyFilters } from '../../../src/features/completion/filters';
import { PromptBudget } from '../../../src/features/completion/promptBudget';
import { fit } from '../../../src/features/completion/replaceRange';
import type { Insertion } from '../../../src/features/completion/replaceRange';
import { completeParams } from '../../../src/features/completion/request';
import type { EngineClient } from '../../../src/ipc/engine/client';
import type { CompleteResult, Timings } from '../../../src/ipc/engine/protocol';
import { languageOf } from '../../../src/syntax/languages';

/** What all contenders ask with. */
export type Asking = Omit<SuggestionRequest, 'explicit' | 'ahead' | 'neighbours' | 'encoding'>;

export interface Contender {
  /** It asks so long after the last key; the next key comes before that where it was not a pause. Milliseconds. */
  readonly delayMs: number;
  /** @returns what is shown; undefined where nothing is */
  suggest(cursor: CursorContext, asking: Asking): Promise<Insertion | undefined>;
  /** The cursor rests at a place. */
  rest?(cursor: CursorContext, asking: Asking): void;
  dispose?(): void;
}

const never = new AbortController().signal;

type Engine = Pick<EngineClient, 'request'>;
type Served = (timings: Timings) => void;

/** The extension, with and without asking ahead. */
export class Product implements Contender {
  /** Its throttle is in the completer. */
  readonly delayMs = 0;
  readonly #completer: Completer;

  constructor(
    engine: Engine,
    served: Served,
    private readonly ahead: boolean,
  ) {
    this.#completer = new Completer(byEngine(engine), {
      started: () => undefined,
      ended: () => undefined,
      served: (_model, _isLocal, { timings }) => served(timings),
      failed: (message) => {
        throw new Error(message);
      },
    });
  }

  async suggest(cursor: CursorContext, asking: Asking): Promise<Insertion | undefined> {
    const outcome = await this.#completer.suggest(cursor, this.#requestOf(asking), never);
    return outcome.kind === 'suggestion' ? outcome.suggestion : undefined;
  }

  rest(cursor: CursorContext, asking: Asking): void {
    if (this.ahead) this.#completer.readIn(cursor, this.#requestOf(asking));
  }

  dispose(): void {
    this.#completer.reset();
  }

  #requestOf(asking: Asking): SuggestionRequest {
    return { ...asking, neighbours: () => Promise.resolve([]), explicit: false, ahead: this.ahead };
  }
}

/** Asks with each key and keeps nothing. */
export class NoCache implements Contender {
  readonly delayMs: number = 0;
  /** As long as the extension's prompts, so that what is compared is when they ask and what they keep. */
  readonly #budget = new PromptBudget();

  constructor(
    private readonly engine: Engine,
    private readonly served: Served,
  ) {}

  async suggest(cursor: CursorContext, asking: Asking): Promise<Insertion | undefined> {
    return shownOf(cursor, asking, await this.ask(cursor, asking));
  }

  protected async ask(cursor: CursorContext, asking: Asking): Promise<CompleteResult> {
    const params = completeParams(cursor, { ...asking, neighbours: [], maxPromptTokens: this.#budget.tokens });
    const result = await this.engine.request('complete', params, { priority: 'completion' });
    this.#budget.record(result.timings);
    this.served(result.timings);
    return result;
  }
}

/**
 * When llama.vscode 0.0.63 asks and what it keeps: no delay; 250 texts by the text around the cursor, also looked up by what stood
 * there some keys ago on the line.
 */
export class AsLlamaVscode extends NoCache {
  readonly #texts = new BoundedMap<string, CompleteResult>(250);

  override async suggest(cursor: CursorContext, asking: Asking): Promise<Insertion | undefined> {
    const result = this.#find(cursor) ?? (await this.ask(cursor, asking));
    this.#texts.set(keyOf(cursor, 0), result);
    return shownOf(cursor, asking, result);
  }

  #find(cursor: CursorContext): CompleteResult | undefined {
    for (let back = 0; back <= startOfLine(cursor).length; back++) {
      const known = this.#texts.get(keyOf(cursor, back));
      const typed = cursor.prefix.slice(cursor.prefix.length - back);
      if (known?.text.startsWith(typed) && known.text.length > back) return { ...known, text: known.text.slice(back) };
    }
    return undefined;
  }
}

const keyOf = ({ prefix, suffix }: CursorContext, back: number): string =>
  `${prefix.slice(0, prefix.length - back)}\0${suffix}`;

/**
 * When Continue 1.3.40 asks and what it keeps: 350 ms after the last key; 1,000 texts by what stands before the cursor, whatever
 * follows it and in whatever file.
 */
export class AsContinue extends NoCache {
  override readonly delayMs = 350;
  readonly #texts = new BoundedMap<string, CompleteResult>(1_000);

  override async suggest(cursor: CursorContext, asking: Asking): Promise<Insertion | undefined> {
    const result = this.#find(cursor) ?? (await this.ask(cursor, asking));
    this.#texts.set(cursor.prefix, result);
    return shownOf(cursor, asking, result);
  }

  #find({ prefix }: CursorContext): CompleteResult | undefined {
    for (const [before, result] of this.#texts.newestFirst()) {
      const typed = prefix.slice(before.length);
      if (prefix.startsWith(before) && result.text.startsWith(typed) && result.text.length > typed.length)
        return { ...result, text: result.text.slice(typed.length) };
    }
    return undefined;
  }
}

function shownOf(cursor: CursorContext, asking: Asking, { confidence, text }: CompleteResult): Insertion | undefined {
  const { minimumConfidence } = asking;
  const language = languageOf(asking.path);
  const passed = applyFilters(text, { cursor, language, confidence, minimumConfidence });
  return typeof passed === 'string' ? fit(passed, cursor, language) : undefined;
}
