import { describe, expect, it } from "vitest";

import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import type { Chain } from "../../../src/runtime/virtqueue/chain.ts";
import { createDeviceQueue } from "../../../src/runtime/virtqueue/create-queue.ts";
import { contiguousLayout } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { INDIRECT, NEXT, packedAvail, packedUsed, RawRing, type RawDescriptor, WRITE } from "./raw-ring.ts";

// A chain of one descriptor to read and one to write has a path of its own in `process`. It is held against `pop`,
// which asks the walker about every chain.

const size = 4;
const start = 0x1_0000;
const ramLength = 0x8000;
const good: readonly [RawDescriptor, RawDescriptor] = [
  { addr: start + 0x4000, len: 16, flags: NEXT, next: 1 },
  { addr: start + 0x5000, len: 32, flags: WRITE },
];

/** What the device makes of these two descriptors behind as many single ones as `before` says. */
function outcome(packed: boolean, pair: readonly RawDescriptor[], before: number, byProcess: boolean, limit: number) {
  const bytes = new Uint8Array(ramLength + 1024);
  const source = (address: number, byteOffset: number, byteLength: number) => ({
    address,
    byteOffset,
    byteLength,
    buffer: () => bytes.buffer,
  });
  const memory = new GuestMemory([source(start, 0, ramLength), source(start - 1024, ramLength, 1024)]);
  const queue = createDeviceQueue({ memory, features: { packed }, interrupt: () => {}, maxChainLength: limit });
  const layout = contiguousLayout(size, start + 0x1000, packed);
  queue.enable(layout);
  const inBytes = {
    size,
    desc: layout.desc - start,
    driver: layout.driver - start,
    device: layout.device - start,
  };
  const ring = new RawRing(bytes, inBytes, packed);
  const seen: unknown[] = [];
  const note = (chain: Chain): number => {
    const { id, readableCount, readableLength, writableLength, ringEntries } = chain;
    const segments = chain.segments
      .slice(0, chain.segmentCount)
      .map((one) => [one.region.start + one.offset, one.length]);
    seen.push({ id, readableCount, readableLength, writableLength, segments, entries: packed ? ringEntries : 0 });
    return chain.writableLength;
  };
  const serve = (): void => {
    if (byProcess) queue.process(note);
    else for (let chain = queue.pop(); chain !== undefined; chain = queue.pop()) queue.push(chain, note(chain));
    queue.publish();
  };
  for (let index = 0; index < before; index++) {
    ring.desc(index, { ...good[1], flags: WRITE | (packed ? packedAvail(1) : 0), id: index });
    if (!packed) ring.avail(Array(index + 1).fill(index));
    serve();
  }
  for (const [index, descriptor] of pair.entries()) {
    const at = (before + index) % size;
    const wrap = before + index < size ? 1 : 0;
    const flags = (descriptor.flags ?? 0) | (descriptor.flags === packedUsed(1) ? 0 : packedAvail(wrap));
    if (packed) ring.desc(at, { ...descriptor, flags, id: index + 7 });
    else ring.desc(index, descriptor);
  }
  if (!packed) ring.avail(Array(before + 1).fill(0));
  serve();
  return { seen, broken: queue.broken, inFlight: queue.inFlight };
}

const changes: readonly (readonly [string, RawDescriptor])[] = [
  ["nothing wrong", {}],
  ["an address in the region before", { addr: start - 512 }],
  ["an address that runs into the region behind", { addr: start - 8 }],
  ["an address before all memory", { addr: start - 2048 }],
  ["an address with another upper half", { addr: 0x1_0000_0000 + start + 0x4000 }],
  ["an address with the uppermost bit set", { addr: (1n << 63n) + BigInt(start + 0x4000) }],
  ["an address whose lower half is large", { addr: start + 0x8000_0000 }],
  ["an address at the memory's end", { addr: start + ramLength - 16 }],
  ["an address too close to the memory's end", { addr: start + ramLength - 15 }],
  ["no bytes", { len: 0 }],
  ["as many bytes as there are", { addr: start, len: ramLength }],
  ["more bytes than there are", { addr: start, len: ramLength + 1 }],
  ["2^31 bytes", { len: 0x8000_0000 }],
  ["2^32 - 1 bytes", { len: 0xffff_ffff }],
  ["more bytes than a tight loop knows", { len: 0x1000_0000 }],
  ["the flag INDIRECT", { flags: INDIRECT }],
  ["the flags INDIRECT and NEXT", { flags: INDIRECT | NEXT, next: 1 }],
  ["only WRITE", { flags: WRITE }],
  ["WRITE and NEXT", { flags: WRITE | NEXT, next: 1 }],
  ["no flag", { flags: 0 }],
  ["only NEXT", { flags: NEXT, next: 1 }],
  ["next behind the table", { flags: NEXT, next: size }],
  ["next far behind the table", { flags: NEXT, next: 0xffff }],
  ["next back to itself", { flags: NEXT, next: 0 }],
  ["a descriptor that is used", { flags: packedUsed(1) }],
];

describe.each([
  { name: "split", packed: false },
  { name: "packed", packed: true },
])("a chain of two, $name:", ({ packed }) => {
  for (const [what, change] of changes) {
    it(`${what} is served, or refused, as by the long way`, () => {
      for (const place of [0, 1]) {
        for (const before of [0, 1, 2, 3]) {
          for (const limit of [1, 2, size]) {
            const pair = good.map((descriptor, index) => (index === place ? { ...descriptor, ...change } : descriptor));
            const expected = outcome(packed, pair, before, false, limit);
            expect(outcome(packed, pair, before, true, limit)).toEqual(expected);
          }
        }
      }
    });
  }

  it("is served", () => {
    expect(outcome(packed, good, 0, true, size)).toEqual({
      seen: [
        {
          id: packed ? 8 : 0,
          readableCount: 1,
          readableLength: 16,
          writableLength: 32,
          segments: [
            [start + 0x4000, 16],
            [start + 0x5000, 32],
          ],
          entries: packed ? 2 : 0,
        },
      ],
      broken: undefined,
      inFlight: 0,
    });
  });
});
