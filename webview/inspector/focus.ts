/**
 * Finds the attention values of the token pointed at, with those compared with it, and tells the views. Created by
 * `app.ts`; only the latest request counts.
 */
import { PageError } from '../../src/ipc/pages/protocol';
import type { Capture, MapPlace } from './data';
import { align, isSameGrid, spansOn, spread } from './model/match';
import type { Alignment } from './model/match';
import { rollUp, unitsOf, unitSpan } from './model/rollup';
import type { Units } from './model/rollup';
import type { ViewState } from './model/state';
import { isSimilarity } from './similarity';
import type { SimilarityCapture } from './similarity';
import type { Store } from './store';

/** The tokens that are pointed at, and what they read or what read them. */
export interface Focus {
  readonly capture: Capture;
  /** Sequence of the token pointed at, and of the values. */
  readonly own: number;
  readonly side: number;
  readonly from: number;
  readonly to: number;
  readonly direction: 'reads' | 'readBy';
  /** One for each token of the other side, rolled up as the state says; below 0 only where two are compared. */
  readonly values: Float32Array;
  readonly sinkShare: number;
  readonly effectiveContext: number;
  /** The same of what is compared with. */
  readonly against: Float32Array | undefined;
}

/** The map that a state shows. */
export function placeOf({ stack, layer, heads }: ViewState): MapPlace {
  return { stack, layer, heads };
}

/** Which sequence the token pointed at is of, and which the values are of. */
export function sidesOf(
  capture: Capture,
  { stack, direction }: Pick<ViewState, 'stack' | 'direction'>,
): { own: number; side: number } {
  const { queries, keys } = capture.shown.stacks[stack] ?? { queries: 0, keys: 0 };
  return direction === 'reads' ? { own: queries, side: keys } : { own: keys, side: queries };
}

/** Of a panel's context, what it takes to find numbers. */
export interface Looked {
  readonly store: Store;
  readonly main: () => Capture | undefined;
  readonly other: () => Capture | undefined;
  readonly fail: (error: unknown) => void;
}

/** Asks for the numbers of what is pointed at; only the latest question counts. */
export class FocusFinder {
  #controller: AbortController | undefined;
  readonly #listeners = new Set<(focus: Focus | undefined) => void>();
  #found: Focus | undefined;
  readonly #units = new Map<string, Units>();

  constructor(private readonly context: Looked) {
    context.store.subscribe((state, before) => {
      const keys = [
        'focus',
        'stack',
        'layer',
        'heads',
        'direction',
        'withoutSink',
        'rollup',
        'against',
        'otherMap',
      ] as const;
      if (keys.some((key) => state[key] !== before[key])) void this.find();
    });
  }

  get current(): Focus | undefined {
    return this.#found;
  }

  subscribe(listener: (focus: Focus | undefined) => void): void {
    this.#listeners.add(listener);
  }

  /** The tokens counted as one with a token of a sequence. */
  unitsFor(capture: Capture, sequence: number): Units {
    const { rollup } = this.context.store.state;
    const key = `${capture.id} ${sequence} ${rollup}`;
    const source = capture.shown.sequences[sequence];
    let units = this.#units.get(key);
    if (units === undefined) {
      // Two sequences of two captures are looked at, at most.
      if (this.#units.size >= 4) this.#units.clear();
      this.#units.set(key, (units = unitsOf(source ?? { text: '', ranges: new Uint32Array() }, rollup)));
    }
    return units;
  }

  /** How alike each token of the code is to what is pointed at in the question; to all of it where the code is pointed at. */
  onCode(capture: SimilarityCapture, { side, values }: Pick<Focus, 'side' | 'values'>): Float32Array {
    return side === 1 ? values : rollUp(capture.table.codeSums, this.unitsFor(capture, 1), 'sum');
  }

  async find(): Promise<void> {
    this.#controller?.abort();
    const capture = this.context.main();
    const { state } = this.context.store;
    // Where nothing is pointed at, all of a question is.
    const whole = isSimilarity(capture) && state.focus === null;
    if (capture === undefined || (state.focus === null && !whole)) {
      this.#tell(undefined);
      return;
    }
    const controller = new AbortController();
    this.#controller = controller;
    const { withoutSink } = state;
    const direction = whole ? 'reads' : state.direction;
    const { own, side } = sidesOf(capture, { stack: state.stack, direction });
    const { from, to } =
      state.focus === null ? { from: 0, to: capture.tokens(own) } : unitSpan(this.unitsFor(capture, own), state.focus);
    try {
      const [weights, against] = await Promise.all([
        capture.weights(placeOf(state), { from, to }, direction, withoutSink),
        this.#against(capture, state, { from, to }),
      ]);
      if (controller.signal.aborted) return;
      const roll = (values: Float32Array): Float32Array =>
        rollUp(values, this.unitsFor(capture, side), direction === 'reads' || isSimilarity(capture) ? 'sum' : 'mean');
      const { sinkShare, effectiveContext } = weights;
      this.#tell({
        capture,
        own,
        side,
        from,
        to,
        direction,
        values: roll(weights.values),
        sinkShare,
        effectiveContext,
        against: against && roll(against),
      });
    } catch (error) {
      if (!controller.signal.aborted && !(error instanceof PageError && error.code === 'cancelled'))
        this.context.fail(error);
    }
  }

  async #against(
    capture: Capture,
    state: ViewState,
    span: { from: number; to: number },
  ): Promise<Float32Array | undefined> {
    const { against, stack, direction, withoutSink } = state;
    if (against === null) return undefined;
    if (against !== 'other') {
      const { layer, head } = against;
      return (await capture.weights({ stack, layer, heads: head }, span, direction, withoutSink)).values;
    }
    const other = this.context.other();
    return other === undefined ? undefined : weightsOfOther(capture, other, state, span);
  }

  #tell(focus: Focus | undefined): void {
    this.#found = focus;
    for (const listener of this.#listeners) listener(focus);
  }
}

