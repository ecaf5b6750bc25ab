/**
 * Makes the frozen tasks from the pinned packages: `npm run bench -- quality --freeze`. Seeded, so that it gives the
 * same files again; they were committed before any trained model was looked at and are not made anew to suit one.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { bodyPlaces, codeLines, pauses, placesIn } from './cuts';
import type { Pause, Place } from './cuts';
import { bodyOf, fingerprint } from './functions';
import { dataFolder, hashText, readPackages, readSources } from './packages';
import type { Language, Package, SourceFile } from './packages';
import { randomFrom, shuffled } from './random';
import { firstSentence } from './sentence';
import { openParser } from './syntax';
import type { FunctionRange, Range, Syntax } from './syntax';
import { writeCompletionTasks, writeFunctions, writeSentenceTasks } from './tasks';
import type { CompletionSet, CompletionTask, Functions, SentenceTask } from './tasks';

const seed = 'glassbox quality 1';
const wanted: Record<CompletionSet, Record<Language, number>> = {
  line: { typescript: 500, javascript: 800, python: 700 },
  any: { typescript: 150, javascript: 240, python: 210 },
  block: { typescript: 125, javascript: 200, python: 175 },
};
const filesPerPackage = 40;
const minFileLength = 400;
const maxBodyLength = 600;
const minFunctionLines = 3; // lines
const maxQueries = 300;
const minQueries = 20;
const documentationPerPackage = 30;
const maxDocumentedLength = 3000; // characters

type Parsed = SourceFile & { syntax: Syntax };
type Pool = Record<CompletionSet, CompletionTask[]>;

export async function freeze(log: (line: string) => void): Promise<void> {
  await mkdir(path.join(dataFolder, 'functions'), { recursive: true });
  const packages = await readPackages();
  const pools = new Map<Package, Pool>();
  const sentences: SentenceTask[] = [];
  for (const pinned of packages) {
    const random = randomFrom(`${seed} ${pinned.name}`);
    const files = await readSources(pinned);
    const parse = await openParser(pinned.language);
    if (pinned.uses.includes('completion')) pools.set(pinned, completionPool(pinned, files, parse, random));
    if (pinned.uses.includes('search')) {
      const { functions, tasks } = sentencePool(pinned, files, parse, random);
      await writeFunctions(pinned.name, functions);
      sentences.push(...tasks);
    }
    log(`${pinned.name}: ${files.length} files`);
  }
  const tasks = Object.keys(wanted).flatMap((set) => share(set as CompletionSet, pools));
  await writeCompletionTasks(tasks);
  await writeSentenceTasks(sentences);
  log(`${tasks.length} completion tasks, ${sentences.length} sentences`);
}

/** Equal shares for the packages of a language; what a small package cannot give goes to the others. */
function share(set: CompletionSet, pools: ReadonlyMap<Package, Pool>): CompletionTask[] {
  return Object.entries(wanted[set]).flatMap(([language, total]) => {
    const sources = [...pools].filter(([pinned]) => pinned.language === language).map(([, pool]) => pool[set]);
    const taken = sources.map(() => 0);
    for (let left = total; left > 0;) {
      const open = sources.flatMap((pool, index) => (pool.length > taken[index]! ? [index] : []));
      if (open.length === 0) break;
      for (const index of open.slice(0, left)) taken[index]!++;
      left -= Math.min(left, open.length);
    }
    return sources.flatMap((pool, index) => pool.slice(0, taken[index]));
  });
}

/** Tasks in random order, no two in one line; the kinds of pause take turns. */
export function completionPool(
  pinned: Pick<Package, 'name'>,
  files: SourceFile[],
  parse: (text: string) => Syntax,
  random: () => number,
): Pool {
  const parsed = shuffled(
    files.filter(({ text }) => text.length >= minFileLength),
    random,
  )
    .slice(0, filesPerPackage)
    .map((file): Parsed => ({ ...file, syntax: parse(file.text) }))
    .filter(({ syntax }) => syntax.sound);
  const lines = shuffled(
    parsed.flatMap((file) => codeLines(file.text, file.syntax).map((line) => ({ file, line }))),
    random,
  );
  // One line in ten, so that the tasks of a small package do not give each other away.
  const most = Math.ceil(lines.length / 10);
  const [forAny, forPauses] = [lines.slice(0, most), lines.slice(most)];
  const any = forAny.flatMap(({ file, line }) => pick(pinned, file, line, 'any', random));
  const bodies = shuffled(
    parsed.flatMap((file) => bodyPlaces(file.text, file.syntax).map((place) => ({ file, place }))),
    random,
  );
  const block = bodies
    .filter(({ place }) => place.answer.end - place.answer.start <= maxBodyLength)
    .map(({ file, place }) => taskAt(pinned, file, place));
  return { line: pauseTasks(pinned, forPauses, most, random), any, block: block.slice(0, most) };
}

