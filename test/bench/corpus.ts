/** The corpus that models/training makes, as benchmarks read it that fit something to it: nothing of the held-out packages is in it. */
import { createReadStream } from 'node:fs';
import type { Language } from './quality/packages';

export interface Entry {
  readonly package: string;
  readonly path: string;
  readonly language: string;
  readonly text: string;
  readonly split: 'train' | 'validation';
}

const languages: readonly string[] = ['typescript', 'javascript', 'python'] satisfies Language[];

/** Its files in the languages that quality is measured in. @param split all of them, where none is given */
export async function readCorpus(file: string, split?: Entry['split']): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const line of linesOf(file)) {
    const entry = JSON.parse(line) as Entry;
    if (split !== undefined && entry.split !== split) continue;
    if (languages.includes(entry.language))
      entries.push({
        package: entry.package,
        path: entry.path,
        language: entry.language,
        text: entry.text,
        split: entry.split,
      });
  }
  return entries;
}

/** Node's own reader of lines takes separators inside strings for their ends. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let left = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = (left + String(chunk)).split('\n');
    left = lines.pop() ?? '';
    yield* lines;
  }
}
