/**
 * Tests a model on an accelerator in a child process, so that a driver crash is an answer too; started by
 * `chooseDevices.ts`, its child side by the engine's `main.ts`.
 */
import { fork } from 'node:child_process';
import * as v from 'valibot';
import { testOnDevice } from '../decoder/deviceTest';
import { openModelFolder } from '../../modelFolder/layouts/folder';
import { EngineError } from '../../ipc/engine/errors';
import { providerNames } from '../../ipc/engine/devices';
import type { ProviderName } from '../../ipc/engine/devices';
import { awakeTimeout } from '../../ipc/process/awakeTimeout';
import { die } from '../../ipc/process/self';
import { lowerPriority } from './lowerPriority';
import { verdictSchema } from '../runtime/providers/verdict';
import type { ProviderVerdict } from '../runtime/providers/verdict';
import { vulkanAdapters } from '../runtime/providers/vulkan';
import { chooseThreads } from './chooseThreads';

/** Shaders are compiled on the way, which slow drivers take minutes for. */
const limitMs = 300_000;
/** How much of what the process says last is kept, UTF-16 units. */
const lastWordsLength = 300;

/**
 * Tests a model on a provider in a process of its own: what a driver does there, ending the process included, is part
 * of the answer.
 *
 * @param modulePath the engine's bundle
 * @param background whether the user works meanwhile
 */
export function probe(
  modulePath: string,
  path: string,
  provider: ProviderName,
  threads: number,
  background: boolean,
): Promise<ProviderVerdict> {
  return new Promise((resolve) => {
    const child = fork(modulePath, ['--probe', path, '--device', provider, '--threads', String(threads)], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let lastWords = '';
    let answer: ProviderVerdict | undefined;
    const stopWaiting = awakeTimeout(limitMs, () => child.kill('SIGKILL'));
    if (background && child.pid !== undefined) lowerPriority(child.pid);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-lastWordsLength);
    });
    child.on('message', (message) => {
      const { success, output } = v.safeParse(verdictSchema, message);
      if (success) answer = output;
    });
    child.on('error', (error) => {
      lastWords = error.message;
    });
    child.on('close', (code, signal) => {
      stopWaiting();
      const end = lastWords.trim().split('\n').at(-1) ?? '';
      resolve(
        answer ??
          refusal(provider, `the test ended with ${signal ?? `exit code ${code}`}${end === '' ? '' : `: ${end}`}`),
      );
    });
  });
}

/** What the process that {@link probe} starts does: it sends whether a model runs right on a provider, and ends. */
export function probeAndEnd(
  path: string,
  device: string,
  { threads, cache }: { readonly threads: string; readonly cache: string | undefined },
): void {
  const provider = providerNames.find((name) => name === device);
  if (provider === undefined) die(`There is no provider ${device}.`);
  void answerProbe(path, provider, chooseThreads(Number(threads), cache).threads).then((verdict) =>
    process.send?.(verdict, () => process.exit(0)),
  );
}

async function answerProbe(path: string, provider: ProviderName, threads: number): Promise<ProviderVerdict> {
  try {
    const folder = await openModelFolder(path);
    if (folder.role !== 'decoder') return refusal(provider, 'only decoders run on accelerators');
    return await testOnDevice(folder, provider, threads, await vulkanAdapters());
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return refusal(provider, error.message);
  }
}

const refusal = (provider: ProviderName, reason: string): ProviderVerdict => ({
  provider,
  adapter: '',
  software: false,
  maxRows: 0,
  error: null,
  reason,
});
