import { join } from 'node:path';
import { EngineClient } from '../../src/ipc/engine/client';
import type { EngineClientOptions } from '../../src/ipc/engine/client';
import type { CompleteParams } from '../../src/ipc/engine/protocol';
import { root } from './paths';

export const engineModule = join(root, 'dist/engine.js');
export const embeddedModel = join(root, 'models/decoder');

/** A client of the engine as it is built, and what it logged, `level: message` each. @param options see `EngineClientOptions` */
export function startEngine(
  options: Partial<Pick<EngineClientOptions, 'background' | 'cache' | 'unloadAfterMinutes'>> = {},
): {
  client: EngineClient;
  lines: string[];
} {
  const lines: string[] = [];
  const client = new EngineClient({
    modulePath: engineModule,
    threads: () => 2,
    ...options,
    log: (level, message) => lines.push(`${level}: ${message}`),
  });
  return { client, lines };
}

/** What a completion is asked with, where only some of it matters. */
export function completeParams(more: Partial<CompleteParams> = {}): CompleteParams {
  return {
    model: embeddedModel,
    path: 'src/area.ts',
    context: [],
    prefix: 'export function area(width: number, height: number): number {\n  return ',
    suffix: '\n}\n',
    mode: 'line',
    maxTokens: 16,
    ...more,
  };
}

/** Has a decoder write four tokens behind a text, and looks into how it reads that text. @returns what it wrote, and how many sequences were looked into */
export async function writeAndLookInto(
  client: EngineClient,
  model: string,
  prefix: string,
): Promise<{ text: string; sequences: number }> {
  const asked = completeParams({ model, prefix, suffix: '', maxTokens: 4 });
  const { text } = await client.request('complete', asked, { priority: 'completion' });
  const subject = { kind: 'text', text: prefix } as const;
  const { sequences } = await client.request('capture', { model, subject }, { priority: 'inspect' });
  return { text, sequences: sequences.length };
}

/** Waits until a condition holds; the test's own time limit bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
