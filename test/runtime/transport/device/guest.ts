import { GuestMemory } from "../../../../src/runtime/memory/guest-memory.ts";
import { createDriverQueue } from "../../../../src/runtime/virtqueue/create-queue.ts";
import type { DriverQueue } from "../../../../src/runtime/virtqueue/driver-queue.ts";
import {
  contiguousLayout,
  legacyLayout,
  type QueueFeatures,
  type QueueLayout,
} from "../../../../src/runtime/virtqueue/queue-setup.ts";

const memoryBytes = 1 << 20;
const queueBytes = 0x8000;

/** A guest's memory, with a place for some queues and for data, and the driver's side of each queue. */
export class Guest {
  readonly memory: GuestMemory;
  readonly view: DataView;
  private readonly queues = new Map<number, DriverQueue<number>>();
  private readonly bigEndian: boolean;

  constructor(bigEndian = false) {
    const buffer = new ArrayBuffer(memoryBytes);
    this.memory = GuestMemory.over(buffer);
    this.view = new DataView(buffer);
    this.bigEndian = bigEndian;
  }

  /** Makes the driver's side of a queue. @returns where it lies */
  queue(index: number, size: number, features: QueueFeatures, notify: (value: number) => void): QueueLayout {
    const address = 0x10000 + index * queueBytes;
    const layout =
      features.legacy === true
        ? legacyLayout(size, address, 4096)
        : contiguousLayout(size, address, features.packed === true);
    const queue = createDriverQueue<number>({
      memory: this.memory,
      features: { ...features, bigEndian: this.bigEndian },
      queue: index,
      notify,
    });
    queue.enable(layout);
    this.queues.set(index, queue);
    return layout;
  }

  /** Makes a request to add two numbers available. Its sum is `sum(index, slot)` when the device has answered it. */
  ask(index: number, a: number, b: number, slot = 0): void {
    const queue = this.queues.get(index);
    const at = this.slot(index, slot);
    this.view.setUint32(at, a, !this.bigEndian);
    this.view.setUint32(at + 4, b, !this.bigEndian);
    this.view.setUint32(at + 8, 0xdead_beef, !this.bigEndian);
    queue?.begin(2);
    queue?.readable(at, 8);
    queue?.writable(at + 8, 4);
    queue?.commit(slot);
    queue?.kick();
  }

  /** Makes 4 bytes available for the device to write. */
  offer(index: number, slot = 0): void {
    const queue = this.queues.get(index);
    queue?.begin(1);
    queue?.writable(this.slot(index, slot) + 8, 4);
    queue?.commit(slot);
    queue?.kick();
  }

  /** How many requests were answered since the last time, and what is written for one. */
  answers(index: number): number {
    let count = 0;
    this.queues.get(index)?.reap(() => {
      count += 1;
    });
    return count;
  }

  sum(index: number, slot = 0): number {
    return this.view.getUint32(this.slot(index, slot) + 8, !this.bigEndian);
  }

  /** Asks for a sum and returns it, or undefined where the device has not answered. */
  add(index: number, a: number, b: number): number | undefined {
    this.ask(index, a, b);
    return this.answers(index) === 1 ? this.sum(index) : undefined;
  }

  private slot(index: number, slot: number): number {
    return 0x80000 + index * 0x1000 + slot * 16;
  }
}
