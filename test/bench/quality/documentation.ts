/** Documentation rows: the first sentence against the author's. */
import { splitIdentifier } from './baselines/bm25';
import { maxNeighbours } from '../../../src/ipc/engine/protocol';
import { nearest } from './context';
import { groupBy } from './group';
import type { Pair } from './metrics/sentences';
import type { FunctionAsked, Model } from './model';
import { BenchError, readSources } from './packages';
import type { Language, Package, SourceFile } from './packages';
import { nameOf, sentenceOf } from './search';
import type { Document } from './search';
import { firstSentence } from './sentence';
import type { Workspace } from './situations';
import type { FunctionRange } from './syntax';
import { readFunctions } from './tasks';
import type { Functions, SentenceTask } from './tasks';

/** `isSimilar`: what the extension says of the function is said of a similar one. */
export type Documented = Pair & { system: string; package: string; language: Language; isSimilar: boolean };

/** How many of the model's texts are of what kind: `shown`, or what the extension says instead of showing them. */
export type Verdicts = Map<string, number>;

/**
 * Two baselines (the function's name, split into its words; what is said, to the letter, of the function of the package
 * with the name that is most like it), the model, and what the extension says: of similar functions, else the model's.
 * Both are asked as the extension asks, by the code that summarizes a selection, with the function's file and those around,
 * of which it has lost its own documentation.
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
    const workspace: Workspace = { name: pinned.name, files };
    const sentences = sentencesIn(files, functions);
    for (const task of own) {
      const [file, range] = [files.get(task.file), functions.get(task.file)?.[task.index]];
      if (!file || !range) throw new BenchError(`${pinned.name} has no function ${task.index} in ${task.file}.`);
      const reference = sentenceOf({ file, range }, task);
      const baselines = {
        name: splitIdentifier(nameOf({ file, range })).join(' '),
        likest: likest({ file, range }, sentences),
      };
      const { texts, isSimilar, verdict } =
        model === undefined
          ? { texts: {}, isSimilar: false, verdict: undefined }
          : await ask(model, file, range, workspace);
      for (const [system, text] of Object.entries({ ...baselines, ...texts })) {
        // As the name is: without the stop that the author's sentence has lost too.
        documented.push({
          system,
          package: pinned.name,
          language: pinned.language,
          hypothesis: text.replace(/\.$/, ''),
          reference,
          isSimilar,
        });
      }
      if (verdict !== undefined) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    progress(`${pinned.name}: ${own.length} functions`);
  }
  return { documented, verdicts };
}

async function ask(
  model: Model,
  file: SourceFile,
  range: FunctionRange,
  workspace: Workspace,
): Promise<{ texts: Record<string, string>; isSimilar: boolean; verdict: string }> {
  const around = nearest({ path: file.path, prefix: file.text }, workspace, maxNeighbours);
  const { said, isSimilar, model: text, problem } = await model.summarizeIn(undocumented(file, range), around);
  return { texts: { model: text, glassbox: said }, isSimilar, verdict: problem ?? 'shown' };
}

/** The function's file without its documentation, and where its name stands in that. */
function undocumented(file: SourceFile, { name, doc }: FunctionRange): FunctionAsked {
  if (doc === undefined) return { path: file.path, text: file.text, name };
  const moved = doc.end <= name.start ? doc.end - doc.start : 0;
  return {
    path: file.path,
    text: file.text.slice(0, doc.start) + file.text.slice(doc.end),
    name: { start: name.start - moved, end: name.end - moved },
  };
}

interface Said {
  readonly document: Document;
  readonly words: ReadonlySet<string>;
  readonly sentence: string;
}

/** What is said of the functions of a package. */
function sentencesIn(files: ReadonlyMap<string, SourceFile>, functions: Functions): Said[] {
  return [...functions].flatMap(([path, ranges]) => {
    const file = files.get(path);
    return ranges.flatMap((range) => {
      const sentence = file && range.doc && firstSentence(file.text.slice(range.doc.start, range.doc.end));
      return file === undefined || sentence === undefined
        ? []
        : [{ document: { file, range }, words: new Set(splitIdentifier(nameOf({ file, range }))), sentence }];
    });
  });
}

/** What is said of the function with the likest name: of several, in the same file, else the first; empty where none has a word in common. */
function likest(own: Document, all: readonly Said[]): string {
  const words = new Set(splitIdentifier(nameOf(own)));
  let best = { likeness: 0, sentence: '' };
  for (const { document, words: others, sentence } of all) {
    if (document.file === own.file && document.range === own.range) continue;
    const shared = [...others].filter((one) => words.has(one)).length;
    const likeness =
      shared === 0 ? 0 : shared / (words.size + others.size - shared) + (document.file === own.file ? 0.001 : 0);
    if (likeness > best.likeness) best = { likeness, sentence };
  }
  return best.sentence;
}
