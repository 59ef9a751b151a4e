import { expect, it } from "vitest";
import { Register } from "../../../src/runtime/described/mmio.ts";
import { DriverError } from "../../../src/runtime/driver/driver-error.ts";
import { PciTransport } from "../../../src/runtime/transport/driver/pci-transport.ts";
import type { RegisterAccess } from "../../../src/runtime/transport/driver/register-access.ts";
import { DmaMemory } from "../../../src/runtime/driver/dma-memory.ts";
import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { randomNumbers } from "../virtqueue/rig.ts";
import { Core, F, ShelfDriver } from "./shelf.ts";
import { ScriptedMmio } from "./scripted-mmio.ts";

/** What a driver may end with, whatever the device is like. */
function isAllowed(error: unknown): boolean {
  return error instanceof DriverError && error.code !== "misuse";
}

const twoTo32 = 0x1_0000_0000;

async function goesOn(driver: ShelfDriver, disturb: () => void): Promise<string> {
  const outcomes: Promise<unknown>[] = [];
  const noted = (promise: Promise<unknown>): void => {
    outcomes.push(
      promise.then(
        () => undefined,
        (error: unknown) => (isAllowed(error) ? undefined : error),
      ),
    );
  };
  driver.listening = 2;
  let started: string;
  try {
    await driver.start();
    started = "started";
  } catch (error) {
    if (!isAllowed(error)) throw error;
    started = (error as DriverError).code;
  }
  for (let step = 0; step < 8; step++) {
    noted(driver.read(step, 16));
    noted(driver.write(step, Uint8Array.of(1, 2, 3)));
    noted(driver.names(32));
    disturb();
    driver.poll();
    driver.interrupt();
  }
  const stopped = driver.stop();
  noted(stopped);
  expect(await Promise.all(outcomes)).toEqual(outcomes.map(() => undefined));
  return started;
}

it("a device on virtio-mmio that does anything at random stops its driver with a typed error at worst", async () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= 150; seed++) {
    const random = randomNumbers(seed);
    const mmio = new ScriptedMmio();
    mmio.offered.add(F.TRIM).add(F.EVENTS);
    if (random(2) === 0) mmio.offered.add(Core.RING_PACKED);
    if (random(2) === 0) mmio.offered.add(Core.EVENT_IDX).add(Core.INDIRECT_DESC);
    const driver = mmio.driver({ required: random(2) === 0 ? [] : [F.EVENTS], timeout: 2 });
    const names = Object.values(Register).filter((offset) => offset !== Register.Status || random(8) === 0);
    for (let count = random(3); count > 0; count--) {
      mmio.fixed.set(names[random(names.length)] ?? 0, () => random(random(2) === 0 ? 4 : twoTo32));
    }
    const disturb = (): void => {
      // The rings are at the beginning of the driver's memory, the buffers behind them.
      for (let count = random(40); count > 0; count--) mmio.view.setUint8(0x1000 + random(0x400), random(4));
      if (random(4) === 0) mmio.interruptStatus = random(twoTo32);
      if (random(16) === 0) mmio.status = random(256);
    };
    const outcome = await goesOn(driver, disturb);
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  }
  expect(seen.get("started") ?? 0).toBeGreaterThan(20);
  expect(seen.size).toBeGreaterThan(2);
});

it("a PCI function that reads as anything at random is no device, or one that stops its driver with a typed error", async () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= 400; seed++) {
    const random = randomNumbers(seed * 7919);
    const config = new Uint8Array(256);
    const bar = new Uint8Array(0x1000);
    for (const bytes of [config, bar]) for (let at = 0; at < bytes.length; at++) bytes[at] = random(256);
    config.set([0xf4, 0x1a, 0x6a, 0x10, 0, 0, 0x10, 0]);
    config[0x34] = 0x40;
    // Mostly capabilities that begin where they should, of types that there are.
    for (let at = 0x40, type = 1; type < 6; at += 0x18, type++) {
      const offset = (type - 1) * 0x100;
      const cap = [9, at + 0x18, 0x18, type, 0, 1, 0, 0, 0, offset >> 8, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      config.set(cap, at);
    }
    for (let count = random(4); count > 0; count--) config[0x40 + random(0x80)] = random(256);
    // The common configuration's status and enable do what is written, often.
    const tame = random(4) > 0;
    const over = (bytes: Uint8Array): RegisterAccess => ({
      read: (offset, width) => {
        let value = 0;
        for (let index = width - 1; index >= 0; index--) value = value * 256 + (bytes[offset + index] ?? 0);
        if (bytes === bar && tame && offset === 4) return bar[0] === 1 ? 1 : bar[0] === 0 ? 4 : 0;
        if (bytes === bar && tame && offset === 0x1c) return 0;
        return value;
      },
      write: (offset, width, value) => {
        for (let index = 0; index < width; index++) bytes[offset + index] = Math.floor(value / 256 ** index) & 0xff;
      },
    });
    const memory = GuestMemory.over(new ArrayBuffer(1 << 18));
    const dma = new DmaMemory(memory, [{ address: 0x1000, length: 0x3f000 }]);
    let driver: ShelfDriver;
    try {
      const access = { config: over(config), bar: () => ({ registers: over(bar), length: 0x1000, address: 0 }) };
      driver = new ShelfDriver(PciTransport.probe(access), { memory: dma, timeout: 2 });
    } catch (error) {
      expect(error).toMatchObject({ name: "DriverError" });
      const { code } = error as DriverError;
      seen.set(code, (seen.get(code) ?? 0) + 1);
      continue;
    }
    const disturb = (): void => {
      for (let count = random(9); count > 0; count--) bar[random(0x100)] = random(256);
    };
    const outcome = await goesOn(driver, disturb);
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  }
  expect(seen.get("started") ?? 0).toBeGreaterThan(20);
  expect(seen.size).toBeGreaterThan(2);
});
