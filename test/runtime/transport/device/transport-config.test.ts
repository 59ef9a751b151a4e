import { describe, expect, test } from "vitest";

import { STATUS } from "../../../../src/runtime/described/config.ts";
import { Core, F } from "./adder-device.ts";
import type { LinuxDriver } from "./linux-driver.ts";
import { EVENT } from "./linux-driver.ts";
import { kinds, withEverything } from "./machines.ts";

function bytesOf(driver: LinuxDriver, from = 0, to = 28): number[] {
  return Array.from({ length: to - from }, (_, at) => driver.readConfig(from + at, 1));
}

const inOrder = (bytes: number[], name: string): number[] => (name.includes("big-endian") ? bytes.toReversed() : bytes);

describe.each(kinds)("$name: configuration space", (kind) => {
  const version = kind.legacy ? [] : [Core.VERSION_1];

  test("every width at every alignment shows the same bytes; behind the end there are zeroes", () => {
    const { driver } = kind.create(withEverything);
    driver.find();
    const bytes = bytesOf(driver);
    expect(bytes.slice(0, 8)).toEqual(inOrder([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11], kind.name));
    expect(bytes.slice(8, 10)).toEqual(inOrder([3, 0], kind.name));
    expect(bytes.slice(20, 24)).toEqual(inOrder([1, 0, 0, 0], kind.name));
    expect(bytes.slice(24)).toEqual([...inOrder([2, 0], kind.name), 0, 0]);
    for (const width of [1, 2, 4]) {
      for (let at = 0; at + width <= 28; at++) {
        const wanted = bytes.slice(at, at + width).reduceRight((sum, byte) => sum * 256 + byte, 0);
        expect(driver.readConfig(at, width), `${width} at ${at}`).toBe(wanted);
      }
    }
    for (const width of [0, 3, 5, 8]) expect(driver.readConfig(0, width)).toBe(0);
    expect(driver.readConfig(4096, 4)).toBe(0);
  });

  test("fields are there with their features: those that are offered, later those that were accepted", () => {
    const { driver } = kind.create(withEverything);
    driver.find();
    const fields = (): boolean[] =>
      [[20, 24] as const, [24, 26] as const].map((at) => bytesOf(driver, ...at).some(Boolean));
    expect(fields()).toEqual([true, true]);
    driver.probe([...version, F.LIMIT]);
    expect(fields()).toEqual([true, false]);
    driver.probe(version);
    expect(fields()).toEqual([false, false]);
    driver.reset();
    expect(fields()).toEqual([true, true]);
  });

  test("the generation changes with what the driver sees, and only then", () => {
    const { driver, device } = kind.create(withEverything);
    driver.probe(version);
    const before = driver.generation();
    device.change({ extra: 77 });
    expect(driver.generation()).toBe(before);
    expect(driver.takeInterrupt()).toBe(0);
    device.change({ capacity: 1n });
    expect(driver.takeInterrupt()).toBe(EVENT.CONFIG);
    if (kind.legacy) expect(driver.generation()).toBeUndefined();
    else expect(driver.generation()).not.toBe(before);
    expect(driver.generation()).toBe(driver.generation());
    device.change({ capacity: 2n }, false);
    expect(driver.takeInterrupt()).toBe(0);
  });

  test("a generation of few bits does not come round between two reads", () => {
    const { driver, device } = kind.create(withEverything);
    driver.probe(version);
    const before = driver.generation();
    for (let count = 1; count <= 256; count++) device.change({ capacity: BigInt(count) });
    if (!kind.legacy) expect(driver.generation()).not.toBe(before);
    expect(driver.readConfig(kind.name.includes("big-endian") ? 6 : 1, 1)).toBe(1);
  });

  test("only what is writable is written, as long as it is", () => {
    const { driver, device } = kind.create(withEverything);
    driver.negotiate(version);
    const before = bytesOf(driver);
    for (const at of [0, 4, 10, 11, 17, 19, 20, 24]) driver.writeConfig(at, 1, 0xff);
    driver.writeConfig(0, 4, 0xffff_ffff);
    driver.writeConfig(20, 4, 0xffff_ffff);
    expect(bytesOf(driver)).toEqual(before);
    expect(device.seen.filter((what) => what.startsWith("configWritten"))).toEqual([]);
    driver.writeConfig(12, 4, 0x0102_0304);
    expect(driver.readConfig(12, 4)).toBe(0x0102_0304);
    driver.addStatus(STATUS.DRIVER_OK);
    driver.writeConfig(12, 4, 5);
    expect(driver.readConfig(12, 4)).toBe(0x0102_0304);
    // What is too large for its member is not taken.
    driver.writeConfig(8, 2, 0x8080);
    expect(device.config.mode).toBe(3);
    expect(device.seen.filter((what) => what.startsWith("configWritten"))).toEqual(["configWritten early"]);
    driver.reset();
    expect(bytesOf(driver, 0, 20)).toEqual(before.slice(0, 20));
  });

  test("a write over several members reaches those that may be written; ones clear bits of another", () => {
    const { driver, device } = kind.create(withEverything);
    driver.probe(version);
    driver.writeConfig(16, 4, 0x0903_ff11);
    expect(device.config).toMatchObject({ emergency: 0x11, events: 7 & ~3 });
    expect(bytesOf(driver, 16, 20)).toEqual([0x11, 4, 0, 0]);
    expect(device.seen.at(-1)).toBe("configWritten emergency clear");
    driver.reset();
    expect(device.config, "one is kept over a reset").toMatchObject({ emergency: 0x11, events: 4 });
  });

  test("before negotiation only what may be written at any time, or anything on the legacy interface", () => {
    const { driver, device } = kind.create(withEverything);
    driver.find();
    driver.writeConfig(16, 1, 0x5a);
    driver.writeConfig(12, 4, 0);
    expect(device.config).toMatchObject({ emergency: 0x5a, early: kind.legacy ? 0 : 9 });
  });
});
