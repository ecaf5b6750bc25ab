/** What was measured, as flat numbers for machines and as tables for people. */
import { completionRows } from './completion';
import type { Measured } from './completion';
import type { Documented } from './documentation';
import { groupBy, mean, sum } from './group';
import { comparePaired } from './metrics/bootstrap';
import type { Comparison } from './metrics/bootstrap';
import { atThreshold, calibrationError, reliability, thresholdFor } from './metrics/calibration';
import type { Judged } from './metrics/calibration';
import { isFound, reciprocalRank } from './metrics/ranking';
import { chrF, rougeL } from './metrics/sentences';
import type { Language } from './packages';
import type { View } from './search';

export type Numbers = Record<string, number>;
/** `query`: which one, the same for every system. */
export type Ranked = { system: string; view: View; package: string; language: Language; query: number; rank: number };

/** A rank in a whole package, by a set of rules. */
export type Ruled = Omit<Ranked, 'view' | 'language'>;

/** The packages on which weights and rules of search were chosen: what is reported comes from all others. */
export const tunedOn: ReadonlySet<string> = new Set([
  'eslint',
  'lodash',
  'commander',
  'luxon',
  'mathjs',
  'requests',
  'httpx',
]);

/** The promise that a shown suggestion makes: more often right than not. */
const wantedPrecision = 0.5;
const modelSystems = ['copying', 'model', 'modelContext'];
const copyBaseline = 'copyWorkspace';
const searchBaseline = 'bm25Split';
/** What the model is to reach over the copy baseline. */
const wantedOverCopy = 1.6;

export class Report {
  readonly numbers: Numbers = {};
  readonly #lines: string[] = [];

  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  say(line: string): void {
    this.#lines.push(line);
  }

