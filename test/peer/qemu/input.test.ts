import { expect, vi } from "vitest";
import * as input from "../../../generated/typescript/input.ts";
import type { Qmp } from "../../../src/qtest/qmp.ts";
import { acrossQemu, type SetUp } from "./machine.ts";

const { CFG, Config } = input;

/** Of Linux' evdev. */
const EV = { SYN: 0, KEY: 1, REL: 2, ABS: 3, LED: 0x11 } as const;
const KEY = { A: 30, LEFTSHIFT: 42 } as const;
const BTN_LEFT = 0x110;
const AXIS = { X: 0, Y: 1 } as const;
const LED_CAPSL = 1;
const sync: input.Event = { type: EV.SYN, code: 0, value: 0 };

const model = (name: string) => (): SetUp => ({ devices: [{ model: name, properties: { serial: "one of ours" } }] });

/** What a person does, as QMP has it. */
function act(qmp: Qmp, ...events: readonly object[]): Promise<unknown> {
  return qmp.execute("input-send-event", { events });
}

const key = (qcode: string, down: boolean): object => ({
  type: "key",
  data: { down, key: { type: "qcode", data: qcode } },
});
const move = (type: "rel" | "abs", axis: "x" | "y", value: number): object => ({ type, data: { axis, value } });

/** Asks the configuration space. @returns how much the answer has, and the answer */
function ask(driver: input.InputDriver, select: input.CFG, subsel = 0): { size: number; u: input.ConfigU } {
  Config.select.store(driver.configAccess, select);
  Config.subsel.store(driver.configAccess, subsel);
  return driver.readConfig();
}

/** QEMU counts a NUL at the end of the name, which the standard does not want there; Linux cuts the text at it. */
function textOf(driver: input.InputDriver, select: input.CFG): string {
  const { size, u } = ask(driver, select);
  const text = Buffer.from((u.string ?? new Uint8Array()).subarray(0, size)).toString("latin1");
  return text.split("\0", 1).join("");
}

function hasBit(driver: input.InputDriver, select: input.CFG, subsel: number, bit: number): boolean {
  const { size, u } = ask(driver, select, subsel);
  const byte = (u.bitmap ?? new Uint8Array()).subarray(0, size)[bit >> 3] ?? 0;
  return (byte & (1 << (bit & 7))) !== 0;
}

acrossQemu(
  { description: input.device, Driver: input.InputDriver, setUp: model("virtio-keyboard"), modernOnly: true },
  (subject) => {
    subject.eachRing("tells of keys, each change as a whole", async ({ driver, machine }) => {
      const events: input.Event[] = [];
      driver.onInput(({ event }) => events.push(event));
      const expected: input.Event[] = [];
      for (let round = 0; round < 30; round++) {
        // oxlint-disable-next-line no-await-in-loop
        await act(machine.qmp, key("shift", true), key("a", round % 2 === 0));
        // oxlint-disable-next-line no-await-in-loop
        await act(machine.qmp, key("shift", false));
        expected.push(
          { type: EV.KEY, code: KEY.LEFTSHIFT, value: 1 },
          { type: EV.KEY, code: KEY.A, value: round % 2 === 0 ? 1 : 0 },
          sync,
          { type: EV.KEY, code: KEY.LEFTSHIFT, value: 0 },
          sync,
        );
        // What the device has no buffer for it drops.
        // oxlint-disable-next-line no-await-in-loop
        await vi.waitFor(() => expect(events).toHaveLength(expected.length), { interval: 1 });
      }
      expect(events).toEqual(expected);
      await driver.statusMessage({ event: { type: EV.LED, code: LED_CAPSL, value: 1 } });
    });

    subject.once("tells what it is", async ({ drive }) => {
      const driver = await drive().start();
      expect(textOf(driver, CFG.ID_NAME)).toBe("QEMU Virtio Keyboard");
      expect(textOf(driver, CFG.ID_SERIAL)).toBe("one of ours");
      const { size, u } = ask(driver, CFG.ID_DEVIDS);
      // BUS_VIRTUAL, and the vendor's number of Red Hat.
      expect([size, u.ids]).toEqual([8, { bustype: 6, vendor: 0x0627, product: 1, version: 1 }]);
      expect(hasBit(driver, CFG.EV_BITS, EV.KEY, KEY.A)).toBe(true);
      expect(hasBit(driver, CFG.EV_BITS, EV.LED, LED_CAPSL)).toBe(true);
      expect(ask(driver, CFG.EV_BITS, EV.ABS).size).toBe(0);
      expect(ask(driver, CFG.ABS_INFO, AXIS.X).size).toBe(0);
      expect(ask(driver, CFG.UNSET).size).toBe(0);
    });

    subject.once(
      "a mouse tells of moves and buttons",
      async ({ drive, machine }) => {
        const driver = await drive().start();
        expect(hasBit(driver, CFG.EV_BITS, EV.REL, AXIS.Y)).toBe(true);
        const events: input.Event[] = [];
        driver.onInput(({ event }) => events.push(event));
        await act(machine.qmp, move("rel", "x", 7), move("rel", "y", -3));
        await act(machine.qmp, { type: "btn", data: { down: true, button: "left" } });
        await vi.waitFor(() => expect(events).toHaveLength(5));
        expect(events).toEqual([
          { type: EV.REL, code: AXIS.X, value: 7 },
          { type: EV.REL, code: AXIS.Y, value: -3 >>> 0 },
          sync,
          { type: EV.KEY, code: BTN_LEFT, value: 1 },
          sync,
        ]);
      },
      { setUp: model("virtio-mouse") },
    );

    subject.once(
      "a tablet tells of places",
      async ({ drive, machine }) => {
        const driver = await drive().start();
        expect(ask(driver, CFG.ABS_INFO, AXIS.X).u.abs).toEqual({ min: 0, max: 0x7fff, fuzz: 0, flat: 0, res: 0 });
        const events: input.Event[] = [];
        driver.onInput(({ event }) => events.push(event));
        await act(machine.qmp, move("abs", "x", 0x1234), move("abs", "y", 0x7fff));
        await vi.waitFor(() => expect(events).toHaveLength(3));
        expect(events).toEqual([
          { type: EV.ABS, code: AXIS.X, value: 0x1234 },
          { type: EV.ABS, code: AXIS.Y, value: 0x7fff },
          sync,
        ]);
      },
      { setUp: model("virtio-tablet") },
    );
  },
);
