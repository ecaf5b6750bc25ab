import { basename } from 'node:path';
import type { DecoderFolder } from '../models/types';
import { prepareGraph } from '../onnx/prepare';
import { checkGraphFile, openSession } from '../runtime/session';
import type { Session, SessionOptions } from '../runtime/session';

export interface DecoderOptions extends SessionOptions {
  /** Hears, in sentences for the log, what of a graph runs slower than it could and why. */
  readonly log?: (sentence: string) => void;
}

/**
 * Loads a folder's graph: changed in memory for faster decoding where it is understood, as it is where not. The
 * folder's files are only ever read.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export async function openDecoderSession(folder: DecoderFolder, options: DecoderOptions): Promise<Session> {
  await checkGraphFile(folder.graph);
  // Our own graphs are made the way that others are changed to.
  const prepared = folder.cacheOutputs === 'copy' ? await openPrepared(folder, options) : undefined;
  return prepared ?? openSession(folder.graph, options);
}

async function openPrepared(folder: DecoderFolder, options: DecoderOptions): Promise<Session | undefined> {
  const say = (what: string) => options.log?.(`${basename(folder.graph)} of ${folder.name} ${what}.`);
  try {
    const prepared = await prepareGraph(folder.graph, { roundActivations: true });
    if (prepared) {
      const session = await openSession({ ...prepared, path: folder.graph }, options);
      for (const note of prepared.notes) say(note);
      return session;
    }
    say('copies its whole cache for every token, since how it keeps that is not understood');
  } catch (error) {
    say(`runs as it is, since changing it for speed failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}
