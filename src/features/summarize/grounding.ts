/** Which lines of the code carried what a model says of it: asked afterwards, by running what it read and wrote once more. */
import type { EngineClient } from '../../ipc/engine/client';
import { EngineError } from '../../ipc/engine/errors';
import type {
  CapturedSequence,
  CapturedStack,
  CaptureResult,
  CaptureSubject,
} from '../../ipc/engine/messages/attention';
import type { Range } from '../../syntax/documentation';
import type { Excerpt, Lines } from './excerpt';
import { sentencesOf } from './sentences';
import type { SentenceEvidence } from './summary';

/** Lines that were read together, and their part in what was read of the code, 0…1. */
export interface Ground extends Lines {
  readonly share: number;
}

type Engine = Pick<EngineClient, 'request'>;

/** Lines that hold this part of what was read carried a sentence. */
const carryingShare = 0.6;
/** Lines that are marked for a sentence at most: more of them explain nothing. */
const maxGrounds = 6;

/**
 * For each sentence of a text, how much of the code's lines was read while it was written, heaviest first: attention
 * weighted by the values behind it, where the graph lets them be had, over all layers whose maps there is memory for.
 * Lines without a word stand for nothing and are left out.
 *
 * @throws {EngineError} see `EngineClient.request`; `invalid` where what was read cannot be told apart from what was asked
 */
export async function groundsOf(engine: Engine, evidence: SentenceEvidence, signal?: AbortSignal): Promise<Ground[][]> {
  const { model } = evidence;
  const captured = await engine.request(
    'capture',
    { model, subject: subjectOf(evidence) },
    { priority: 'inspect', signal },
  );
  try {
    const place = placeOf(captured, evidence);
    const grounds: Ground[][] = [];
    for (const sentence of sentencesOf(evidence.text)) {
      const weights = await weightsOf(engine, captured, place, sentence, signal);
      grounds.push(rolledUp(weights, place, evidence.excerpt));
    }
    return grounds;
  } finally {
    // Where the engine has let go of it already, that is as well.
    engine.request('release', { capture: captured.capture }, { priority: 'inspect' }).catch(() => undefined);
  }
}

/** The few heaviest lines that carried a sentence together. */
export function carriers(grounds: readonly Ground[]): Ground[] {
  const found: Ground[] = [];
  for (let held = 0; held < carryingShare && found.length < Math.min(maxGrounds, grounds.length);) {
    const next = grounds[found.length] as Ground;
    found.push(next);
    held += next.share;
  }
  return found;
}

/** What all sentences together stand on. */
export function together(grounds: readonly (readonly Ground[])[]): Ground[] {
  const all = new Sums();
  for (const one of grounds) for (const { share, ...lines } of one) all.add(lines, share / grounds.length);
  return all.heaviestFirst();
}

function subjectOf({ role, text, promptIds, tokens, excerpt }: SentenceEvidence): CaptureSubject {
  if (role === 'encoder-decoder') return { kind: 'text', text: excerpt.text, target: text };
  return { kind: 'prompt', promptIds, generatedIds: Int32Array.from(tokens, ({ id }) => id) };
}

/** Where code and sentences are in a capture. */
interface Place {
  readonly stack: number;
  readonly form: CapturedStack;
  readonly queries: CapturedSequence;
  readonly keys: CapturedSequence;
  /** The written text's first character in the text of `queries`. */
  readonly written: number;
  /** The code's first character in the text of `keys`, and how much of the code is there. */
  readonly code: number;
  readonly length: number;
}

function placeOf({ stacks, sequences }: CaptureResult, { promptIds, role, excerpt }: SentenceEvidence): Place {
  const isPair = role === 'encoder-decoder';
  const stack = isPair ? stacks.findIndex(({ kind }) => kind === 'cross') : 0;
  const form = stacks[stack];
  const queries = form && sequences[form.queries];
  const keys = form && sequences[form.keys];
  if (!queries || !keys) throw untraceable();
  const written = isPair ? 0 : (queries.ranges[2 * promptIds.length] ?? queries.text.length);
  return {
    stack,
    form,
    queries,
    keys,
    written,
    ...find(excerpt.text, isPair ? keys.text : keys.text.slice(0, written)),
  };
}

