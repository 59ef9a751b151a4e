import { describe, expect, it } from "vitest";

import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { createDeviceQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import type { DeviceQueue } from "../../../src/runtime/virtqueue/device-queue.ts";
import type { QueueFault } from "../../../src/runtime/virtqueue/queue-fault.ts";
import { contiguousLayout, type QueueFeatures } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { INDIRECT, NEXT, packedAvail, RawRing, type RawDescriptor, WRITE } from "./raw-ring.ts";

const size = 8;
const ramLength = 0x20000;
/** Guard bytes before and behind the guest's memory, in the same buffer. */
const guard = 4096;
const tableAt = 0x8000;
const romAt = 0x100000;

interface Target {
  readonly memory: GuestMemory;
  readonly queue: DeviceQueue;
  readonly ring: RawRing;
  readonly faults: QueueFault[];
  readonly bytes: Uint8Array;
  /** Serves what there is by both ways in turn, and says how many chains came. */
  readonly serve: () => number;
}

function target(features: QueueFeatures, maxChainLength?: number): Target {
  const bytes = new Uint8Array(ramLength + 2 * guard).fill(0xa5);
  bytes.fill(0, guard, guard + ramLength);
  const rom = new Uint8Array(4096);
  const memory = new GuestMemory([
    { address: 0, byteLength: ramLength, byteOffset: guard, buffer: () => bytes.buffer },
    { address: romAt, byteLength: rom.length, buffer: () => rom.buffer, readOnly: true },
  ]);
  const faults: QueueFault[] = [];
  const queue = createDeviceQueue({
    memory,
    features,
    interrupt: () => {},
    onBroken: (fault) => faults.push(fault),
    ...(maxChainLength === undefined ? {} : { maxChainLength }),
  });
  const layout = contiguousLayout(size, 0x1000, features.packed === true);
  queue.enable(layout);
  const ram = bytes.subarray(guard, guard + ramLength);
  const serve = (): number => {
    let count = queue.process((chain) => {
      chain.read(0, new Uint8Array(65536));
      chain.fill(0, 0xee, chain.writableLength);
      return chain.writableLength;
    });
    for (let chain = queue.pop(); chain !== undefined; chain = queue.pop()) {
      count += 1;
      queue.push(chain, 0);
    }
    queue.publish();
    return count;
  };
  return { memory, queue, ring: new RawRing(ram, layout, features.packed === true), faults, bytes, serve };
}

/** The fault is reported once, nothing is served, guards are whole, and a reset mends the queue. */
function expectBroken(made: Target, fault: QueueFault): void {
  const { queue, ring, faults, bytes, serve } = made;
  expect(serve()).toBe(0);
  expect(faults).toEqual([fault]);
  expect(queue.broken).toBe(fault);
  expect(serve()).toBe(0);
  expect(queue.enableNotifications()).toBe(false);
  expect(faults).toEqual([fault]);
  expect(bytes.subarray(0, guard).every((byte) => byte === 0xa5)).toBe(true);
  expect(bytes.subarray(guard + ramLength).every((byte) => byte === 0xa5)).toBe(true);

  bytes.fill(0, guard, guard + ramLength);
  queue.reset();
  expect(queue.broken).toBeUndefined();
  expect(queue.enable(ring.layout)).toBe(true);
  ring.desc(0, { addr: 0x4000, len: 16, flags: WRITE | (ring.packed ? packedAvail(1) : 0) });
  if (!ring.packed) ring.avail([0]);
  expect(serve()).toBe(1);
  expect(queue.broken).toBeUndefined();
}

/** Makes one chain available whose descriptors are these, and more where it says so. */
function offer({ ring }: Target, descriptors: readonly RawDescriptor[]): void {
  for (const [index, descriptor] of descriptors.entries()) {
    const last = index + 1 === descriptors.length;
    const flags = (descriptor.flags ?? 0) | (last ? 0 : NEXT);
    if (ring.packed) ring.desc(index, { ...descriptor, flags: flags | packedAvail(1) });
    else ring.desc(index, { next: last ? 0 : index + 1, ...descriptor, flags });
  }
  if (!ring.packed) ring.avail([0]);
}

function offerTable(made: Target, descriptors: readonly RawDescriptor[], address = tableAt): void {
  for (const [index, descriptor] of descriptors.entries()) made.ring.desc(index, descriptor, address);
  offer(made, [{ addr: address, len: descriptors.length * 16, flags: INDIRECT }]);
}

const data: RawDescriptor = { addr: 0x4000, len: 16 };
const room: RawDescriptor = { addr: 0x5000, len: 16, flags: WRITE };

describe.each([
  { name: "split", features: { packed: false, indirectDesc: true } },
  { name: "packed", features: { packed: true, indirectDesc: true } },
])("a device of a $name queue finds", ({ features }) => {
  const cases: readonly (readonly [string, QueueFault, (made: Target) => void])[] = [
    ["an address behind the memory", "address-outside-memory", (made) => offer(made, [{ addr: ramLength, len: 1 }])],
    ["an address far away", "address-outside-memory", (made) => offer(made, [{ addr: 1n << 60n, len: 16 }])],
    [
      "an address beyond 32 bits that would fit without them",
      "address-outside-memory",
      (made) => offer(made, [{ addr: 0x1_0000_4000, len: 16 }]),
    ],
    ["a length behind the memory", "address-outside-memory", (made) => offer(made, [{ addr: ramLength - 8, len: 9 }])],
    ["the longest length", "address-outside-memory", (made) => offer(made, [{ addr: 0, len: 0xffff_ffff }])],
    [
      "address and length that overflow",
      "address-overflow",
      (made) => offer(made, [{ addr: 0xffff_ffff_ffff_fff0n, len: 32 }]),
    ],
    ["a readable element behind a writable one", "readable-after-writable", (made) => offer(made, [room, data])],
    [
      "a readable element behind an empty writable one",
      "readable-after-writable",
      (made) => offer(made, [{ ...room, len: 0 }, data]),
    ],
    [
      "a readable element behind nine writable ones in a table",
      "readable-after-writable",
      (made) => offerTable(made, made.ring.packed ? [room, data] : [{ ...room, flags: WRITE | NEXT, next: 1 }, data]),
    ],
    [
      "memory that is not for writing",
      "address-read-only",
      (made) => offer(made, [{ addr: romAt, len: 16, flags: WRITE }]),
    ],
    [
      "an indirect table of no length",
      "indirect-table-size",
      (made) => offer(made, [{ addr: tableAt, len: 0, flags: INDIRECT }]),
    ],
    [
      "an indirect table of half a descriptor",
      "indirect-table-size",
      (made) => offer(made, [{ addr: tableAt, len: 24, flags: INDIRECT }]),
    ],
    [
      "an indirect table longer than the queue",
      "indirect-table-too-long",
      (made) => offer(made, [{ addr: tableAt, len: 16 * (size + 1), flags: INDIRECT }]),
    ],
    [
      "the longest indirect table",
      "indirect-table-too-long",
      (made) => offer(made, [{ addr: tableAt, len: 0xffff_fff0, flags: INDIRECT }]),
    ],
    [
      "an indirect table that is nowhere",
      "indirect-table-outside-memory",
      (made) => offer(made, [{ addr: ramLength + 4096, len: 16, flags: INDIRECT }]),
    ],
    [
      "an indirect table that ends nowhere",
      "indirect-table-outside-memory",
      (made) => offer(made, [{ addr: ramLength - 16, len: 32, flags: INDIRECT }]),
    ],
    [
      "an indirect table that is one entry of a longer list",
      "indirect-with-next",
      (made) => offer(made, [{ addr: tableAt, len: 16, flags: INDIRECT }, data]),
    ],
  ];
  it.each(cases)("%s: %s", (_, fault, hostile) => {
    const made = target(features);
    hostile(made);
    expectBroken(made, fault);
  });

  it("more than 2^32 bytes", () => {
    const made = target(features);
    // The same gigabyte again and again. Nobody gets to touch it, so it need not be there.
    made.memory.add({ address: 0x4000_0000, byteLength: 0x4000_0000, buffer: () => new ArrayBuffer(0) });
    const gigabyte = { addr: 0x4000_0000, len: 0x3fff_c000, flags: WRITE };
    offer(made, [data, gigabyte, gigabyte, gigabyte, gigabyte, { ...room, len: 0x1_0000 }]);
    expectBroken(made, "chain-too-large");
  });

  it("INDIRECT without the feature", () => {
    const made = target({ ...features, indirectDesc: false });
    offer(made, [{ addr: tableAt, len: 16, flags: INDIRECT }]);
    expectBroken(made, "indirect-not-negotiated");
  });

  it("a chain longer than the device allows", () => {
    const made = target(features, 3);
    offer(made, [data, data, data, room]);
    expectBroken(made, "chain-too-long");
  });

  it("nothing wrong with empty elements, wherever they are", () => {
    const made = target(features);
    offer(made, [
      { addr: 1n << 60n, len: 0 },
      data,
      { addr: ramLength, len: 0 },
      room,
      { addr: 0, len: 0, flags: WRITE },
    ]);
    expect(made.serve()).toBe(1);
    expect(made.faults).toEqual([]);
    expect(made.bytes[guard + 0x500f]).toBe(0xee);
  });

  it("nothing wrong with a table at an odd address", () => {
    const made = target(features);
    const descriptors = made.ring.packed ? [data, room] : [{ ...data, flags: NEXT, next: 1 }, room];
    offerTable(made, descriptors, tableAt + 3);
    expect(made.serve()).toBe(1);
    expect(made.faults).toEqual([]);
    expect(made.bytes[guard + 0x500f]).toBe(0xee);
  });

  it("nothing wrong with WRITE beside INDIRECT", () => {
    const made = target(features);
    made.ring.desc(0, data, tableAt);
    offer(made, [{ addr: tableAt, len: 16, flags: INDIRECT | WRITE }]);
    expect(made.serve()).toBe(1);
    expect(made.faults).toEqual([]);
  });
});

describe("a device of a split queue finds", () => {
  const features = { indirectDesc: true };
  const cases: readonly (readonly [string, QueueFault, (made: Target) => void])[] = [
    ["a head that is no descriptor", "head-out-of-range", ({ ring }) => ring.avail([size])],
    ["the largest head", "head-out-of-range", ({ ring }) => ring.avail([0xffff])],
    ["a next that is no descriptor", "next-out-of-range", (made) => offer(made, [{ ...data, next: size }, data])],
    ["the largest next", "next-out-of-range", (made) => offer(made, [{ ...data, next: 0xffff }, data])],
    ["a descriptor that is its own next", "descriptor-loop", (made) => offer(made, [{ ...data, next: 0 }, data])],
    [
      "a loop of two",
      "descriptor-loop",
      ({ ring }) => {
        ring.desc(0, { ...data, flags: NEXT, next: 1 });
        ring.desc(1, { ...data, flags: NEXT, next: 0 });
        ring.avail([0]);
      },
    ],
    [
      "a loop in an indirect table",
      "descriptor-loop",
      (made) =>
        offerTable(made, [
          { ...data, flags: NEXT, next: 1 },
          { ...data, flags: NEXT, next: 0 },
        ]),
    ],
    [
      "a next behind the indirect table",
      "next-out-of-range",
      (made) => offerTable(made, [{ ...data, flags: NEXT, next: 2 }, data]),
    ],
    [
      "a table in a table",
      "indirect-nested",
      (made) => offerTable(made, [{ addr: tableAt, len: 16, flags: INDIRECT }]),
    ],
    [
      "direct descriptors and a table that are too many together",
      "chain-too-long",
      (made) => {
        const table = Array.from({ length: size }, (_, index) => ({
          ...data,
          flags: index + 1 < size ? NEXT : 0,
          next: index + 1,
        }));
        for (const [index, descriptor] of table.entries()) made.ring.desc(index, descriptor, tableAt);
        offer(made, [data, { addr: tableAt, len: 16 * size, flags: INDIRECT }]);
      },
    ],
    ["an available index further than the queue is long", "avail-index-jump", ({ ring }) => ring.avail([], size + 1)],
    ["an available index that goes back", "avail-index-jump", ({ ring }) => ring.avail([], 0xffff)],
  ];
  it.each(cases)("%s: %s", (_, fault, hostile) => {
    const made = target(features);
    hostile(made);
    expectBroken(made, fault);
  });

  it("more chains in flight than the queue has entries", () => {
    const made = target(features);
    offer(made, [data]);
    expect(made.queue.pop()?.id).toBe(0);
    made.ring.avail([0, 0, 0, 0, 0, 0, 0, 0, 0], size + 1);
    expectBroken(made, "ring-overrun");
  });

  it("nothing wrong with direct descriptors before a table", () => {
    const made = target(features);
    made.ring.desc(0, room, tableAt);
    offer(made, [data, { addr: tableAt, len: 16, flags: INDIRECT }]);
    expect(made.serve()).toBe(1);
    expect(made.faults).toEqual([]);
  });

  it("nothing wrong with entries of a table that nothing refers to", () => {
    const made = target(features);
    made.ring.desc(1, { addr: 1n << 60n, len: 1, flags: INDIRECT | NEXT, next: 77 }, tableAt);
    made.ring.desc(0, data, tableAt);
    offer(made, [{ addr: tableAt, len: 32, flags: INDIRECT }]);
    expect(made.serve()).toBe(1);
    expect(made.faults).toEqual([]);
  });
});

describe("a device of a packed queue finds", () => {
  const features = { packed: true, indirectDesc: true };

  it("a list that runs into itself", () => {
    const made = target(features);
    for (let index = 0; index < size; index++) made.ring.desc(index, { ...data, flags: NEXT | packedAvail(1) });
    expectBroken(made, "chain-too-long");
  });

  it("a list that goes on in a descriptor that is not available", () => {
    const made = target(features);
    made.ring.desc(0, { ...data, flags: NEXT | packedAvail(1) });
    made.ring.desc(1, { ...room, flags: WRITE | packedAvail(0) });
    expectBroken(made, "list-not-available");
  });

  it("a descriptor of the next round while this one's is in flight", () => {
    const made = target(features);
    for (let index = 0; index < size; index++) made.ring.desc(index, { ...data, flags: packedAvail(1), id: index });
    for (let index = 0; index < size; index++) expect(made.queue.pop()?.id).toBe(index);
    expect(made.queue.pop()).toBeUndefined();
    made.ring.desc(0, { ...data, flags: packedAvail(0) });
    expectBroken(made, "ring-overrun");
  });

  it("nothing wrong with flags in a table that do not count there", () => {
    const made = target(features);
    offerTable(made, [
      { ...data, flags: INDIRECT | NEXT | packedAvail(0), id: 0xffff },
      { ...room, flags: WRITE | INDIRECT | NEXT },
    ]);
    expect(made.serve()).toBe(1);
    expect(made.faults).toEqual([]);
  });

  it("nothing wrong with any id", () => {
    const made = target(features);
    made.ring.desc(0, { ...data, flags: packedAvail(1), id: 0xffff });
    expect(made.queue.pop()?.id).toBe(0xffff);
  });
});

describe.each([false, true])("a queue that a driver sets up wrongly, packed: %s", (packed) => {
  const good = contiguousLayout(size, 0x1000, packed);
  it.each([
    ["no entries", { ...good, size: 0 }, "queue-size"],
    ["too many entries", { ...good, size: 65536 }, "queue-size"],
    ["a misaligned descriptor area", { ...good, desc: good.desc + 8 }, "ring-misaligned"],
    ["a misaligned driver area", { ...good, driver: good.driver + 1 }, "ring-misaligned"],
    ["a misaligned device area", { ...good, device: good.device + 2 }, "ring-misaligned"],
    ["a descriptor area that ends nowhere", { ...good, desc: ramLength - 16 }, "ring-outside-memory"],
    ["a driver area that is nowhere", { ...good, driver: 0x4000_0000 }, "ring-outside-memory"],
    ["a device area beyond 2^53", { ...good, device: 2 ** 60 }, "ring-outside-memory"],
    ["a device area that is not for writing", { ...good, device: romAt }, "ring-outside-memory"],
  ] as const)("%s", (_, layout, fault) => {
    const made = target({ packed });
    expect(made.queue.enable(layout)).toBe(false);
    expect(made.faults).toEqual([fault]);
    expect(made.serve()).toBe(0);
    expect(made.queue.enable(good)).toBe(true);
    expect(made.queue.broken).toBeUndefined();
  });

  it("a size that is no power of two is for packed queues", () => {
    const made = target({ packed });
    expect(made.queue.enable({ ...contiguousLayout(6, 0x1000, packed) })).toBe(packed);
  });
});
