/**
 * Settings with telling names in a text, each with its value: `password = "…"`, `API_KEY=…`, `<password>…</password>`. Used
 * by the search for secrets.
 */
import { secretKindOf } from './secretNames';
import type { SecretKind } from './secretNames';

export interface Setting {
  readonly kind: SecretKind;
  readonly value: string;
  /** Where the value begins, in UTF-16 units of the text. */
  readonly at: number;
}

type Value = Omit<Setting, 'kind'>;

/** Endings of languages in which a value without quotes is a name or an expression. */
const program =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|java|kts?|scala|groovy|cs|fs|vb|go|rs|c|h|cc|cpp|cxx|hh|hpp|m|mm|swift|php|rb|pl|pm|lua|dart|ex|exs|erl|hs|clj|elm|css|scss|sass|less|html?|gradle|proto|graphql|ino|sql|r|jl|nim|zig)$/i;

/** Files in which a blank may stand between a name and its value. */
const settings =
  /(?:^|[\\/])(?:[^\\/]*\.(?:conf|cfg|cnf|config|ini|service|rc)|dockerfile[^\\/]*|[^\\/]*\.dockerfile|containerfile|\.[\w-]*rc)$/i;
/** Functions whose arguments name the place of a secret, or that only look at one. */
const asks =
  /(?:^|[.])(?:get|fetch|find|read|request|has|is|decode|parse|verify|validate|check|require|next|new|load|match|expect|describe|it)(?![a-z])/;

/** What is in every telling name. */
const telling = /dockerc|pass|pwd|pw\b|secret|token|key|credential|auth|psk|salt|\bpat\b|jwt/gi;
/** UTF-16 units. */
const maxNameLength = 120;
/** What tells a secret from other values shows within so much of it. */
const maxJudgedLength = 256;

