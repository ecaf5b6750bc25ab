/**
 * The inner loop of dense search, twice with equal results: WebAssembly SIMD, and plain JavaScript where that is
 * missing. A module this small is written by hand below, instruction by instruction, and needs no tool to be built.
 */

import { canShare, webAssembly } from './webassembly';
import type { WasmMemory } from './webassembly';

/** That memory can have; one that is shared has to be limited. */
const maxPages = 1 << 16;

/** Bytes that a row is padded to. */
export const lane = 16;

/** Computes on the bytes of one memory. All places are byte offsets; rows and the query hold -127 … 127. */
export interface Kernel {
  /** The dot product of two rows. */
  dot(a: number, b: number): number;
  /** For each of `count` rows that lie one behind the other: its dot product with the query × its factor, a 32-bit float. */
  scan(rows: number, query: number, count: number, factors: number, out: number): void;
}

export interface MakeKernel {
  (memory: WasmMemory): Kernel;
  /** The module that it is an instance of, for other threads to make another one. */
  readonly module?: object;
}

const i32 = 0x7f;
const v128 = 0x7b;
const simd = 0xfd;
const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  branch: (depth: number) => [0x0c, depth],
  branchIf: (depth: number) => [0x0d, depth],
  call: (index: number) => [0x10, index],
  get: (local: number) => [0x20, local],
  set: (local: number) => [0x21, local],
  tee: (local: number) => [0x22, local],
  f32Load: [0x2a, 2, 0],
  f32Store: [0x38, 2, 0],
  i32Const: (value: number) => [0x41, ...signed(value)],
  i32Eqz: [0x45],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  f32Mul: [0x94],
  f32ConvertI32: [0xb2],
  v128Load: (offset: number) => [simd, 0, 4, ...unsigned(offset)],
  i32x4Lane: (index: number) => [simd, 0x1b, index],
  i16x8Add: [simd, 0x8e, 1],
  i16x8MulLowI8x16: [simd, 0x9c, 1],
  i16x8MulHighI8x16: [simd, 0x9d, 1],
  i32x4AddPairsI16x8: [simd, 0x7e],
  i32x4Add: [simd, 0xae, 1],
} as const;

type Code = readonly (readonly number[])[];

/**
 * The sum over a row, written out for its width: no counter, no pointer, every place a constant. Two products of
 * 127 × 127 are just within 16 bits, so that pairs add up without loss.
 */
function dotCode(width: number): Code {
  const [a, b, sum, left, right] = [0, 1, 2, 3, 4];
  const parts = Array.from({ length: width / lane }, (_, part) => [
    op.get(a), op.v128Load(part * lane), op.tee(left), op.get(b), op.v128Load(part * lane), op.tee(right), op.i16x8MulLowI8x16,
    op.get(left), op.get(right), op.i16x8MulHighI8x16, op.i16x8Add, op.i32x4AddPairsI16x8,
    ...(part === 0 ? [] : [op.get(sum), op.i32x4Add]), op.set(sum),
  ]); // prettier-ignore
  return [
    ...parts.flat(),
    op.get(sum), op.i32x4Lane(0), op.get(sum), op.i32x4Lane(1), op.i32Add,
    op.get(sum), op.i32x4Lane(2), op.i32Add, op.get(sum), op.i32x4Lane(3), op.i32Add,
  ]; // prettier-ignore
}

function scanCode(width: number): Code {
  const [rows, query, count, factors, out] = [0, 1, 2, 3, 4];
  return [
    op.block, op.loop,
    op.get(count), op.i32Eqz, op.branchIf(1),
    op.get(out),
    op.get(rows), op.get(query), op.call(0), op.f32ConvertI32, op.get(factors), op.f32Load, op.f32Mul,
    op.f32Store,
    ...step(rows, width), ...step(factors, 4), ...step(out, 4), op.get(count), op.i32Const(1), op.i32Sub, op.set(count),
    op.branch(0), op.end, op.end,
  ]; // prettier-ignore
}

function step(local: number, by: number): Code {
  return [op.get(local), op.i32Const(by), op.i32Add, op.set(local)];
}

/**
 * The module as bytes: types, an imported memory, two functions, their names and their code.
 *
 * @param width bytes of a row, a multiple of `lane` @param shared whether the memory is
 */
export function moduleBytes(width: number, shared: boolean): Uint8Array<ArrayBuffer> {
  const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
  const section = (id: number, ...items: number[][]): number[] => [id, ...sized([items.length, ...items.flat()])];
  const body = (locals: readonly number[], code: Code): number[] => sized([...locals, ...code.flat(), ...op.end]);
  return Uint8Array.from([
    ...Buffer.from('\0asm'), 1, 0, 0, 0,
    ...section(1, [0x60, 2, i32, i32, 1, i32], [0x60, 5, i32, i32, i32, i32, i32, 0]),
    ...section(2, [...name('host'), ...name('memory'), 2, ...(shared ? [3, 1, ...unsigned(maxPages)] : [0, 1])]),
    ...section(3, [0], [1]),
    ...section(7, [...name('dot'), 0, 0], [...name('scan'), 0, 1]),
    ...section(10, body([1, 3, v128], dotCode(width)), body([0], scanCode(width))),
  ]); // prettier-ignore
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

/** Groups of seven bits, lowest first. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...unsigned(value >> 7)];
}

function signed(value: number): number[] {
  return value < 64 ? [value] : [(value % 128) + 128, ...signed(value >> 7)];
}

/** @returns undefined where the processor or the engine has no SIMD */
export function simdKernel(width: number): MakeKernel | undefined {
  let module: object;
  try {
    module = new webAssembly.Module(moduleBytes(width, canShare));
  } catch {
    return undefined;
  }
  return Object.assign(
    (memory: WasmMemory) => new webAssembly.Instance(module, { host: { memory } }).exports as Kernel,
    {
      module,
    },
  );
}

export function plainKernel(width: number): MakeKernel {
  const dot = (bytes: Int8Array, a: number, b: number): number => {
    let sum = 0;
    for (let index = 0; index < width; index++) sum += (bytes[a + index] as number) * (bytes[b + index] as number);
    return sum;
  };
  return (memory) => ({
    dot: (a, b) => dot(new Int8Array(memory.buffer), a, b),
    scan: (rows, query, count, factors, out) => {
      const bytes = new Int8Array(memory.buffer);
      const floats = new Float32Array(memory.buffer);
      for (let row = 0; row < count; row++) {
        floats[out / 4 + row] =
          Math.fround(dot(bytes, rows + row * width, query)) * (floats[factors / 4 + row] as number);
      }
    },
  });
}

/** The faster of the two that works here. */
export function bestKernel(width: number): MakeKernel {
  return simdKernel(width) ?? plainKernel(width);
}
