/**
 * Lists that are kept of servers in the editor's own state, beside settings and secrets: which were confirmed, and which have a
 * key. Used by the modules of this folder; no key is among them.
 */
import type { Services } from '../services';

type State = Pick<Services['globalState'], 'get' | 'update'>;

/** Keys of what was confirmed, as `confirmationKey` of `src/servers` writes them; origins that a key is kept for. */
export const [confirmedList, keyedList] = ['servers.confirmed', 'servers.keyed'] as const;
type List = typeof confirmedList | typeof keyedList;

/** What a list holds; nothing where something else was stored there. */
export function keptIn(state: Pick<State, 'get'>, list: List): string[] {
  const stored = state.get(list);
  return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [];
}

/** Adds what is not in a list yet. */
export async function keep(state: State, list: List, one: string): Promise<void> {
  await state.update(list, [...new Set([...keptIn(state, list), one])]);
}

export async function forget(state: State, list: List, one: string): Promise<void> {
  await state.update(list, keptIn(state, list).filter((other) => other !== one)); // prettier-ignore
}
