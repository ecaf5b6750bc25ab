/**
 * Starts one child process and checks its greeting and its messages, until it ends; used by the supervisor and the
 * packing queue. Does not restart it.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type * as v from 'valibot';
import { awakeTimeout } from './awakeTimeout';
import { check } from './check';
import { hangMark } from './watch';

/** The first message of every process: which protocol it speaks. */
export interface Greeting {
  readonly kind: 'ready';
  readonly protocol: number;
  readonly pid: number;
}

/** How a process has ended. */
export interface ChildEnd {
  readonly reason: string;
  /** Starting the same file again cannot help. */
  readonly fatal: boolean;
  /** Whether it was ended on purpose or because it hung, or died of what it did. */
  readonly ended: 'killed' | 'hung' | 'died';
}

/** What one process reports. Nothing is called after `onEnd`. */
export interface ChildEvents<Message> {
  /** The process has sent `ready`: it understands this protocol. */
  onReady(pid: number): void;
  onMessage(message: Message): void;
  /** A message that does not fit and was dropped; the sentence says why. */
  onRefused(sentence: string): void;
  /** The process is gone. */
  onEnd(end: ChildEnd): void;
}

export interface ChildOptions<Message> {
  /** How sentences call it: `engine`. */
  name: string;
  /** Absolute path of its bundle. */
  modulePath: string;
  args: readonly string[];
  /** Arguments of Node itself. */
  nodeArgs?: readonly string[];
  /** Variables of its environment beside those of the host. */
  environment?: Readonly<Record<string, string>>;
  /** Time for the process to say `ready`, milliseconds. */
  readyTimeoutMs: number;
  protocolVersion: number;
  /** Of everything that it says. */
  schema: v.GenericSchema<unknown, Message | Greeting>;
}

/** How much of the end of stderr is kept, UTF-16 units; it holds the reason of a crash. */
const stderrTailLength = 2_000;

/** One process of ours: started by the constructor, spoken to in validated messages, ended by `kill`. */
export class Child<Message extends { readonly kind: string }, Sent extends object> {
  readonly #options: ChildOptions<Message>;
  readonly #process: ChildProcess;
  readonly #events: ChildEvents<Message>;
  readonly #stopWaiting: () => void;
  #stderrTail = '';
  #killReason: string | undefined;
  #fatal = false;
  #ready = false;
  #ended = false;

  constructor(options: ChildOptions<Message>, events: ChildEvents<Message>) {
    this.#options = options;
    this.#events = events;
    this.#process = fork(options.modulePath, options.args, {
      // The host's own Node. No argument of its is inherited: `--inspect` would open a port.
      execPath: process.execPath,
      execArgv: [...(options.nodeArgs ?? [])],
      env: { ...childEnvironment(process.env, 'electron' in process.versions), ...options.environment },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#stopWaiting = awakeTimeout(options.readyTimeoutMs, () =>
      this.kill(`no sign of life within ${options.readyTimeoutMs / 1000} s`),
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
  send(message: Sent): void {
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
    const { name, schema } = this.#options;
    const checked = check(schema, raw, `A message of the ${name} process`);
    if ('problem' in checked) this.#events.onRefused(checked.problem);
    else if (isGreeting(checked.value)) this.#greet(checked.value);
    else if (this.#ready) this.#events.onMessage(checked.value);
    else this.#events.onRefused(`The ${name} process spoke before it was ready.`);
  }

  #greet({ protocol, pid }: Greeting): void {
    const wanted = this.#options.protocolVersion;
    if (protocol !== wanted) {
      this.#fatal = true;
      this.kill(`protocol version ${protocol} where version ${wanted} is needed; reinstall Glassbox`);
    } else if (!this.#ready) {
      this.#ready = true;
      this.#stopWaiting();
      this.#events.onReady(pid);
    }
  }

  #end(how: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopWaiting();
    this.#events.onEnd({ ...this.#whyEnded(how), fatal: this.#fatal });
  }

  #whyEnded(how: string): Pick<ChildEnd, 'reason' | 'ended'> {
    if (this.#killReason !== undefined) return { reason: this.#killReason, ended: 'killed' };
    const hang = this.#stderrTail.split('\n').find((line) => line.startsWith(hangMark));
    if (hang !== undefined) return { reason: hang.slice(hangMark.length), ended: 'hung' };
    const lastWords = lastLine(this.#stderrTail);
    return { reason: lastWords === '' ? how : `${how}: ${lastWords}`, ended: 'died' };
  }
}

function isGreeting(message: { readonly kind: string }): message is Greeting {
  return message.kind === 'ready';
}

/**
 * The environment of our processes: the host's own, less what would make Node open an inspector port or load other
 * people's code, plus what makes Electron behave as plain Node.
 */
export function childEnvironment(host: NodeJS.ProcessEnv, isElectron: boolean): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, VSCODE_INSPECTOR_OPTIONS, ...environment } = host;
  return isElectron ? { ...environment, ELECTRON_RUN_AS_NODE: '1' } : environment;
}

/**
 * The last line that says something, without its full stop: for an uncaught error of Node that is neither its stack
 * nor its version.
 */
export function lastLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const error = lines.findLast((line) => /^(?:Uncaught )?\w*(?:Error|Exception)\b/.test(line));
  const last = error ?? lines.findLast((line) => !line.startsWith('at ') && !line.startsWith('Node.js v')) ?? '';
  return last.replace(/\.$/, '');
}
