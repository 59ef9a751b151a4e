import { GuestMemory } from "../../src/runtime/memory/guest-memory.ts";
import type { Chain } from "../../src/runtime/virtqueue/chain.ts";
import { createDeviceQueue, createDriverQueue } from "../../src/runtime/virtqueue/create-queue.ts";
import { contiguousLayout } from "../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../src/runtime/virtqueue/scatter-list.ts";

/** Serves a number of requests in batches and returns how long it took, in nanoseconds a request. */
export type Window = (requests: number) => number;

const size = 256;
const memoryLength = 8 << 20;
const headerAt = 0x10000;
const dataAt = 0x100000;
/** Not 4096 bytes from one to the next: that would measure how the processor's caches are organized. */
const dataStep = 4096 + 64;

/** What the device side makes of a machine's memory. */
export interface Served {
  readonly process: () => void;
}

/** Something that serves the split queue at these addresses in this memory. */
export type OtherDevice = (
  buffer: ArrayBufferLike,
  layout: { desc: number; driver: number; device: number; size: number },
) => Served;

export interface Setup {
  readonly packed: boolean;
  readonly batch: number;
  readonly shared: boolean;
  /** Elements of a request beside the header: 1 as in C. */
  readonly indirect?: boolean;
  /** How many regions the memory is cut into. */
  readonly regions?: number;
  /** Whether the buffers are put together in advance, or element by element in place. */
  readonly prepared?: boolean;
  readonly device?: OtherDevice;
}

let sum = 0;
let notified = 0;

/** Keeps the compiler from finding out that nobody needs the results. */
export function checksum(): number {
  return sum + notified;
}

function handle(chain: Chain): number {
  const header = chain.segment(0);
  const data = chain.segment(1);
  if (header.length < 16 || data.length < 4) return 0;
  data.view.setInt32(data.offset, header.view.getInt32(header.offset, true), true);
  return data.length;
}

function complete(token: number, written: number): void {
  sum = (sum + token + written) | 0;
}

/** Both sides in this thread, through the runtime as a user calls it, all features compiled in. */
export function createWindow(setup: Setup): Window {
  const { packed, batch, shared, indirect = false, regions = 1, prepared = false } = setup;
  const buffer = shared ? new SharedArrayBuffer(memoryLength) : new ArrayBuffer(memoryLength);
  const memory = new GuestMemory(
    Array.from({ length: regions }, (_, index) => ({
      address: (index * memoryLength) / regions,
      byteOffset: (index * memoryLength) / regions,
      byteLength: memoryLength / regions,
      buffer: () => buffer,
    })),
  );
  const features = { packed, eventIdx: true, indirectDesc: indirect };
  const driver = createDriverQueue<number>({ memory, features, notify: () => void (notified += 1) });
  const queue = createDeviceQueue({ memory, features, interrupt: () => void (notified += 1) });
  const layout = contiguousLayout(size, 0x1000, packed);
  driver.enable(layout, { address: 0x8000, entries: 4 });
  let device: Served = { process: () => void queue.process(handle) };
  if (setup.device === undefined) queue.enable(layout);
  else device = setup.device(buffer, layout);
  const lists = Array.from({ length: size }, (_, slot) =>
    new ScatterList().readable(headerAt + slot * 16, 16).writable(dataAt + slot * dataStep, 4096),
  );
  let slot = 0;
  const fillPrepared = (): void => {
    for (let count = 0; count < batch; count++) {
      const list = lists[slot];
      slot = (slot + 1) & (size - 1);
      if (list === undefined || !driver.add(list, slot)) throw new Error("the queue is full");
    }
  };
  const fillInPlace = (): void => {
    for (let count = 0; count < batch; count++) {
      if (!driver.begin(2)) throw new Error("the queue is full");
      driver.readable(headerAt + slot * 16, 16);
      driver.writable(dataAt + slot * dataStep, 4096);
      slot = (slot + 1) & (size - 1);
      driver.commit(slot);
    }
  };
  const fill = prepared ? fillPrepared : fillInPlace;
  return (requests) => {
    const before = process.hrtime.bigint();
    for (let done = 0; done < requests; done += batch) {
      fill();
      driver.kick();
      device.process();
      driver.reap(complete);
    }
    const after = process.hrtime.bigint();
    if (driver.outstanding !== 0) throw new Error("the device has not answered");
    return Number(after - before) / requests;
  };
}
