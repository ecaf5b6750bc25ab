/**
 * Finds out by trial how a server's model is to be asked to fill in the middle, where its name does not tell, and whether it
 * does so at all; used by the set-up. The text that is sent is ours, not the user's.
 */
import { spellings } from '../modelFolder/layouts/fillInTheMiddle';
import type { SpellingName } from '../modelFolder/layouts/fillInTheMiddle';
import { ServerError } from './errors';
import type { HttpClient } from './http/client';
import type { FillRequest, TextProtocol } from './protocols/types';
import { writeText } from './writeText';

/** A hole that only a model which reads the suffix fills with this word: the name is used behind the hole and nowhere before it. */
const hole = {
  path: 'src/area.ts',
  prefix: 'export function areaOf(width: number, height: number): number {\n  const ',
  suffix: ' = width * height;\n  return surfaceArea;\n}\n',
  expected: 'surfaceArea',
} as const;
const maxTokens = 12;

export interface TrialResult {
  /** Absent where the server writes the prompt by itself. */
  readonly spelling?: SpellingName;
  /** Whether the text shows that the model saw what stands behind the cursor. */
  readonly fits: boolean;
}

/** Asks once. @throws {ServerError} */
export async function tryFill(
  http: HttpClient,
  protocol: TextProtocol<FillRequest>,
  model: string | undefined,
  spelling: SpellingName | undefined,
  signal?: AbortSignal,
): Promise<TrialResult> {
  const { path, prefix, suffix } = hole;
  const request = { model, path, prefix, suffix, context: [], maxTokens, stop: ['\n'], spelling };
  const { text } = await writeText(http, protocol, request, { signal });
  return { ...(spelling !== undefined && { spelling }), fits: text.trimStart().startsWith(hole.expected) };
}

/**
 * The first spelling that fits: the one that the name suggests, then the others. Of several pieces of one family, one is tried.
 *
 * @returns undefined where none fits, so that the model is not offered for completion
 * @throws {ServerError} where the server fails; one that refuses a prompt is asked with the next
 */
export async function trySpellings(
  http: HttpClient,
  protocol: TextProtocol<FillRequest>,
  model: string | undefined,
  suggested: SpellingName | undefined,
  signal?: AbortSignal,
): Promise<TrialResult | undefined> {
  const others = Object.keys(spellings) as SpellingName[];
  const order = new Set([...(suggested === undefined ? [] : [suggested]), ...others]);
  order.delete('codeLlamaPieces');
  for (const spelling of order) {
    try {
      const result = await tryFill(http, protocol, model, spelling, signal);
      if (result.fits) return result;
    } catch (error) {
      if (!(error instanceof ServerError) || error.code !== 'unsupported') throw error;
    }
  }
  return undefined;
}
