/**
 * Parses the command line into one typed command; used by `main.ts`, and by each command for its options. Reads no
 * file; throws a usage error for anything it does not understand.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { completionModes } from '../ipc/engine/protocol';
import type { CompletionMode } from '../ipc/engine/protocol';
import type { Aggregate, Heads } from '../ipc/engine/messages/attention';
import { parseDevice, providerNames } from '../ipc/engine/devices';
import type { SearchMode } from '../indexer/ranking/fusion';
import { parseLines, parseSummarize } from './summarizeArguments';
import type { DoctorCommand } from './doctor';
import type { FileLines, SummarizeCommand } from './summarizeArguments';
import { UsageError } from './usage';

/** A place in a file as editors print it, counted from 1; columns in UTF-16 units. */
export interface FilePosition {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface CommonOptions {
  /** Absolute path of the model folder. */
  readonly model: string;
  readonly threads: number;
  /** See `parseDevice`. */
  readonly device: string;
  readonly mode: CompletionMode;
  /** Whether a completion may be copied from around the place. */
  readonly copying: boolean;
  /** Undefined: as many as suit the command. */
  readonly maxTokens: number | undefined;
}

export type Command =
  | { readonly kind: 'help' }
  | ({ readonly kind: 'complete'; readonly position: FilePosition; readonly json: boolean } & CommonOptions)
  | ({ readonly kind: 'batch' } & CommonOptions)
  | ({ readonly kind: 'embed'; readonly query: boolean } & CommonOptions)
  | ({
      readonly kind: 'replay';
      readonly paths: readonly string[];
      readonly keys: number;
      readonly json: boolean;
    } & CommonOptions)
  | SummarizeCommand
  | DoctorCommand
  | AttendCommand
  | SimilarCommand
  | SearchBatchCommand
  | NextEditCommand
  | {
      readonly kind: 'index';
      readonly folder: string;
      readonly json: boolean;
      readonly verify: boolean;
      readonly rebuild: boolean;
    }
  | {
      readonly kind: 'search';
      readonly query: string;
      readonly folder: string;
      readonly mode: SearchMode;
      readonly top: number;
      readonly json: boolean;
    };

export interface AttendCommand {
  readonly kind: 'attend';
  /** With a column: the completion there, with its prompt. */
  readonly place: FileLines | FilePosition;
  /** Absolute path of the model folder. */
  readonly model: string;
  readonly threads: number;
  readonly layer: number | undefined;
  readonly heads: Heads;
  readonly output: FileOutput<'html' | 'npy' | 'png' | 'session'>;
}

/** Questions, or code whose like is looked for, from standard input. */
export interface SearchBatchCommand {
  readonly kind: 'searchBatch';
  readonly asks: 'question' | 'code';
  readonly folder: string;
  readonly mode: SearchMode;
  /** Answers to a line that says no number of its own. */
  readonly top: number;
}

export interface NextEditCommand {
  readonly kind: 'nextEdit';
  /** Paths of two versions of a file; what is proposed is for the second. */
  readonly before: string;
  readonly after: string;
  /** Where other files are looked into; undefined: nowhere. */
  readonly folder: string | undefined;
}

export interface SimilarCommand {
  readonly kind: 'similar';
  readonly question: string;
  readonly place: FileLines;
  /** Absolute path of the model folder; undefined: the embedded table of token vectors. */
  readonly model: string | undefined;
  readonly threads: number;
  readonly output: FileOutput<'html' | 'npy' | 'session'>;
}

/** What is written: lines or JSON to standard output, or a file. */
export type FileOutput<K extends string> =
  { readonly kind: 'lines' | 'json' } | { readonly kind: K; readonly file: string };

/**
 * Reads the command line.
 *
 * @param args without Node and script
 * @param embeddedModel absolute path of the model folder to use when none is named
 * @throws {UsageError}
 */
export function parseCommand(args: readonly string[], embeddedModel: string): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  const [name, ...operands] = positionals;
  const model = values.model === undefined ? embeddedModel : resolve(values.model);
  const threads = wholeNumber('--threads', values.threads, 0);
  const device = deviceNames(values.device);
  if (name === 'summarize') return parseSummarize(operands, values, { model, threads, device });
  const common: CommonOptions = {
    model,
    threads,
    device,
    mode: completionMode(values.mode ?? 'line'),
    copying: !values['no-copying'],
    maxTokens: values['max-tokens'] === undefined ? undefined : wholeNumber('--max-tokens', values['max-tokens'], 1),
  };
  switch (name) {
    case 'complete':
      if (values.batch) {
        if (operands.length > 0) throw new UsageError('With --batch, places are read from standard input.');
        return { kind: 'batch', ...common };
      }
      if (operands.length !== 1) throw new UsageError('complete needs one PATH:LINE:COLUMN.');
      return { kind: 'complete', position: parsePosition(operands[0] ?? ''), json: values.json, ...common };
    case 'embed':
      if (!values.batch || operands.length > 0)
        throw new UsageError('embed reads its texts from standard input: embed --batch.');
      return { kind: 'embed', query: values.query, ...common };
    case 'replay':
      if (operands.length === 0) throw new UsageError('replay needs at least one PATH.');
      return {
        kind: 'replay',
        paths: operands,
        keys: wholeNumber('--keys', values.keys, 1),
        json: values.json,
        ...common,
      };
    case 'attend':
      if (operands.length !== 1) throw new UsageError('attend needs one PATH, PATH:FROM-TO or PATH:LINE:COLUMN.');
      return {
        kind: 'attend',
        place: parsePlace(operands[0] ?? ''),
        model: common.model,
        threads: common.threads,
        ...attendOptions(values),
      };
    case 'similar':
      if (values.batch) return parseSearchBatch('code', operands, values);
      if (operands.length !== 2) throw new UsageError('similar needs a "QUESTION" and one PATH or PATH:FROM-TO.');
      return {
        kind: 'similar',
        question: operands[0] ?? '',
        place: parseLines(operands[1] ?? ''),
        model: values.model === undefined ? undefined : model,
        threads,
        output: fileOutput('similar', values, ['html', 'npy', 'session']),
      };
    case 'doctor':
      if (operands.length > 0) throw new UsageError('doctor takes options only.');
      return { kind: 'doctor', model, comesWith: values.model === undefined, threads, device };
    case 'next-edit':
      if (operands.length > 0 || values.before === undefined || values.after === undefined)
        throw new UsageError('next-edit needs two versions of a file: --before A --after B.');
      return { kind: 'nextEdit', before: values.before, after: values.after, folder: values.in };
    case 'index':
      if (operands.length !== 1) throw new UsageError('index needs one FOLDER.');
      return {
        kind: 'index',
        folder: operands[0] ?? '',
        json: values.json,
        verify: values.verify,
        rebuild: values.rebuild,
      };
    case 'search':
      if (values.batch) return parseSearchBatch('question', operands, values);
      if (operands.length === 0) throw new UsageError('search needs a QUERY.');
      return {
        kind: 'search',
        query: operands.join(' '),
        folder: values.in ?? '.',
        mode: searchMode(values),
        top: wholeNumber('--top', values.top, 1),
        json: values.json,
      };
    default:
      throw new UsageError(
        name === undefined ? 'A command is missing.' : `There is no command ${JSON.stringify(name)}.`,
      );
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        after: { type: 'string' },
        aggregate: { type: 'string' },
        batch: { type: 'boolean', default: false },
        before: { type: 'string' },
        head: { type: 'string' },
        help: { type: 'boolean', default: false, short: 'h' },
        in: { type: 'string' },
        json: { type: 'boolean', default: false },
        keys: { type: 'string', default: '300' },
        hybrid: { type: 'boolean', default: false },
        lexical: { type: 'boolean', default: false },
        dense: { type: 'boolean', default: false },
        rebuild: { type: 'boolean', default: false },
        layer: { type: 'string' },
        device: { type: 'string', default: 'auto' },
        'max-tokens': { type: 'string' },
        mode: { type: 'string' },
        model: { type: 'string' },
        'no-copying': { type: 'boolean', default: false },
        npy: { type: 'string' },
        html: { type: 'string' },
        png: { type: 'string' },
        query: { type: 'boolean', default: false },
        session: { type: 'string' },
        threads: { type: 'string', default: '0' },
        top: { type: 'string', default: '10' },
        verify: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    // parseArgs throws nothing but what is wrong with the arguments.
    throw new UsageError((error as Error).message);
  }
}

