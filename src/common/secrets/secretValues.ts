/**
 * Whether the value of a setting can be a real secret: not a placeholder, a reference to one that lies elsewhere, or a word
 * of the program. Used by the search for secrets in lines. Every test takes time in proportion to the value's length.
 */
import type { SecretKind } from './secretNames';

/** UTF-16 units; what is longer is no setting of one line. */
export const maxValueLength = 4_096;
const minPasswordLength = 6;
const minTokenLength = 16;

/** Stands in documents and templates where a secret would stand. */
const placeholder =
  /(?<![a-z\d])(?:example|sample|placeholder|change[-_ ]?(?:me|it|this)|your|dummy|redacted|insert|replace|enter|todo|fixme|fake|mock|foo|bar|baz|lorem|undefined|null|some|any|my)(?![a-z\d])|x{5,}|\*{3}|\.{3}|…|(.)\1{5}|1234567890$/i;
/** The value is found elsewhere when the program runs, or is the next option. */
const reference =
  /^(?:[$<{@!&*%#]|\[|process\.env|os\.|env[.(:[]|getenv|vault:|ENC\(|arn:|ssm:|op:\/\/|file:|projects\/|secretref|\w*[({]\w*[)}]$|--?[a-z][a-z-]*(?:=|$))|\$\{|\{\{|\$\(|<[a-z_ -]+>|^%\w+%$|%[sd](?![a-z\d])/i;
/** `config.password`, `a.b::c`: a place in a program; `C:\\…`, `https://…`. */
const place = /^[A-Za-z_]\w*(?:\.|::|->)[A-Za-z_][\w.:>-]*$|^[A-Za-z]:\\|^\w{1,20}:\/\//;
/** `/run/secrets/db`, `./key.txt`; some keys begin so, too, but do not go on with words. */
const path = /^(?:\.{0,2}|~)\/[\w./@-]*$/;
/** The rest of a link, or letters that no keyboard of a terminal has. */
const foreign = /\]\(|[^\x20-\x7e\u00a1-\u024f]/;
/** Words of programs that have digits in them. */
const technical = /^(?:sha|md|aes|rsa|utf|base|hs|rs|es|ps|oauth|http|x|v|h|k)[-_]?\d{1,4}(?:[-_./]|$)/i;

/** @param value as it stands between its quotes, or up to the blank where it has none */
export function isSecretValue(value: string, kind: SecretKind): boolean {
  if (value.length < minPasswordLength || value.length > maxValueLength) return false;
  if ((reference.test(value) && !isSalt(value)) || place.test(value) || placeholder.test(value) || foreign.test(value))
    return false;
  if (path.test(value) && (wordShare(value) > 0.3 || value.length < 30)) return false;
  return isRandom(value) || (kind === 'password' && isPassword(value));
}

/** Long enough, and of more kinds of characters than words are. */
export function isRandom(value: string): boolean {
  if (value.length < minTokenLength || (/\s/.test(value) && !isDense(value))) return false;
  if (/^[\da-f]+$/i.test(value))
    return value.length >= 20 && distinct(value) >= 8 && /\d/.test(value) && /[a-f]/i.test(value);
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)) return distinct(value) >= 8;
  if (!/\d/.test(value) && !isDense(value) && (value.length < 20 || wordShare(value) > 0.3)) return false;
  if (distinct(value) < 10 || kindsOf(value) < 2) return false;
  return (
    wordShare(value) <= (value.length >= 28 && kindsOf(value) >= 3 ? 0.65 : 0.55) || switches(value) * 5 >= value.length
  );
}

/** What a person chose to keep others out: letters with digits or signs, or some words in a row. */
function isPassword(value: string): boolean {
  if (/\s/.test(value)) return false;
  if (isPassphrase(value)) return true;
  if (!/\p{L}/u.test(value) || technical.test(value)) return false;
  const signs = (value.match(/[^\p{L}\p{N}_.:/-]/gu) ?? []).length;
  const digits = (value.match(/\d/g) ?? []).length;
  if (/[(){}[\]<>;,|=]/.test(value) && digits === 0) return false;
  if (value.length < 8 && (digits === 0 || signs === 0)) return false;
  return digits > 0 || (/[a-z]/.test(value) && /[A-Z]/.test(value) && (signs > 0 || isScrambled(value)));
}

/** Letters of both cases that are no words: `bffNhLReQLgr`. */
const isScrambled = (value: string): boolean =>
  value.length >= 10 && /^[A-Za-z]+$/.test(value) && distinct(value) >= 7 && wordShare(value) <= 0.3;

/** `correct-horse-battery-staple`: at least three words of some length, all joined by one sign. */
function isPassphrase(value: string): boolean {
  const joint = /^[A-Za-z]{3,}([-_.])/.exec(value)?.[1];
  if (joint === undefined || value.length < 16) return false;
  const words = value.split(joint);
  return (
    words.length >= 3 &&
    words.every((word) => /^[A-Za-z]{3,12}\d{0,4}$/.test(word)) &&
    !words.some((word) => programWords.test(word))
  );
}

/** Words that say what a value is for, and are no secrets themselves. */
const programWords =
  /^(?:pass(?:word|wd)?|secret|token|keys?|auth|user|login|reset|forgot|field|input|form|name|type|value|text|string|error|required|invalid|confirm|current|new|test|label|button|show|hide|update|change|create|get|set|api|config|default|type|access|admin|service|with|and|the|for|not)$/i;

/** Many signs among the letters, as in salts that are made of all characters. */
const isDense = (value: string): boolean =>
  (value.match(/[^A-Za-z0-9\s]/g) ?? []).length * 5 >= value.length && /\d/.test(value) && /[A-Za-z]/.test(value);

const distinct = (value: string): number => new Set(value).size;

const kindsOf = (value: string): number =>
  [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(value)).length;

/** The share of letters in runs that look like words: four or more of one case, the first perhaps a capital. */
function wordShare(value: string): number {
  const runs = Array.from(value.matchAll(/[A-Z]?[a-z]{3,}|[A-Z]{4,}/g), ([run]) => run).filter(isPronounceable);
  return runs.reduce((sum, { length }) => sum + length, 0) / value.length;
}

/** Vowels come every few letters in words of most languages that are written with these letters. */
const isPronounceable = (run: string): boolean =>
  run.length >= 4 && /[aeiouy]/i.test(run) && !/[^aeiouy]{4}|[aeiouy]{4}/i.test(run.replace(/tch|sch|str|ngth/gi, 't'));

/** Long, and of so many signs that how it begins says nothing. What a program puts together, `{prefix}{…}`, is none. */
const isSalt = (value: string): boolean => value.length >= 32 && isDense(value) && !/\$\{|\{\{|\{\w+\}/.test(value);

/** How often a digit follows a letter, or a letter a digit. */
const switches = (value: string): number => (value.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g) ?? []).length;
