/**
 * `glassbox doctor`: opens the models in the engine and prints the report that the editor's *Diagnose* makes, as Markdown.
 * Called by `main.ts`; nothing private is printed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '../common/errorMessage';
import { diagnosisSections } from '../features/status/diagnosis/report';
import { folderBytes, machineFacts, privateNames } from '../features/status/diagnosis/machine';
import type { DiagnosisFacts, ModelReport, ProblemReport } from '../host/diagnosis/facts';
import { smallSince } from '../host/embeddedDecoder';
import { encoderFolder } from '../host/modelPaths';
import type { EngineClient } from '../ipc/engine/client';
import { reportMarkdown } from '../ipc/pages/report';
import { inEnglish } from './english';
import type { WriteLine } from './output';

export interface DoctorCommand {
  readonly kind: 'doctor';
  /** Absolute path of the decoder's folder. */
  readonly model: string;
  readonly comesWith: boolean;
  readonly threads: number;
  readonly device: string;
}

/**
 * @param root absolute path of the folder that holds `dist/`
 * @param cache absolute path of the folder of what is kept for all indexes and for the engine
 * @param problems what the engine has said so far; asked last
 */
export async function doctor(
  engine: Pick<EngineClient, 'request' | 'state'>,
  { model, comesWith, threads, device }: DoctorCommand,
  { root, cache, problems }: { root: string; cache: string; problems: () => readonly ProblemReport[] },
  write: WriteLine,
): Promise<void> {
  const encoder = encoderFolder('', root);
  const load = async (use: ModelReport['use'], folder: string, isOurs: boolean): Promise<ModelReport> => {
    try {
      return { use, comesWith: isOurs, info: await engine.request('load', { model: folder }, { priority: 'index' }) };
    } catch (error) {
      return { use, comesWith: isOurs, problem: errorMessage(error) };
    }
  };
  const models = [
    { ...(await load('completion', model, comesWith)), ...(comesWith && { smallSince: smallSince(root) }) },
    ...(encoder === undefined ? [] : [await load('search', encoder, true)]),
  ];
  const status = await engine.request('status', {}, { priority: 'index' }).catch(() => undefined);
  const { state } = engine;
  const packed = await folderBytes(join(cache, 'engine'));
  const facts: DiagnosisFacts = {
    product: { version: await versionOf(root) },
    machine: machineFacts(),
    settings: { device, threads, unloadAfterMinutes: 0 },
    engine: { state: state.kind, status, ...(state.kind === 'failed' && { problem: state.reason }) },
    models,
    storage: [
      { what: 'engine', bytes: packed },
      { what: 'shared', bytes: (await folderBytes(cache)) - packed },
    ],
    hostBytes: process.memoryUsage.rss(),
    problems: problems(),
    secret: [
      ...privateNames([comesWith ? undefined : model, process.cwd()]),
      ...models.flatMap(({ comesWith: isOurs, info }) => (isOurs || info === undefined ? [] : [info.name])),
    ],
  };
  const sections = diagnosisSections(facts, inEnglish);
  await write(reportMarkdown({ title: 'Glassbox: Diagnosis', sections }));
}

async function versionOf(root: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
