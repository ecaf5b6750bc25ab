/** Documentation rows: the first sentence against the author's. */
import { splitIdentifier } from './baselines/bm25';
import { groupBy } from './group';
import type { Pair } from './metrics/sentences';
import { BenchError, readSources, type Language, type Package } from './packages';
import { nameOf, sentenceOf } from './search';
import { readFunctions, type SentenceTask } from './tasks';

export type Documented = Pair & { system: string; package: string; language: Language };

/** The baseline: the function's name, split into its words. */
export async function measureDocumentation(packages: readonly Package[], tasks: readonly SentenceTask[]): Promise<Documented[]> {
  const documented: Documented[] = [];
  const byPackage = groupBy(tasks.filter(({ documentation }) => documentation), (task) => task.package); // prettier-ignore
  for (const pinned of packages) {
    const own = byPackage.get(pinned.name);
    if (!own) continue;
    const files = new Map((await readSources(pinned)).map((file) => [file.path, file]));
    const functions = await readFunctions(pinned.name);
    for (const task of own) {
      const [file, range] = [files.get(task.file), functions.get(task.file)?.[task.index]];
      if (!file || !range) throw new BenchError(`${pinned.name} has no function ${task.index} in ${task.file}.`);
      const hypothesis = splitIdentifier(nameOf({ file, range })).join(' ');
      const reference = sentenceOf({ file, range }, task);
      documented.push({ system: 'name', package: pinned.name, language: pinned.language, hypothesis, reference });
    }
  }
  return documented;
}
