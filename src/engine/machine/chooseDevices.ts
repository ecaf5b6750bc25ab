/**
 * Builds the engine process's choice of accelerators from its command line, the machine's adapters and earlier
 * verdicts; used by `serve.ts`.
 */
import { Devices } from './devices';
import { probe } from './probe';
import { findAdapters } from '../runtime/providers/adapters';
import { parseDevice, providerNames } from '../../ipc/engine/devices';
import { supportedProviders } from '../runtime/providers/supported';
import { VerdictFile } from '../runtime/providers/verdictFile';
import { runtimeVersion } from '../runtime/version';

/** The engine process' arguments about accelerators, as they stand on its command line. */
export interface PlaceArguments {
  readonly device: string;
  readonly cache: string | undefined;
  /** A provider that ran models in the engine process before this one, which died. */
  readonly lost: string | undefined;
}

export interface PlaceEvents {
  /** A provider runs models now, or none does. */
  readonly onProvider: (name: string | undefined) => void;
  /** See `Devices`. */
  readonly onBetter: (path: string) => void;
  readonly log: (sentence: string) => void;
}

/** Milliseconds that a background test of a provider waits, so that the first requests are served before it. */
const patienceMs = 5_000;

/** The choice of accelerators for this process and this machine. */
export function chooseDevices(
  args: PlaceArguments,
  threads: number,
  events: PlaceEvents,
): Pick<Devices, 'choose' | 'failed' | 'failure' | 'report'> {
  const { device, unknown } = parseDevice(args.device);
  if (unknown.length > 0)
    events.log(`There is no execution provider ${unknown.join(', ')}; known are ${providerNames.join(', ')}.`);
  const devices = new Devices({
    device,
    adapters: findAdapters(),
    runtime: runtimeVersion(),
    verdicts: new VerdictFile(args.cache),
    supported: supportedProviders,
    probe: async (path, provider) => {
      const background = device === 'auto';
      if (background) await new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
      return probe(__filename, path, provider, threads, background);
    },
    onBetter: events.onBetter,
    log: events.log,
  });
  const lost = providerNames.find((name) => name === args.lost);
  if (lost !== undefined) devices.failed(lost, 'the engine ended while it was used');
  return {
    get failure() {
      return devices.failure;
    },
    report: () => devices.report(),
    choose: async (folder) => {
      const chosen = await devices.choose(folder);
      if (chosen) events.onProvider(chosen.provider);
      return chosen;
    },
    failed: (provider, reason) => {
      events.onProvider(undefined);
      devices.failed(provider, reason);
    },
  };
}
