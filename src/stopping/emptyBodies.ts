/**
 * Tells whether a completion is asked for in a body that has nothing in it, by lines and, where there is a grammar, by the
 * syntax tree. Asked by `copying/completion.ts` once a completion; parses only where the lines look like it.
 */
import { splitAtCursor } from '../common/text/cursor';
import type { CompleteParams } from '../ipc/engine/protocol';
import type { Grammars } from '../syntax/grammars';
import { languageOf } from '../syntax/languages';
import { looksEmpty } from './blockLines';

/** What stands further away does not decide what the cursor stands in. UTF-16 units: read within a few milliseconds. */
const before = 16_384;
const behind = 4_096;

export class EmptyBodies {
  /** @param grammars without them, lines alone tell */
  constructor(private readonly grammars?: Pick<Grammars, 'emptyBodyAt'>) {}

  async has({ path, prefix, suffix }: Pick<CompleteParams, 'path' | 'prefix' | 'suffix'>): Promise<boolean> {
    const language = languageOf(path);
    const text = splitAtCursor(prefix, suffix);
    if (!looksEmpty(text, language)) return false;
    if (this.grammars === undefined || typeof language.structure !== 'object') return true;
    const above = endOf(text.prefix);
    const below = `${text.rest}\n${text.nextLines.slice(0, behind)}`;
    const state = await this.grammars.emptyBodyAt(above + below, language.structure.grammar, above.length);
    return state !== 'filled';
  }
}

/** Whole lines. */
const endOf = (text: string): string =>
  text.length <= before ? text : text.slice(text.indexOf('\n', text.length - before) + 1);
