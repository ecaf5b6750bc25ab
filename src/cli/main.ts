/**
 * Glassbox without an editor: the same engine process, asked through the same client, with the same filters behind it.
 */
import { join } from 'node:path';
import { parseCommand } from './arguments';
import type { Command } from './arguments';
import { attend } from './attend';
import { batch } from './batch';
import { cacheFolder } from './indexStore';
import { complete } from './complete';
import { embed } from './embed';
import { CommandError } from './failure';
import { writeLine } from './output';
import { replay } from './replay';
import { similar } from './similar';
import { usage, UsageError } from './usage';
import { decoderFolder } from '../host/modelPaths';
import { RecentProblems } from '../host/diagnosis/problems';
import { EngineClient } from '../ipc/engine/client';
import { EngineError } from '../ipc/engine/errors';

const exitCodes = { done: 0, failed: 1, notUnderstood: 2 } as const;

/** This file runs as dist/cli.js. */
const root = join(__dirname, '..');
const grammarFolder = join(root, 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm');

async function main(args: readonly string[]): Promise<number> {
  try {
    await run(parseCommand(args, decoderFolder('', root)));
    return exitCodes.done;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${usage}`);
      return exitCodes.notUnderstood;
    }
    if (!(error instanceof CommandError || error instanceof EngineError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodes.failed;
  }
}

async function run(command: Command): Promise<void> {
  if (command.kind === 'help') {
    process.stdout.write(usage);
    return;
  }
  if (command.kind === 'index' || command.kind === 'search' || command.kind === 'searchBatch') {
    await runIndex(command);
    return;
  }
  if (command.kind === 'nextEdit') {
    const { nextEdit } = await import('./nextEdit');
    await nextEdit(command, writeLine);
    return;
  }
  const problems = new RecentProblems();
  const cache = join(cacheFolder(process.platform, process.env), 'glassbox');
  const engine = new EngineClient({
    modulePath: join(__dirname, 'engine.js'),
    threads: () => command.threads,
    // Looking inside happens in sessions of its own, on the processor.
    device: () => ('device' in command ? command.device : 'cpu'),
    cache: join(cache, 'engine'),
    log: (level, message) => {
      if (level !== 'warn' && level !== 'error') return;
      problems.add(level, message);
      process.stderr.write(`${message}\n`);
    },
  });
  try {
    switch (command.kind) {
      case 'complete':
        await complete(engine, command, writeLine);
        break;
      case 'batch':
        await batch(engine, command, process.stdin, writeLine);
        break;
      case 'embed':
        await embed(engine, command, process.stdin, writeLine);
        break;
      case 'replay':
        await replay(engine, command, writeLine);
        break;
      case 'summarize':
      case 'summarizeBatch':
        await runSummarize(engine, command);
        break;
      case 'attend':
        await attend(engine, command, root, writeLine);
        break;
      case 'doctor': {
        const { doctor } = await import('./doctor');
        await doctor(engine, command, { root, cache, problems: () => problems.list }, writeLine);
        break;
      }
      case 'similar':
        await similar(engine, command, root, writeLine);
    }
  } finally {
    engine.dispose();
  }
}

/** Loaded only here: completing needs no grammars. */
async function runSummarize(
  engine: EngineClient,
  command: Extract<Command, { kind: 'summarize' | 'summarizeBatch' }>,
): Promise<void> {
  const { summarize, summarizeBatch } = await import('./summarize');
  if (command.kind === 'summarize') await summarize(engine, command, grammarFolder, writeLine);
  else await summarizeBatch(engine, command.model, grammarFolder, process.stdin, writeLine);
}

/** Loaded only here: completing needs neither SQLite nor grammars. */
async function runIndex(command: Extract<Command, { kind: 'index' | 'search' | 'searchBatch' }>): Promise<void> {
  if (command.kind !== 'index') {
    const { searchFolder, searchLines } = await import('./searchCommand');
    if (command.kind === 'search') await searchFolder(command, root, writeLine);
    else await searchLines(command, root, process.stdin, writeLine);
    return;
  }
  const { index } = await import('./indexCommand');
  await index(command, root, writeLine);
}

// EPIPE: the reader of the output has closed it, as `head` does once it has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
});

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