/** @throws {UsageError} */
export function parsePosition(text: string): FilePosition {
  // Greedy, so that `C:\a.ts:1:2` and names with colons work.
  const match = /^(.+):(\d+):(\d+)$/s.exec(text);
  const [path, line, column] = [match?.[1], Number(match?.[2]), Number(match?.[3])];
  if (path === undefined || line < 1 || column < 1) {
    throw new UsageError(`${JSON.stringify(text)} is not PATH:LINE:COLUMN with numbers from 1.`);
  }
  return { path, line, column };
}

const parsePlace = (text: string): FileLines | FilePosition =>
  /:\d+:\d+$/.test(text) ? parsePosition(text) : parseLines(text);

const aggregates: readonly string[] = ['mean', 'max', 'value-weighted', 'rollout'] satisfies Aggregate[];

function attendOptions(
  values: Pick<
    ReturnType<typeof parse>['values'],
    'aggregate' | 'head' | 'html' | 'json' | 'layer' | 'npy' | 'png' | 'session'
  >,
): Pick<AttendCommand, 'layer' | 'heads' | 'output'> {
  const layer = values.layer === undefined ? undefined : wholeNumber('--layer', values.layer, 0);
  if (values.head !== undefined && (layer === undefined || values.aggregate !== undefined))
    throw new UsageError('--head needs --layer, and no --aggregate.');
  const { aggregate = 'value-weighted' } = values;
  if (!aggregates.includes(aggregate))
    throw new UsageError(`--aggregate is one of ${aggregates.join(', ')}, not ${JSON.stringify(aggregate)}.`);
  return {
    layer,
    heads: values.head === undefined ? (aggregate as Aggregate) : wholeNumber('--head', values.head, 0),
    output: fileOutput('attend', values, ['html', 'npy', 'png', 'session']),
  };
}

