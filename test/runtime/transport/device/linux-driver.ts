import { F as Core, STATUS } from "../../../../src/runtime/described/config.ts";
import { FeatureSet } from "../../../../src/runtime/features.ts";
import { queueFeatures, type QueueLayout } from "../../../../src/runtime/virtqueue/queue-setup.ts";
import type { Guest } from "./guest.ts";

/** What an interrupt tells, on any transport. */
export const EVENT = { USED: 1, CONFIG: 2 } as const;

/**
 * What Linux' drivers do with a device, access by access in their order. Subclasses know the registers of one
 * transport; what goes through all of them is here.
 */
export abstract class LinuxDriver {
  readonly guest: Guest;
  readonly legacy: boolean;

  constructor(guest: Guest, legacy: boolean) {
    this.guest = guest;
    this.legacy = legacy;
  }

  abstract readStatus(): number;
  abstract writeStatus(value: number): void;
  abstract readFeatures(word: number): number;
  abstract writeFeatures(word: number, bits: number): void;
  abstract selectQueue(index: number): void;
  /** In entries, of the selected queue. */
  abstract queueSizeMax(): number;
  abstract queueInUse(): boolean;
  abstract writeQueueSize(size: number): void;
  /** Half of the address of one of the selected queue's parts. */
  abstract writeHalf(part: "desc" | "driver" | "device", high: boolean, value: number): void;
  /** The last step of setting up: the queue is in use from then on. */
  abstract enableQueue(layout: QueueLayout): void;
  /** Resets the selected queue, and waits until that is done. */
  abstract resetQueue(): void;
  abstract notify(index: number, value: number): void;
  /** Handles an interrupt. @returns the events that it told of */
  abstract takeInterrupt(): number;
  abstract readConfig(offset: number, width: number): number;
  abstract writeConfig(offset: number, width: number, value: number): void;
  /** Of the configuration space; undefined where the interface has none. */
  abstract generation(): number | undefined;
  /** What the driver does once, before it touches the device otherwise. */
  abstract find(): void;

  reset(): number {
    this.writeStatus(0);
    return this.readStatus();
  }

  addStatus(bits: number): number {
    this.writeStatus(this.readStatus() | bits);
    return this.readStatus();
  }

  offered(): FeatureSet {
    if (this.legacy) return FeatureSet.fromWords(this.readFeatures(0));
    return FeatureSet.fromWords(...[0, 1, 2, 3].map((word) => this.readFeatures(word)));
  }

  accept(features: FeatureSet): void {
    for (const word of this.legacy ? [0] : [0, 1, 2, 3]) this.writeFeatures(word, features.word(word));
  }

  /** @returns the status then */
  negotiate(wanted: Iterable<number>): number {
    this.find();
    this.reset();
    this.addStatus(STATUS.ACKNOWLEDGE);
    this.addStatus(STATUS.DRIVER);
    this.accept(this.offered().and(new FeatureSet(wanted)));
    return this.legacy ? this.readStatus() : this.addStatus(STATUS.FEATURES_OK);
  }

  /** @returns the queue's size, 0 where there is none */
  setUpQueue(index: number, wanted: Iterable<number>, most = 16): number {
    this.selectQueue(index);
    const max = this.queueSizeMax();
    if (max === 0 || this.queueInUse()) return 0;
    const size = this.fixedSize ? max : Math.min(max, most);
    const layout = this.makeQueue(index, size, wanted);
    if (!this.fixedSize) this.writeQueueSize(size);
    this.writeAddresses(layout);
    this.enableQueue(layout);
    return size;
  }

  makeQueue(index: number, size: number, wanted: Iterable<number>): QueueLayout {
    const set = new FeatureSet(wanted);
    const features = { ...queueFeatures((bit) => set.has(bit)), legacy: this.legacy };
    return this.guest.queue(index, size, features, (value) => this.notify(index, value));
  }

  writeAddresses(layout: QueueLayout): void {
    for (const part of ["desc", "driver", "device"] as const) {
      this.writeHalf(part, false, layout[part] % 2 ** 32);
      this.writeHalf(part, true, Math.floor(layout[part] / 2 ** 32));
    }
  }

  /** From nothing to a device that works. @returns the status then */
  probe(wanted: Iterable<number> = [Core.VERSION_1]): number {
    this.negotiate(wanted);
    for (const index of [0, 1, 2]) this.setUpQueue(index, wanted);
    return this.addStatus(STATUS.DRIVER_OK);
  }

  /** Whether the driver has to take the queue's size as it is. */
  protected get fixedSize(): boolean {
    return false;
  }
}
