import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import type { MemorySource } from "../../../src/runtime/memory/region.ts";
import type { Chain } from "../../../src/runtime/virtqueue/chain.ts";
import { createDeviceQueue, createDriverQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import { type DeviceQueue, PENDING } from "../../../src/runtime/virtqueue/device-queue.ts";
import type { QueueFault } from "../../../src/runtime/virtqueue/queue-fault.ts";
import { contiguousLayout, type QueueFeatures, type QueueLayout } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { NEXT, packedAvail, packedUsed, RawRing, WRITE } from "./raw-ring.ts";
import { randomNumbers } from "./rig.ts";

type Random = (below: number) => number;

/** Runs one case. @throws where the queue did what it must not */
export type FuzzCase = (seed: number) => void;

/** How often queues were broken for what reason, and how many chains and buffers came through, in all cases so far. */
export const tally: { readonly reasons: Map<QueueFault, number>; chains: number; buffers: number } = {
  reasons: new Map(),
  chains: 0,
  buffers: 0,
};

function count(fault: QueueFault): void {
  tally.reasons.set(fault, (tally.reasons.get(fault) ?? 0) + 1);
}

const guard = 1024;
const ramLength = 0x1_0000;
const pattern = 0xa5;

/** Guest memory in pieces between guards that nobody may write to. */
class Ground {
  readonly bytes: Uint8Array;
  readonly low: MemorySource;
  readonly high: MemorySource;
  readonly rom: MemorySource;
  readonly memory: GuestMemory;

  constructor(shared = false) {
    const length = 2 * ramLength + 4 * guard + 4096;
    this.bytes = new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length)).fill(pattern);
    const source = (address: number, byteOffset: number, byteLength: number, readOnly: boolean): MemorySource => {
      if (!readOnly) this.bytes.fill(0, byteOffset, byteOffset + byteLength);
      return { address, byteOffset, byteLength, readOnly, buffer: () => this.bytes.buffer };
    };
    // The two touch in the guest's eyes, and do not in the buffer.
    this.low = source(0, guard, ramLength, false);
    this.high = source(ramLength, ramLength + 2 * guard, ramLength, false);
    this.rom = source(0x10_0000, 2 * ramLength + 3 * guard, 4096, true);
    this.memory = new GuestMemory([this.low, this.high, this.rom]);
  }

  /** The first region's bytes: rings are there. */
  get ram(): Uint8Array {
    return this.bytes.subarray(guard, guard + ramLength);
  }

  check(): void {
    const ends = [0, guard, guard + ramLength, ramLength + 2 * guard, 2 * ramLength + 2 * guard, this.bytes.length];
    for (let pair = 0; pair < ends.length; pair += 2) {
      for (let index = ends[pair] ?? 0; index < (ends[pair + 1] ?? 0); index++) {
        if (this.bytes[index] !== pattern) throw new Error(`byte ${index} outside the memory was written`);
      }
    }
  }
}

function randomFeatures(random: Random): QueueFeatures {
  const packed = random(2) === 0;
  const legacy = !packed && random(4) === 0;
  return {
    packed,
    legacy,
    bigEndian: legacy && random(2) === 0,
    indirectDesc: random(2) === 0,
    eventIdx: random(2) === 0,
    inOrder: random(4) === 0,
    notificationData: random(2) === 0,
  };
}

function randomSize(random: Random, packed: boolean): number {
  return packed ? 1 + random(20) : 1 << random(5);
}

/** Mostly what makes sense, and now and then what does not. */
function randomAddress(random: Random): number | bigint {
  switch (random(12)) {
    case 0:
      return ramLength - random(64);
    case 1:
      return 2 * ramLength - random(64);
    case 2:
      return 0x10_0000 + random(4096);
    case 3:
      return (BigInt(random(0xffff_ffff)) << 32n) | BigInt(random(0xffff_ffff));
    case 4:
      return 0xffff_ffff_ffff_ffffn - BigInt(random(64));
    default:
      return 0x2000 + random(2 * ramLength - 0x2000);
  }
}

