/**
 * Further texts for a place, each from another first token than the likeliest text has; used by `completion.ts` where there are
 * several to choose from. Servers differ in how they write several texts at once, and most ignore it; this needs probabilities only.
 */
import { ServerError } from './errors';
import type { FillRequest } from './protocols/types';
import type { FillOptions, ServerClient } from './serverClient';
import type { ServerText } from './writeText';

export type ProposedText = Pick<ServerText, 'text' | 'tokens' | 'finish'>;

export interface OtherTexts {
  /** So many at most. */
  readonly count: number;
  /** Where a text ends. */
  readonly rule: { check(text: string): { readonly end?: number } };
  readonly options: FillOptions;
}

/**
 * One after the other, the likelier first.
 *
 * @param first the likeliest text, with what else was likely at its start; without probabilities there is nothing to begin with
 * @returns what there is, where the server fails at one of them
 * @throws {ServerError} `cancelled`
 */
export async function writeOthers(
  client: Pick<ServerClient, 'fill'>,
  request: Omit<FillRequest, 'model' | 'spelling'>,
  first: ProposedText,
  { count, rule, options }: OtherTexts,
): Promise<ProposedText[]> {
  const [own] = first.tokens;
  const starts = (own?.likeliest ?? []).filter(({ text }) => text !== '' && text !== own?.text).slice(0, count);
  const written: ProposedText[] = [];
  for (const start of starts) {
    const token = { ...start, likeliest: own?.likeliest ?? [] };
    if (rule.check(start.text).end !== undefined) {
      written.push({ text: start.text, tokens: [token], finish: 'cut' });
      continue;
    }
    try {
      const rest = await client.fill(
        { ...request, prefix: request.prefix + start.text },
        { ...options, until: (text) => rule.check(start.text + text).end !== undefined },
      );
      written.push({ text: start.text + rest.text, tokens: [token, ...rest.tokens], finish: rest.finish });
    } catch (error) {
      if (!(error instanceof ServerError) || error.code === 'cancelled') throw error;
      break;
    }
  }
  return written;
}
