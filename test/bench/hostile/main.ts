/**
 * Time against length for inputs that were made to take long: `npm run bench -- hostile [--quick] [--json FILE]`. Each kind
 * is measured at a length and at eight times that, and the ratio of doubling is told, as the mean of three doublings: near 2
 * is time in proportion to the length, 4 its square. What has a deadline ends with a sentence; its time is told instead.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pathPattern } from '../../../src/common/files/pathPattern';
import { withoutSecrets } from '../../../src/common/secrets/withoutSecrets';
import { BoundedTemplate } from '../../../src/engine/prompt/boundedTemplate';
import { exactText } from '../../../src/indexer/ranking/exactText';
import { fileFilter } from '../../../src/indexer/ranking/filters';
import { parseQuestion } from '../../../src/ipc/indexer/query';
import { knownPatterns } from '../../../src/modelFolder/tokenizer/knownPatterns';
import { compilePattern } from '../../../src/modelFolder/tokenizer/pattern';

/** @property run does the work for an input of so many characters */
interface Attack {
  readonly name: string;
  readonly length: number;
  readonly run: (length: number) => void;
}

const repeated = (part: string, length: number): string => part.repeat(Math.ceil(length / part.length));

/** Runs that many expressions try again and again from each of their places. */
const runs = ['a', 'A', ' ', '\n', ' \n', '\r\n', '1', '.', "'", "'l", 'é', '龥', 'aB', 'a ', '\u0301', '/\n', '_'];

function split(Regex: string, part: string): (length: number) => void {
  const search = compilePattern({ Regex });
  return (length) => {
    Array.from(search[Symbol.matchAll](`${repeated(part, length)}!`));
  };
}

const attacks: readonly Attack[] = [
  ...['a', '*a', '**a', '**/', '?', '**/*a*'].map((part) => ({
    name: `path filter ${part}…`,
    length: 4_000,
    run: (length: number) => void pathPattern(`${repeated(part, 60)}b`)(repeated('a/aaa', length)),
  })),
  ...['"', 'path:', 'path:**', '-path:*a ', 'lang:', 'symbol:', 'a"b ', '\\"', ' '].map((part) => ({
    name: `question ${JSON.stringify(part)}…`,
    length: 8_000,
    run: (length: number) => {
      const question = parseQuestion(repeated(part, length));
      fileFilter(question)(repeated('a/', 200), 'typescript');
      exactText(question)?.isIn(repeated('a"b ', 200));
    },
  })),
  ...[...knownPatterns].flatMap((Regex, number) =>
    runs.map((part) => ({
      name: `known pattern ${number} on ${JSON.stringify(part)}…`,
      length: 50_000,
      run: split(Regex, part),
    })),
  ),
  ...[
    '(a+)+$',
    '(?:a|aa)+b',
    '(?:a*)*b',
    String.raw`(?:\w+\s?)+:`,
    String.raw`\p{L}*\p{L}*\p{L}*1`,
    String.raw`\p{Lu}?\p{L}+|\p{N}{1,2}|\s+(?!\S)|\s+`,
  ].map((Regex) => ({ name: `unknown pattern ${Regex}`, length: 20_000, run: split(Regex, 'a') })),
  ...[
    'eyJ-',
    'eyJa.',
    '://a:',
    'password=',
    'password: "',
    'token',
    '${password',
    'name: TOKEN\n',
    'cookie: ',
    'mysql ',
    '-----BEGIN' + ' PRIVATE KEY-----',
    'a',
    '\n',
    "'",
  ].map((part) => ({
    name: `secrets ${JSON.stringify(part)}…`,
    length: 100_000,
    run: (length: number) => void withoutSecrets(repeated(part, length), 'a.conf'),
  })),
];

/** Each ends by itself, whatever its length: the longest time counts. */
const limited: Readonly<Record<string, () => void>> = {
  'pattern with a back-reference': () => split(String.raw`(?:(a+)+\1)+$`, 'a')(60),
  'pattern with look-behind': () => split(String.raw`(?:(?<=a)(a+))+$`, 'a')(200),
  'template that loops': () =>
    void new BoundedTemplate(
      '{% for i in range(9999) %}{% for j in range(9999) %}{{ j }}{% endfor %}{% endfor %}',
    ).render({}),
  'template that doubles a text': () =>
    void new BoundedTemplate(
      `{% set ns = namespace(t='aaaaaaaa') %}${'{% set ns.t = ns.t + ns.t %}'.repeat(40)}`,
    ).render({}),
  'template that calls itself': () =>
    void new BoundedTemplate('{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}').render({}),
};

/** @returns milliseconds, the least of some times */
function time(work: () => void, times: number): number {
  let least = Infinity;
  for (let at = 0; at < times; at++) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function main(): void {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
  const times = values.quick ? 2 : 5;
  const numbers: Record<string, number> = {};
  let worst = { name: '', ratio: 0 };
  for (const { name, length: whole, run } of attacks) {
    const length = values.quick ? whole / 4 : whole;
    run(length);
    const [one, many] = [time(() => run(length), times), time(() => run(8 * length), times)];
    // What is as fast as this is measured by the garbage that is collected meanwhile; a square would take seconds.
    const ratio = many < 50 ? 1 : Math.cbrt(many / one);
    numbers[`${name} ms`] = many;
    numbers[`${name} ratio`] = ratio;
    if (ratio > worst.ratio) worst = { name, ratio };
    if (ratio > 2.6)
      process.stdout.write(`${name}: ${one.toFixed(1)} ms at ${length}, ${many.toFixed(1)} ms at eight times that\n`);
  }
  for (const [name, work] of Object.entries(limited)) {
    const start = performance.now();
    let end = 'ends';
    try {
      work();
    } catch (error) {
      end = error instanceof Error ? error.message : String(error);
    }
    numbers[`${name} ms`] = performance.now() - start;
    process.stdout.write(`${name}: ${(performance.now() - start).toFixed(0)} ms (${end})\n`);
  }
  process.stdout.write(
    `${attacks.length} inputs; the worst ratio of doubling is ${worst.ratio.toFixed(2)}: ${worst.name} (2: in proportion, 4: the square)\n`,
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

main();
