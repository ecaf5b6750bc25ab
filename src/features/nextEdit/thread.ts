/**
 * Entry point of the thread that searches for the next edit, so that neither the extension host nor the engine waits. Started by
 * `searcher.ts`; answers one message with another.
 */
import { parentPort } from 'node:worker_threads';
import { errorMessage } from '../../common/errorMessage';
import { EditFinder } from '../../nearby/edits/search';
import { WorkUnpacker } from './packedWork';
import type { ThreadAnswer, ThreadQuestion } from './searcher';

const finder = new EditFinder();
const unpacker = new WorkUnpacker();
const answer = (one: ThreadAnswer): void => parentPort?.postMessage(one);

parentPort?.on('message', ({ id, search }: ThreadQuestion) => {
  finder.find({ ...search, work: unpacker.unpack(search.work) }).then(
    (found) => answer({ id, found }),
    (error: unknown) => answer({ id, failure: errorMessage(error) }),
  );
});