const untraceable = (): EngineError => new EngineError('invalid', 'The code was not found in what the model read.');

/** As much of a text's beginning is looked for at least. */
const probeLength = 24;

/** Where most of a text's beginning stands in another: models may have been shown the beginning only. */
function find(text: string, inside: string): { code: number; length: number } {
  const probe = text.slice(0, probeLength);
  let best = { code: -1, length: 0 };
  for (let at = inside.indexOf(probe); at >= 0 && probe !== ''; at = inside.indexOf(probe, at + 1)) {
    let length = probe.length;
    while (length < text.length && text[length] === inside[at + length]) length++;
    if (length > best.length) best = { code: at, length };
  }
  if (best.code < 0) throw untraceable();
  return best;
}

/** What was read while a sentence was written, for each token of the keys: the mean over its tokens and all layers. */
async function weightsOf(
  engine: Engine,
  { capture }: CaptureResult,
  place: Place,
  sentence: Range,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { form, stack, keys } = place;
  const tokens = tokensIn(place, sentence);
  const heads = form.valueWeighted ? 'value-weighted' : 'mean';
  const layers = form.kept.flatMap((isKept, layer) => (isKept ? [layer] : []));
  if (tokens === undefined || layers.length === 0) throw untraceable();
  const ask = async (layer: number | undefined): Promise<Float32Array> => {
    const params = { capture, stack, layer, heads, tokens, direction: 'reads', withoutSink: true } as const;
    return (await engine.request('weights', params, { priority: 'inspect', signal })).values;
  };
  if (layers.length === form.layers) return ask(undefined);
  const sum = new Float32Array(keys.ids.length);
  for (const layer of layers)
    for (const [token, weight] of (await ask(layer)).entries())
      sum[token] = (sum[token] as number) + weight / layers.length;
  return sum;
}

/** The rows that predicted a sentence's tokens: each is the one before. */
function tokensIn(
  { queries: { ids, ranges }, written }: Place,
  { start, end }: Range,
): { from: number; to: number } | undefined {
  let span: { from: number; to: number } | undefined;
  for (let token = 1; token < ids.length; token++) {
    const isInside =
      (ranges[2 * token] as number) < written + end && (ranges[2 * token + 1] as number) > written + start;
    if (isInside) span = { from: span?.from ?? token - 1, to: token };
  }
  return span;
}

function rolledUp(
  weights: Float32Array,
  { keys: { text, ranges, segments }, code, length }: Place,
  excerpt: Excerpt,
): Ground[] {
  const sums = new Sums();
  const lines = excerpt.text.split('\n');
  const starts = [0, ...[...excerpt.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  let line = 0;
  for (const { kind, from, to } of segments) {
    if (kind === 'special' || kind === 'generated') continue;
    for (let token = from; token < to; token++) {
      const own = text.slice(ranges[2 * token], ranges[2 * token + 1]);
      const at = (ranges[2 * token] as number) + own.length - own.trimStart().length - code;
      // Blanks say nothing, and a token that begins with a line break belongs to the line behind it.
      if (own.trim() === '' || at < 0 || at >= length) continue;
      while ((starts[line + 1] ?? Infinity) <= at) line++;
      const origin = excerpt.origin(line);
      if (origin !== undefined && /[\p{L}\p{N}]/u.test(lines[line] ?? '')) sums.add(origin, weights[token] as number);
    }
  }
  return sums.heaviestFirst();
}

/** Weights of lines, as parts of their sum. */
class Sums {
  readonly #byLines = new Map<string, { readonly lines: Lines; sum: number }>();

  add(lines: Lines, weight: number): void {
    const key = `${lines.first} ${lines.last}`;
    const known = this.#byLines.get(key);
    if (known === undefined) this.#byLines.set(key, { lines, sum: weight });
    else known.sum += weight;
  }

  heaviestFirst(): Ground[] {
    const all = [...this.#byLines.values()].filter(({ sum }) => sum > 0);
    const total = all.reduce((sum, one) => sum + one.sum, 0);
    return all
      .map(({ lines, sum }) => ({ ...lines, share: sum / total }))
      .sort((a, b) => b.share - a.share || a.first - b.first);
  }
}
