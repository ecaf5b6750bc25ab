/**
 * The engine process. Forked by `EngineClient`; the only process that loads native code.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { guardProcess } from '../ipc/process/guard';
import { die, dieOfUncaught, endHung, send as sendToHost } from '../ipc/process/self';
import { openAttention } from './attention/open';
import { chooseDevices } from './machine/chooseDevices';
import { IdleModels } from './server/idleModels';
import { RoundingMemory } from './encoder/roundingMemory';
import { ModelStore } from './scheduling/modelStore';
import { openModel } from './server/openModel';
import { packHere } from './packing/packProcess';
import { PackedGraphs } from './weightCache/packedGraphs';
import { makeAside, packedFolder, PackingQueue } from './packing/queue';
import { packingEnvironment } from './weightCache/packedGraphKey';
import { answerProbe } from './machine/probe';
import { protocolVersion } from '../ipc/engine/protocol';
import type { EngineMessage } from '../ipc/engine/protocol';
import { providerNames } from '../ipc/engine/devices';
import { runtimeVersion } from './runtime/version';
import { timeThreads } from './machine/threadTrial';
import { EngineServer } from './server/server';
import { ThreadMemory } from './machine/threadMemory';
import { threadCount } from './machine/threads';

const msPerMinute = 60_000;
/** The thread that answers steps every 30 ms. */
const watched = [{ name: 'main thread', silentS: 10 }] as const;
const send: (message: EngineMessage) => void = sendToHost;

function main(): void {
  if (process.send === undefined) die('The engine is started by Glassbox and cannot be run alone.');
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      threads: { ...text, default: '0' },
      backend: { ...text, default: 'auto' },
      device: { ...text, default: 'auto' },
      'unload-after': { ...text, default: '0' },
      cache: text,
      lost: text,
      probe: text,
      pack: text,
      form: text,
    },
  });
  const pulse = guardProcess(watched);
  if (values.pack !== undefined) {
    // What this process is for is one long native call.
    pulse.begin();
    pack(values.pack, values.form, values.cache);
    return;
  }
  const processors = availableParallelism();
  const threadMemory = new ThreadMemory(values.cache, processors, timeThreads);
  const threads = threadCount(Number(values.threads), processors, threadMemory.best);
  const backend = values.backend === 'binding' ? 'binding' : 'auto';
  if (values.probe !== undefined) {
    pulse.begin();
    test(values.probe, values.device, threads);
    return;
  }
  const log = (message: string) => send({ kind: 'log', level: 'info', message });
  let opening = 0;
  // Two stores open models, and the host hears of it while at least one does.
  const onLoading = (active: boolean) => {
    if (active) pulse.begin();
    else pulse.end();
    opening += active ? 1 : -1;
    if (opening === (active ? 1 : 0)) send({ kind: 'loading', active });
  };
  // Where native code has ended the last process, this one uses as little of it as there is.
  const devices = chooseDevices(
    { device: backend === 'binding' ? 'cpu' : values.device, cache: values.cache, lost: values.lost },
    threads,
    {
      onProvider: (name) => send({ kind: 'provider', ...(name === undefined ? {} : { name }) }),
      onBetter: (path) => idle.renew(path),
      // What the user has asked for is answered where it is seen.
      log: (message) => send({ kind: 'log', level: values.device === 'auto' ? 'info' : 'warn', message }),
    },
  );
  const roundings = values.cache === undefined ? undefined : new RoundingMemory(values.cache, runtimeVersion());
  const packing = values.cache === undefined || backend === 'binding' ? undefined : packIn(values.cache, log);
  const models = new ModelStore(
    (path) => openModel(path, { threads, backend, log, devices, roundings, packed: packing?.graphs }),
    onLoading,
  );
  const attention = new ModelStore((path) => openAttention(path, { threads, log }), onLoading);
  const idle = new IdleModels([models, attention], Number(values['unload-after']) * msPerMinute, log);
  const onRunning = (count: number) => {
    idle.note(count);
    packing?.queue.note(count);
    if (Number(values.threads) === 0 && models.paths.length > 0) threadMemory.note(count);
  };
  const server = new EngineServer({ models, attention, devices, threads, send, onRunning, onHang: endHung });
  process.on('message', (message) => server.receive(message));
  send({ kind: 'ready', protocol: protocolVersion, pid: process.pid });
}

/** Answers whether a model runs right on a provider, and ends. */
function test(path: string, device: string, threads: number): void {
  const provider = providerNames.find((name) => name === device);
  if (provider === undefined) die(`There is no provider ${device}.`);
  void answerProbe(path, provider, threads).then((verdict) => process.send?.(verdict, () => process.exit(0)));
}

/** The packed graphs of a folder; what is missing there is made while nothing is asked for. */
function packIn(cache: string, log: (sentence: string) => void): { graphs: PackedGraphs; queue: PackingQueue } {
  const queue = new PackingQueue((subject) => makeAside(__filename, cache, subject), log);
  const graphs = new PackedGraphs({
    folder: packedFolder(cache),
    environment: () => packingEnvironment(__filename),
    onMissing: (subject) => queue.add(subject),
    log,
  });
  return { graphs, queue };
}

/** Packs a model's weights, says so, and ends. */
function pack(path: string, form: string | undefined, cache: string | undefined): void {
  packHere(__filename, path, form, cache).then(
    (sentence) => process.send?.(sentence, () => process.exit(0)),
    (error: unknown) => die((error as Error).message),
  );
}

dieOfUncaught();
main();