function pauseTasks(
  pinned: Pick<Package, 'name'>,
  lines: { file: Parsed; line: Range }[],
  most: number,
  random: () => number,
): CompletionTask[] {
  const left = new Map<Pause, { file: Parsed; line: Range }[]>(pauses.map((pause) => [pause, []]));
  for (const [index, line] of lines.entries()) left.get(pauses[index % pauses.length]!)!.push(line);
  const tasks: CompletionTask[] = [];
  while (tasks.length < most && [...left.values()].some((rest) => rest.length > 0)) {
    for (const pause of pauses) {
      const found = nextTask(left.get(pause)!, (file, line) => pick(pinned, file, line, pause, random));
      if (found) tasks.push(found);
    }
  }
  return tasks.slice(0, most);
}

function nextTask(
  lines: { file: Parsed; line: Range }[],
  make: (file: Parsed, line: Range) => CompletionTask[],
): CompletionTask | undefined {
  for (let next = lines.pop(); next; next = lines.pop()) {
    const [task] = make(next.file, next.line);
    if (task) return task;
  }
  return undefined;
}

function pick(
  pinned: Pick<Package, 'name'>,
  file: Parsed,
  line: Range,
  cut: Pause | 'any',
  random: () => number,
): CompletionTask[] {
  const places = placesIn(file.text, file.syntax, line, cut);
  const place = places[Math.floor(random() * places.length)];
  return place ? [taskAt(pinned, file, place)] : [];
}

function taskAt(pinned: Pick<Package, 'name'>, file: SourceFile, place: Place): CompletionTask {
  const answer = file.text.slice(place.answer.start, place.answer.end);
  const line = file.text.slice(place.line.start, place.line.end);
  const set = place.cut === 'body' ? 'block' : place.cut === 'any' ? 'any' : 'line';
  return {
    package: pinned.name,
    file: file.path,
    set,
    cut: place.cut,
    offset: place.offset,
    length: answer.length,
    sha256: hashText(answer),
    rest: place.rest,
    lineLength: line.length,
    lineSha256: hashText(line),
  };
}

type Found = { file: SourceFile; range: FunctionRange; sentence: string | undefined };

/** The functions of a package without repetitions, and the sentences that ask for some of them. */
function sentencePool(pinned: Package, files: SourceFile[], parse: (text: string) => Syntax, random: () => number) {
  const all = files.flatMap((file) => parse(file.text).functions.map((range): Found => {
    return { file, range, sentence: range.doc && firstSentence(file.text.slice(range.doc.start, range.doc.end)) };
  })); // prettier-ignore
  const kept = withoutRepetitions(
    all.filter(({ file, range }) => bodyOf(file.text, range).split('\n').length >= minFunctionLines),
  );
  const functions: Functions = new Map();
  const asked = new Map<string, { found: Found; index: number }[]>();
  for (const found of kept) {
    const ranges = functions.get(found.file.path) ?? [];
    functions.set(found.file.path, ranges);
    ranges.push(found.range);
    const key = found.sentence?.toLowerCase();
    if (key) asked.set(key, [...(asked.get(key) ?? []), { found, index: ranges.length - 1 }]);
  }
  const unique = shuffled([...asked.values()].filter(({ length }) => length === 1).flat(), random).slice(0, maxQueries);
  const chosen = unique.length >= minQueries ? unique : [];
  const documented = pinned.uses.includes('documentation')
    ? chosen
        .filter(({ found: { file, range } }) => bodyOf(file.text, range).length <= maxDocumentedLength)
        .slice(0, documentationPerPackage)
    : [];
  const tasks = chosen.map((query): SentenceTask => {
    const sentence = query.found.sentence ?? '';
    const place = { package: pinned.name, file: query.found.file.path, index: query.index };
    return { ...place, length: sentence.length, sha256: hashText(sentence), documentation: documented.includes(query) };
  });
  return { functions, tasks };
}

/** One function of each fingerprint: the first documented one, or else the first. */
function withoutRepetitions(all: Found[]): Found[] {
  const kept = new Map<string, Found>();
  for (const found of all) {
    const key = fingerprint(bodyOf(found.file.text, found.range));
    const earlier = kept.get(key);
    if (!earlier || (earlier.sentence === undefined && found.sentence !== undefined)) kept.set(key, found);
  }
  const chosen = new Set(kept.values());
  return all.filter((found) => chosen.has(found));
}
