/** Documentation rows: the first sentence against the author's. */
import { splitIdentifier } from './baselines/bm25';
import { bodyOf } from './functions';
import { groupBy } from './group';
import type { Pair } from './metrics/sentences';
import type { Model } from './model';
import { BenchError, readSources, type Language, type Package } from './packages';
import { nameOf, sentenceOf } from './search';
import { readFunctions, type SentenceTask } from './tasks';

export type Documented = Pair & { system: string; package: string; language: Language };

/** How many of the model's texts are of what kind: `shown`, or what the extension says instead of showing them. */
export type Verdicts = Map<string, number>;

/**
 * The baseline (the function's name, split into its words) and the model, asked as the extension asks it: by the code
 * that summarizes a selection, with the function's text without its documentation.
 */
export async function measureDocumentation(
  packages: readonly Package[],
  tasks: readonly SentenceTask[],
  model: Model | undefined,
  progress: (line: string) => void,
): Promise<{ documented: Documented[]; verdicts: Verdicts }> {
  const documented: Documented[] = [];
  const verdicts: Verdicts = new Map();
  const byPackage = groupBy(tasks.filter(({ documentation }) => documentation), (task) => task.package); // prettier-ignore
  for (const pinned of packages) {
    const own = byPackage.get(pinned.name);
    if (!own) continue;
    const files = new Map((await readSources(pinned)).map((file) => [file.path, file]));
    const functions = await readFunctions(pinned.name);
    for (const task of own) {
      const [file, range] = [files.get(task.file), functions.get(task.file)?.[task.index]];
      if (!file || !range) throw new BenchError(`${pinned.name} has no function ${task.index} in ${task.file}.`);
      const reference = sentenceOf({ file, range }, task);
      const add = (system: string, hypothesis: string): void => void documented.push({ system, package: pinned.name, language: pinned.language, hypothesis, reference });
      add('name', splitIdentifier(nameOf({ file, range })).join(' '));
      if (model === undefined) continue;
      const indentation = /[^\S\n]*$/.exec(file.text.slice(0, range.start))?.[0] ?? '';
      const { text, problem } = await model.summarize(indentation + bodyOf(file.text, range), file.path);
      // As the name is: without the stop that the author's sentence has lost too.
      add('model', text.replace(/\.$/, ''));
      verdicts.set(problem ?? 'shown', (verdicts.get(problem ?? 'shown') ?? 0) + 1);
    }
    progress(`${pinned.name}: ${own.length} functions`);
  }
  return { documented, verdicts };
}
