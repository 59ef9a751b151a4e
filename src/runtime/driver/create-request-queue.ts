import type { FeatureSet } from "../features.ts";
import type { QueuePlace } from "../queues.ts";
import type { DriverTransport, LegacyRings } from "../transport/driver/driver-transport.ts";
import { createDriverQueue } from "../virtqueue/create-queue.ts";
import type { QueueFault } from "../virtqueue/queue-fault.ts";
import {
  contiguousLayout,
  isQueueSize,
  legacyLayout,
  queueFeatures,
  type QueueFeatures,
} from "../virtqueue/queue-setup.ts";
import { DESC_SIZE, MAX_SIZE } from "../described/ring-constants.ts";
import type { DmaArena } from "./dma-arena.ts";
import type { DmaBlock } from "./dma-memory.ts";
import { DriverError } from "./driver-error.ts";
import type { PreparedRequest } from "./prepared-request.ts";
import type { RequestObserver } from "./request-observer.ts";
import { RequestQueue } from "./request-queue.ts";

/** How a driver sets its queues up. */
export interface QueueSettings {
  /** Entries of a queue at most. */
  readonly size: number;
  /** Descriptors of an indirect table, where the feature is negotiated; 0 for none. */
  readonly indirectEntries: number;
  /** The driver looks by itself and wants no interrupts. */
  readonly polled: boolean;
  /** Told of each request on its way. */
  readonly observer: RequestObserver | undefined;
}

/** What queues are made of. */
export interface QueueMaking {
  readonly transport: DriverTransport;
  readonly arena: DmaArena;
  readonly features: FeatureSet;
  readonly settings: QueueSettings;
  broken(place: QueuePlace, fault: QueueFault): void;
}

const mostQueues = 0x1_0000;

/**
 * Sets one queue up, on both sides.
 * @throws DriverError `queue-missing`, `queue-unusable`, `out-of-memory`
 */
export function createRequestQueue(place: QueuePlace, making: QueueMaking): RequestQueue {
  const { transport, arena, settings } = making;
  const { number } = place;
  if (!Number.isInteger(number) || number < 0 || number >= mostQueues) {
    throw new DriverError("queue-missing", `${nameOf(place)} would have the number ${number}`);
  }
  const { legacy } = transport;
  const features: QueueFeatures = {
    ...queueFeatures((bit) => making.features.has(bit)),
    legacy: legacy !== undefined,
    bigEndian: transport.guestOrder === "big",
  };
  const size = sizeOf(place, features, making);
  const block = ringBlock(size, features, legacy, arena);
  const layout =
    legacy === undefined
      ? contiguousLayout(size, block.address, features.packed === true)
      : legacyLayout(size, block.address, legacy.align);
  const entries = features.indirectDesc === true ? Math.min(settings.indirectEntries, size) : 0;
  // A table of one descriptor is none.
  const tables = entries > 1 ? arena.alloc(entries * DESC_SIZE * size, DESC_SIZE) : undefined;
  const ring = createDriverQueue<PreparedRequest>({
    memory: arena.dma.memory,
    features,
    queue: transport.queueName(number),
    notify: (value) => transport.notify(number, value),
    onBroken: (fault) => making.broken(place, fault),
  });
  if (!ring.enable(layout, tables === undefined ? undefined : { address: tables.address, entries })) {
    throw new DriverError("queue-unusable", `${nameOf(place)}: the memory of the ring is gone`);
  }
  transport.enableQueue(number, layout);
  const blocks = tables === undefined ? [block] : [block, tables];
  return new RequestQueue(place, ring, blocks, settings.polled, settings.observer);
}

export function nameOf({ name, index }: QueuePlace): string {
  return `queue ${name}[${index}]`;
}

function sizeOf(place: QueuePlace, { packed }: QueueFeatures, { transport, settings }: QueueMaking): number {
  const most = transport.queueMaxSize(place.number);
  if (most === 0) throw new DriverError("queue-missing", `the device has no ${nameOf(place)}, number ${place.number}`);
  if (transport.legacy?.fixedSize === true) {
    if (isQueueSize(most, false)) return most;
    throw new DriverError("queue-unusable", `${nameOf(place)} has ${most} entries: no power of 2 up to 32768`);
  }
  const size = Math.min(most, settings.size, MAX_SIZE);
  return packed === true ? size : 2 ** Math.floor(Math.log2(size));
}

function ringBlock(
  size: number,
  { packed }: QueueFeatures,
  legacy: LegacyRings | undefined,
  arena: DmaArena,
): DmaBlock {
  if (legacy !== undefined) return arena.alloc(legacyLayout(size, 0, legacy.align).end, legacy.align);
  return arena.alloc(contiguousLayout(size, 0, packed === true).end, DESC_SIZE);
}
