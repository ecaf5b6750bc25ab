/**
 * The engine process. Forked by `EngineClient`; the only process that loads native code.
 */
import { writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { openAttention } from './attention/open';
import { ModelStore, openModel } from './modelStore';
import { protocolVersion, type EngineMessage } from './protocol';
import { EngineServer } from './server';
import { threadCount } from './threads';

const stderr = 2;

function main(): void {
  if (process.send === undefined) die('The engine is started by Glassbox and cannot be run alone.');
  const { values } = parseArgs({ options: { threads: { type: 'string', default: '0' }, backend: { type: 'string', default: 'auto' } } });
  const threads = threadCount(Number(values.threads), availableParallelism());
  const backend = values.backend === 'binding' ? 'binding' : 'auto';
  const log = (message: string) => send({ kind: 'log', level: 'info', message });
  let opening = 0;
  // Two stores open models, and the host hears of it while at least one does.
  const onLoading = (active: boolean) => {
    opening += active ? 1 : -1;
    if (opening === (active ? 1 : 0)) send({ kind: 'loading', active });
  };
  const models = new ModelStore((path) => openModel(path, { threads, backend, log }), onLoading);
  const attention = new ModelStore((path) => openAttention(path, { threads, log }), onLoading);
  const server = new EngineServer({ models, attention, threads, send });
  process.on('message', (message) => server.receive(message));
  // The host is gone: nobody waits for anything any more, and nobody would end this process.
  process.on('disconnect', () => process.exit(0));
  send({ kind: 'ready', protocol: protocolVersion, pid: process.pid });
}

function send(message: EngineMessage): void {
  // A message that cannot be sent has no receiver; `disconnect` is about to say so.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Says why on stderr, where the host finds it in the line it logs about this end, and ends the process. */
function die(reason: string): never {
  writeSync(stderr, `${reason}\n`);
  process.exit(1);
}

function dieOf(error: unknown): never {
  die(error instanceof Error ? `Error: ${error.message}` : String(error));
}

process.on('uncaughtException', dieOf);
process.on('unhandledRejection', dieOf);
main();
