/**
 * The `summarize` command for one file or range, and its batch form with JSON lines; called by `main.ts`. The quality
 * benchmark uses its function for one sentence.
 */
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import type { EngineClient } from '../ipc/engine/client';
import { Neighbours } from '../nearby/fileTexts';
import { detectEncoding } from '../common/text/encoding/detectEncoding';
import { EngineError } from '../ipc/engine/errors';
import { parse } from '../ipc/engine/parse';
import { maxTextLength } from '../ipc/engine/messages/generate';
import { describeNone, describeProblem, factLines, isShown, plainText } from '../features/summarize/present';
import { Summarizer } from '../features/summarize/summarizer';
import type { NoSummary, SummaryRequest } from '../features/summarize/summarizer';
import type { Sentence, Summary } from '../features/summarize/summary';
import type { Range } from '../syntax/documentation';
import { Grammars } from '../syntax/grammars';
import { neighboursAt, pathSeenByModel, readText } from './document';
import { inEnglish } from './english';
import { CommandError } from './failure';
import { answerLines, lineId } from './lines';
import type { WriteLine } from './output';
import type { FileLines, SummarizeCommand } from './summarizeArguments';

type Engine = Pick<EngineClient, 'request'>;

/** Summarizes a file or some of its lines; without `json`, prints the text, then the facts. @throws {CommandError} */
export async function summarize(
  engine: Engine,
  { place, depth, json, model }: Extract<SummarizeCommand, { kind: 'summarize' }>,
  grammarFolder: string,
  write: WriteLine,
): Promise<void> {
  const text = await readText(place.path);
  const summarizer = new Summarizer(engine, new Grammars(grammarFolder));
  const request: SummaryRequest = {
    text,
    path: pathSeenByModel(place.path),
    selection: rangeOf(text, place),
    mode: depth,
    model,
    attempt: 0,
    around: async () => new Neighbours(detectEncoding).read(await neighboursAt(place.path, text)),
  };
  const summary = await summarizer.summarize(request, () => undefined);
  if (typeof summary === 'string') throw new CommandError(`${place.path}: ${describeNone(summary, inEnglish)}.`);
  if (json) await write(JSON.stringify(asJson(summary), undefined, 2));
  else await print(summary, write);
}

/** @throws {CommandError} where the file has no such lines */
function rangeOf(text: string, { path, lines }: FileLines): Range {
  if (lines === undefined) return { start: 0, end: text.length };
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const start = starts[lines.from - 1];
  if (start === undefined)
    throw new CommandError(`${path} has ${starts.length} lines; there is no line ${lines.from}.`);
  return { start, end: starts[lines.to] ?? text.length };
}

async function print(summary: Summary, write: WriteLine): Promise<void> {
  const said = plainText(summary);
  if (said !== '') await write(said);
  const { from } = summary.main ?? {};
  if (from !== undefined)
    process.stderr.write(
      `As ${from.name} is documented${from.path === undefined ? '' : ` in ${from.path}`}, line ${from.line + 1}.\n`,
    );
  for (const problem of new Set(sentencesOf(summary).flatMap((sentence) => sentence.problem ?? []))) {
    process.stderr.write(`${describeProblem(problem, inEnglish)}.\n`);
  }
  if (summary.mode !== 'parameters' || summary.facts === undefined) return;
  for (const line of factLines(summary.facts, inEnglish)) await write(line);
}

const sentencesOf = ({ main, parts }: Summary): Sentence[] =>
  [...parts.map(({ sentence }) => sentence), main].filter((sentence) => sentence !== undefined);

function asJson(summary: Summary): object {
  const { mode, subject, lines, main, parts, facts } = summary;
  return {
    mode,
    symbol: subject.symbol?.name,
    from: lines.first + 1,
    to: lines.last + 1,
    text: plainText(summary),
    main: main === undefined ? undefined : bare(main),
    parts: parts.map(({ name, line, sentence }) => ({
      name,
      line: line + 1,
      ...(sentence === undefined ? {} : bare(sentence)),
    })),
    facts,
  };
}

/** A sentence for the output, without the evidence behind it. */
function bare({ text, source, from, problem, unknown, cut }: Sentence): object {
  return { text, source, from: from && { ...from, line: from.line + 1 }, problem, unknown, cut };
}

/** One piece of code to summarize. What else stands on the line is none of ours. */
const task = v.object({
  id: lineId,
  code: v.pipe(v.string(), v.maxLength(maxTextLength)),
  path: v.optional(v.string(), ''),
});

/** Summarizes the code of an input, one JSON a line; a bad line is answered as such, and the rest goes on. */
export async function summarizeBatch(
  engine: Engine,
  model: string,
  grammarFolder: string,
  input: Readable,
  write: WriteLine,
): Promise<void> {
  const summarizer = new Summarizer(engine, new Grammars(grammarFolder));
  await answerLines(input, write, async (json) => {
    const { code, path } = parse(task, json, 'The line');
    const summary = await sentenceFor(summarizer, { code, path, model });
    if (typeof summary === 'string') throw new EngineError('invalid', `The line: ${describeNone(summary, inEnglish)}.`);
    const { main } = summary;
    return {
      text: main !== undefined && isShown(main) ? main.text : '',
      ...(main?.problem === undefined ? {} : { problem: main.problem }),
    };
  });
}

/** One sentence about a whole piece of code. @throws {EngineError} */
export function sentenceFor(
  summarizer: Summarizer,
  { code, path, model }: { code: string; path: string; model: string },
): Promise<Summary | NoSummary> {
  const request: SummaryRequest = {
    text: code,
    path,
    selection: { start: 0, end: code.length },
    mode: 'sentence',
    model,
    attempt: 0,
  };
  return summarizer.summarize(request, () => undefined);
}
