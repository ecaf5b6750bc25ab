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
 * Memory for vectors; it holds what it held before, if anything. That of WebAssembly never shrinks, and what nobody has any
 * more goes with the garbage, whenever that is collected: as long as it has not gone, it is taken again.
 */
export function takeMemory(): WasmMemory {
  let memory: WasmMemory | undefined;
  while (memory === undefined && given.length > 0) memory = given.pop()?.deref();
  return (
    memory ?? new webAssembly.Memory({ initial: memoryBytes / page, maximum: memoryBytes / page, shared: canShare })
  );
}

/** Nobody uses the memory any more. */
export function giveBack(memory: WasmMemory): void {
  given.push(new WeakRef(memory));
}