function randomLength(random: Random): number {
  switch (random(10)) {
    case 0:
      return 0;
    case 1:
      return random(0xffff_ffff);
    case 2:
      return 16 * random(20);
    default:
      return 1 + random(100);
  }
}

/** One thing that a driver without scruples does to its ring. */
function scribble(random: Random, ring: RawRing, round: { wrap: number }): void {
  const { size, driver } = ring.layout;
  const choice = random(32);
  if (choice === 0) {
    // Anything anywhere in the ring's pages.
    for (let count = 1 + random(8); count > 0; count--) ring.view.setUint8(0x1000 + random(0x400), random(256));
    return;
  }
  if (choice === 1 && !ring.packed) {
    ring.view.setUint16(
      driver + 2,
      random(4) === 0 ? random(0x1_0000) : (ring.view.getUint16(driver + 2, ring.little) + random(3)) & 0xffff,
      ring.little,
    );
    return;
  }
  if (choice === 2) round.wrap ^= 1;
  const table = random(4) === 0 ? 0x1800 + random(64) : ring.layout.desc;
  let flags = random(3) * WRITE + (random(2) === 0 ? NEXT : 0);
  if (random(12) === 0) flags = random(0x1_0000);
  else if (ring.packed && table === ring.layout.desc) flags |= packedAvail(round.wrap);
  const inTable = random(6) === 0;
  const index = random(size + (random(20) === 0 ? 2 : 0));
  ring.desc(
    index,
    {
      addr: inTable ? 0x1800 + random(64) : randomAddress(random),
      len: inTable ? 16 * random(8) : randomLength(random),
      flags: flags | (inTable ? 4 : 0),
      next: random(10) === 0 ? random(0x1_0000) : random(size),
      id: random(0x1_0000),
    },
    table,
  );
  if (!ring.packed && random(2) === 0) {
    const idx = ring.view.getUint16(driver + 2, ring.little);
    // Mostly no more than there is room for.
    if (((idx - ring.usedIdx()) & 0xffff) >= size && random(40) !== 0) return;
    ring.view.setUint16(driver + 4 + 2 * (idx % size), random(30) === 0 ? random(0x1_0000) : index, ring.little);
    ring.view.setUint16(driver + 2, (idx + 1) & 0xffff, ring.little);
  }
}

/** Serves one good request after a reset, to see that nothing of what was before is left. */
function checkMended(queue: DeviceQueue, ground: Ground, layout: QueueLayout, features: QueueFeatures): void {
  queue.reset();
  if (queue.broken !== undefined || queue.size !== 0 || queue.inFlight !== 0)
    throw new Error("a reset leaves something");
  ground.ram.fill(0, 0, 0x2000);
  const driver = createDriverQueue<number>({ memory: ground.memory, features, notify: () => {} });
  driver.enable(layout);
  if (!queue.enable(layout)) throw new Error(`a good queue cannot be enabled: ${queue.broken}`);
  for (let token = 0; token < 3; token++) {
    if (!driver.add(new ScatterList().writable(0x3000, 32), token)) throw new Error("no room in an empty queue");
    driver.kick();
    if (queue.process((chain) => chain.writableLength) !== 1) throw new Error(`not served: ${queue.broken}`);
    const used = driver.get();
    if (used?.token !== token || used.written !== 32) throw new Error(`answered wrongly: ${driver.broken}`);
  }
}

/** What a device does with a chain, to the last byte that it may touch. */
function exercise(random: Random, chain: Chain): void {
  const bytes = new Uint8Array(Math.min(chain.readableLength, 4096) + 8);
  const read = chain.read(random(64), bytes);
  if (read > chain.readableLength) throw new Error("more read than there is");
  for (let index = 0; index < chain.segmentCount; index++) {
    const segment = chain.segment(index);
    const end = segment.offset + segment.length;
    if (segment.length < 1 || segment.offset < 0 || end > segment.view.byteLength)
      throw new Error("a segment outside its region");
    segment.view.getUint8(end - 1);
    if (index >= chain.readableCount) segment.view.setUint8(end - 1, 1);
  }
  chain.write(random(64), bytes);
  chain.fill(0, random(256), chain.writableLength);
}

