/**
 * Finds a sentence for an undocumented function from the documentation of similar ones, in the file and in files
 * nearby. Used by the summarizer; asks no model.
 */
import { BoundedMap } from '../../../common/boundedMap';
import type { SourceText } from '../../../nearby/matches';
import type { Grammars } from '../../../syntax/grammars';
import { symbolsOf } from '../../../syntax/symbols';
import type { CodeSymbol } from '../../../syntax/symbols';
import type { SentenceOrigin } from '../summary';
import { candidatesFor } from './candidates';
import { choose } from './choice';
import { documentedIn, functionAt } from './documented';
import type { Documented } from './documented';
import { filesWithLike } from './files';

/** A function, and what is around it. */
export interface FunctionPlace {
  readonly text: string;
  readonly path: string;
  readonly symbol: CodeSymbol | undefined;
  /** All of the text, in their order. */
  readonly symbols: readonly CodeSymbol[];
  readonly around: (() => Promise<readonly SourceText[]>) | undefined;
}

/** A sentence from the documentation of a similar function, adapted to this one. */
export interface Similar {
  readonly sentence: string;
  readonly from: SentenceOrigin;
}

const rememberedFiles = 16;

/** Finds documented functions similar to a given one, so that their sentence can be adapted. */
export class SimilarFunctions {
  readonly #files = new BoundedMap<string, { readonly text: string; readonly documented: readonly Documented[] }>(
    rememberedFiles,
  );

  constructor(private readonly grammars: Grammars) {}

  /** @returns undefined for what is no function, and where nothing is likely enough to hold */
  async to({ text, path, symbol, symbols, around }: FunctionPlace): Promise<Similar | undefined> {
    const own = symbol && functionAt(text, path, symbol, symbols);
    if (own === undefined) return undefined;
    const others = symbols.filter((one) => one !== symbol);
    const here = documentedIn(text, path, symbols, others);
    const files = around === undefined ? [] : await filesWithLike(own.name, await around());
    const there = await Promise.all(files.map((file) => this.#documented(file)));
    const chosen = choose(candidatesFor(own, [...here, ...there.flat()]));
    if (chosen === undefined) return undefined;
    const { name, line } = chosen.from;
    return {
      sentence: chosen.sentence,
      from: { name, path: chosen.from.path === path ? undefined : chosen.from.path, line },
    };
  }

  /** Of a file around; those of the latest files are remembered. */
  async #documented({ path, text }: SourceText): Promise<readonly Documented[]> {
    const known = this.#files.get(path);
    if (known?.text === text) return known.documented;
    const documented = documentedIn(text, path, await symbolsOf(text, path, this.grammars));
    this.#files.set(path, { text, documented });
    return documented;
  }
}
