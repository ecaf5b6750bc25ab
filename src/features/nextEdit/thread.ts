/**
 * Entry point of the thread that searches for the next edit, so that neither the extension host nor the engine waits. Started by
 * `searcher.ts`; answers one message with another.
 */
import { parentPort } from 'node:worker_threads';
import { errorMessage } from '../../common/errorMessage';
import { EditFinder } from '../../nearby/edits/search';
import type { ThreadAnswer, ThreadQuestion } from './searcher';

const finder = new EditFinder();
const answer = (one: ThreadAnswer): void => parentPort?.postMessage(one);

parentPort?.on('message', ({ id, search }: ThreadQuestion) => {
  finder.find(search).then(
    (found) => answer({ id, found }),
    (error: unknown) => answer({ id, failure: errorMessage(error) }),
  );
});
