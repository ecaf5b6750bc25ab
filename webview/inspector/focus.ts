import { PageError } from '../../src/webview/protocol';
import type { PanelContext } from './context';
import type { Capture, MapPlace } from './data';
import { matchTokens } from './model/match';
import { rollUp, unitsOf, unitSpan, type Units } from './model/rollup';
import type { ViewState } from './model/state';
import { isSimilarity, type SimilarityCapture } from './similarity';

/** What is pointed at, and what it read or who read it. */
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
export function sidesOf(capture: Capture, { stack, direction }: Pick<ViewState, 'stack' | 'direction'>): { own: number; side: number } {
  const { queries, keys } = capture.shown.stacks[stack] ?? { queries: 0, keys: 0 };
  return direction === 'reads' ? { own: queries, side: keys } : { own: keys, side: queries };
}

/** Asks for the numbers of what is pointed at; only the latest question counts. */
export class FocusFinder {
  private controller: AbortController | undefined;
  private readonly listeners = new Set<(focus: Focus | undefined) => void>();
  private found: Focus | undefined;
  private readonly units = new Map<string, Units>();

  constructor(private readonly context: PanelContext) {
    context.store.subscribe((state, before) => {
      const keys = ['focus', 'stack', 'layer', 'heads', 'direction', 'withoutSink', 'rollup', 'against'] as const;
      if (keys.some((key) => state[key] !== before[key])) void this.find();
    });
  }

  get current(): Focus | undefined {
    return this.found;
  }

  subscribe(listener: (focus: Focus | undefined) => void): void {
    this.listeners.add(listener);
  }

  /** The tokens counted as one with a token of a sequence. */
  unitsFor(capture: Capture, sequence: number): Units {
    const { rollup } = this.context.store.state;
    const key = `${capture.id} ${sequence} ${rollup}`;
    const source = capture.shown.sequences[sequence];
    let units = this.units.get(key);
    if (units === undefined) {
      // Two sequences of two captures are looked at, at most.
      if (this.units.size >= 4) this.units.clear();
      this.units.set(key, (units = unitsOf(source ?? { text: '', ranges: new Uint32Array() }, rollup)));
    }
    return units;
  }

  /** How alike each token of the code is to what is pointed at in the question; to all of it where the code is pointed at. */
  onCode(capture: SimilarityCapture, { side, values }: Pick<Focus, 'side' | 'values'>): Float32Array {
    return side === 1 ? values : rollUp(capture.table.codeSums, this.unitsFor(capture, 1), 'sum');
  }

  async find(): Promise<void> {
    this.controller?.abort();
    const capture = this.context.main();
    const { state } = this.context.store;
    // Where nothing is pointed at, all of a question is.
    const whole = isSimilarity(capture) && state.focus === null;
    if (capture === undefined || (state.focus === null && !whole)) {
      this.tell(undefined);
      return;
    }
    const controller = new AbortController();
    this.controller = controller;
    const { withoutSink } = state;
    const direction = whole ? 'reads' : state.direction;
    const { own, side } = sidesOf(capture, { stack: state.stack, direction });
    const { from, to } = state.focus === null ? { from: 0, to: capture.tokens(own) } : unitSpan(this.unitsFor(capture, own), state.focus);
    try {
      const [weights, against] = await Promise.all([
        capture.weights(placeOf(state), { from, to }, direction, withoutSink),
        this.against(capture, state, { from, to }),
      ]);
      if (controller.signal.aborted) return;
      const roll = (values: Float32Array): Float32Array => rollUp(values, this.unitsFor(capture, side), direction === 'reads' || isSimilarity(capture) ? 'sum' : 'mean');
      const { sinkShare, effectiveContext } = weights;
      this.tell({ capture, own, side, from, to, direction, values: roll(weights.values), sinkShare, effectiveContext, against: against && roll(against) });
    } catch (error) {
      if (!controller.signal.aborted && !(error instanceof PageError && error.code === 'cancelled')) this.context.fail(error);
    }
  }

  private async against(capture: Capture, state: ViewState, span: { from: number; to: number }): Promise<Float32Array | undefined> {
    const { against, stack, direction, withoutSink } = state;
    if (against === null) return undefined;
    if (against !== 'other') {
      const { layer, head } = against;
      return (await capture.weights({ stack, layer, heads: head }, span, direction, withoutSink)).values;
    }
    const other = this.context.other();
    return other === undefined ? undefined : weightsOfOther(capture, other, state, span);
  }

  private tell(focus: Focus | undefined): void {
    this.found = focus;
    for (const listener of this.listeners) listener(focus);
  }
}

/** The weights of another capture, put onto the tokens of this one: by what stands in the same place of the same text. */
async function weightsOfOther(capture: Capture, other: Capture, state: ViewState, span: { from: number; to: number }): Promise<Float32Array | undefined> {
  const { own, side } = sidesOf(capture, state);
  const sides = sidesOf(other, state);
  const sequence = capture.shown.sequences[own];
  const target = capture.shown.sequences[side];
  const otherSequence = other.shown.sequences[sides.own];
  const otherTarget = other.shown.sequences[sides.side];
  if (!sequence || !target || !otherSequence || !otherTarget) return undefined;
  const ownMatch = matchTokens(sequence, otherSequence);
  const matched = ownMatch.slice(span.from, span.to).filter((token) => token >= 0);
  if (matched.length === 0) return new Float32Array(target.ids.length);
  const from = Math.min(...matched);
  const { layer, heads } = fitMap(other, state);
  const { values } = await other.weights({ stack: state.stack, layer, heads }, { from, to: Math.max(...matched) + 1 }, state.direction, state.withoutSink);
  const sideMatch = side === own ? ownMatch : matchTokens(target, otherTarget);
  return spread(sideMatch, values);
}

/**
 * The map of another capture whose cells stand for the same pairs of tokens, so that one can be taken from the other.
 *
 * @returns undefined where a token has another place in it: cells of coarser levels would be of other tokens, too
 */
export function alignedMap(capture: Capture, other: Capture, state: ViewState): MapPlace | undefined {
  const { queries, keys } = capture.shown.stacks[state.stack] ?? { queries: 0, keys: 0 };
  const stack = other.shown.stacks[state.stack];
  const aligned = [[queries, stack?.queries], [keys, stack?.keys]].every(([own, others]) => {
    const [a, b] = [capture.shown.sequences[own ?? 0], other.shown.sequences[others ?? 0]];
    return a && b?.ids.length === a.ids.length && matchTokens(a, b).every((token, at) => token === at || token < 0);
  });
  return stack !== undefined && aligned ? { stack: state.stack, ...fitMap(other, state) } : undefined;
}

/** Another model may have fewer layers and heads. */
function fitMap(other: Capture, { stack, layer, heads }: ViewState): { layer: number | null; heads: MapPlace['heads'] } {
  const bounds = other.shown.stacks[stack];
  const fits = bounds !== undefined && (layer === null || layer < bounds.layers) && (typeof heads !== 'number' || heads < bounds.heads);
  return fits ? { layer, heads } : { layer: null, heads: bounds?.valueWeighted === true ? 'value-weighted' : 'mean' };
}

/** Gives each weight to the tokens that stand in its place; evenly where several do. */
function spread(match: Int32Array, values: Float32Array): Float32Array {
  const sharers = new Uint32Array(values.length);
  for (const token of match) if (token >= 0) sharers[token] = (sharers[token] ?? 0) + 1;
  return Float32Array.from(match, (token) => (token < 0 ? 0 : (values[token] ?? 0) / Math.max(1, sharers[token] ?? 1)));
}
