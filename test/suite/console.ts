import { expect, vi } from "vitest";
import * as consoleType from "../../generated/typescript/console.ts";
import { StreamConsole } from "../../src/devices/stream-console.ts";
import { pattern, plug } from "./computer.ts";
import { using, type Scenario } from "./scenario.ts";

const { EVENT } = consoleType;

/** Two ports: what is printed on one and read on the other, their names, and a change of size. */
export const ports: Scenario = {
  name: "console",
  async run(setting) {
    const device = new StreamConsole({
      ports: [{ console: true }, { name: "org.example.suite" }],
      size: { cols: 80, rows: 25 },
      ringFeatures: setting.ringFeatures,
    });
    const computer = plug(device, consoleType.ConsoleDriver, { queueSize: 16, ...setting });
    await using(device, computer, async (driver) => {
      const events: consoleType.ControlReceive[] = [];
      driver.onControlReceive(
        (event) => {
          events.push(event);
          const { control } = event;
          if (control.event !== EVENT.DEVICE_ADD) return;
          void driver.controlTransmit({ control: { id: control.id, event: EVENT.PORT_READY, value: 1 } });
        },
        { answerLength: 64, buffers: 4 },
      );
      const read: number[][] = [[], []];
      for (const queue of [0, 1]) {
        driver.onInput((_value, bytes) => void read[queue]?.push(...bytes), { queue, outputLength: 100, buffers: 3 });
      }
      await driver.controlTransmit({ control: { id: 0, event: EVENT.DEVICE_READY, value: 1 } });
      await vi.waitFor(() => {
        expect(events.filter(({ control }) => control.event === EVENT.DEVICE_ADD)).toHaveLength(2);
        expect(events.some(({ control }) => control.event === EVENT.CONSOLE_PORT && control.id === 0)).toBe(true);
      });
      await vi.waitFor(() => {
        const named = events.find(({ control }) => control.event === EVENT.PORT_NAME);
        expect(Buffer.from(named?.name ?? []).toString()).toBe("org.example.suite");
      });
      for (const id of [0, 1]) await driver.controlTransmit({ control: { id, event: EVENT.PORT_OPEN, value: 1 } });

      const printed = pattern(1000, 1);
      const reader = device.portAt(0).readable.getReader();
      const sent = Promise.all([0, 250, 500, 750].map((at) => driver.output(printed.subarray(at, at + 250))));
      const seen: number[] = [];
      while (seen.length < printed.length) seen.push(...((await reader.read()).value ?? []));
      await sent;
      expect(Buffer.compare(Uint8Array.from(seen), printed)).toBe(0);

      const typed = pattern(1000, 2);
      const writer = device.portAt(1).writable.getWriter();
      await writer.write(typed);
      await vi.waitFor(() => expect(read[1]).toHaveLength(typed.length));
      expect(Buffer.compare(Uint8Array.from(read[1] ?? []), typed)).toBe(0);
      expect(read[0]).toEqual([]);

      device.resize({ cols: 132, rows: 50 });
      await vi.waitFor(() => expect(events.some(({ resize }) => resize?.cols === 132)).toBe(true));
      expect(driver.readConfig()).toMatchObject({ cols: 132, rows: 50 });
    });
  },
};