/** A driver that does anything, against our device. */
export const hostileDriver: FuzzCase = (seed) => {
  const random = randomNumbers(seed);
  const ground = new Ground(random(4) === 0);
  const features = randomFeatures(random);
  const size = randomSize(random, features.packed === true);
  const layout = contiguousLayout(size, 0x1000, features.packed === true);
  const ring = new RawRing(ground.ram, layout, features.packed === true, features.bigEndian !== true);
  let faults = 0;
  const queue = createDeviceQueue({
    memory: ground.memory,
    features,
    interrupt: () => {},
    onBroken: (fault) => {
      count(fault);
      faults += 1;
      if (random(4) === 0) queue.reset();
    },
    ...(random(4) === 0 ? { maxChainLength: 1 + random(40) } : {}),
  });
  queue.enable(layout);
  const round = { wrap: 1 };
  const held: Chain[] = [];
  let served = 0;
  const handle = (chain: Chain): number => {
    served += 1;
    tally.chains += 1;
    exercise(random, chain);
    if (random(20) === 0) scribble(random, ring, round);
    if (random(60) === 0) queue.reset();
    if (random(60) === 0) ground.memory.remove(ground.high);
    if (random(60) === 0) queue.process(handle);
    if (random(4) === 0) {
      held.push(chain);
      return PENDING;
    }
    return random(8) === 0 ? random(0x7fff_ffff) : random(chain.writableLength + 1);
  };
  for (let steps = 20 + random(60); steps > 0; steps--) {
    if (queue.broken !== undefined && random(2) === 0) {
      ground.ram.fill(0, 0x1000, 0x1400);
      queue.enable(layout);
      round.wrap = 1;
    }
    for (let count = random(8); count > 0; count--) scribble(random, ring, round);
    const before = served;
    switch (random(9)) {
      case 0: {
        const chain = queue.pop();
        if (chain !== undefined) held.push(chain);
        break;
      }
      case 1:
        for (const chain of held.splice(0, 1 + random(4))) queue.push(chain, random(200));
        break;
      case 2:
        queue.publish();
        break;
      case 3:
        queue.enableNotifications();
        break;
      case 4:
        queue.disableNotifications();
        break;
      case 5:
        if (random(6) === 0) queue.enable(layout);
        break;
      case 6:
        if (random(20) === 0)
          queue.enable({ ...layout, size: random(40), desc: random(0x2_0000), driver: random(0x2_0000) });
        else if (queue.size === 0) queue.enable(layout);
        break;
      default:
        queue.process(handle);
    }
    if (served - before > 64 * Math.max(queue.size, 32)) throw new Error("more chains at once than the queue is long");
    if (queue.inFlight > 64) throw new Error("more chains in flight than the queue is long");
  }
  if (!ground.memory.contains(ramLength, 1)) ground.memory.add(ground.high);
  ground.check();
  const lastFaults = faults;
  checkMended(queue, ground, layout, features);
  if (faults !== lastFaults) throw new Error("broken again without a reason");
  ground.check();
};

