import { describe, expect, it } from "vitest";
import type { Framing } from "../../../src/runtime/driver/framing.ts";
import { randomNumbers } from "../virtqueue/rig.ts";
import { mmioRig, type MmioRig } from "./mmio-rig.ts";
import { rejectionOf } from "./rejection.ts";
import { Core, F, S, type Feature } from "./shelf.ts";

function random(seed: number, scattered: boolean): Framing {
  const next = randomNumbers(seed);
  return {
    scattered,
    cut: (length) => {
      const pieces: number[] = [];
      for (let left = length; left > 0; left -= pieces.at(-1) ?? 0) {
        // Not more pieces than the ring has entries for.
        pieces.push(pieces.length > 20 ? left : 1 + next(Math.min(left, 9)));
      }
      return pieces;
    },
  };
}

const oneByte: Framing = { cut: (length) => Array.from({ length }, () => 1) };
const together: Framing = { cut: (length) => [length] };

const framings: [string, Framing][] = [
  ["each direction in one piece", together],
  ["each byte alone", oneByte],
  ["each byte alone, somewhere", { ...oneByte, scattered: true }],
  ["pieces at random", random(1, false)],
  ["pieces at random, somewhere", random(2, true)],
];
const rings: [string, Feature[]][] = [
  ["split", []],
  ["packed", [Core.RING_PACKED]],
  ["split with indirect tables", [Core.INDIRECT_DESC]],
  ["packed with indirect tables", [Core.RING_PACKED, Core.INDIRECT_DESC]],
];

async function everything({ driver, device }: MmioRig): Promise<void> {
  await driver.start();
  for (let round = 0; round < 20; round++) {
    expect(await driver.write(round, Buffer.from(`<${round}>`))).toBe(S.OK);
    const { status, output } = await driver.read(round, `<${round}>`.length);
    expect({ status, text: Buffer.from(output).toString() }).toEqual({ status: S.OK, text: `<${round}>` });
  }
  expect(await driver.trim(0, [1, 2, 3, 4])).toBe(S.OK);
  expect(device.trimmed).toEqual([[1, 2, 3, 4]]);
  expect(Buffer.from((await driver.names(20)).names).toString()).toBe("ab  cdef");
  expect((await driver.unknown(77)).answer.status).toBe(S.UNKNOWN);
  expect(device.needsReset).toBeUndefined();
}

describe.each(rings)("a %s ring", (_ring, bits) => {
  it.each(framings)("has messages cut into: %s", async (_name, framing) => {
    const offered = [...bits, F.TRIM];
    const rig = mmioRig({
      offered,
      queueSize: 64,
      driver: { features: offered, framing, queueSize: 64, indirectEntries: 64 },
    });
    const before = rig.dma.free;
    await everything(rig);
    await rig.driver.stop();
    expect(rig.dma.free).toBe(before);
  });
});

describe("a framing", () => {
  it.each<[string, Framing]>([
    ["too short", { cut: (length) => [length - 1] }],
    ["too long", { cut: (length) => [length, 1], scattered: true }],
    ["empty", { cut: (length) => [0, length] }],
  ])("that is %s is an error", async (_what, framing) => {
    const { driver, dma } = mmioRig({ driver: { framing } });
    await driver.start();
    expect(await rejectionOf(driver.read(0, 4))).toBeInstanceOf(RangeError);
    const free = dma.free;
    expect(await rejectionOf(driver.read(0, 4))).toBeInstanceOf(RangeError);
    expect(dma.free).toBe(free);
  });

  it("with more pieces than the ring has entries is an error", async () => {
    const { driver } = mmioRig({ driver: { framing: oneByte, queueSize: 8 } });
    await driver.start();
    expect(await rejectionOf(driver.read(0, 4))).toMatchObject({
      code: "queue-too-small",
      message: "13 descriptors do not fit into a queue of 8",
    });
  });
});
