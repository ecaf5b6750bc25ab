/** What a completer sees of a task, and where what it writes ends: the same for every one of them. */
import { answerOf } from './tasks';
import type { CompletionTask } from './tasks';
import { BenchError } from './packages';
import type { SourceFile } from './packages';

export type Situation = {
  package: string;
  path: string;
  /** The whole text up to the cursor, and from the end of the answer on, what the editor has closed in front. */
  prefix: string;
  suffix: string;
  /** The part of the suffix that the editor has put behind the cursor. */
  rest: string;
  /** Whether lines may follow. */
  mode: 'line' | 'block';
  answer: string;
};

/** `closed`: brackets and quotes have been closed by the editor; `open`: the rest of the line is yet to be written. */
export const editors = ['closed', 'open'] as const;
export type Editor = (typeof editors)[number];

/** A package's files, of which a task's own is only seen as far as the task shows it. */
export type Workspace = { name: string; files: ReadonlyMap<string, SourceFile> };

export function situationOf(task: CompletionTask, workspace: Workspace, editor: Editor): Situation {
  const file = workspace.files.get(task.file);
  if (!file) throw new BenchError(`${task.package} has no ${task.file}.`);
  const answer = answerOf(file, task.offset, task.length, task.sha256);
  const line = answerOf(file, task.offset, task.lineLength, task.lineSha256);
  const rest = editor === 'closed' ? task.rest : '';
  return {
    package: task.package,
    path: task.file,
    prefix: file.text.slice(0, task.offset),
    suffix: rest + file.text.slice(task.offset + task.lineLength),
    rest,
    mode: task.set === 'block' ? 'block' : 'line',
    answer: editor === 'closed' ? answer : line,
  };
}

const maxLines = 12;

/** A text that may run on, cut where the task ends: with the line or the block, and before what is closed already. */
export function cutToTask(text: string, situation: Situation): string {
  if (situation.mode === 'line') return untilClosed(text.split('\n', 1)[0] ?? '', situation.rest);
  const indentation = widthOf(/[^\n]*$/.exec(situation.prefix)?.[0] ?? '');
  const [first = '', ...others] = text.split('\n');
  const dedent = others.findIndex((line) => line.trim() !== '' && widthOf(line) < indentation);
  return [first, ...others.slice(0, dedent === -1 ? maxLines : dedent)].join('\n').trimEnd();
}

const widthOf = (line: string): number => line.length - line.trimStart().length;

const partners: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

function untilClosed(line: string, rest: string): string {
  const closer = rest[0];
  if (closer === undefined) return line;
  const open: string[] = [];
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === '\\') at++;
    else if (character === (open.at(-1) ?? closer)) {
      if (open.pop() === undefined) return line.slice(0, at);
    } else if (/["'`]/.test(open.at(-1) ?? closer)) continue;
    else if (/["'`]/.test(character)) open.push(character);
    else if (partners[character] !== undefined) open.push(partners[character]);
  }
  return line;
}
