/**
 * Reuses WebAssembly memories of one fixed size for vectors; used by `shelf.ts`. A reused memory still holds its old
 * content.
 */
import { canShare, webAssembly } from './webassembly';
import type { WasmMemory } from './webassembly';

const page = 1 << 16;

/** Bytes of each memory: for vectors of any width the same, so that what one model gives back, another one takes. */
export const memoryBytes = 96 * page;

const given: WeakRef<WasmMemory>[] = [];

/**
 * Memory for vectors; it holds what it held before, if anything. A WebAssembly memory never shrinks. One that was given
 * back is freed by the garbage collector at some time; until then, it is taken again.
 */
export function takeMemory(): WasmMemory {
  let memory: WasmMemory | undefined;
  while (memory === undefined && given.length > 0) memory = given.pop()?.deref();
  return (
    memory ?? new webAssembly.Memory({ initial: memoryBytes / page, maximum: memoryBytes / page, shared: canShare })
  );
}

/** Lets the memory be taken again. The caller must not use it any more. */
export function giveBack(memory: WasmMemory): void {
  given.push(new WeakRef(memory));
}
