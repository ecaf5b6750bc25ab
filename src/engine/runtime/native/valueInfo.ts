/**
 * Reads names, types and shapes of a native session's inputs and outputs; used by the native `session.ts`. Values that
 * are not tensors are left out.
 */
import type { ValueInfo } from '../tensors';
import type { Address, NativeApi } from './api';
import { typeOf } from './elementTypes';

/** The tensors that a session takes or gives, in the graph's order. Values of other kinds are left out. */
export function readValues(api: NativeApi, session: Address, side: 'Input' | 'Output'): Map<string, ValueInfo> {
  const allocator = api.make('GetAllocatorWithDefaultOptions');
  const count = Number(api.make(`SessionGet${side}Count`, session));
  const values = new Map<string, ValueInfo>();
  for (let index = 0; index < count; index++) {
    const text = api.make(`SessionGet${side}Name`, session, index, allocator);
    const name = api.text(text);
    api.call('AllocatorFree', allocator, text);
    const info = api.make(`SessionGet${side}TypeInfo`, session, index);
    const value = readTensorInfo(api, info, name);
    api.release('ReleaseTypeInfo', info);
    if (value) values.set(name, value);
  }
  return values;
}

function readTensorInfo(api: NativeApi, info: Address, name: string): ValueInfo | undefined {
  const tensor = api.make('CastTypeInfoToTensorInfo', info);
  if (tensor === 0n) return undefined;
  const code = new Int32Array(1);
  api.call('GetTensorElementType', tensor, code);
  const type = typeOf(code[0] as number);
  if (type === undefined) return undefined;

  const rank = Number(api.make('GetDimensionsCount', tensor));
  const sizes = new BigInt64Array(rank);
  const names = new BigUint64Array(rank);
  if (rank > 0) {
    api.call('GetDimensions', tensor, sizes, rank);
    api.call('GetSymbolicDimensions', tensor, names, rank);
  }
  // A size of −1 varies.
  const shape = Array.from(sizes, (size, axis) => (size >= 0n ? Number(size) : api.text(names[axis] as Address)));
  return { name, type, shape };
}
