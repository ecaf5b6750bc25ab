/**
 * The small tasks of a trial: places in code, each with the rest of its line. They come with the extension, from this
 * repository's own code; *Choose a Model* loads them.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const task = v.strictObject({
  /** Of the file it is from, relative to this repository. */
  path: v.string(),
  /** Text before the cursor; starts at the start of a line. */
  prefix: v.string(),
  /** Text after the cursor, which stands at the end of its line. */
  suffix: v.string(),
  /** The rest of the line, as it was written. */
  expected: v.pipe(v.string(), v.nonEmpty()),
});
export type TrialTask = v.InferOutput<typeof task>;

const content = v.strictObject({
  format: v.literal(1),
  /** Of the code. */
  license: v.string(),
  source: v.string(),
  tasks: v.array(task),
});

/** @param root absolute path of the extension's folder @throws {Error} where the file is missing or damaged */
export async function readTasks(root: string): Promise<TrialTask[]> {
  const text = await readFile(join(root, 'models', 'trial', 'tasks.json'), 'utf8');
  return v.parse(content, JSON.parse(text)).tasks;
}
