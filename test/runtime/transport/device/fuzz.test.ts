import { describe, expect, test } from "vitest";

import { CommonRegister, LegacyHeaderRegister } from "../../../../src/runtime/described/pci.ts";
import { Register } from "../../../../src/runtime/described/mmio.ts";
import { randomNumbers } from "../../virtqueue/rig.ts";
import { Core, F, type Feature } from "./adder-device.ts";
import type { Guest } from "./guest.ts";
import type { LinuxDriver } from "./linux-driver.ts";
import { everything, fullConfig, type Machine, mmioMachine, pciLegacyMachine, pciMachine } from "./machines.ts";
import { capabilities } from "./pci-bus.ts";

// A driver out of its mind: it accesses anything, in any width, and changes the memory under the rings. Nothing throws
// or hangs, and after a reset the device works.

/** More of them by hand: `FUZZ_SEEDS=100 npx vitest run test/runtime/transport/device/fuzz`. */
const seeds = Number(process.env["FUZZ_SEEDS"] ?? 5);
const rounds = 25;
const accesses = 250;

/** Where accesses go. */
interface Target {
  /** Offsets at which something is. */
  readonly offsets: readonly number[];
  /** In bytes, somewhat more than there is. */
  readonly reach: number;
  read(offset: number, width: number): number;
  write(offset: number, width: number, value: number): void;
}

interface Victim extends Machine {
  readonly targets: readonly Target[];
  /** What a driver of sound mind sets right before it begins. */
  tidy(): void;
}

const sharedMemory = [{ id: 3, address: 0xf_0000, length: 0x1000 }];
const options = { features: everything, config: fullConfig, queueSize: 64, sharedMemory };

function mmioVictim(version: 1 | 2, bigEndian: boolean): Victim {
  const machine = mmioMachine(options, { version, bigEndian });
  const { mmio } = machine;
  const target: Target = {
    offsets: Object.values(Register),
    reach: 0x130,
    read: (offset, width) => mmio.read(offset, width),
    write: (offset, width, value) => mmio.write(offset, width, value),
  };
  return { ...machine, targets: [target], tidy: () => {} };
}

function pciVictim(machine: ReturnType<typeof pciMachine> | ReturnType<typeof pciLegacyMachine>): Victim {
  const { pci } = machine;
  const list = capabilities(pci);
  const space: Target = {
    offsets: [
      0x04,
      0x10,
      0x14,
      0x20,
      0x24,
      0x3c,
      ...list.flatMap(({ at }) => [at + 2, at + 4, at + 8, at + 12, at + 16]),
    ],
    reach: 264,
    read: (offset, width) => pci.configRead(offset, width),
    write: (offset, width, value) => pci.configWrite(offset, width, value),
  };
  const bars = pci.bars.map(({ index, size }): Target => {
    const here = list.filter((one) => one.id === 0x09 && one.bar === index);
    const registers = [...Object.values(CommonRegister), ...Object.values(LegacyHeaderRegister)];
    return {
      offsets: [0, ...here.map(({ offset }) => offset)].flatMap((from) => registers.map((offset) => from + offset)),
      reach: Math.min(size + 8, 0x5000),
      read: (offset, width) => pci.barRead(index, offset, width),
      write: (offset, width, value) => pci.barWrite(index, offset, width, value),
    };
  });
  const msix = list.find(({ id }) => id === 0x11);
  return {
    ...machine,
    targets: [space, ...bars, ...bars],
    tidy: () => {
      if (msix !== undefined) pci.configWrite(msix.at + 2, 2, 0);
    },
  };
}

const victims: { name: string; create: () => Victim }[] = [
  { name: "mmio", create: () => mmioVictim(2, false) },
  { name: "legacy mmio", create: () => mmioVictim(1, false) },
  { name: "legacy mmio, big-endian", create: () => mmioVictim(1, true) },
  { name: "pci", create: () => pciVictim(pciMachine(options, {}, false, { msi: () => {}, barMoved: () => {} })) },
  {
    name: "pci in I/O",
    create: () => pciVictim(pciMachine(options, { structures: { bar: 0, space: "io" } })),
  },
  {
    name: "transitional pci, modern driver",
    create: () => pciVictim(pciMachine(options, { interfaces: "transitional" }, false, { msi: () => {} })),
  },
  {
    name: "transitional pci, legacy driver",
    create: () => pciVictim(pciLegacyMachine(options, { bigEndian: true }, false, { msi: () => {} })),
  },
  {
    name: "legacy pci",
    create: () => pciVictim(pciLegacyMachine(options, { interfaces: "legacy" }, false, { msi: () => {} })),
  },
];

function randomValue(random: (below: number) => number): number {
  switch (random(8)) {
    case 0:
      return 0;
    case 1:
      return 1;
    case 2:
      return 2 ** random(33);
    case 3:
      return random(8);
    case 4:
      return 0x10000 + random(16) * 0x1000;
    case 5:
      return 0xffff_ffff;
    case 6:
      return -random(0x7fff_ffff);
    default:
      return random(0xffff_ffff);
  }
}

function access({ targets }: Victim, random: (below: number) => number): void {
  const target = targets[random(targets.length)];
  if (target === undefined) return;
  const known = random(3) > 0;
  const offset = known ? (target.offsets[random(target.offsets.length)] ?? 0) : random(target.reach) - 4;
  const width = random(8) === 0 ? random(10) : ([1, 2, 4][random(3)] ?? 1);
  if (random(3) === 0) {
    const value = target.read(offset, width);
    if (!(value >= 0 && value < 2 ** (8 * width)) && value !== 0) throw new Error(`${value} of ${width} bytes`);
  } else {
    target.write(offset, width, randomValue(random));
  }
}

/** Now and then something that brings the device on, so that all states are seen. */
function step(driver: LinuxDriver, guest: Guest, wanted: readonly Feature[], random: (below: number) => number): void {
  switch (random(5)) {
    case 0:
      driver.probe(wanted);
      break;
    case 1:
      driver.negotiate(wanted);
      break;
    case 2:
      driver.notify(random(4), random(4));
      break;
    case 3:
      guest.view.setUint32(0x10000 + random(0x18000), random(0xffff_ffff), true);
      break;
    default:
      for (let at = 0; at < 64; at++) guest.view.setUint8(0x10000 + random(3) * 0x8000 + random(2048), random(256));
  }
}

describe.each(victims)("$name", ({ create }) => {
  test.each(Array.from({ length: seeds }, (_, seed) => seed + 1))("seed %i", (seed) => {
    const random = randomNumbers(seed * 7919);
    const victim = create();
    const { driver, guest, device } = victim;
    const features = everything.filter((bit) => bit !== F.OLD && random(2) === 0);
    const wanted = driver.legacy
      ? [F.TICKS]
      : [...features.filter((bit) => bit !== F.EXTRA && bit !== Core.NOTIF_CONFIG_DATA), Core.VERSION_1];
    for (let round = 0; round < rounds; round++) {
      for (let count = 0; count < accesses; count++) {
        if (random(20) === 0) step(driver, guest, wanted, random);
        access(victim, random);
      }
      victim.tidy();
      expect(driver.reset()).toBe(0);
      expect(device.needsReset).toBeUndefined();
      expect(driver.probe(wanted), `round ${round}`).toBe(driver.legacy ? 7 : 15);
      expect(guest.add(0, round, 3), `round ${round}`).toBe(round + 3);
      expect(guest.add(2, round, 4), `round ${round}`).toBe(round + 4);
    }
  });
});
