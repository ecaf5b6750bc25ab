/**
 * Opens a decoder folder's graph on the processor by the fastest way that works: packed, in place, new rows, or
 * unchanged; used by `decoder.ts`. The model's files are only read.
 */
import { basename } from 'node:path';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { prepareGraph } from '../graphs/prepare';
import type { CacheForm, PreparedGraph } from '../graphs/prepare';
import type { PackedGraphs } from '../weightCache/packedGraphs';
import type { PackedSubject } from '../weightCache/packedGraphKey';
import { nativeBackend } from '../runtime/native/backend';
import { checkGraphFile, openSession } from '../runtime/session';
import type { Session, SessionOptions } from '../runtime/session';
import { errorMessage } from '../../common/errorMessage';

export interface DecoderOptions extends SessionOptions {
  /** `binding`: the npm binding alone. `auto`, the default: the native interface wherever it works and can be used. */
  readonly backend?: Backend;
  /** See `DecoderSettings`. */
  readonly cacheBytes?: number;
  readonly remembers?: boolean;
  /** Where graphs are kept with their weights packed; each is packed anew without. */
  readonly packed?: Pick<PackedGraphs, 'open' | 'want'> | undefined;
  /** Called with sentences for the log that say what of a graph runs slower than it could, and why. */
  readonly log?: (sentence: string) => void;
}

/** What is changed in a graph for the processor. */
const tuning = { packQueries: true, scaleQueries: true, fillBlocks: process.arch === 'x64' };

export type Backend = 'auto' | 'binding';

export interface OpenedSession {
  readonly session: Session;
  readonly cacheForm?: CacheForm;
}

/**
 * Loads a folder's graph: changed in memory for faster decoding where it is understood, as it is where not. The
 * folder's files are only ever read.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export async function openDecoderSession(folder: DecoderFolder, options: DecoderOptions): Promise<OpenedSession> {
  const packed = await openPacked(folder, options);
  if (packed) return packed;
  await checkGraphFile(folder.graph);
  const say = (what: string) => options.log?.(`${basename(folder.graph)} of ${folder.name} ${what}.`);
  const found = (await openInPlace(folder, options, say)) ?? (await openNewRows(folder, options, say));
  return found ?? { session: await openSession(folder.graph, options) };
}

/** The graph that writes its cache in place, as the native interface runs it. @returns `undefined` where it is not understood */
export async function prepareInPlace(folder: DecoderFolder): Promise<PreparedGraph | undefined> {
  const prepared = await prepareGraph(folder.graph, { inPlace: true, roundActivations: isPublic(folder), ...tuning });
  return prepared?.cacheForm === 'inPlace' ? prepared : undefined;
}

type Say = (what: string) => void;

const packedSubject = ({ path, graph }: DecoderFolder): PackedSubject => ({ model: path, graph, form: 'inPlace' });

/** The same graph as `openInPlace` runs, with weights that are mapped as they are used. */
async function openPacked(
  folder: DecoderFolder,
  { packed, ...options }: DecoderOptions,
): Promise<OpenedSession | undefined> {
  if (!packed || options.backend === 'binding') return undefined;
  const backend = await nativeBackend();
  const session = backend.works
    ? await packed.open(packedSubject(folder), (graph) => backend.open(graph, options))
    : undefined;
  return session && { session, cacheForm: 'inPlace' };
}

/** Through the native interface, where the graph's attention writes into its cache. */
async function openInPlace(
  folder: DecoderFolder,
  options: DecoderOptions,
  say: Say,
): Promise<OpenedSession | undefined> {
  if (options.backend === 'binding') return undefined;
  const backend = await nativeBackend();
  if (!backend.works) {
    say(`runs through the npm binding of ONNX Runtime, since its native interface cannot be used: ${backend.reason}`);
    return undefined;
  }
  return attempt(say, 'is not changed for speed', async () => {
    const prepared = await prepareInPlace(folder);
    if (!prepared) return undefined;
    const session = await backend.open({ ...prepared, path: folder.graph }, options);
    await options.packed?.want(packedSubject(folder));
    return opened(session, prepared, say);
  });
}

/** Through the npm binding, which copies what comes out of a graph: as little as possible. */
async function openNewRows(
  folder: DecoderFolder,
  options: DecoderOptions,
  say: Say,
): Promise<OpenedSession | undefined> {
  // Our own graphs are made the way that others are changed to.
  if (!isPublic(folder)) return undefined;
  const open = async (stages: boolean) => {
    const prepared = await prepareGraph(folder.graph, { inPlace: false, roundActivations: true, ...tuning, stages });
    return prepared && opened(await openSession({ ...prepared, path: folder.graph }, options), prepared, say);
  };
  const whole = () => attempt(say, 'is not changed for speed', () => open(false));
  const found = await attempt(say, 'is not run in stages', () => open(true)).then((staged) => staged ?? whole());
  if (!found) say('copies its whole cache for every token, since how it keeps that is not understood');
  return found;
}

const isPublic = ({ cacheOutputs }: DecoderFolder): boolean => cacheOutputs === 'copy';

function opened(session: Session, { cacheForm, notes }: PreparedGraph, say: Say): OpenedSession {
  for (const note of notes) say(note);
  return { session, cacheForm };
}

async function attempt(
  say: Say,
  otherwise: string,
  open: () => Promise<OpenedSession | undefined>,
): Promise<OpenedSession | undefined> {
  try {
    return await open();
  } catch (error) {
    say(`${otherwise}, since that failed: ${errorMessage(error)}`);
    return undefined;
  }
}
