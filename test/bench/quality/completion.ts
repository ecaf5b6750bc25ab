/** Completion rows: every system on every task, scored. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { maxNeighbours } from '../../../src/ipc/engine/protocol';
import { copyCompletion } from './baselines/copy';
import { NgramModel } from './baselines/ngram';
import { contextFor, nearest } from './context';
import { definitionContext } from './definitionContext';
import { groupBy } from './group';
import { scoreCompletion } from './metrics/completion';
import type { CompletionScore } from './metrics/completion';
import type { Answered, Journal } from './journal';
import type { Model } from './model';
import { nearestContext } from './nearestContext';
import { readSources } from './packages';
import type { Language, Package, SourceFile } from './packages';
import { situationOf } from './situations';
import type { Situation, Workspace } from './situations';
import type { CompletionTask } from './tasks';

/** `lineOpen` are the tasks of `line` in an editor that closes no brackets: up to the end of the line. */
export const completionRows = ['line', 'lineOpen', 'any', 'block'] as const;
export type CompletionRow = (typeof completionRows)[number];

export type Measured = {
  row: CompletionRow;
  system: string;
  task: CompletionTask;
  language: Language;
  score: CompletionScore;
  /** Of systems that know one. */
  confidence?: number;
};

type MeasureOptions = {
  log: (line: string) => void;
  wanted?: readonly string[] | undefined;
  journal?: Journal | undefined;
};

type System = { name: string; complete(situation: Situation): Promise<Answered> };

/**
 * @param model without one, the baselines alone are measured
 * @param options wanted: names of the only systems that are measured; journal: of what was written before, and now
 */
export async function measureCompletion(
  packages: readonly Package[],
  tasks: readonly CompletionTask[],
  model: Model | undefined,
  { log, wanted, journal }: MeasureOptions,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  const alone = new NgramModel();
  const byPackage = groupBy(tasks, (task) => task.package);
  for (const pinned of packages) {
    const own = byPackage.get(pinned.name);
    if (!own) continue;
    const files = await readSources(pinned);
    const workspace: Workspace = { name: pinned.name, files: new Map(files.map((file) => [file.path, file])) };
    const folder = await mkdtemp(path.join(tmpdir(), 'glassbox-quality-'));
    try {
      await writeFiles(folder, files);
      const systems = [...baselines(workspace, alone), ...(model ? modelSystems(workspace, model, folder) : [])].filter(
        ({ name }) => wanted === undefined || wanted.includes(name),
      );
      for (const system of systems) {
        for (const task of own)
          measured.push(...(await measureTask(system, task, workspace, { language: pinned.language, journal })));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    log(`${pinned.name}: ${own.length} completion tasks`);
  }
  return measured;
}

function baselines(workspace: Workspace, alone: NgramModel): System[] {
  const together = new NgramModel(workspace);
  const plain = (name: string, write: (situation: Situation) => string): System => {
    return { name, complete: (situation) => Promise.resolve({ text: write(situation) }) };
  };
  return [
    plain('copyFile', (situation) => copyCompletion(situation)),
    plain('copyWorkspace', (situation) => copyCompletion(situation, workspace)),
    plain('ngramFile', (situation) => alone.complete(situation)),
    plain('ngramWorkspace', (situation) => together.complete(situation)),
  ];
}

/** As a programmer has them: some packages keep theirs inside of source maps. */
async function writeFiles(folder: string, files: readonly SourceFile[]): Promise<void> {
  for (const { path: name, text } of files) {
    const target = path.join(folder, name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}

/** `copying` is what the extension does; the others are the model alone. */
function modelSystems(workspace: Workspace, model: Model, folder: string): System[] {
  const around = (situation: Situation) =>
    nearest(situation, workspace, maxNeighbours).map(({ path: name }) => path.join(folder, name));
  return [
    { name: 'copying', complete: (situation) => model.complete(situation, [], around(situation)) },
    { name: 'model', complete: (situation) => model.complete(situation, []) },
    { name: 'modelContext', complete: (situation) => model.complete(situation, contextFor(situation, workspace)) },
    {
      name: 'modelDefinitions',
      complete: (situation) => model.complete(situation, definitionContext(situation, workspace)),
    },
    {
      name: 'modelNearest',
      complete: async (situation) => model.complete(situation, await nearestContext(situation, workspace)),
    },
  ];
}

async function measureTask(
  system: System,
  task: CompletionTask,
  workspace: Workspace,
  { language, journal }: { language: Language; journal: Journal | undefined },
): Promise<Measured[]> {
  const measure = async (row: CompletionRow, editor: 'closed' | 'open'): Promise<Measured> => {
    const situation = situationOf(task, workspace, editor);
    const ask = (): Promise<Answered> => system.complete(situation);
    const { text, confidence } = await (journal ? journal.answer(system.name, row, task, ask) : ask());
    const score = scoreCompletion(text, situation.answer);
    return { row, system: system.name, task, language, score, ...(confidence !== undefined && { confidence }) };
  };
  const closed = await measure(task.set, 'closed');
  if (task.set !== 'line') return [closed];
  // Where the line has opened nothing, both editors show the same.
  return [closed, task.rest === '' ? { ...closed, row: 'lineOpen' } : await measure('lineOpen', 'open')];
}