  addCompletion(measured: readonly Measured[], shownFrom: number): void {
    const titles = {
      line: 'Single lines, cut at a pause, brackets closed by the editor',
      lineOpen: 'The same, nothing closed: up to the end of the line',
      any: 'Single lines, cut at any character, brackets closed by the editor',
      block: 'Bodies of 2–10 lines',
    };
    for (const row of completionRows) {
      const own = measured.filter((one) => one.row === row);
      const systems = groupBy(own, ({ system }) => system);
      const tasks = new Set(own.map(({ task }) => task)).size;
      this.#table(`${titles[row]} (${tasks} tasks)`, ['exact', 'similarity', 'identifiers', 'ts', 'js', 'py'], [...systems].map(([system, group]) => {
        const scores = this.#scores(`completion.${row}.${system}`, group);
        const languages = (['typescript', 'javascript', 'python'] as const).map((language) =>
          this.#exact(`completion.${row}.${system}.${language}`, group.filter((one) => one.language === language)),
        );
        return [system, ...[...scores, ...languages].map(percent)];
      })); // prettier-ignore
      for (const system of modelSystems) this.#overCopy(row, system, systems);
    }
    this.#pauses(measured.filter(({ row }) => row === 'line'));
    for (const system of modelSystems) {
      const judged = measured.filter((one) => one.row === 'line' && one.system === system);
      if (judged.length > 0)
        this.#calibration(
          system,
          judged.map(({ confidence = 0, score }) => ({ confidence, exact: score.exact })),
          shownFrom,
        );
    }
  }

  addDocumentation(documented: readonly Documented[]): void {
    const similar = documented.filter(({ isSimilar }) => isSimilar);
    this.#documentation('documentation', "First sentence of a function's documentation", documented);
    if (similar.length > 0)
      this.#documentation('documentation.similar', 'Of these, where it is said of a similar function', similar);
    const name = this.numbers['documentation.name.chrF'];
    for (const system of ['model', 'glassbox']) {
      const own = this.numbers[`documentation.${system}.chrF`];
      if (own === undefined || name === undefined || name === 0) continue;
      this.numbers[`documentation.${system}.overName`] = own / name;
      this.say(`${system} ÷ name, chrF: ${(own / name).toFixed(2)}`);
    }
  }

  #documentation(key: string, title: string, documented: readonly Documented[]): void {
    const rows = [...groupBy(documented, ({ system }) => system)].map(([system, group]) => {
      const [character, sequence] = [chrF(group), mean(group.map(rougeL))];
      this.numbers[`${key}.${system}.chrF`] = character;
      this.numbers[`${key}.${system}.rougeL`] = sequence;
      for (const [language, part] of groupBy(group, (one) => one.language))
        this.numbers[`${key}.${system}.${language}.chrF`] = chrF(part);
      return [system, character.toFixed(1), sequence.toFixed(3)];
    });
    const functions = documented.filter(({ system }) => system === documented[0]?.system).length;
    this.#table(`${title} (${functions} functions)`, ['chrF', 'ROUGE-L'], rows);
  }

  /** What became of the model's sentences in the extension, by what it says of them. */
  addVerdicts(verdicts: ReadonlyMap<string, number>): void {
    const all = sum([...verdicts.values()]);
    for (const [verdict, count] of verdicts) this.numbers[`documentation.model.${verdict}`] = count / all;
    if (all > 0)
      this.say(
        `Of the model's sentences: ${[...verdicts].map(([verdict, count]) => `${percent(count / all)} ${verdict}`).join(', ')}.`,
      );
  }

  addSearch(ranked: readonly Ranked[]): void {
    const rows = [...groupBy(ranked, ({ view, language, system }) => `${view}.${language}.${system}`)].map(
      ([key, group]) => {
        const [mrr, recall] = [
          mean(group.map(({ rank }) => reciprocalRank(rank))),
          mean(group.map(({ rank }) => isFound(rank))),
        ];
        this.numbers[`search.${key}.mrr10`] = mrr;
        this.numbers[`search.${key}.recall10`] = recall;
        return [key.replaceAll('.', ' '), String(group.length), mrr.toFixed(3), recall.toFixed(3)];
      },
    );
    this.#table('Search: a documentation sentence asks for its function', ['queries', 'MRR@10', 'R@10'], rows);
    for (const [view, group] of groupBy(ranked, (one) => one.view)) {
      const systems = groupBy(group, ({ system }) => system);
      for (const system of systems.keys()) {
        if (system !== searchBaseline) this.#over(searchBaseline, system, view, systems);
        // Encoders are compared with the first one too.
        const first = system.replace(/^encoder\d+/, 'encoder');
        if (first !== system) this.#over(first, system, view, systems);
      }
    }
  }

  addRules(ruled: readonly Ruled[]): void {
    for (const [half, own] of groupBy(ruled, (one) => (tunedOn.has(one.package) ? 'tuning' : 'held out'))) {
      const systems = groupBy(own, ({ system }) => system);
      const all = new Map(
        systems.get('allRules')?.map((one) => [`${one.package} ${one.query}`, reciprocalRank(one.rank)]),
      );
      this.#table(`Search in whole packages, names and paths shown (${half})`, ['queries', 'MRR@10', 'R@10', 'all rules ÷ this'], [...systems].map(([system, group]) => {
        const [mrr, recall] = [mean(group.map(({ rank }) => reciprocalRank(rank))), mean(group.map(({ rank }) => isFound(rank)))];
        const key = `rules.${half === 'tuning' ? 'tuning' : 'heldOut'}.${system}`;
        const comparison = comparePaired(group.map((one) => ({ package: one.package, ours: all.get(`${one.package} ${one.query}`) ?? 0, theirs: reciprocalRank(one.rank) })));
        [this.numbers[`${key}.mrr10`], this.numbers[`${key}.recall10`], this.numbers[`${key}.allOver`]] = [mrr, recall, comparison.ratio];
        return [system, String(group.length), mrr.toFixed(4), recall.toFixed(3), system === 'allRules' ? '' : describe(comparison, 3)];
      })); // prettier-ignore
    }
  }

  /** Over all languages; only an interval above 1 says that a system is better than another. */
  #over(other: string, system: string, view: View, systems: ReadonlyMap<string, Ranked[]>): void {
    const keyOf = (one: Ranked): string => `${one.package} ${one.query}`;
    const theirs = new Map(systems.get(other)?.map((one) => [keyOf(one), reciprocalRank(one.rank)]));
    const pairs = (systems.get(system) ?? []).map((one) => ({
      package: one.package,
      ours: reciprocalRank(one.rank),
      theirs: theirs.get(keyOf(one)) ?? 0,
    }));
    const comparison = comparePaired(pairs);
    const below = [...groupBy(pairs, (one) => one.package)].filter(
      ([, own]) => sum(own.map((one) => one.ours - one.theirs)) < 0,
    );
    const key = `search.${view}.${system}`;
    const name = other === searchBaseline ? 'Bm25' : 'Encoder';
    this.numbers[`${key}.over${name}`] = comparison.ratio;
    this.numbers[`${key}.packagesBelow${name}`] = below.length;
    const where = below.length === 0 ? 'below in no package' : `below in ${below.map(([one]) => one).join(', ')}`;
    this.say(`${view}: ${system} ÷ ${other}, MRR@10: ${describe(comparison)}; p(≤ 1) = ${comparison.p}; ${where}`);
  }

  #scores(key: string, group: readonly Measured[]): number[] {
    return (['exact', 'similarity', 'identifiers'] as const).map((name) => {
      return (this.numbers[`${key}.${name}`] = mean(group.map(({ score }) => score[name])));
    });
  }

  #exact(key: string, group: readonly Measured[]): number {
    return (this.numbers[`${key}.exact`] = mean(group.map(({ score }) => score.exact)));
  }

  #pauses(measured: readonly Measured[]): void {
    const rows = [...groupBy(measured, ({ system }) => system)].map(([system, group]) => {
      const pauses = (['newline', 'space', 'dot', 'paren'] as const).map((cut) =>
        this.#exact(
          `completion.line.${system}.${cut}`,
          group.filter((one) => one.task.cut === cut),
        ),
      );
      return [system, ...pauses.map(percent)];
    });
    this.#table('Exact match by the kind of pause', ['new line', 'space', '.', '('], rows);
  }

  #overCopy(row: string, system: string, systems: ReadonlyMap<string, Measured[]>): void {
    const [ours, theirs] = [systems.get(system), systems.get(copyBaseline)];
    if (!ours || !theirs) return;
    const byTask = new Map(theirs.map((one) => [one.task, one.score.exact]));
    const pairs = ours.map((one) => ({
      package: one.task.package,
      ours: one.score.exact,
      theirs: byTask.get(one.task) ?? 0,
    }));
    const comparison = comparePaired(pairs, wantedOverCopy);
    this.numbers[`completion.${row}.${system}.overCopy`] = comparison.ratio;
    this.say(`${system} ÷ ${copyBaseline}, exact: ${describe(comparison)}; p(< ${wantedOverCopy}) = ${comparison.p}`);
  }

  #calibration(system: string, judged: readonly Judged[], shownFrom: number): void {
    const shown = atThreshold(judged, shownFrom);
    const half = thresholdFor(judged, wantedPrecision);
    const key = `calibration.${system}`;
    this.numbers[`${key}.error`] = calibrationError(judged);
    this.numbers[`${key}.shown.coverage`] = shown.coverage;
    this.numbers[`${key}.shown.precision`] = shown.precision;
    this.numbers[`${key}.halfExact.coverage`] = half?.coverage ?? 0;
    const rows = reliability(judged).map((bin) => [
      `${bin.from.toFixed(1)}–${bin.to.toFixed(1)}`,
      String(bin.count),
      percent(bin.confidence),
      percent(bin.exact),
    ]);
    this.#table(`Confidence of ${system} against exact match`, ['tasks', 'confidence', 'exact'], rows);
    this.say(
      `Calibration error ${percent(calibrationError(judged))}. Shown by default (confidence ≥ ${shownFrom}): ${percent(shown.coverage)} of the tasks, ${percent(shown.precision)} of those exact.`,
    );
    this.say(
      half
        ? `Half of what is shown is exact from confidence ${half.threshold.toFixed(3)} on: ${percent(half.coverage)} of the tasks.`
        : 'At no threshold is half of what is shown exact.',
    );
  }

  #table(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = ['', ...columns].map((column, index) =>
      Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
    );
    const format = (cells: readonly string[]): string => cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ').trimEnd(); // prettier-ignore
    this.#lines.push('', title, format(['', ...columns]), ...rows.map(format));
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const describe = ({ ratio, low, high }: Comparison, digits = 2): string =>
  `${ratio.toFixed(digits)} (95 %: ${low.toFixed(digits)}–${high.toFixed(digits)})`;
