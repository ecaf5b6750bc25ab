import { fork, type ChildProcess } from 'node:child_process';
import { parse } from './parse';
import { engineMessage, protocolVersion, type EngineMessage, type HostMessage } from './protocol';
import { EngineError } from './errors';

/** What the client hears of one engine process. Nothing is called after `onEnd`. */
export interface ChildEvents {
  /** The process has said that it understands this protocol. */
  onReady(pid: number): void;
  onMessage(message: Exclude<EngineMessage, { kind: 'ready' }>): void;
  /** A message that does not fit and was dropped; the sentence says why. */
  onRefused(sentence: string): void;
  /** The process is gone. `fatal`: starting the same file again cannot help. */
  onEnd(end: { reason: string; fatal: boolean }): void;
}

export interface ChildOptions {
  /** Absolute path of the engine's bundle. */
  modulePath: string;
  /** Command line arguments of the engine. */
  args: readonly string[];
  /** Time for the process to say `ready`, milliseconds. */
  readyTimeoutMs: number;
}

/** How much of the end of stderr is kept, UTF-16 units; it holds the reason of a crash. */
const stderrTailLength = 2_000;

/** One engine process: started by the constructor, spoken to in validated messages, ended by `kill`. */
export class EngineChild {
  readonly #process: ChildProcess;
  readonly #events: ChildEvents;
  readonly #readyTimer: NodeJS.Timeout;
  #stderrTail = '';
  #killReason: string | undefined;
  #fatal = false;
  #ready = false;
  #ended = false;

  constructor(options: ChildOptions, events: ChildEvents) {
    this.#events = events;
    this.#process = fork(options.modulePath, options.args, {
      // The host's own Node. No argument of its is inherited: `--inspect` would open a port.
      execPath: process.execPath,
      execArgv: [],
      env: engineEnvironment(process.env, 'electron' in process.versions),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#readyTimer = setTimeout(
      () => this.kill(`no sign of life within ${options.readyTimeoutMs / 1000} s`),
      options.readyTimeoutMs,
    );
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-stderrTailLength);
    });
    this.#process.on('message', (raw: unknown) => this.#receive(raw));
    this.#process.on('error', (error) => this.#end(error.message));
    // Not `exit`: messages sent just before the end may still be in the channel then.
    this.#process.on('close', (code, signal) => this.#end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Sends a message. One that cannot be delivered is lost; the process is gone then and `onEnd` is about to say so. */
  send(message: HostMessage): void {
    if (this.#ended || !this.#process.connected) return;
    this.#process.send(message, () => undefined);
  }

  /** Ends the process at once, whatever it is doing. The reason is handed to `onEnd`. */
  kill(reason: string): void {
    this.#killReason ??= reason;
    this.#process.kill('SIGKILL');
  }

  #receive(raw: unknown): void {
    if (this.#ended) return;
    let message: EngineMessage;
    try {
      message = parse(engineMessage, raw, 'A message of the engine process');
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#events.onRefused(error.message);
      return;
    }
    if (message.kind === 'ready') this.#greet(message);
    else if (this.#ready) this.#events.onMessage(message);
    else this.#events.onRefused('The engine process spoke before it was ready.');
  }

  #greet(message: { protocol: number; pid: number }): void {
    if (message.protocol !== protocolVersion) {
      this.#fatal = true;
      this.kill(`protocol version ${message.protocol} where version ${protocolVersion} is needed; reinstall Glassbox`);
    } else if (!this.#ready) {
      this.#ready = true;
      clearTimeout(this.#readyTimer);
      this.#events.onReady(message.pid);
    }
  }

  #end(how: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#readyTimer);
    const lastWords = lastLine(this.#stderrTail);
    this.#events.onEnd({
      reason: this.#killReason ?? (lastWords === '' ? how : `${how}: ${lastWords}`),
      fatal: this.#fatal,
    });
  }
}

/**
 * The environment of the engine process: the host's own, less what would make Node open an inspector port or load
 * other people's code, plus what makes Electron behave as plain Node.
 */
export function engineEnvironment(host: NodeJS.ProcessEnv, isElectron: boolean): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, VSCODE_INSPECTOR_OPTIONS, ...environment } = host;
  return isElectron ? { ...environment, ELECTRON_RUN_AS_NODE: '1' } : environment;
}

/**
 * The last line that says something, without its full stop: for an uncaught error of Node that is neither its stack
 * nor its version.
 */
export function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const error = lines.findLast((line) => /^(?:Uncaught )?\w*(?:Error|Exception)\b/.test(line));
  const last = error ?? lines.findLast((line) => !line.startsWith('at ') && !line.startsWith('Node.js v')) ?? '';
  return last.replace(/\.$/, '');
}
