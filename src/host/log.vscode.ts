/**
 * The extension's log channel in VS Code's Output view. Created by `extension.ts` and used everywhere through the
 * services; every logged value passes the secrets filter.
 */
import { inspect } from 'node:util';
import * as vscode from 'vscode';
import { RecentProblems } from './diagnosis/problems';
import { withoutSecrets } from '../common/secrets/withoutSecrets';

/** What the rest of the extension needs of a log; `vscode.LogOutputChannel` is one. */
export type Log = Pick<vscode.LogOutputChannel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>;

/** The extension's one log, in the Output view under its name. What is logged holds no secrets: an error may name a value. */
export function createLog(): Log & {
  readonly problems: RecentProblems;
  show(): void;
  dispose(): void;
} {
  const channel = vscode.window.createOutputChannel('Glassbox', { log: true });
  const problems = new RecentProblems();
  let isClosed = false;
  const at =
    (level: keyof Log) =>
    (message: unknown, ...more: unknown[]): void => {
      if (level === 'warn' || level === 'error') problems.add(level, [message, ...more].map(shown).join(' '));
      // A closed channel throws, and a process that ends may have a last word.
      if (!isClosed) channel[level](shown(message), ...more.map(shown));
    };
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    problems,
    show: () => channel.show(),
    dispose: () => {
      isClosed = true;
      channel.dispose();
    },
  };
}

const shown = (value: unknown): string => withoutSecrets(typeof value === 'string' ? value : inspect(value), '');
