/**
 * Made-up secrets in the ways real ones are written, for tests and the bench. What lies in test/fixtures/secrets holds
 * placeholders, so that nothing that is committed looks like a secret; the secrets are put in here, the same ones for the
 * same seed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from './random';

export interface Planted {
  /** Of the file that the line stands in. */
  readonly path: string;
  readonly line: string;
  /** None of these may be left. */
  readonly secrets: readonly string[];
}

/** @param name of a file of test/fixtures/secrets: a path, a tab and a template on each line */
export function plantedSecrets(root: string, name: 'known' | 'heldOut', seed: number): Planted[] {
  const random = createRandom(seed);
  return readFixture(root, `${name}.tsv`)
    .trim()
    .split('\n')
    .map((row) => {
      const tab = row.indexOf('\t');
      const planted = fillIn(row.slice(tab + 1), random);
      if (planted.secrets.length === 0) throw new Error(`No secret is planted in ${row}.`);
      return { path: row.slice(0, tab), ...planted };
    });
}

/** @property stays the line holds no secret and must stay as it is */
export interface PlantedLine extends Omit<Planted, 'path'> {
  readonly stays: boolean;
}

/** A file among whose lines some hold secrets. */
export interface PlantedFile {
  readonly path: string;
  readonly lines: readonly PlantedLine[];
}

/** The files of test/fixtures/secrets/heldOutFiles.txt, which says how it is written. */
export function plantedFiles(root: string, seed: number): PlantedFile[] {
  const random = createRandom(seed);
  const [, ...files] = readFixture(root, 'heldOutFiles.txt').split(/^=== /m);
  return files.map((file) => {
    const [path = '', ...rows] = file.trimEnd().split('\n');
    const lines = rows.map((row) => {
      const planted = fillIn(row.slice(2), random);
      if (row.startsWith('+') !== planted.secrets.length > 0) throw new Error(`Planted or not: ${row}`);
      return { ...planted, stays: row.startsWith(' ') };
    });
    return { path, lines };
  });
}

/** Lines that look like secrets and are none, each with the path of its file. */
export const lookalikes = (root: string): { path: string; line: string }[] =>
  readFixture(root, 'lookalikes.tsv')
    .trim()
    .split('\n')
    .map((row) => ({ path: row.slice(0, row.indexOf('\t')), line: row.slice(row.indexOf('\t') + 1) }));

const readFixture = (root: string, name: string): string =>
  readFileSync(join(root, 'test/fixtures/secrets', name), 'utf8');

/** @throws {Error} when the template asks for a kind of secret that there is not */
function fillIn(template: string, random: Random): Omit<Planted, 'path'> {
  const secrets: string[] = [];
  const line = template.replaceAll(placeholder, (_, kind: string, length: string | undefined) => {
    const secret = makers[kind]?.(random, Number(length ?? 0));
    if (secret === undefined) throw new Error(`There is no kind of secret ${kind}.`);
    secrets.push(secret);
    return secret;
  });
  return { line, secrets };
}

type Random = () => number;

const placeholder = /\{(pws?|phrase|uuid|discord|b40|pct|wp|[aAmhHbBud])(?::(\d+))?\}/g;
const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const words =
  'winter summer dragon monkey coffee purple rocket garden silver falcon guitar orange planet tiger castle bridge yellow river cloud stone maple horse battery staple correct thunder pepper cookie sunny happy'.split(
    ' ',
  );

const makers: Readonly<Record<string, (random: Random, length: number) => string>> = {
  a: (random, length) => pick(random, lower + digits, length),
  A: (random, length) => pick(random, upper + '234567', length),
  m: (random, length) => pick(random, lower + upper + digits, length),
  h: (random, length) => pick(random, `${digits}abcdef`, length),
  H: (random, length) => pick(random, `${digits}ABCDEF`, length),
  d: (random, length) => pick(random, digits, length),
  u: (random, length) => pick(random, `${lower + upper + digits}-_`, length),
  pct: (random, length) => pick(random, lower + upper + digits, length).replace(/(?<=^.{9})../, '%2'),
  // Standard base64 of so many characters, padding included.
  b: (random, length) => `${pick(random, `${lower + upper + digits}+/`, length - 2)}==`,
  B: (random, length) => pick(random, `${lower + upper + digits}+/`, length),
  b40: (random) => pick(random, `${lower + upper + digits}+/`, 40),
  wp: (random, length) => pick(random, `${lower + upper + digits}!@#%^&*()-_[]{}<>~+=,.;:/?| `, length),
  uuid: (random) => [8, 4, 4, 4, 12].map((length) => pick(random, `${digits}abcdef`, length)).join('-'),
  discord: (random) =>
    `M${pick(random, lower + upper + digits, 23)}.${pick(random, lower + upper, 6)}.${pick(random, `${lower + upper + digits}-_`, 27)}`,
  phrase: (random) => Array.from({ length: 4 }, () => word(random)).join('-'),
  pw: (random) => password(random),
  pws: (random) => {
    const plain = password(random);
    const at = 1 + Math.floor(random() * (plain.length - 1));
    return plain.slice(0, at) + pick(random, '!@%^*+?~', 1) + plain.slice(at);
  },
};

/** As people make them up: words, capitals, digits for letters, a year behind. */
function password(random: Random): string {
  const one = word(random);
  switch (Math.floor(random() * 4)) {
    case 0:
      return `${one[0]?.toUpperCase()}${one.slice(1)}${pick(random, digits, 4)}`;
    case 1:
      return `${one}${pick(random, '23456789', 1)}${word(random)}${pick(random, digits, 1)}`;
    case 2:
      return `${one.replaceAll('o', '0').replaceAll('e', '3').replaceAll('i', '1')}${pick(random, upper, 2)}${pick(random, digits, 2)}`;
    default:
      return `${pick(random, lower + upper, 5)}${pick(random, digits, 2)}${pick(random, lower + upper + digits, 5)}`;
  }
}

const word = (random: Random): string => words[Math.floor(random() * words.length)] as string;

const pick = (random: Random, alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
