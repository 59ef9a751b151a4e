import { describe, expect, it } from "vitest";

import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import type { Machine } from "../../../src/runtime/memory/machine.ts";
import type { Chain } from "../../../src/runtime/virtqueue/chain.ts";
import { createDeviceQueue, createDriverQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import { contiguousLayout } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { createWasmMemory, type WasmMemory } from "./wasm-memory.ts";

// --- An emulator as v86 is: the guest's memory lies somewhere in a WebAssembly.Memory that grows, addresses from
// 0xa0000 to 0xc0000 are the screen's, and written code has to be translated anew.

interface EmulatedPc {
  readonly wasmMemory: WasmMemory;
  readonly memoryOffset: number;
  readonly memorySize: number;
  jitDirtyCache(from: number, to: number): void;
  raiseIrq(line: number): void;
  lowerIrq(line: number): void;
  onPortWrite(port: number, write: (value: number) => void): void;
}

function pcMachine(pc: EmulatedPc, notifyPort: number): Machine {
  const ram = (address: number, end: number) => ({
    address,
    byteLength: end - address,
    byteOffset: pc.memoryOffset + address,
    buffer: () => pc.wasmMemory.buffer,
    written: (from: number, to: number) => pc.jitDirtyCache(from, to),
  });
  const listeners = new Set<(value: number) => void>();
  pc.onPortWrite(notifyPort, (value) => {
    for (const listener of listeners) listener(value);
  });
  return {
    memory: new GuestMemory([ram(0, 0xa0000), ram(0xc0000, pc.memorySize)]),
    interrupt: (line, raised) => (raised ? pc.raiseIrq(line) : pc.lowerIrq(line)),
    onNotify(notified) {
      listeners.add(notified);
      return () => void listeners.delete(notified);
    },
  };
}

// --- A kernel that is a WebAssembly program itself: its threads are workers, its memory is theirs and the device's,
// addresses are the program's own, and the memory grows without moving.

interface WasmKernel {
  readonly memory: WasmMemory;
  /** Sets a vector's word and wakes the processor that waits for it. */
  postInterrupt(vector: number): void;
  /** What the kernel imports as its doorbell. */
  doorbell: (value: number) => void;
}

function kernelMachine(kernel: WasmKernel): Machine {
  const memory = new GuestMemory([
    {
      address: 0,
      get byteLength() {
        return kernel.memory.buffer.byteLength;
      },
      buffer: () => kernel.memory.buffer,
    },
  ]);
  return {
    memory,
    interrupt: (vector, raised) => void (raised && kernel.postInterrupt(vector)),
    onNotify(notified) {
      kernel.doorbell = notified;
      return () => void (kernel.doorbell = () => {});
    },
  };
}

function upperCase(chain: Chain): number {
  const read = new Uint8Array(chain.readableLength);
  chain.read(0, read);
  return chain.write(
    0,
    read.map((letter) => letter & ~32),
  );
}

/** A device of one queue that upper-cases letters: all that it knows of the world is the machine. */
function upperCaser(machine: Machine, layout: ReturnType<typeof contiguousLayout>) {
  const queue = createDeviceQueue({
    memory: machine.memory,
    features: { eventIdx: true },
    interrupt: () => machine.interrupt(5, true),
  });
  queue.enable(layout);
  const stop = machine.onNotify(() => void queue.serve(upperCase));
  return { queue, stop };
}

const layout = contiguousLayout(16, 0x8000, false);
const text = (bytes: Uint8Array) => String.fromCodePoint(...bytes);
const letters = (word: string) => Uint8Array.from(word, (letter) => letter.codePointAt(0) ?? 0);

describe("a machine as v86 is", () => {
  it("takes a device: memory that moves, a hole, translated code, a line", () => {
    const wasmMemory = createWasmMemory({ initial: 32 });
    const events: string[] = [];
    const ports = new Map<number, (value: number) => void>();
    const pc: EmulatedPc = {
      wasmMemory,
      memoryOffset: 0x1_0000,
      memorySize: 0x10_0000,
      jitDirtyCache: (from, to) => events.push(`dirty ${from.toString(16)} to ${to.toString(16)}`),
      raiseIrq: (line) => events.push(`raise ${line}`),
      lowerIrq: (line) => events.push(`lower ${line}`),
      onPortWrite: (port, write) => void ports.set(port, write),
    };
    const machine = pcMachine(pc, 0xc010);
    const guest = GuestMemory.over(wasmMemory.buffer).regionAt(0, 0);
    // The guest's own driver, which sees the same bytes as its own memory.
    const driverMemory = new GuestMemory([
      { address: 0, byteLength: 0x10_0000, byteOffset: 0x1_0000, buffer: () => wasmMemory.buffer },
    ]);
    const driver = createDriverQueue<string>({
      memory: driverMemory,
      features: { eventIdx: true },
      notify: (value) => ports.get(0xc010)?.(value),
    });
    driver.enable(layout);
    const { queue, stop } = upperCaser(machine, layout);
    driverMemory.write(0x9fffe, letters("hi"));
    expect(driver.add(new ScatterList().readable(0x9fffe, 2).writable(0xc0000, 2), "first")).toBe(true);
    // Grows: every view that there is has no length any more.
    wasmMemory.grow(1);
    expect(guest?.bytes.length).toBe(0);
    driver.kick();
    expect(driver.get()).toEqual({ token: "first", written: 2 });
    const answer = new Uint8Array(2);
    driverMemory.read(0xc0000, answer);
    expect(text(answer)).toBe("HI");
    expect(events).toContain("dirty c0000 to c0002");
    expect(events).toContain(`dirty ${layout.device.toString(16)} to ${(layout.device + 6 + 16 * 8).toString(16)}`);
    expect(events.filter((event) => event === "raise 5").length).toBe(1);
    // The screen is no memory.
    driver.add(new ScatterList().writable(0xa0000, 2), "second");
    driver.kick();
    expect(queue.broken).toBe("address-outside-memory");
    stop();
    machine.interrupt(5, false);
    expect(events.at(-1)).toBe("lower 5");
  });
});

describe("a machine as a kernel in WebAssembly is", () => {
  it("takes a device: shared memory that grows in place, a vector", () => {
    const memory = createWasmMemory({ initial: 1, maximum: 4, shared: true });
    const vectors: number[] = [];
    const kernel: WasmKernel = { memory, postInterrupt: (vector) => vectors.push(vector), doorbell: () => {} };
    const machine = kernelMachine(kernel);
    const { queue } = upperCaser(machine, layout);
    const driver = createDriverQueue<string>({
      memory: machine.memory,
      features: { eventIdx: true },
      notify: (value) => kernel.doorbell(value),
    });
    driver.enable(layout);
    queue.enable(layout);
    memory.grow(2);
    const at = 0x2_0000;
    machine.memory.write(at, letters("there"));
    driver.add(new ScatterList().readable(at, 5).writable(at + 8, 5), "grown");
    driver.kick();
    expect(driver.get()).toEqual({ token: "grown", written: 5 });
    const answer = new Uint8Array(5);
    machine.memory.read(at + 8, answer);
    expect(text(answer)).toBe("THERE");
    expect(vectors).toEqual([5]);
  });
});
