/** Puts the engine's parts together and answers the host from then on. Called once, by `engine/main.ts`. */
import { dirname, join } from 'node:path';
import type { Pulse } from '../../ipc/process/pulse';
import { endHung, send as sendToHost } from '../../ipc/process/self';
import { protocolVersion } from '../../ipc/engine/protocol';
import type { EngineMessage } from '../../ipc/engine/protocol';
import { openAttention } from '../attention/open';
import { ConvertedModels } from '../conversion/convertedModels';
import { conversionLimitMs } from '../conversion/convertProcess';
import { EmptyBodies } from '../../stopping/emptyBodies';
import { RoundingMemory } from '../encoder/roundingMemory';
import { chooseDevices } from '../machine/chooseDevices';
import { chooseThreads } from '../machine/chooseThreads';
import { runAside } from '../packing/aside';
import { makeAside, packedFolder, PackingQueue } from '../packing/queue';
import { runtimeVersion } from '../runtime/version';
import { ModelStore } from '../scheduling/modelStore';
import { packingEnvironment, programHash } from '../weightCache/packedGraphKey';
import { PackedGraphs } from '../weightCache/packedGraphs';
import { IdleModels } from './idleModels';
import { openModel } from './openModel';
import { EngineServer } from './server';
import { Grammars } from '../../syntax/grammars';

const msPerMinute = 60_000;
const send: (message: EngineMessage) => void = sendToHost;

/** As they stand on the command line. */
export interface ServeArguments {
  /** A number, 0 for the best. */
  readonly threads: string;
  /** `binding`: without the native interface. */
  readonly backend: string;
  readonly device: string;
  /** Minutes, 0 for never. */
  readonly 'unload-after': string;
  /** Absolute path of the folder that keeps what was measured and packed. */
  readonly cache?: string;
  /** The provider that the process before this one may have died of. */
  readonly lost?: string;
}

/** @param program absolute path of the engine's bundle */
export function serve(program: string, given: ServeArguments, pulse: Pulse): void {
  const { cache, device } = given;
  const wantedThreads = Number(given.threads);
  const { threads, memory: threadMemory } = chooseThreads(wantedThreads, cache);
  const backend = given.backend === 'binding' ? 'binding' : 'auto';
  const log = (message: string) => send({ kind: 'log', level: 'info', message });
  let opening = 0;
  // Send `loading` while either store is opening a model.
  const onLoading = (active: boolean) => {
    if (active) pulse.begin();
    else pulse.end();
    opening += active ? 1 : -1;
    if (opening === (active ? 1 : 0)) send({ kind: 'loading', active });
  };
  // Where native code has ended the last process, this one uses as little of it as there is.
  const devices = chooseDevices({ device: backend === 'binding' ? 'cpu' : device, cache, lost: given.lost }, threads, {
    onProvider: (name) => send({ kind: 'provider', ...(name === undefined ? {} : { name }) }),
    onBetter: (path) => idle.renew(converted.originOf(path)),
    // What the user has asked for is answered where it is seen.
    log: (message) => send({ kind: 'log', level: device === 'auto' ? 'info' : 'warn', message }),
  });
  const roundings = cache === undefined ? undefined : new RoundingMemory(cache, runtimeVersion());
  const bodies = new EmptyBodies(new Grammars(grammarFolder(program)));
  const packing = cache === undefined || backend === 'binding' ? undefined : packIn(program, cache, log);
  const converted = new ConvertedModels({
    folder: cache === undefined ? undefined : join(cache, 'converted'),
    environment: () => programHash(program),
    convert: (file, folder) => runAside(program, ['--convert', file, '--out', folder], conversionLimitMs),
    log,
  });
  const options = { threads, backend, log, devices, roundings, packed: packing?.graphs, bodies } as const;
  const models = new ModelStore(
    async (path) => ({ ...(await openModel(await converted.folderOf(path), options)), path }),
    onLoading,
  );
  const attention = new ModelStore(
    async (path) => openAttention(await converted.folderOf(path), { threads, log }),
    onLoading,
  );
  const idle = new IdleModels([models, attention], Number(given['unload-after']) * msPerMinute, log);
  const onRunning = (count: number) => {
    idle.note(count);
    packing?.queue.note(count);
    if (wantedThreads === 0 && models.paths.length > 0) threadMemory.note(count);
  };
  const server = new EngineServer({ models, attention, devices, threads, send, onRunning, onHang: endHung });
  process.on('message', (message) => server.receive(message));
  send({ kind: 'ready', protocol: protocolVersion, pid: process.pid });
}

/** Of tree-sitter, beside the program. */
const grammarFolder = (program: string): string =>
  join(dirname(program), 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm');

/** The packed graphs of a folder; what is missing there is made while nothing is asked for. */
function packIn(
  program: string,
  cache: string,
  log: (sentence: string) => void,
): { readonly graphs: PackedGraphs; readonly queue: PackingQueue } {
  const queue = new PackingQueue((subject) => makeAside(program, cache, subject), log);
  const graphs = new PackedGraphs({
    folder: packedFolder(cache),
    environment: () => packingEnvironment(program),
    onMissing: (subject) => queue.add(subject),
    log,
  });
  return { graphs, queue };
}
