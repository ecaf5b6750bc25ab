/**
 * Makes model folders from the files that packages bring: a program of the build, which scripts run and which is not
 * shipped. What can be made, each by a module of its own, stands in `commands`; `usage` says how each is called.
 */
import { parseArgs } from 'node:util';
import { EngineError } from '../../ipc/engine/errors';
import { assembleDecoder } from './decoder';
import { assembleEncoder } from './encoder';
import { errorMessage } from '../../common/errorMessage';

const usage = `node dist/assemble.js decoder --from FILE|FOLDER --out FOLDER [--block 32|64] [--precision asStored|mixed|int4|float32]
  [--name NAME] [--license LICENSE]
node dist/assemble.js encoder --from FILE|FOLDER --out FOLDER [--adapter FILE] [--precision int8|float32]
  [--name NAME] [--release VERSION] [--license LICENSE]
`;

const exitCodes = { done: 0, failed: 1, notUnderstood: 2 } as const;

class UsageError extends Error {}

/** Every command takes the arguments behind its name. */
const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  decoder: async (args) => {
    const { values } = read(args, {
      from: { type: 'string' },
      out: { type: 'string' },
      block: { type: 'string', default: '32' },
      precision: { type: 'string', default: 'asStored' },
      name: { type: 'string' },
      license: { type: 'string' },
    });
    await assembleDecoder({
      from: required('--from', values.from),
      folder: required('--out', values.out),
      block: oneOf('--block', Number(values.block), [32, 64] as const),
      precision: oneOf('--precision', values.precision, ['mixed', 'int4', 'asStored', 'float32'] as const),
      name: values.name,
      license: values.license,
      log,
    });
  },
  encoder: async (args) => {
    const { values } = read(args, {
      from: { type: 'string' },
      out: { type: 'string' },
      adapter: { type: 'string' },
      precision: { type: 'string', default: 'int8' },
      name: { type: 'string', default: 'encoder' },
      release: { type: 'string', default: '' },
      license: { type: 'string', default: 'unknown' },
    });
    await assembleEncoder({
      from: required('--from', values.from),
      folder: required('--out', values.out),
      adapter: values.adapter,
      precision: oneOf('--precision', values.precision, ['int8', 'float32'] as const),
      name: required('--name', values.name),
      version: values.release,
      license: values.license,
      log,
    });
  },
};

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new UsageError(name === '' ? 'Say what to make.' : `${name} is nothing that can be made.`);
    await command(args);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${usage}`);
      return exitCodes.notUnderstood;
    }
    if (!(error instanceof EngineError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodes.failed;
  }
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function read<const T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false });
  } catch (cause) {
    throw new UsageError(`${errorMessage(cause)}.`, { cause });
  }
}

function required(option: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is missing.`);
  return value;
}

function oneOf<T>(option: string, value: unknown, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw new UsageError(`${option} is one of ${choices.join(', ')}.`);
  return chosen;
}

const log = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