// What stands between a name and the quotes around its value, in this order.
const ownQuote = String.raw`(?:\\?["'\x60]|<\/\w{1,20}>)?`;
const index = String.raw`(?:\[\w{0,8}\]|[\])}])?[ \t]{0,40}`;
const type = String.raw`(?::[ \t]{0,4}(?:& ?)?(?:'static )?[\w.<>[\]|]{1,40}[ \t]{0,4}(?==)|\{ ?get;[\w ;]{0,30}\} {0,4})?`;
const sign = String.raw`(:=|\?=|={1,3}|!==?|=>|\|\||\?\?|[:,(>]|\bis\b|(?<=[ \t]))(?:(?<=[=:])[ \t]{0,4}\r?\n)?[ \t]{0,60}`;
const before = String.raw`(?:(?:default|value) {0,2}= {0,2}|<\w{1,20}>|(?:\[\]byte)?\( {0,2}|"?\$\((?:echo|printf)[ \t](?:-\w{1,3}[ \t]|["']?%s(?:\\n)?["']?[ \t])?)?`;
const prefix = String.raw`(?:@|[NLubrfR](?=["']))?(?:"\\)?`;
const toQuotes = new RegExp(`${ownQuote}${index}${type}${sign}${before}${prefix}(["'\\x60])`, 'y');
const toBare = /["']?[ \t]{0,40}(:=|\?=|=>|[=:]|[ \t])[ \t]{0,20}/y;
const element = /(?:"[^<>\n]{0,60})?>([^<>\n]{6,400})<\/|<\/key>[ \t]{0,8}<string>([^<>\n]{6,400})<\//y;
/** A value in the lines below its name: the text of a block, as YAML has it. */
const block = /["']?:[ \t]{1,4}[|>][+-]?\d?[ \t]{0,4}\r?\n[ \t]{1,60}([^\s"'`,;<>]{6,256})[ \t]{0,4}(?=\r?\n|$)/y;
/** A name that is itself a value: `name: API_TOKEN`, `variable "db_password" {`. */
const asName = /\b(?:name|key|variable)["']?[ \t]{0,8}[:=]?[ \t]{0,8}["']?$/i;
/** Its value, in the same braces or on the next line. */
const namedValue =
  /["']?[ \t]{0,8}(?:,|\{|\r?\n)(?:(?!\bname\b|\bvalueFrom\b)[^{}]){0,160}?\b(?:value|default)["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([^\s"'`,;<>{}]{6,256})/iy;
const bareValue = /[^\s"'`,;<>]{0,256}/y;

/**
 * @param file path or name of the file, by which it is known whether values have quotes there
 */
export function* settingsIn(text: string, file: string): Generator<Setting> {
  let seen = 0;
  for (const { index: found, 0: word } of text.matchAll(telling)) {
    // A name can hold two such words.
    if (found < seen) continue;
    const start = startOfName(text, found);
    const end = endOfName(text, found + word.length);
    seen = end;
    const name = text.slice(start, end).replace(/[.-]+$/, '');
    const kind = secretKindOf(name);
    if (kind === undefined) continue;
    for (const { value, at } of valuesBehind(text, start + name.length, name, file)) {
      yield { kind, value, at };
      // What stands in a long value is no name: many of them in one another would be read again and again.
      if (value.length > maxNameLength) seen = Math.max(seen, start + name.length + value.length);
    }
  }
}

function startOfName(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < maxNameLength && isPartOfName(text.charCodeAt(start - 1))) start--;
  return start;
}

function endOfName(text: string, at: number): number {
  let end = at;
  while (end < text.length && end - at < maxNameLength && isPartOfName(text.charCodeAt(end))) end++;
  return end;
}

/** A letter, digit, `_`, `$`, `.` or `-`. */
function isPartOfName(code: number): boolean {
  const letter = code | 32;
  return (
    (letter >= 97 && letter <= 122) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code === 46 ||
    code === 45
  );
}

function* valuesBehind(text: string, end: number, name: string, file: string): Generator<Value> {
  toQuotes.lastIndex = end;
  const quotes = toQuotes.exec(text);
  if (
    quotes !== null &&
    (quotes[1] !== '(' || !asks.test(name)) &&
    (/\S/.test(quotes[1] ?? '') || !/^pass$/i.test(name))
  ) {
    const from = toQuotes.lastIndex;
    yield { value: untilQuote(restOfLine(text, from), quotes[2] as string), at: from };
  }
  for (const expression of asName.test(text.slice(Math.max(0, end - name.length - 30), end - name.length))
    ? [element, block, namedValue]
    : [element, block]) {
    expression.lastIndex = end;
    const found = expression.exec(text);
    const value = found?.[1] ?? found?.[2];
    if (value !== undefined) yield { value, at: text.lastIndexOf(value, expression.lastIndex - 1) };
  }
  toBare.lastIndex = end;
  const bare = toBare.exec(text)?.[1];
  if (bare === undefined || !isBare(bare.trim(), name, file)) return;
  bareValue.lastIndex = toBare.lastIndex;
  yield { value: bareValue.exec(text)?.[0] ?? '', at: toBare.lastIndex };
}

/** Whether a value may stand there without quotes. @param sign what stands before it; empty where that is a blank */
function isBare(sign: string, name: string, file: string): boolean {
  // As in `mongo --password …` and in `requirepass …`, but in no sentence.
  if (sign === '') return name.startsWith('-') || settings.test(file);
  // As in `export API_KEY=…`, also in a comment or a text.
  return program.test(file) ? sign === '=' && /^[A-Z][A-Z\d_]+$/.test(name) : sign !== '=>';
}

/** Up to the quote that closes a value, or to the end of the line. */
function untilQuote(line: string, quote: string): string {
  let close = line.indexOf(quote);
  while (close > 0 && line[close - 1] === '\\') close = line.indexOf(quote, close + 1);
  return close < 0 ? line : line.slice(0, close);
}

/** As much of it as any value is long: the rest of a long line is not looked through for each of its names. */
function restOfLine(text: string, from: number): string {
  const part = text.slice(from, from + maxJudgedLength);
  const end = part.indexOf('\n');
  return end < 0 ? part : part.slice(0, end);
}