/** A device that does anything, against our driver. */
export const hostileDevice: FuzzCase = (seed) => {
  const random = randomNumbers(seed);
  const ground = new Ground(random(4) === 0);
  const features = randomFeatures(random);
  const packed = features.packed === true;
  const size = randomSize(random, packed);
  const layout = contiguousLayout(size, 0x1000, packed);
  const ring = new RawRing(ground.ram, layout, packed, features.bigEndian !== true);
  const outstanding = new Map<number, number>();
  const queue = createDriverQueue<number>({ memory: ground.memory, features, notify: () => {}, onBroken: count });
  queue.enable(layout, { address: 0x1800, entries: 4 });
  let token = 0;
  const take = (one: number, written: number): void => {
    const most = outstanding.get(one);
    if (most === undefined) throw new Error(`${one} is handed out twice, or was never there`);
    if (written < 0 || written > most) throw new Error(`${written} bytes of ${most}`);
    tally.buffers += 1;
    outstanding.delete(one);
  };
  const used = { wrap: 1, next: 0 };
  for (let steps = 20 + random(60); steps > 0; steps--) {
    switch (random(6)) {
      case 0:
      case 1: {
        const list = new ScatterList();
        const count = 1 + random(Math.min(size, 4));
        const readable = random(count + 1);
        for (let index = 0; index < readable; index++) list.readable(0x4000 + random(4096), 1 + random(100));
        for (let index = readable; index < count; index++) list.writable(0x8000 + random(4096), 1 + random(100));
        if (queue.add(list, token)) outstanding.set(token++, list.writableLength);
        break;
      }
      case 2:
        queue.kick();
        break;
      case 3:
        queue.reap(take);
        break;
      case 4: {
        const one = queue.get();
        if (one !== undefined) take(one.token, one.written);
        break;
      }
      default:
        if (random(2) === 0) queue.enableNotifications();
        else queue.disableNotifications();
    }
    if (random(3) === 0) {
      const id = random(12) === 0 ? random(0xffff_ffff) : random(size);
      const len = random(8) === 0 ? random(0xffff_ffff) : random(100);
      if (packed) {
        if (random(8) === 0) used.wrap ^= 1;
        ring.desc(used.next, { addr: 0, len, id, flags: packedUsed(used.wrap) | (random(2) === 0 ? WRITE : 0) });
        used.next = random(4) === 0 ? random(size) : (used.next + 1 + random(2)) % size;
      } else {
        const idx = ring.view.getUint16(layout.device + 2, ring.little);
        ring.view.setUint32(layout.device + 4 + 8 * (idx % size), id, ring.little);
        ring.view.setUint32(layout.device + 8 + 8 * (idx % size), len, ring.little);
        ring.view.setUint16(layout.device + 2, random(16) === 0 ? random(0x1_0000) : (idx + 1) & 0xffff, ring.little);
      }
    }
    if (random(10) === 0) ring.view.setUint8(0x1000 + random(0x400), random(256));
    if (queue.free < 0 || queue.free > size) throw new Error(`${queue.free} of ${size} entries free`);
    if (queue.outstanding !== outstanding.size)
      throw new Error(`${queue.outstanding} outstanding, not ${outstanding.size}`);
  }
  ground.check();
  const unused: number[] = [];
  queue.reset((one) => unused.push(one));
  for (const one of unused) take(one, 0);
  if (outstanding.size > 0) throw new Error(`${outstanding.size} requests are lost`);
  const device = createDeviceQueue({ memory: ground.memory, features, interrupt: () => {} });
  checkMended(device, ground, layout, features);
  ground.check();
};

