/** What of WebAssembly.Memory matters here: Node's types do not have it. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

interface WasmMemoryDescriptor {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

/** A WebAssembly memory of pages of 65536 bytes. */
export function createWasmMemory(descriptor: WasmMemoryDescriptor): WasmMemory {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (descriptor: WasmMemoryDescriptor) => WasmMemory };
  };
  return new WebAssembly.Memory(descriptor);
}
