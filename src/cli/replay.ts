/**
 * The `replay` command: types parts of files key by key and measures re-run prompt tokens and latency of each request;
 * called by `main.ts`. Asks after every key, unlike the editor.
 */
import { PromptBudget } from '../features/completion/promptBudget';
import { languageOf } from '../syntax/languages';
import { completeParams } from '../features/completion/request';
import type { EngineClient } from '../ipc/engine/client';
import { cutWindow } from '../ipc/engine/documentWindow';
import type { Command } from './arguments';
import { pathSeenByModel, readText, withPlainLineEnds } from './document';
import { distribution } from './distribution';
import type { Distribution } from './distribution';
import { CommandError } from './failure';
import type { WriteLine } from './output';
import { typing, typingTasks } from './typing';
import type { TypingTask } from './typing';

type Engine = Pick<EngineClient, 'request'>;
type ReplayCommand = Extract<Command, { kind: 'replay' }>;

/** What one key cost. */
interface Key {
  /** The cursor has jumped to where it is typed. */
  readonly isFirst: boolean;
  /** Tokens of the prompt that had to be run again. */
  readonly prefillTokens: number;
  /** From the request to its answer. */
  readonly milliseconds: number;
}

const stretchesPerFile = 3;

/** How a person types in languages of a family. */
const languages: Readonly<Record<string, TypingTask['language']>> = { script: 'javascript', python: 'python' };

/**
 * Types stretches of files and asks the engine for a completion after every key, also where the editor would go on
 * showing what it has: what is measured is what a key costs at worst.
 */
export async function replay(engine: Engine, command: ReplayCommand, write: WriteLine): Promise<void> {
  const files: { path: string; keys: Key[] }[] = [];
  const budget = new PromptBudget();
  for (const path of command.paths) {
    const keys = await replayFile(engine, command, path, budget);
    files.push({ path, keys });
    if (!command.json) await write(`${path}: ${inWords(keys)}`);
  }
  const all = files.flatMap(({ keys }) => keys);
  if (command.json) {
    const reports = files.map(({ path, keys }) => ({ path, ...summary(keys) }));
    await write(JSON.stringify({ ...summary(all), files: reports }, undefined, 2));
  } else if (files.length > 1) {
    await write(`all: ${inWords(all)}`);
  }
}

async function replayFile(engine: Engine, command: ReplayCommand, path: string, budget: PromptBudget): Promise<Key[]> {
  const language = languages[languageOf(path).family];
  if (language === undefined)
    throw new CommandError(`${path} is neither JavaScript, TypeScript nor Python by its ending.`);
  const text = withPlainLineEnds(await readText(path));
  const tasks = typingTasks(text, language, stretchesPerFile, command.keys);
  if (tasks.length === 0) throw new CommandError(`${path} is too short to type ${command.keys} characters of it.`);
  const keys: Key[] = [];
  for (const task of tasks) keys.push(...(await replayTask(engine, command, path, task, budget)));
  return keys;
}

/** The prompts are as long as the editor's would be on this machine. */
async function replayTask(
  engine: Engine,
  command: ReplayCommand,
  path: string,
  task: TypingTask,
  budget: PromptBudget,
): Promise<Key[]> {
  const keys: Key[] = [];
  for (const { prefix, suffix } of typing(task)) {
    const place = { document: path, ...cutWindow({ prefix, suffix }) };
    const params = completeParams(place, {
      model: command.model,
      path: pathSeenByModel(path),
      mode: command.mode,
      maxPromptTokens: budget.tokens,
    });
    const start = performance.now();
    const { timings } = await engine.request(
      'complete',
      { ...params, maxTokens: command.maxTokens ?? 1 },
      { priority: 'completion' },
    );
    const milliseconds = performance.now() - start;
    budget.record(timings);
    keys.push({ isFirst: keys.length === 0, prefillTokens: timings.prefillTokens, milliseconds });
  }
  return keys;
}

interface Summary {
  readonly keys: number;
  readonly prefillTokens: Distribution;
  readonly milliseconds: Distribution;
  /** Of the first key of each stretch, before which the cursor has jumped: the others leave it out. */
  readonly firstMilliseconds: Distribution;
}

function summary(all: readonly Key[]): Summary {
  const keys = all.filter(({ isFirst }) => !isFirst);
  return {
    keys: keys.length,
    prefillTokens: distribution(keys.map((key) => key.prefillTokens)),
    milliseconds: distribution(keys.map((key) => key.milliseconds)),
    firstMilliseconds: distribution(all.filter(({ isFirst }) => isFirst).map((key) => key.milliseconds)),
  };
}

function inWords(keys: readonly Key[]): string {
  const { keys: count, prefillTokens, milliseconds, firstMilliseconds } = summary(keys);
  const values = ({ p50, p95, max }: Distribution, digits: number) =>
    `p50 ${p50.toFixed(digits)}, p95 ${p95.toFixed(digits)}, max ${max.toFixed(digits)}`;
  return `${count} keys; tokens run again ${values(prefillTokens, 0)}; milliseconds ${values(milliseconds, 1)}; at a new place ${values(firstMilliseconds, 1)}`;
}