function fileOutput<K extends 'html' | 'npy' | 'png' | 'session'>(
  command: string,
  values: { readonly json: boolean } & Partial<Record<K, string | undefined>>,
  kinds: readonly K[],
): FileOutput<K> {
  const files = kinds.flatMap((kind) => {
    const file = values[kind];
    return file === undefined ? [] : [{ kind, file }];
  });
  if (files.length + Number(values.json) > 1)
    throw new UsageError(
      `${command} writes one of ${['--json', ...kinds.map((kind) => `--${kind}`)].join(', ').replace(/, (?=[^,]*$)/, ' and ')}.`,
    );
  return files[0] ?? { kind: values.json ? 'json' : 'lines' };
}

function completionMode(text: string): CompletionMode {
  const mode = completionModes.find((known) => known === text);
  if (mode === undefined) throw new UsageError(`--mode is line, block or auto, not ${JSON.stringify(text)}.`);
  return mode;
}

function parseSearchBatch(
  asks: SearchBatchCommand['asks'],
  operands: readonly string[],
  values: Pick<ReturnType<typeof parse>['values'], 'in' | 'top' | SearchMode>,
): SearchBatchCommand {
  if (operands.length > 0) throw new UsageError('With --batch, what is asked is read from standard input.');
  const top = wholeNumber('--top', values.top, 1);
  return { kind: 'searchBatch', asks, folder: values.in ?? '.', mode: searchMode(values), top };
}

function searchMode(flags: Readonly<Record<SearchMode, boolean>>): SearchMode {
  const chosen = (['lexical', 'dense', 'hybrid'] as const).filter((mode) => flags[mode]);
  if (chosen.length > 1) throw new UsageError(`--${chosen.join(' and --')} exclude each other.`);
  return chosen[0] ?? 'hybrid';
}

function deviceNames(text: string): string {
  const { unknown } = parseDevice(text);
  if (unknown.length > 0)
    throw new UsageError(
      `--device is auto, cpu, or names of ${providerNames.join(', ')}, not ${JSON.stringify(unknown[0])}.`,
    );
  return text;
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(number >= least && Number.isSafeInteger(number))) {
    throw new UsageError(`${name} is a whole number from ${least}, not ${JSON.stringify(text)}.`);
  }
  return number;
}
