import { setImmediate as nextTurn } from 'node:timers/promises';

/** @returns what is given, where it is settled within this turn of the event loop: without a timer, a file or another process. */
export async function withinTurn<T>(promise: Promise<T>): Promise<T> {
  const late = Symbol('late');
  const first = await Promise.race([promise, nextTurn(late)]);
  if (first === late) throw new Error('It had to wait.');
  return first;
}
