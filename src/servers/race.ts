/**
 * Which of two answers to one request is shown: the server's, or the local model's when the server is late. A state machine for
 * the requests of one purpose; pure, the caller carries out its actions and reports what happens. Nothing that was asked for at a
 * place that the user has left is ever shown.
 */
import type { Route } from './health';

export type AnswerSource = 'server' | 'local';

/** `asked`: under way; `out`: failed, or cancelled. */
type Runner = 'idle' | 'asked' | 'out';

export interface RaceState {
  /** Number of the place that is answered now; each is higher than those before. 0: none yet. */
  readonly place: number;
  readonly server: Runner;
  readonly local: Runner;
  /** Whether an answer to this place is shown, or none can be. */
  readonly settled: boolean;
  /** Whether the server's answer is only to show that it is well. */
  readonly trial: boolean;
}

export const noRace: RaceState = { place: 0, server: 'idle', local: 'idle', settled: true, trial: false };

export type RaceEvent =
  /** The user is at a new place, and a text is wanted there. */
  | { readonly kind: 'wanted'; readonly place: number; readonly route: Route }
  /** The user has left, and wants nothing. */
  | { readonly kind: 'left' }
  /** The server has said nothing for {@link lateAfterMs}. */
  | { readonly kind: 'late'; readonly place: number }
  /** A whole answer, of a place that may be left by now. */
  | { readonly kind: 'answered'; readonly place: number; readonly from: AnswerSource }
  | { readonly kind: 'failed'; readonly place: number; readonly from: AnswerSource };

export type RaceAction =
  | { readonly kind: 'ask'; readonly source: AnswerSource; readonly place: number }
  /** Report `late` in {@link lateAfterMs}, unless the race is over. */
  | { readonly kind: 'startTimer'; readonly place: number }
  | { readonly kind: 'cancel'; readonly source: AnswerSource; readonly place: number }
  | { readonly kind: 'show'; readonly source: AnswerSource; readonly place: number }
  /** Neither has an answer. */
  | { readonly kind: 'giveUp'; readonly place: number };

/** So long the server alone is waited for, so that the local model can answer within a second. Milliseconds. */
export const lateAfterMs = 400;

export interface RaceStep {
  readonly state: RaceState;
  /** In this order. */
  readonly actions: readonly RaceAction[];
}

export function step(state: RaceState, event: RaceEvent): RaceStep {
  switch (event.kind) {
    case 'wanted':
      // A place that is not new has been answered, or left.
      return event.place > state.place ? start(state, event.place, event.route) : { state, actions: [] };
    case 'left':
      return { state: { ...state, server: 'out', local: 'out', settled: true }, actions: cancelUnwanted(state) };
    case 'late':
      return event.place === state.place && state.server === 'asked' ? withLocal(state) : { state, actions: [] };
    case 'answered':
    case 'failed':
      // Lies, and answers that come late, name other places, or come twice.
      if (event.place !== state.place || state[event.from] !== 'asked') return { state, actions: [] };
      return event.kind === 'answered' ? afterAnswer(state, event.from) : afterFailure(state, event.from);
  }
}

function start(before: RaceState, place: number, route: Route): RaceStep {
  const asks = (source: AnswerSource) => route === source || route === 'both';
  const state: RaceState = {
    place,
    server: asks('server') ? 'asked' : 'idle',
    local: asks('local') ? 'asked' : 'idle',
    settled: false,
    trial: route === 'both',
  };
  const sources = (['server', 'local'] as const).filter(asks);
  return {
    state,
    actions: [
      ...cancelUnwanted(before),
      ...sources.map((source) => ({ kind: 'ask', source, place }) as const),
      ...(asks('server') ? [{ kind: 'startTimer', place } as const] : []),
    ],
  };
}

/** The local model is asked, too, where it has not been. */
function withLocal(state: RaceState): RaceStep {
  if (state.settled || state.local !== 'idle') return { state, actions: [] };
  return { state: { ...state, local: 'asked' }, actions: [{ kind: 'ask', source: 'local', place: state.place }] };
}

function afterAnswer(state: RaceState, from: AnswerSource): RaceStep {
  const { place } = state;
  const done: RaceState = { ...state, [from]: 'out' };
  // A server that is being tried goes on when the local model was first: its answer says that it is well.
  if (state.settled) return { state: done, actions: [] };
  const other = from === 'server' ? 'local' : 'server';
  const keepsOther = other === 'server' && state.trial;
  const cancels = state[other] === 'asked' && !keepsOther;
  return {
    state: { ...done, ...(cancels && { [other]: 'out' }), settled: true },
    actions: [
      ...(cancels ? [{ kind: 'cancel', source: other, place } as const] : []),
      { kind: 'show', source: from, place },
    ],
  };
}

function afterFailure(state: RaceState, from: AnswerSource): RaceStep {
  const after: RaceState = { ...state, [from]: 'out' };
  if (state.settled) return { state: after, actions: [] };
  if (from === 'server' && state.local === 'idle') return withLocal(after);
  if (after.server === 'asked' || after.local === 'asked') return { state: after, actions: [] };
  return { state: { ...after, settled: true }, actions: [{ kind: 'giveUp', place: state.place }] };
}

/**
 * Of a place that is left. A server that is being tried goes on, since what counts is that it answers, and not what: whoever
 * types faster than it writes would else never have it back.
 */
const cancelUnwanted = (state: RaceState): RaceAction[] =>
  (['server', 'local'] as const)
    .filter((source) => state[source] === 'asked' && !(source === 'server' && state.trial))
    .map((source) => ({ kind: 'cancel', source, place: state.place }));
