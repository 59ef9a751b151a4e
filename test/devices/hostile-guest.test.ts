import { describe, expect, test } from "vitest";
import { BlkDisk } from "../../src/devices/blk-disk.ts";
import { EntropySource } from "../../src/devices/entropy-source.ts";
import { MemoryBalloon } from "../../src/devices/memory-balloon.ts";
import { linkPair } from "../../src/devices/net/link.ts";
import { NetCard } from "../../src/devices/net-card.ts";
import { LogicalUnit } from "../../src/devices/scsi/logical-unit.ts";
import { ScsiHost } from "../../src/devices/scsi-host.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import { StreamConsole } from "../../src/devices/stream-console.ts";
import type { VirtioDevice } from "../../src/runtime/device/virtio-device.ts";
import { Guest } from "./guest.ts";

/** Each device, and a request that it answers at once when it works: queue, bytes to read, bytes to write. */
interface Victim {
  readonly name: string;
  readonly make: () => VirtioDevice;
  readonly probe: readonly [queue: number, out: readonly number[], room: number];
}

const victims: readonly Victim[] = [
  {
    name: "a disk",
    make: () => new BlkDisk({ store: new BufferStore(64 * 512), queues: 2 }),
    probe: [0, [4, ...new Uint8Array(15)], 1],
  },
  { name: "entropy", make: () => new EntropySource(), probe: [0, [], 8] },
  {
    name: "a console",
    make: () => new StreamConsole({ ports: [{ console: true }, {}], size: { cols: 1, rows: 1 } }),
    probe: [3, [0, 0, 0, 0, 0, 0, 0, 0], 0],
  },
  {
    name: "a network card",
    make: () => new NetCard({ link: linkPair()[0], queuePairs: 2, checksum: true }),
    probe: [4, [0, 0, 1], 1],
  },
  {
    name: "a balloon",
    make: () => new MemoryBalloon({ inflated() {}, deflated() {}, hinted() {}, reported() {}, poison: true }),
    probe: [0, [1, 0, 0, 0], 0],
  },
  {
    name: "a SCSI host",
    make: () =>
      new ScsiHost({ units: [{ target: 0, lun: 0, unit: new LogicalUnit({ store: new BufferStore(64 * 512) }) }] }),
    probe: [0, [0, 0, 0, 0, 6, 0, 0, 0, 1, ...new Uint8Array(15)], 1],
  },
];

function randomNumbers(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 1) | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Bytes of which most are small, so that they are often tags, counts and flags that mean something. */
function randomBytes(random: (below: number) => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => [0, 0, random(4), random(32), random(256)][random(5)] ?? 0);
}

function attack(device: VirtioDevice, guest: Guest, random: (below: number) => number): void {
  const places = device.queuePlaces;
  for (let step = 0; step < 60; step++) {
    const { number } = places[random(places.length)] ?? { number: 0 };
    const lengths = Array.from(
      { length: random(4) },
      () => [1 + random(24), 1 + random(200), 16, 1024][random(4)] ?? 1,
    );
    const split = random(lengths.length + 1);
    const out = lengths.slice(0, split).map((length) => randomBytes(random, length));
    if (lengths.length > 0) {
      // A full queue, and answers that never come, are nothing unusual here.
      void guest.add(number, out, lengths.slice(split)).catch(() => {});
      guest.kick(number);
    }
    if (random(4) === 0) device.writeConfig(random(64), [1, 2, 4][random(3)] ?? 1, random(0x1_0000_0000));
    if (random(16) === 0) device.notified(random(0x1_0000));
    if (random(40) === 0) device.resetQueue(number);
    if (device.needsReset !== undefined || device.queuePlaces.some((place) => !device.queueEnabled(place.number)))
      return;
  }
}

describe.each(victims)("$name", ({ make, probe: [queue, out, room] }) => {
  test.each([
    ["packed", []],
    ["split", [34]],
  ])("takes whatever a driver sends over %s queues, and works after a reset", async (_name, without) => {
    const device = make();
    const guest = new Guest(device, { without });
    const random = randomNumbers(without.length + 7);
    let resets = 0;
    for (let round = 0; round < 30; round++) {
      attack(device, guest, random);
      if (device.needsReset !== undefined) resets += 1;
      guest.reset();
      guest.start();
      // oxlint-disable-next-line no-await-in-loop
      const used = await guest.post(queue, out.length > 0 ? [Uint8Array.from(out)] : [], room > 0 ? [room] : []);
      expect([used.written <= room, device.needsReset]).toEqual([true, undefined]);
      guest.reset();
      guest.start();
    }
    // The attack gets through to what it is to find.
    expect(resets).toBeGreaterThan(1);
  });
});
