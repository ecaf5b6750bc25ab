/**
 * Whether requests go to the server or to the local model: a state machine over what became of earlier requests. Used by
 * `failover.ts`; pure, time and chance are handed in. It never waits, and it says a sentence at most once a change.
 */
import { ServerError } from './errors';
import type { ServerErrorCode } from './errors';

/** What is known of a server. */
export interface ServerHealth {
  readonly phase: 'well' | 'resting' | 'trying';
  /** Since it was well for {@link forgetAfterMs}. */
  readonly failures: number;
  /** How often in a row it was late. */
  readonly lates: number;
  /** While resting: until this moment. While well: since this moment. Milliseconds. */
  readonly until: number;
}

export const well: ServerHealth = { phase: 'well', failures: 0, lates: 0, until: 0 };

/** `both`: the local model answers, and the server is asked beside it to see whether it is back; its answer is not waited for. */
export type Route = 'server' | 'local' | 'both';

export interface AfterFailure {
  readonly health: ServerHealth;
  /** Set where requests went to the server until now: the reason, to be told once. */
  readonly left?: string;
}

/** Milliseconds. The first rest is short: a server that was started anew is back soon. */
const firstRestMs = 1_000;
const longestRestMs = 60_000;
/** For what a person has to mend, such as a wrong key. */
const helplessRestMs = 300_000;
/**
 * A server that is gone or hangs has nothing to be spared, and is most often started anew within minutes: of so many failures in
 * a row, no rest is longer than this.
 */
const longestSoonMs = 8_000;
const soonFailures = 20;
/** A server that fails now and then rests longer each time, until it has been well for so long. */
const forgetAfterMs = 60_000;
/** So often in a row a server may be late before it is left alone. */
const maxLates = 3;
const gone: readonly ServerErrorCode[] = ['unreachable', 'deadline'];
const helpless: readonly ServerErrorCode[] = ['address', 'certificate', 'redirected', 'unauthorized', 'unsupported'];

/** Where the next request goes. Of those that come while the server is being tried, all go to the local model. */
export function routeOf({ phase, until }: ServerHealth, now: number): Route {
  if (phase === 'well') return 'server';
  return phase === 'resting' && now >= until ? 'both' : 'local';
}

/** A request was sent by the route `both`. */
export const asked = (health: ServerHealth): ServerHealth =>
  health.phase === 'resting' ? { ...health, phase: 'trying' } : health;

/**
 * The server has answered in time. While it rests, that is the answer to an earlier request, which says nothing of now.
 *
 * @returns `back` where requests go to the server again from now on, to be told once
 */
export function answered(health: ServerHealth, now: number): { readonly health: ServerHealth; readonly back: boolean } {
  if (health.phase === 'trying') return { health: { ...health, phase: 'well', lates: 0, until: now }, back: true };
  return { health: health.lates === 0 ? health : { ...health, lates: 0 }, back: false };
}

/** The server has said nothing for so long that the local model is asked. @param now and `random` as of {@link failed} */
export function late(health: ServerHealth, now: number, random: number): AfterFailure {
  const lates = health.lates + 1;
  if (health.phase === 'well' && lates < maxLates) return { health: { ...health, lates } };
  const error = new ServerError('deadline', 'The server is too slow to answer while you type.');
  // One that passes its trials and is late again each time is no help: it is left for longer and longer.
  return after(health, error, now, random, health.phase === 'trying');
}

/** The request that tried the server was no longer wanted: the next one tries. */
export const givenUp = (health: ServerHealth, now: number): ServerHealth =>
  health.phase === 'trying' ? { ...health, phase: 'resting', until: now } : health;

/**
 * @param now milliseconds of a clock that is never set
 * @param random in 0…1: editors that lost a server together do not come back together
 */
export function failed(health: ServerHealth, error: ServerError, now: number, random: number): AfterFailure {
  return after(health, error, now, random, gone.includes(error.code));
}

/** @param soon whether it may be well again at any moment */
function after(health: ServerHealth, error: ServerError, now: number, random: number, soon: boolean): AfterFailure {
  // The user went on typing; nothing is known of the server.
  if (error.code === 'cancelled') return { health: givenUp(health, now) };
  // Requests that were under way when the server failed fail, too: one outage is one failure.
  if (health.phase === 'resting') return { health };
  const forgotten = health.phase === 'well' && now - health.until > forgetAfterMs;
  const failures = (forgotten ? 0 : health.failures) + 1;
  const longest = soon && failures <= soonFailures ? longestSoonMs : longestRestMs;
  const rest = helpless.includes(error.code) ? helplessRestMs : Math.min(firstRestMs * 2 ** (failures - 1), longest);
  // Between half and all of it ("equal jitter"), but never sooner than the server asks for.
  const ms = Math.max(rest * (0.5 + 0.5 * random), error.retryAfterMs ?? 0);
  return {
    health: { phase: 'resting', failures, lates: 0, until: now + ms },
    ...(health.phase === 'well' && { left: error.message }),
  };
}
