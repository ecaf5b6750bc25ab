/**
 * Lists the machine's Vulkan adapters by loading their drivers; used by `probe.ts` and `deviceTest.ts`. A driver may
 * crash the process, so only the probe's child process calls it.
 */
import { nativeBackend } from '../native/backend';

/** A graphics adapter as its driver describes it. */
export interface VulkanAdapter {
  readonly name: string;
  /** A processor that pretends to be one. */
  readonly software: boolean;
}

/** `VkStructureType` of VkInstanceCreateInfo, and `VkPhysicalDeviceType` of software. */
const instanceCreateInfo = 1;
const softwareType = 4;
/** Sizes and places in C structures, 64 bit: VkInstanceCreateInfo, and VkPhysicalDeviceProperties with room to spare. */
const createInfoBytes = 64;
const propertiesBytes = 4096;
const typeOffset = 16;
const nameOffset = 20;
const nameBytes = 256;
const maxAdapters = 16;

/**
 * Asks Vulkan for the adapters of this machine, the first of which WebGPU prefers. Loads the drivers: to be called
 * where a process that ends does no harm.
 *
 * @returns nothing where there is no Vulkan
 */
export async function vulkanAdapters(): Promise<VulkanAdapter[]> {
  // That sets koffi up, which has to happen before it loads anything.
  await nativeBackend();
  const { default: koffi } = await import('koffi');
  let library;
  try {
    library = koffi.load(process.platform === 'win32' ? 'vulkan-1.dll' : 'libvulkan.so.1');
  } catch {
    return [];
  }
  const createInstance = library.func('vkCreateInstance', 'int', ['void *', 'void *', 'void *']) as (
    info: Buffer,
    allocator: null,
    made: BigUint64Array,
  ) => number;
  const enumerate = library.func('vkEnumeratePhysicalDevices', 'int', ['void *', 'void *', 'void *']) as (
    instance: bigint,
    count: Uint32Array,
    devices: BigUint64Array,
  ) => number;
  const describe = library.func('vkGetPhysicalDeviceProperties', 'void', ['void *', 'void *']) as (
    device: bigint,
    properties: Buffer,
  ) => void;
  const destroy = library.func('vkDestroyInstance', 'void', ['void *', 'void *']) as (
    instance: bigint,
    allocator: null,
  ) => void;

  const info = Buffer.alloc(createInfoBytes);
  info.writeUInt32LE(instanceCreateInfo, 0);
  const instance = new BigUint64Array(1);
  if (createInstance(info, null, instance) !== 0) return [];
  const handle = instance[0] ?? 0n;
  const count = Uint32Array.of(maxAdapters);
  const devices = new BigUint64Array(maxAdapters);
  const failed = enumerate(handle, count, devices) < 0;
  const found = failed
    ? []
    : Array.from(devices.subarray(0, count[0]), (device) => {
        const properties = Buffer.alloc(propertiesBytes);
        describe(device, properties);
        return read(properties);
      });
  destroy(handle, null);
  return found;
}

function read(properties: Buffer): VulkanAdapter {
  const name = properties.subarray(nameOffset, nameOffset + nameBytes);
  return {
    name: name.toString('utf8', 0, Math.max(0, name.indexOf(0))),
    software: properties.readUInt32LE(typeOffset) === softwareType,
  };
}
