/** Writes lines to standard output and waits while its buffer is full; passed by `main.ts` to every command. */
import { once } from 'node:events';

/** Takes one line of output; settles when there is room for the next one. */
export type WriteLine = (line: string) => Promise<void>;

/** Writes one line to standard output and waits until there is room for the next one. */
export async function writeLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
