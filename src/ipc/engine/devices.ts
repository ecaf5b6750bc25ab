/**
 * Names of devices and execution providers, and the parsing of the user's choice; used by the engine to choose a
 * device and by `arguments.ts` of the command line.
 */
import * as v from 'valibot';

/** What a graph can run on beside the processor, by the names that the npm binding gives them. */
export const providerNames = ['webgpu', 'dml', 'coreml', 'cuda'] as const;
export type ProviderName = (typeof providerNames)[number];

/**
 * What the user wants models to run on: what is best, the processor, or providers to be tried in this order, with the
 * processor behind the last one.
 */
export type Device = 'auto' | 'cpu' | readonly ProviderName[];

/** What a machine has to run models on beside its processor. */
export const devicesReport = v.strictObject({
  /** Whether any graphics hardware was found. */
  anyPresent: v.boolean(),
  /** Providers that this build can use on this system, by name. */
  supported: v.array(v.string()),
  /** Those that were considered, each with the name of its driver, and why it is not used, as the end of a sentence. */
  tried: v.array(v.strictObject({ provider: v.string(), adapter: v.string(), refused: v.optional(v.string()) })),
});
export type DevicesReport = v.InferOutput<typeof devicesReport>;

/** What the binding says of a provider. */
export interface SupportedProvider {
  readonly name: string;
  /** Whether its parts come with the package. */
  readonly bundled: boolean;
}

/** How the C API calls a provider, and its memory where it has some. */
export const nativeProviders = {
  webgpu: { name: 'WebGPU', memory: 'WebGPU_Buf' },
  dml: { name: 'DML', memory: 'DML' },
  // Works on the memory of the processor.
  coreml: { name: 'CoreML' },
  cuda: { name: 'CUDA', memory: 'Cuda' },
} as const;

/**
 * The providers to be tried, one at a time and the best first: sessions that are given a list throw where one of them
 * is missing, and ignore names they do not know.
 *
 * CUDA is tried where it is named only: its libraries have a gigabyte, and the user installs them.
 *
 * @param supported what the binding lists for this machine
 */
export function ladder(device: Device, supported: readonly SupportedProvider[]): ProviderName[] {
  if (device === 'cpu') return [];
  const listed = (name: ProviderName) => supported.find((one) => one.name === name);
  if (device === 'auto') return providerNames.filter((name) => listed(name)?.bundled === true);
  return device.filter((name) => listed(name) !== undefined);
}

/**
 * Reads what a person wrote: `auto`, `cpu`, or names of providers with commas between them.
 *
 * @returns `unknown`: the names that are no provider's
 */
export function parseDevice(text: string): { device: Device; unknown: string[] } {
  const names = text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const known = names.filter((name): name is ProviderName => (providerNames as readonly string[]).includes(name));
  const unknown = names.filter((name) => !['auto', 'cpu', ...providerNames].includes(name));
  if (known.length > 0) return { device: [...new Set(known)], unknown };
  return { device: names.includes('cpu') ? 'cpu' : 'auto', unknown };
}
