/**
 * What systems have written so far, in a file of JSON lines: a run that takes an hour and was stopped goes on where it was.
 * The first line names the model; the code that asked it is the reader's own business.
 */
import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import type { CompletionRow } from './completion';
import { BenchError } from './packages';
import type { CompletionTask } from './tasks';

export type Answered = { text: string; confidence?: number };

const keyOf = (system: string, row: CompletionRow, { package: name, file, offset }: CompletionTask): string =>
  [system, row, name, file, offset].join('\t');

export class Journal {
  readonly #file: string;
  readonly #answers: Map<string, Answered>;

  private constructor(file: string, answers: Map<string, Answered>) {
    this.#file = file;
    this.#answers = answers;
  }

  /**
   * @param model folder that answers; another one's journal is refused
   * @throws {BenchError} where the file is the journal of another model
   */
  static async open(file: string, model: string): Promise<Journal> {
    const text = existsSync(file) ? await readFile(file, 'utf8') : '';
    // Each line ends with a break: a last one without was cut off, and is asked again.
    const lines = text.split('\n').slice(0, -1);
    const own = JSON.stringify({ model });
    const [head = own, ...rest] = lines;
    if (head !== own) throw new BenchError(`${file} is of another model: ${head}`);
    await writeFile(file, [head, ...rest].map((line) => `${line}\n`).join(''));
    const answers = rest.map((line) => JSON.parse(line) as [string, Answered]);
    return new Journal(file, new Map(answers));
  }

  /** What was written, or is written now and noted. */
  async answer(
    system: string,
    row: CompletionRow,
    task: CompletionTask,
    ask: () => Promise<Answered>,
  ): Promise<Answered> {
    const key = keyOf(system, row, task);
    const known = this.#answers.get(key);
    if (known) return known;
    const answered = await ask();
    await appendFile(this.#file, `${JSON.stringify([key, answered])}\n`);
    return answered;
  }
}
