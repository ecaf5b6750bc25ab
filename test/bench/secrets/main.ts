/**
 * How many planted secrets are found and how much else is taken for one: `npm run bench -- secrets [--quick] [--show N]
 * [--packages FOLDER]… [--json FILE]`. The planted lines are those of test/fixtures/secrets, filled in anew for each of
 * three seeds: `known` were there when the patterns were written, `held out` were written without a look at them. False
 * alarms are counted on a million lines of packages (a tenth with `--quick`), half of them Python's where a folder
 * of Python packages is named or found. detect-secrets, a tool of the same purpose, judges the same planted lines
 * where Python's pip can fetch it.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isSecretPath } from '../../../src/common/secrets/secretFiles';
import { withoutSecrets } from '../../../src/common/secrets/withoutSecrets';
import { root } from '../../support/paths';
import { lookalikes, plantedFiles, plantedSecrets } from '../../support/plantedSecrets';
import type { PlantedFile } from '../../support/plantedSecrets';
import { foundByDetectSecrets } from './detectSecrets';
import { packageFolders, textsOfPackages } from './packageTexts';

/** @returns for each line of a file whether it is told to hold a secret */
type Judge = (file: PlantedFile) => readonly boolean[];

/** Counted in lines. `withheld`: planted in files that nothing is shown of, for their names' sake. */
interface Score {
  planted: number;
  found: number;
  withheld: number;
  stay: number;
  alarms: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      show: { type: 'string', default: '0' },
      packages: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
    },
  });
  const seeds = values.quick ? [1] : [1, 2, 3];
  const sets: Readonly<Record<string, readonly PlantedFile[]>> = {
    known: seeds.flatMap((seed) => lineByLine('known', seed)),
    heldOutLines: seeds.flatMap((seed) => lineByLine('heldOut', seed)),
    heldOutFiles: seeds.flatMap((seed) => plantedFiles(root, seed)),
    lookalikes: lookalikes(root).map(({ path, line }) => ({ path, lines: [{ line, secrets: [], stays: true }] })),
  };
  const numbers: Record<string, number> = {};
  const show = Number(values.show);
  tell(numbers, 'glassbox', sets, judgeByBlanks, show);
  const others = foundByDetectSecrets(Object.values(sets).flat());
  if (typeof others === 'string') process.stdout.write(`detect-secrets: ${others}\n`);
  else tell(numbers, 'detect_secrets', sets, (file) => others.get(file) ?? [], 0);
  const folders = packageFolders(values.packages);
  Object.assign(numbers, await falseAlarms(folders, values.quick ? 100_000 : 1_000_000, show));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

const lineByLine = (name: 'known' | 'heldOut', seed: number): PlantedFile[] =>
  plantedSecrets(root, name, seed).map(({ path, ...line }) => ({ path, lines: [{ ...line, stays: false }] }));

/** A line of which a secret is left is one that was not found. */
function judgeByBlanks({ path, lines }: PlantedFile): boolean[] {
  const shown = withoutSecrets(lines.map(({ line }) => line).join('\n'), path).split('\n');
  return lines.map(({ line, secrets }, at) =>
    secrets.length > 0 ? !secrets.some((secret) => shown[at]!.includes(secret)) : shown[at] !== line,
  );
}

/** Writes a table of one judge's scores, and adds them to the numbers. */
function tell(
  numbers: Record<string, number>,
  system: string,
  sets: Readonly<Record<string, readonly PlantedFile[]>>,
  judge: Judge,
  show: number,
): void {
  const all: Score = { planted: 0, found: 0, withheld: 0, stay: 0, alarms: 0 };
  let left = show;
  for (const [name, files] of Object.entries(sets)) {
    const score: Score = { planted: 0, found: 0, withheld: 0, stay: 0, alarms: 0 };
    for (const file of files) {
      const judged = judge(file);
      for (const [at, line] of file.lines.entries()) {
        const wrong = count(score, line, judged[at] === true, isSecretPath(file.path));
        if (wrong !== undefined && left-- > 0) process.stdout.write(`${wrong} ${file.path}: ${line.line}\n`);
      }
    }
    if (score.planted > 0) numbers[`${system}_${name}_recall`] = score.found / score.planted;
    process.stdout.write(`${system.padEnd(15)} ${name.padEnd(13)} ${sentence(score)}\n`);
    for (const key of Object.keys(all) as (keyof Score)[]) all[key] += score[key];
  }
  numbers[`${system}_recall`] = all.found / all.planted;
  numbers[`${system}_precision`] = all.found / (all.found + all.alarms);
  process.stdout.write(`${system.padEnd(15)} ${'all'.padEnd(13)} ${sentence(all)}\n`);
}

/** @returns what was wrong, if anything. What else stands in a file that is withheld is neither right nor wrong. */
function count(
  score: Score,
  { secrets, stays }: PlantedFile['lines'][number],
  found: boolean,
  withheld: boolean,
): string | undefined {
  if (secrets.length > 0) {
    score.planted++;
    score.withheld += Number(withheld);
    score.found += Number(found);
    return found ? undefined : 'missed';
  }
  if (!stays || withheld) return undefined;
  score.stay++;
  score.alarms += Number(found);
  return found ? 'false alarm' : undefined;
}

const sentence = ({ planted, found, withheld, stay, alarms }: Score): string =>
  [
    planted === 0 ? '' : `recall ${percent(found / planted)} (${found} of ${planted}, ${withheld} in withheld files)`,
    stay === 0 ? '' : `false alarms ${alarms} of ${stay}`,
    found === 0 ? '' : `precision ${percent(found / (found + alarms))}`,
  ]
    .filter((part) => part !== '')
    .join(', ');

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Lines of packages that are taken for secrets: some may be real ones of tests, so all can be looked at (`--show`). */
async function falseAlarms(folders: readonly string[], most: number, show: number): Promise<Record<string, number>> {
  let [lines, alarms, milliseconds, left] = [0, 0, 0, show];
  for await (const { path, text } of textsOfPackages(folders, most)) {
    const start = performance.now();
    const shown = withoutSecrets(text, path);
    milliseconds += performance.now() - start;
    const [before, after] = [text.split('\n'), shown.split('\n')];
    lines += before.length;
    for (const [at, line] of before.entries()) {
      if (after[at] === line) continue;
      alarms++;
      if (left-- > 0) process.stdout.write(`${path}:${at + 1}: ${line.slice(0, 200)}\n`);
    }
  }
  process.stdout.write(
    `${lines} lines of packages (${folders.join(', ')}): ${alarms} blank, ${(lines / milliseconds).toFixed(0)} lines per ms\n`,
  );
  return { package_lines: lines, package_alarms: alarms, lines_per_ms: lines / milliseconds };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