/** Both sides ours and well behaved, in any order of calls, with resets in between: nothing is lost or comes twice. */
export const goodPair: FuzzCase = (seed) => {
  const random = randomNumbers(seed);
  const ground = new Ground(random(4) === 0);
  const features = randomFeatures(random);
  const packed = features.packed === true;
  const size = randomSize(random, packed);
  const layout = contiguousLayout(size, 0x1000, packed);
  const driver = createDriverQueue<number>({ memory: ground.memory, features, notify: () => {} });
  const device = createDeviceQueue({ memory: ground.memory, features, interrupt: () => {} });
  const enable = (): void => {
    driver.enable(layout, { address: 0x1800, entries: 4 });
    device.enable(layout);
  };
  enable();
  const held: Chain[] = [];
  const outstanding = new Map<number, number>();
  let token = 0;
  let expected = 0;
  const take = (one: number, written: number): void => {
    if (outstanding.get(one) !== written) throw new Error(`${written} bytes of request ${one}`);
    tally.buffers += 1;
    if (features.inOrder === true && one !== expected) throw new Error(`${one} before ${expected}`);
    expected = one + 1;
    outstanding.delete(one);
  };
  const answer = (chain: Chain): number => {
    if (random(3) !== 0) return chain.writableLength;
    held.push(chain);
    return PENDING;
  };
  for (let steps = 50 + random(300); steps > 0; steps--) {
    switch (random(9)) {
      case 0:
      case 1: {
        const list = new ScatterList();
        const count = 1 + random(Math.min(size, 4));
        const readable = random(count + 1);
        // Some lie over the border of two regions.
        for (let index = 0; index < readable; index++) list.readable(ramLength - 200 + random(200), 1 + random(100));
        for (let index = readable; index < count; index++) list.writable(0x8000 + random(4096), 1 + random(100));
        if (random(8) === 0 && driver.begin(count)) {
          // Begun and left alone.
          for (let index = random(count); index > 0; index--) driver.readable(0x4000, 1);
        }
        if (driver.add(list, token)) outstanding.set(token++, list.writableLength);
        break;
      }
      case 2:
        driver.kick();
        break;
      case 3:
        device.process(answer);
        break;
      case 4: {
        const chain = device.pop();
        if (chain !== undefined) held.push(chain);
        break;
      }
      case 5: {
        const [chain] = held.splice(random(Math.max(held.length, 1)), 1);
        if (chain !== undefined) device.push(chain, chain.writableLength);
        if (random(2) === 0) device.publish();
        break;
      }
      case 6:
        driver.reap(take);
        break;
      case 7: {
        const one = driver.get();
        if (one !== undefined) take(one.token, one.written);
        break;
      }
      default:
        if (random(20) === 0) {
          device.reset();
          driver.reset((one) => outstanding.delete(one));
          if (outstanding.size > 0) throw new Error("a reset loses requests");
          expected = token;
          enable();
        }
    }
  }
  driver.kick();
  device.process(answer);
  for (const chain of held) device.push(chain, chain.writableLength);
  device.publish();
  driver.reap(take);
  if (outstanding.size > 0) throw new Error(`${outstanding.size} requests are not answered`);
  if (driver.broken !== undefined || device.broken !== undefined) throw new Error(`${driver.broken} ${device.broken}`);
  if (driver.free !== size || device.inFlight !== 0) throw new Error("something is left over");
  ground.check();
};

/** What a scribbling thread needs: it writes into the ring's pages while a device of ours serves from it. */
export interface Scribbled {
  readonly memory: ArrayBufferLike;
  /** Bytes of the ring's pages in it. */
  readonly from: number;
  readonly to: number;
  /** Lets the device serve once, and mends it when it is broken. @throws where it does what it must not */
  readonly step: () => void;
}

/** A device whose ring changes while it reads: not to be replayed. */
export function scribbledDevice(seed: number): Scribbled {
  const random = randomNumbers(seed);
  const ground = new Ground(true);
  const features = { ...randomFeatures(random), indirectDesc: true };
  const layout = contiguousLayout(16, 0x1000, features.packed === true);
  const ring = new RawRing(ground.ram, layout, features.packed === true, features.bigEndian !== true);
  const queue = createDeviceQueue({ memory: ground.memory, features, interrupt: () => {} });
  const round = { wrap: 1 };
  queue.enable(layout);
  return {
    memory: ground.bytes.buffer,
    from: guard + 0x1000,
    to: guard + 0x1900,
    step() {
      for (let count = random(8); count > 0; count--) scribble(random, ring, round);
      queue.process((chain) => {
        exercise(random, chain);
        return chain.writableLength;
      });
      if (queue.broken === undefined) return;
      ground.check();
      queue.reset();
      queue.enable(layout);
      round.wrap = 1;
    },
  };
}
