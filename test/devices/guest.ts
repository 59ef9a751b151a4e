import { F, STATUS } from "../../src/runtime/described/config.ts";
import type { VirtioDevice } from "../../src/runtime/device/virtio-device.ts";
import { FeatureSet } from "../../src/runtime/features.ts";
import { GuestMemory } from "../../src/runtime/memory/guest-memory.ts";
import { createDriverQueue } from "../../src/runtime/virtqueue/create-queue.ts";
import type { DriverQueue } from "../../src/runtime/virtqueue/driver-queue.ts";
import { contiguousLayout, queueFeatures } from "../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../src/runtime/virtqueue/scatter-list.ts";

/** What came of a buffer. */
export interface Used {
  /** In bytes, as the device says. */
  readonly written: number;
  /** All bytes that the device could write, the unwritten ones included. */
  readonly data: Uint8Array;
}

export interface GuestOptions {
  /** Bits that are not accepted. */
  readonly without?: readonly number[];
  /** The interface from before the standard, and its byte order. */
  readonly legacy?: "little" | "big";
  readonly queueSize?: number;
}

interface Posted {
  readonly address: number;
  readonly length: number;
  readonly resolve: (used: Used) => void;
}

const memoryLength = 1 << 23;

/** A driver of any device, over real queues in memory of its own, that says what it wants byte by byte. */
export class Guest {
  readonly memory: GuestMemory;
  readonly bytes: Uint8Array;
  /** Configuration change notifications so far. */
  configChanges = 0;
  private readonly device: VirtioDevice;
  private readonly options: GuestOptions;
  private readonly queues: Map<number, DriverQueue<Posted>> = new Map();
  private free = 0x1000;
  private firstFree = 0;

  constructor(device: VirtioDevice, options: GuestOptions = {}) {
    const buffer = new ArrayBuffer(memoryLength);
    this.bytes = new Uint8Array(buffer);
    this.memory = GuestMemory.over(buffer);
    this.device = device;
    this.options = options;
    device.attach({
      memory: this.memory,
      usedBuffer: (queue) => this.reap(queue),
      configChanged: () => {
        this.configChanges += 1;
      },
    });
    device.speak({ legacy: options.legacy !== undefined, bigEndian: options.legacy === "big" });
    this.start();
  }

  get features(): FeatureSet {
    return FeatureSet.fromWords(...[0, 1, 2, 3].map((index) => this.device.acceptedWord(index)));
  }

  /** Sets the device up, up to DRIVER_OK. */
  start(): void {
    const { device } = this;
    const legacy = this.options.legacy !== undefined;
    device.writeStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    const wanted = FeatureSet.fromWords(...[0, 1, 2, 3].map((index) => device.offeredWord(index)));
    for (const bit of this.options.without ?? []) wanted.delete(bit);
    for (const index of [0, 1, 2, 3]) device.acceptWord(index, wanted.word(index));
    if (!legacy) {
      device.writeStatus(device.status | STATUS.FEATURES_OK);
      if ((device.status & STATUS.FEATURES_OK) === 0) throw new Error("the device did not take the features");
    }
    for (const { number } of device.queuePlaces) this.setUp(number, wanted);
    device.writeStatus(device.status | STATUS.DRIVER_OK);
    this.firstFree = this.free;
  }

  /** Resets the device, and forgets what it has. */
  reset(): void {
    this.device.writeStatus(0);
    for (const queue of this.queues.values()) queue.reset();
    this.queues.clear();
    this.free = 0x1000;
  }

  /** Makes a buffer available; resolves when it is used. @param room lengths of what the device may write */
  post(queue: number, out: readonly Uint8Array[], room: readonly number[]): Promise<Used> {
    const used = this.add(queue, out, room);
    this.ring(queue).kick();
    return used;
  }

  /** The same without notifying the device. */
  add(number: number, out: readonly Uint8Array[], room: readonly number[]): Promise<Used> {
    const queue = this.ring(number);
    if ([...this.queues.values()].every((one) => one.outstanding === 0)) this.free = this.firstFree;
    const list = new ScatterList();
    for (const bytes of out) {
      const address = this.take(bytes.length);
      this.bytes.set(bytes, address);
      list.readable(address, bytes.length);
    }
    const length = room.reduce((sum, one) => sum + one, 0);
    const address = this.take(length);
    this.bytes.fill(0xee, address, address + length);
    let at = address;
    for (const one of room) {
      list.writable(at, one);
      at += one;
    }
    return new Promise((resolve, reject) => {
      if (!queue.add(list, { address, length, resolve })) reject(new Error(`queue ${number} is full`));
    });
  }

  kick(queue: number): void {
    this.ring(queue).kick();
  }

  /** Makes memory available at addresses that the test has chosen. */
  postAt(number: number, ranges: readonly (readonly [address: number, length: number])[]): Promise<Used> {
    const list = new ScatterList();
    for (const [address, length] of ranges) list.writable(address, length);
    const used = new Promise<Used>((resolve) => {
      this.ring(number).add(list, { address: 0, length: 0, resolve });
    });
    this.ring(number).kick();
    return used;
  }

  /** Buffers that the device has. */
  outstanding(queue: number): number {
    return this.ring(queue).outstanding;
  }

  readConfig(offset: number, width: number): number {
    return this.device.readConfig(offset, width);
  }

  private ring(number: number): DriverQueue<Posted> {
    const queue = this.queues.get(number);
    if (queue === undefined) throw new Error(`there is no queue ${number}`);
    return queue;
  }

  private setUp(number: number, features: FeatureSet): void {
    const { device, memory } = this;
    const legacy = this.options.legacy !== undefined;
    const ring = {
      ...queueFeatures((bit) => features.has(bit) && !(legacy && bit === F.VERSION_1)),
      legacy,
      bigEndian: this.options.legacy === "big",
    };
    const size = Math.min(device.queueMaxSize(number), this.options.queueSize ?? 64);
    const layout = contiguousLayout(size, this.free, ring.packed === true);
    this.free = Math.ceil(layout.end / 4096) * 4096;
    const queue = createDriverQueue<Posted>({
      memory,
      features: ring,
      queue: number,
      notify: (value) => device.notified(value),
    });
    queue.enable(layout);
    if (!device.enableQueue(number, layout)) throw new Error(`the device did not take queue ${number}`);
    this.queues.set(number, queue);
  }

  private reap(number: number): void {
    const queue = this.queues.get(number);
    if (queue === undefined) return;
    do {
      queue.reap(({ address, length, resolve }, written) => {
        resolve({ written, data: this.bytes.slice(address, address + length) });
      });
    } while (queue.enableNotifications());
  }

  private take(length: number): number {
    const address = this.free;
    this.free = Math.ceil((address + length) / 16) * 16;
    if (this.free > memoryLength) throw new Error("the guest's memory is full");
    return address;
  }
}

/** Whether a promise is settled by now. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}