/** The weights of another capture, put onto the tokens of this one; undefined where it has not read what is pointed at. */
async function weightsOfOther(
  capture: Capture,
  other: Capture,
  state: ViewState,
  span: { from: number; to: number },
): Promise<Float32Array | undefined> {
  const place = mapOfOther(capture, other, state);
  if (place === undefined) return undefined;
  const { direction, withoutSink } = state;
  const { own, side } = sidesOf(capture, state);
  const sides = sidesOf(other, { stack: place.stack, direction });
  const [pointed, target] = [
    alignmentOf(capture, own, other, sides.own),
    alignmentOf(capture, side, other, sides.side),
  ];
  const spans = pointed ? spansOn(pointed, span) : [];
  const [first, last] = [spans[0], spans.at(-1)];
  if (target === undefined || first === undefined || last === undefined) return undefined;
  const ask = async ({ from, to }: { from: number; to: number }): Promise<Float32Array> =>
    (await other.weights(place, { from, to }, direction, withoutSink)).values;
  // Of what is read, a part may be meant; a token that reads does so as a whole.
  if (direction === 'reads') return spread(target, await ask({ from: first.from, to: last.to }), 'sum');
  const parts = await Promise.all(spans.map(async (one) => (await ask(one)).map((value) => value * one.part)));
  return spread(
    target,
    parts.reduce((sum, values) => sum.map((value, token) => value + (values[token] as number))),
    'mean',
  );
}

const alignments = new WeakMap<object, WeakMap<object, Alignment>>();

/** How tokens of two captures lie on each other, found once; undefined where there is no such sequence. */
function alignmentOf(capture: Capture, sequence: number, other: Capture, otherSequence: number): Alignment | undefined {
  const [a, b] = [capture.shown.sequences[sequence], other.shown.sequences[otherSequence]];
  if (a === undefined || b === undefined) return undefined;
  const known = alignments.get(a) ?? new WeakMap<object, Alignment>();
  alignments.set(a, known);
  const found = known.get(b) ?? align(a, b);
  known.set(b, found);
  return found;
}

/**
 * The map of another capture whose cells stand for the same pairs of tokens, so that one can be taken from the other.
 *
 * @returns undefined where a token has another place in it: cells of coarser levels would be of other tokens, too
 */
export function alignedMap(capture: Capture, other: Capture, state: ViewState): MapPlace | undefined {
  const place = mapOfOther(capture, other, state);
  const [ours, theirs] = [capture.shown.stacks[state.stack], other.shown.stacks[place?.stack ?? 0]];
  if (place === undefined || ours === undefined || theirs === undefined) return undefined;
  const same = (
    [
      [ours.queries, theirs.queries],
      [ours.keys, theirs.keys],
    ] as const
  ).every(([own, others]) => {
    const alignment = alignmentOf(capture, own, other, others);
    return alignment !== undefined && isSameGrid(alignment);
  });
  return same ? place : undefined;
}

/**
 * What of another capture is compared with what is shown: the heads that were chosen of it, or else the same ones, or,
 * where its model has no such heads, all of them together.
 *
 * @returns undefined where it read nothing in this way
 */
export function mapOfOther(capture: Capture, other: Capture, state: ViewState): MapPlace | undefined {
  const ours = capture.shown.stacks[state.stack];
  // Where stacks differ, each model's first one is how it reads the text itself.
  const stack = other.shown.stacks[state.stack]?.kind === ours?.kind ? state.stack : 0;
  const theirs = other.shown.stacks[stack];
  if (ours === undefined || theirs === undefined || (ours.queries === ours.keys) !== (theirs.queries === theirs.keys))
    return undefined;
  const { layer, heads } = state.otherMap ?? state;
  const fits =
    (layer === null ? typeof heads !== 'number' : layer < theirs.layers) &&
    (typeof heads === 'number' ? heads < theirs.heads : heads !== 'value-weighted' || theirs.valueWeighted);
  return fits
    ? { stack, layer, heads }
    : { stack, layer: null, heads: theirs.valueWeighted ? 'value-weighted' : 'mean' };
}
