/**
 * Finds and loads the ONNX Runtime library that the npm binding ships, through koffi; used by the native `backend.ts`.
 * Another library version than the package's is refused.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chooseAttentionKernel } from '../attentionKernel';
import { NativeApi, NativeError } from './api';

/** The library's file on each platform: the one that the binding itself is linked to. */
const libraryName = /^(libonnxruntime\.so\.1|libonnxruntime\.1\.dylib|onnxruntime\.dll)$/;

/**
 * Calls run on stacks that koffi allocates. Its own default for calls on other threads is an eighth of a megabyte;
 * loading a model recurses through the whole graph.
 */
const stackBytes = 8 * 2 ** 20;

/**
 * Loads the C API of the ONNX Runtime that belongs to the npm binding.
 *
 * @throws {Error} where koffi or the library is missing, or the library is of another version than the package
 */
export async function loadLibrary(): Promise<NativeApi> {
  chooseAttentionKernel();
  const { default: koffi } = await import('koffi');
  // Once a library is loaded, koffi rejects settings, even those in force: another copy of this code may have set them.
  if (koffi.config().async_stack_size !== stackBytes) {
    koffi.config({ sync_stack_size: stackBytes, async_stack_size: stackBytes, resident_async_pools: 1 });
  }
  const root = dirname(dirname(require.resolve('onnxruntime-node')));
  const folder = join(root, 'bin/napi-v6', process.platform, process.arch);
  const file = readdirSync(folder).find((name) => libraryName.test(name));
  if (file === undefined) throw new NativeError(`there is no ONNX Runtime in ${folder}`);

  const api = new NativeApi(koffi, koffi.load(join(folder, file)));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  if (api.version !== version) throw new NativeError(`the library has version ${api.version} instead of ${version}`);
  return api;
}
