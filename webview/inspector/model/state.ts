/**
 * Schema of the inspector's view state, with reading, writing and fitting it to a capture. Used by the store, links
 * and menus; invalid values fall back to defaults.
 */
import * as v from 'valibot';
import { rollups } from './rollup';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const views = ['code', 'heads', 'matrix', 'why'] as const;
export type ViewName = (typeof views)[number];

export const aggregates = ['value-weighted', 'mean', 'max', 'rollout'] as const;
export const roles = [
  'previous',
  'duplicate',
  'induction',
  'bracket',
  'identifier',
  'definition',
  'parent',
  'sink',
] as const;

/** One head of one layer. */
const headPlace = v.strictObject({ layer: count, head: count });
export type HeadPlace = v.InferOutput<typeof headPlace>;

/** What is compared with what is shown: another head of the same capture, or the same heads of another capture. */
const against = v.union([headPlace, v.literal('other')]);
export type Against = v.InferOutput<typeof against>;

const schema = v.object({
  view: v.fallback(v.picklist(views), 'code'),
  stack: v.fallback(count, 0),
  /** Null: all layers together, for summaries of heads only. */
  layer: v.fallback(v.nullable(count), null),
  heads: v.fallback(v.union([count, v.picklist(aggregates)]), 'value-weighted'),
  direction: v.fallback(v.picklist(['reads', 'readBy']), 'reads'),
  withoutSink: v.fallback(v.boolean(), true),
  /** Parts of the strongest weight below which nothing is drawn. */
  threshold: v.fallback(share, 0.02),
  gamma: v.fallback(v.pipe(v.number(), v.minValue(0.2), v.maxValue(3)), 0.6),
  /** How many of the strongest weights are joined to what is pointed at by lines. */
  links: v.fallback(v.pipe(count, v.maxValue(20)), 3),
  rollup: v.fallback(v.picklist(rollups), 'token'),
  /** The token pointed at, of the rows' sequence where `reads` is shown, of the columns' for `readBy`. */
  focus: v.fallback(v.nullable(count), null),
  role: v.fallback(v.nullable(v.picklist(roles)), null),
  against: v.fallback(v.nullable(against), null),
  /** Which heads of another capture are compared with; null: those that are shown of this one. */
  otherMap: v.fallback(
    v.nullable(v.strictObject({ layer: v.nullable(count), heads: v.union([count, v.picklist(aggregates)]) })),
    null,
  ),
});
/** All that decides what the panel shows of a capture. It goes into links and outlives the panel's being hidden. */
export type ViewState = v.InferOutput<typeof schema>;

export const initialState: ViewState = v.parse(schema, {});

/** Reads a state that was kept or came with a link; what does not fit is as at the beginning. */
export function readState(raw: unknown): ViewState {
  const parsed = v.safeParse(schema, raw);
  return parsed.success ? parsed.output : initialState;
}

/** Only what differs from the beginning. */
export function writeState(state: ViewState): string {
  const entries = Object.entries(state).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(initialState[key as keyof ViewState]),
  );
  return JSON.stringify(Object.fromEntries(entries));
}

/** @returns the state at the beginning where the text is none that {@link writeState} wrote */
export function parseState(text: string): ViewState {
  try {
    return readState(JSON.parse(text));
  } catch {
    return initialState;
  }
}

/** The parts of a capture's stack that bound what a state may say. */
export interface Bounds {
  readonly stacks: readonly {
    readonly layers: number;
    readonly heads: number;
    readonly valueWeighted: boolean;
    readonly queries: number;
    readonly keys: number;
  }[];
  /** Tokens of each sequence. */
  readonly tokens: readonly number[];
  readonly generated: boolean;
  readonly other: boolean;
  /** Two texts that were read apart: there are no heads, and nothing to compare with. */
  readonly apart: boolean;
}

/** The nearest state that the capture has: a link may be of another model. */
export function fitState(state: ViewState, { stacks, tokens, generated, other, apart }: Bounds): ViewState {
  const stack = state.stack < stacks.length ? state.stack : 0;
  const bounds = stacks[stack];
  if (bounds === undefined) return state;
  const layer = state.layer === null ? null : Math.min(state.layer, bounds.layers - 1);
  const plain = bounds.valueWeighted ? 'value-weighted' : 'mean';
  let heads = typeof state.heads === 'number' ? Math.min(state.heads, bounds.heads - 1) : state.heads;
  if (heads === 'value-weighted') heads = plain;
  if (layer === null && typeof heads === 'number') heads = plain;
  const focusable = tokens[state.direction === 'reads' ? bounds.queries : bounds.keys] ?? 0;
  const focus = state.focus !== null && state.focus < focusable ? state.focus : null;
  const view = (state.view === 'why' && !generated) || (state.view === 'heads' && apart) ? 'code' : state.view;
  const against = apart ? null : fitAgainst(state.against, bounds, other);
  return { ...state, stack, layer, heads, focus, view, against };
}

function fitAgainst(
  against: Against | null,
  bounds: { layers: number; heads: number },
  other: boolean,
): Against | null {
  if (against === null || against === 'other') return against === 'other' && other ? against : null;
  return against.layer < bounds.layers && against.head < bounds.heads ? against : null;
}
