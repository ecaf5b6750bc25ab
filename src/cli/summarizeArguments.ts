/**
 * Parses the arguments of `summarize`, and the `PATH:FROM-TO` form that `attend` and `similar` share; used by
 * `arguments.ts`.
 */
import { modes } from '../features/summarize/summary';
import type { Mode } from '../features/summarize/summary';
import { UsageError } from './usage';

/** Lines of a file, counted from 1, both included; the whole file where there are none. */
export interface FileLines {
  readonly path: string;
  readonly lines: { readonly from: number; readonly to: number } | undefined;
}

export type SummarizeCommand =
  | {
      readonly kind: 'summarize';
      readonly place: FileLines;
      readonly depth: Mode;
      readonly json: boolean;
      readonly model: string;
      readonly threads: number;
      readonly device: string;
    }
  | { readonly kind: 'summarizeBatch'; readonly model: string; readonly threads: number; readonly device: string };

/** @throws {UsageError} */
export function parseSummarize(
  operands: readonly string[],
  values: { readonly batch: boolean; readonly json: boolean; readonly mode?: string | undefined },
  common: { readonly model: string; readonly threads: number; readonly device: string },
): SummarizeCommand {
  const { model, threads, device } = common;
  if (values.batch) {
    if (operands.length > 0) throw new UsageError('With --batch, code is read from standard input.');
    if (values.mode !== undefined && values.mode !== 'sentence')
      throw new UsageError('With --batch, --mode is sentence.');
    return { kind: 'summarizeBatch', model, threads, device };
  }
  if (operands.length !== 1) throw new UsageError('summarize needs one PATH or PATH:FROM-TO.');
  const place = parseLines(operands[0] ?? '');
  return {
    kind: 'summarize',
    place,
    depth: modeOf(values.mode ?? (place.lines === undefined ? 'outline' : 'sentence')),
    json: values.json,
    model,
    threads,
    device,
  };
}

/** @throws {UsageError} */
export function parseLines(text: string): FileLines {
  // Greedy, so that `C:\a.ts:1-2` and names with colons work.
  const match = /^(.+):(\d+)(?:-(\d+))?$/s.exec(text);
  if (match?.[1] === undefined) return { path: text, lines: undefined };
  const from = Number(match[2]);
  const to = match[3] === undefined ? from : Number(match[3]);
  if (from < 1 || to < from) throw new UsageError(`${JSON.stringify(text)} is not PATH:FROM-TO with lines from 1.`);
  return { path: match[1], lines: { from, to } };
}

function modeOf(text: string): Mode {
  const mode = modes.find((one) => one === text);
  if (mode === undefined) throw new UsageError(`--mode is ${modes.join(', ')}, not ${JSON.stringify(text)}.`);
  return mode;
}
