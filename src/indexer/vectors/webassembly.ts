/** What is used of WebAssembly: its types come with those of browsers, which nothing else here needs. */

export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

interface WebAssemblyApi {
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: boolean;
  }) => WasmMemory;
  /** Throws where the bytes are no module that this engine can run. */
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: Readonly<Record<string, object>>) => { readonly exports: unknown };
}

export const { WebAssembly: webAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

/** Whether threads can have memory together here. */
export const canShare = ((): boolean => {
  try {
    return new webAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
})();
