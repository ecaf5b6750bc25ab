/**
 * A person at a keyboard, in real time: keys come when they come, whether an answer is there or not, and what is shown and right
 * is taken after a look at it. Used by the server benchmark; the keys are those of the typing benchmark.
 */
import { setTimeout as realSleep } from 'node:timers/promises';
import { cutWindow } from '../../../src/ipc/engine/documentWindow';
import type { Asking, Contender } from '../typing/contenders';
import { restOf } from '../typing/edits';
import type { EditMoment } from '../typing/edits';
import type { AskingServer } from './asking';

/** What one person's keys came to. */
export class Keys {
  keys = 0;
  /** Keys that were not asked about: the next one came before the contender asks. */
  unasked = 0;
  /** Keys that had an answer before the next one, and of those the ones that no request was begun for. */
  inTime = 0;
  adopted = 0;
  taken = 0;
  saved = 0;
  failed = 0;
  /** From a key to its answer, of those in time. Milliseconds. */
  readonly times: number[] = [];

  add(other: Keys): void {
    for (const name of ['keys', 'unasked', 'inTime', 'adopted', 'taken', 'saved', 'failed'] as const)
      this[name] += other[name];
    this.times.push(...other.times);
  }
}

/** A person looks at a text before taking it, and at the code before changing it elsewhere. Milliseconds. */
const lookMs = 350;
const arriveMs = 600;

export interface Typing {
  readonly contender: Contender;
  readonly server: AskingServer;
  readonly changes: readonly (readonly EditMoment[])[];
  readonly asking: (path: string) => Asking;
  /** When the person stops, by the clock. */
  readonly end: number;
  readonly clock?: Clock;
}

/** Milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

const realClock: Clock = { now: () => performance.now(), sleep: (ms) => realSleep(ms) };

/** Types until the time is over, from the first change again where there are no more. */
export async function typeAway({ contender, server, changes, asking, end, clock = realClock }: Typing): Promise<Keys> {
  const keys = new Keys();
  const isOver = (): boolean => clock.now() >= end;
  /** @returns the length of the prefix from which on it is typed again */
  const press = async (moment: EditMoment): Promise<number> => {
    const { prefix, pauseMs, document } = moment;
    keys.keys++;
    const began = clock.now();
    const rest = (): Promise<unknown> => clock.sleep(Math.max(0, pauseMs - (clock.now() - began)));
    if (pauseMs < contender.delayMs) {
      keys.unasked++;
      await rest();
      return 0;
    }
    await clock.sleep(contender.delayMs);
    const before = server.cost.requests;
    const answer = contender
      .suggest({ document, ...cutWindow(moment) }, asking(document))
      .then((shown) => ({ shown, ms: clock.now() - began }))
      .catch(() => 'failed' as const);
    const settled = await Promise.race([answer, rest().then(() => 'late' as const)]);
    if (settled === 'failed') {
      keys.failed++;
      await rest();
    }
    if (typeof settled === 'string') return 0;
    keys.inTime++;
    keys.times.push(settled.ms);
    if (server.cost.requests === before) keys.adopted++;
    if (settled.shown === undefined || restOf(moment)?.startsWith(settled.shown.text) !== true) {
      await rest();
      return 0;
    }
    await clock.sleep(lookMs);
    keys.taken++;
    keys.saved += settled.shown.text.length - 1;
    return prefix.length + settled.shown.text.length;
  };
  for (let at = 0; !isOver(); at = (at + 1) % changes.length) {
    const change = changes[at] ?? [];
    const [first] = change;
    if (first?.arrival)
      contender.rest?.({ document: first.document, ...cutWindow(first.arrival) }, asking(first.document));
    await clock.sleep(arriveMs);
    let until = 0;
    for (const [index, moment] of change.entries()) {
      if (isOver()) break;
      if (moment.kind === 'type' && moment.prefix.length < until && index < change.length - 1) continue;
      until = await press(moment);
    }
  }
  return keys;
}
