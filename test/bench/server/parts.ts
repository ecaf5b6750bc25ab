/**
 * Runs the parts of the server benchmark one after the other, each in a time of its own: a server that does not answer in one of
 * them keeps no other from being measured, and the benchmark always ends. Knows nothing of servers.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export type Figures = Readonly<Record<string, number>>;
export type Note = (figures: Figures) => void;

export interface Part {
  readonly name: string;
  /** After so long it is told to end. */
  readonly seconds: number;
  /**
   * @param note takes down what is measured, as soon as it is; nothing of a part that was given up counts any more
   * @param signal aborted where its time is over
   */
  run(note: Note, signal: AbortSignal): Promise<void> | void;
}

/** What is measured by then may still be taken down. Milliseconds. */
const graceMs = 5_000;

/**
 * @param note takes down the figures, and of each part how long it took and whether it came to its end
 * @param onFailure told in one sentence why a part did not; what it leaves behind is cleared away before the next one
 */
export async function runParts(
  parts: readonly Part[],
  note: Note,
  onFailure: (sentence: string) => Promise<void>,
  grace = graceMs,
): Promise<void> {
  for (const part of parts) {
    const began = performance.now();
    const problem = await problemOf(part, note, grace);
    note({
      [`${part.name}_part_s`]: (performance.now() - began) / 1_000,
      [`${part.name}_part_ended`]: problem === undefined ? 1 : 0,
    });
    if (problem !== undefined) await onFailure(`${part.name}: ${problem}`);
  }
}

/** @returns undefined where the part came to its end */
async function problemOf(part: Part, note: Note, grace: number): Promise<string | undefined> {
  const { seconds } = part;
  const [own, over] = [new AbortController(), new AbortController()];
  const late = async (): Promise<string | undefined> => {
    try {
      await sleep(seconds * 1_000, undefined, { signal: over.signal });
      own.abort();
      await sleep(grace, undefined, { signal: over.signal });
    } catch {
      return undefined;
    }
    return `not done in ${seconds} s.`;
  };
  let isOver = false;
  const take = (figures: Figures): void => {
    if (!isOver) note(figures);
  };
  const running = Promise.resolve(part.run(take, own.signal)).then(
    () => (own.signal.aborted ? `ended after its ${seconds} s.` : undefined),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  try {
    return await Promise.race([running, late()]);
  } finally {
    isOver = true;
    own.abort();
    over.abort();
  }
}
