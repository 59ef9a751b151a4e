import type { VirtioDevice } from "../../device/virtio-device.ts";
import { F } from "../../described/config.ts";
import { isQueueSize, legacyLayout, type QueueLayout } from "../../virtqueue/queue-setup.ts";

/** One part of a queue, as registers name it. */
export type QueuePart = "desc" | "driver" | "device";

/** What a driver has said of one queue so far. */
interface QueueSettings {
  /** Entries; undefined as long as the driver has not chosen. */
  size: number | undefined;
  /** Entries that it chose though they are not allowed: the queue cannot be used with them. */
  refusedSize: number | undefined;
  /** Addresses as two halves of 32 bits. */
  readonly low: Record<QueuePart, number>;
  readonly high: Record<QueuePart, number>;
  /** Legacy: page number of the queue, and alignment of its used ring in bytes. */
  page: number;
  align: number | undefined;
}

function fresh(): QueueSettings {
  return {
    size: undefined,
    refusedSize: undefined,
    low: { desc: 0, driver: 0, device: 0 },
    high: { desc: 0, driver: 0, device: 0 },
    page: 0,
    align: undefined,
  };
}

/**
 * The registers by which a driver sets up queues, one queue at a time: what all transports have in common. Registers
 * of a queue that the device does not have read as 0, and nothing is written there. Those of a queue that is in use
 * keep their values.
 */
export class QueueBank {
  /** Index of the queue that the registers are about. */
  selected = 0;
  private readonly device: VirtioDevice;
  private readonly settings = new Map<number, QueueSettings>();

  constructor(device: VirtioDevice) {
    this.device = device;
  }

  /** Whether the device has the selected queue. */
  get exists(): boolean {
    return this.maxSize > 0;
  }

  /** In entries; 0 where there is no such queue. */
  get maxSize(): number {
    return this.device.queueMaxSize(this.selected);
  }

  /** In entries: what the driver has chosen, or the most. */
  get size(): number {
    return this.exists ? (this.current()?.size ?? this.maxSize) : 0;
  }

  /** A size that is not allowed is not taken, and the queue cannot be enabled until the driver chooses another. */
  set size(size: number) {
    const queue = this.writable();
    if (queue === undefined) return;
    const allowed = size <= this.maxSize && isQueueSize(size, this.device.features.has(F.RING_PACKED));
    queue.refusedSize = allowed ? undefined : size;
    if (allowed) queue.size = size;
  }

  /** Half of a part's address, unsigned. */
  half(part: QueuePart, high: boolean): number {
    const queue = this.current();
    return (queue?.[high ? "high" : "low"][part] ?? 0) >>> 0;
  }

  setHalf(part: QueuePart, high: boolean, value: number): void {
    const queue = this.writable();
    if (queue !== undefined) queue[high ? "high" : "low"][part] = value >>> 0;
  }

  /** Whether the selected queue is in use. */
  get enabled(): boolean {
    return this.device.queueEnabled(this.selected);
  }

  /** Has the device use the selected queue as it is set up. Where it cannot be used so, the device needs a reset. */
  enable(): void {
    if (this.exists && !this.enabled) this.device.enableQueue(this.selected, this.layout());
  }

  /** Has the device leave the selected queue alone; its registers keep their values. */
  stop(): void {
    this.device.resetQueue(this.selected);
  }

  /** Has the device leave the selected queue alone, and forgets how it was set up. */
  reset(): void {
    this.stop();
    this.settings.delete(this.selected);
  }

  /** Forgets what was said of all queues: the device was reset. */
  clear(): void {
    this.selected = 0;
    this.settings.clear();
  }

  /** Legacy: alignment of the used ring in bytes. */
  set align(bytes: number) {
    const queue = this.writable();
    if (queue !== undefined) queue.align = bytes;
  }

  /** Legacy: page number of the queue, or 0 where it is not in use. */
  get page(): number {
    return this.enabled ? (this.current()?.page ?? 0) : 0;
  }

  /**
   * Legacy: the queue lies at this page and is in use from now on, or with 0 not any more.
   * @param pageSize in bytes
   * @param align of the used ring in bytes, where the driver has not chosen
   */
  setPage(page: number, pageSize: number, align: number): void {
    if (!this.exists) return;
    this.stop();
    const queue = this.ofSelected();
    queue.page = page;
    if (page === 0) return;
    const size = queue.refusedSize ?? queue.size ?? this.maxSize;
    // Neither of 0 bytes gives an address, which the queue refuses.
    const address = pageSize === 0 ? Number.NaN : page * pageSize;
    this.device.enableQueue(this.selected, legacyLayout(size, address, queue.align ?? align));
  }

  private layout(): QueueLayout {
    const queue = this.current();
    return {
      size: queue?.refusedSize ?? this.size,
      desc: this.address("desc"),
      driver: this.address("driver"),
      device: this.address("device"),
    };
  }

  /** Beyond 2^53 it is not exact, but then there is no memory either. */
  private address(part: QueuePart): number {
    return this.half(part, true) * 0x1_0000_0000 + this.half(part, false);
  }

  private current(): QueueSettings | undefined {
    return this.settings.get(this.selected);
  }

  /** What is said of the selected queue, where it may be changed. */
  private writable(): QueueSettings | undefined {
    return this.exists && !this.enabled ? this.ofSelected() : undefined;
  }

  private ofSelected(): QueueSettings {
    let queue = this.current();
    if (queue === undefined) this.settings.set(this.selected, (queue = fresh()));
    return queue;
  }
}
