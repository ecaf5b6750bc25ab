/**
 * Chooses for each decoder the first accelerator judged right for it, and in automatic mode faster than the processor;
 * used through `chooseDevices.ts` by `placeDecoder.ts`. Untested ones are probed in a process of their own.
 */
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { modelIdentity } from '../../modelFolder/layouts/identity';
import type { ExecutionTarget } from '../decoder/onDevice';
import type { Adapters } from '../runtime/providers/adapters';
import { ladder } from '../../ipc/engine/devices';
import type { Device, DevicesReport, ProviderName, SupportedProvider } from '../../ipc/engine/devices';
import { isBetter, isRight, whyNot } from '../runtime/providers/verdict';
import type { ProviderVerdict } from '../runtime/providers/verdict';
import type { VerdictKey, VerdictFile } from '../runtime/providers/verdictFile';
import { errorMessage } from '../../common/errorMessage';

export interface DevicesOptions {
  readonly device: Device;
  readonly adapters: Adapters;
  /** Of ONNX Runtime. */
  readonly runtime: string;
  readonly verdicts: Pick<VerdictFile, 'get' | 'put' | 'revoke'>;
  supported(): Promise<readonly SupportedProvider[]>;
  /** Tests a model folder on a provider, in a process of its own. Never rejects. */
  probe(path: string, provider: ProviderName): Promise<ProviderVerdict>;
  /** Called when a model that runs on the processor should be opened again. */
  onBetter(path: string): void;
  log(sentence: string): void;
}

/** Where models run. */
export interface Chosen extends ExecutionTarget {
  readonly maxRows: number;
  readonly adapter: string;
}

/**
 * Chooses where each model runs: on the first provider of the ladder that was found right for that very model and,
 * where the choice is ours, faster than the processor. What is not known yet is tested: at once where the user has
 * named the provider, else behind the scenes while the processor serves.
 */
export class Devices {
  readonly #testing = new Set<string>();
  /** Not used again by this process. */
  readonly #failed = new Set<ProviderName>();
  #failure: string | undefined;
  /** What was found of each provider the last time it was considered. */
  readonly #tried = new Map<ProviderName, DevicesReport['tried'][number]>();

  constructor(private readonly options: DevicesOptions) {}

  /** Why what ran models, or was to, does so no longer: the last time, one sentence. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** What there is, what was tried, and why it is not used. */
  async report(): Promise<DevicesReport> {
    const supported = await this.options.supported();
    return {
      anyPresent: this.options.adapters.present,
      supported: supported.filter(({ bundled }) => bundled).map(({ name }) => name),
      tried: [...this.#tried.values()],
    };
  }

  /** @returns `undefined` for the processor */
  async choose(folder: DecoderFolder): Promise<Chosen | undefined> {
    const { options } = this;
    const { device, adapters } = options;
    if (device === 'cpu' || (device === 'auto' && !adapters.present)) return undefined;
    const rungs = ladder(device, await options.supported()).filter((name) => !this.#failed.has(name));
    if (rungs.length === 0 && device !== 'auto') {
      this.#failure ??= `${device.join(', ')} cannot be used on this machine, so ${folder.name} runs on the processor.`;
      options.log(this.#failure);
    }
    for (const provider of rungs) {
      const subject = this.#subject(folder, provider);
      const known = options.verdicts.get(subject);
      if (device === 'auto') {
        if (known) this.#note(known, whyNot(known));
        if (known && isBetter(known)) return chosen(known);
        if (!known) void this.#testAside(folder, rungs);
        continue;
      }
      const verdict = known ?? (await this.#test(folder, subject));
      this.#note(verdict, isRight(verdict) ? undefined : whyNot(verdict));
      if (isRight(verdict)) return chosen(verdict);
      this.#failure = `${folder.name} does not run on ${describe(verdict)}: ${whyNot(verdict) ?? ''}.`;
      options.log(this.#failure);
    }
    return undefined;
  }

  /** A provider that was found right has failed; it is not used again until something about it changes. */
  failed(provider: ProviderName, reason: string): void {
    const { options } = this;
    this.#failed.add(provider);
    this.#note({ adapter: '', ...this.#tried.get(provider), provider }, reason);
    this.#failure = `Models run on the processor from here on, since ${provider} failed: ${reason}`;
    options.log(this.#failure);
    this.#remember(() => options.verdicts.revoke({ provider, adapters: options.adapters.key }, reason));
  }

  /** One model at a time, and each once. */
  async #testAside(folder: DecoderFolder, rungs: readonly ProviderName[]): Promise<void> {
    if (this.#testing.has(folder.path)) return;
    this.#testing.add(folder.path);
    for (const provider of rungs) {
      const subject = this.#subject(folder, provider);
      const verdict = this.options.verdicts.get(subject) ?? (await this.#test(folder, subject));
      const reason = whyNot(verdict);
      this.#note(verdict, reason);
      this.options.log(
        `${folder.name} ${reason === undefined ? 'runs' : 'does not run'} on ${describe(verdict)}${reason === undefined ? '' : `: ${reason}`}.`,
      );
      if (reason !== undefined) continue;
      this.options.onBetter(folder.path);
      return;
    }
  }

  async #test(folder: DecoderFolder, subject: VerdictKey): Promise<ProviderVerdict> {
    const verdict = await this.options.probe(folder.path, subject.provider);
    this.#remember(() => this.options.verdicts.put(subject, verdict));
    return verdict;
  }

  #note({ provider, adapter }: Pick<ProviderVerdict, 'provider' | 'adapter'>, refused: string | undefined): void {
    this.#tried.set(provider, { provider, adapter, ...(refused !== undefined && { refused }) });
  }

  #subject(folder: DecoderFolder, provider: ProviderName): VerdictKey {
    const { adapters, runtime } = this.options;
    return { provider, adapters: adapters.key, runtime, model: modelIdentity(folder.graph) };
  }

  /** What cannot be written is found out again the next time. */
  #remember(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.options.log(`The verdict on an accelerator could not be kept: ${errorMessage(error)}`);
    }
  }
}

const chosen = ({ provider, maxRows, adapter }: ProviderVerdict): Chosen => ({ provider, maxRows, adapter });

const describe = ({ provider, adapter }: ProviderVerdict): string =>
  adapter === '' ? provider : `${adapter} (${provider})`;
