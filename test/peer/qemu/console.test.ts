import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { expect, vi } from "vitest";
import * as consoleType from "../../../generated/typescript/console.ts";
import type { QemuMachine } from "../../../src/qtest/index.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu, type SetUp } from "./machine.ts";

const { EVENT, F } = consoleType;

const portName = "org.example.virtgen";
/** Ports 0 to 3, of which 3 is plugged in later. */
const most = 4;
const buffers = 8;

/** A console at port 0, a named port at 1, one that prints into a file at 2. The first two are sockets on this side. */
function bus(folder: string): SetUp {
  const backEnds = [
    `socket,id=screen,path=${join(folder, "screen")},server=on,wait=off`,
    `socket,id=agent,path=${join(folder, "agent")},server=on,wait=off`,
    `file,id=log,path=${join(folder, "log")}`,
  ];
  const ports = [
    "virtconsole,id=port0,bus=ports.0,nr=0,chardev=screen",
    `virtserialport,id=port1,bus=ports.0,nr=1,chardev=agent,name=${portName}`,
    "virtserialport,id=port2,bus=ports.0,nr=2,chardev=log",
  ];
  return {
    arguments: backEnds.flatMap((backEnd) => ["-chardev", backEnd]),
    devices: [{ model: "virtio-serial", properties: { id: "ports", max_ports: most } }],
    attached: ports.flatMap((port) => ["-device", port]),
  };
}

/** One console, and no more than one, on a pair of pipes. */
function pipes(folder: string): SetUp {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [`${path}.in`, `${path}.out`]);
  return {
    arguments: ["-chardev", `pipe,id=screen,path=${path}`],
    devices: [{ model: "virtio-serial", properties: { id: "ports", max_ports: 1 } }],
    attached: ["-device", "virtconsole,bus=ports.0,chardev=screen"],
  };
}

/** The other end of a port: what comes out of it, and a way into it. */
class Line {
  private readonly socket: Socket;
  private readonly pieces: Uint8Array[] = [];
  private length = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (piece: Uint8Array) => {
      this.pieces.push(piece);
      this.length += piece.length;
    });
  }

  /** To a socket's other end. QEMU drops what is printed before it has taken the connection. */
  static async to({ folder, machine }: { folder: string; machine: QemuMachine }, name: string): Promise<Line> {
    const socket = createConnection(join(folder, name));
    await once(socket, "connect");
    const line = new Line(socket);
    await vi.waitFor(async () => {
      const all = (await machine.qmp.execute("query-chardev")) as { label: string; filename: string }[];
      expect(all.find(({ label }) => label === name)?.filename).not.toMatch(/^disconnected/);
    }, waiting);
    return line;
  }

  type(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** All that has come, once it is as long as is expected. */
  async expect(bytes: Uint8Array): Promise<void> {
    await vi.waitFor(() => expect(this.length).toBeGreaterThanOrEqual(bytes.length), waiting);
    expect(Buffer.compare(Buffer.concat(this.pieces), bytes)).toBe(0);
  }

  async hangUp(): Promise<void> {
    const closed = once(this.socket, "close");
    this.socket.destroy();
    await closed;
  }
}

const waiting = { timeout: 3000, interval: 2 };

/** Says that the driver is ready, and answers each port that is there. @returns all that the device tells, as it comes */
async function greet(driver: consoleType.ConsoleDriver): Promise<consoleType.ControlReceive[]> {
  const events: consoleType.ControlReceive[] = [];
  driver.onControlReceive(
    (event) => {
      events.push(event);
      const { id, event: what } = event.control;
      if (what === EVENT.DEVICE_ADD) {
        void driver.controlTransmit({ control: { id, event: EVENT.PORT_READY, value: 1 } });
      }
    },
    { answerLength: 128, buffers: 32 },
  );
  await driver.controlTransmit({ control: { id: 0, event: EVENT.DEVICE_READY, value: 1 } });
  return events;
}

/** Whether the device has told this of a port. */
async function told(
  events: readonly consoleType.ControlReceive[],
  id: number,
  event: consoleType.EVENT,
  value = 1,
): Promise<void> {
  await vi.waitFor(() => {
    expect(events.map(({ control }) => control)).toContainEqual({ id, event, value });
  }, waiting);
}

/** What is typed at a port. */
function listenTo(driver: consoleType.ConsoleDriver, queue: number): { expect(bytes: Uint8Array): Promise<void> } {
  const typed: number[] = [];
  driver.onInput((_value, bytes) => void typed.push(...bytes), { queue, outputLength: 100, buffers });
  return {
    expect: async (bytes) => {
      await vi.waitFor(() => expect(typed.length).toBeGreaterThanOrEqual(bytes.length), waiting);
      expect(Buffer.compare(Uint8Array.from(typed), bytes)).toBe(0);
    },
  };
}

/** In pieces of many lengths, all under way together. */
async function print(driver: consoleType.ConsoleDriver, bytes: Uint8Array, queue: number): Promise<void> {
  const sent: Promise<void>[] = [];
  for (let at = 0, length = 1; at < bytes.length; at += length, length = 1 + ((length * 7) % 300)) {
    sent.push(driver.output(bytes.subarray(at, at + length), { queue }));
  }
  await Promise.all(sent);
}

/** Whether the driver has the port open, as QEMU sees it. */
async function isOpen({ qmp }: QemuMachine, id: number): Promise<boolean> {
  const tree = String(await qmp.execute("human-monitor-command", { "command-line": "info qtree" }));
  const [, state] = new RegExp(`port ${id}, guest (on|off)`).exec(tree) ?? [];
  expect(state).toBeDefined();
  return state === "on";
}

const subject = {
  description: consoleType.device,
  Driver: consoleType.ConsoleDriver,
  setUp: (_place: unknown, folder: string) => bus(folder),
};

acrossQemu(subject, (cases) => {
  cases.eachRing("has ports: prints and reads on each, many bytes at a time", async ({ driver, folder, machine }) => {
    expect(driver.readConfig().max_nr_ports).toBe(most);
    const typed = [0, 1].map((queue) => listenTo(driver, queue));
    const events = await greet(driver);
    for (const id of [0, 1, 2]) await told(events, id, EVENT.DEVICE_ADD);
    await told(events, 0, EVENT.CONSOLE_PORT);
    await vi.waitFor(() => expect(events.some(({ control }) => control.event === EVENT.PORT_NAME)).toBe(true), waiting);
    const named = events.find(({ control }) => control.event === EVENT.PORT_NAME);
    expect(named?.control.id).toBe(1);
    // QEMU ends the name with a NUL, which the standard has not; Linux takes both.
    expect(Buffer.from(named?.name ?? []).toString("latin1")).toBe(`${portName}\0`);
    const lines = [await Line.to({ folder, machine }, "screen"), await Line.to({ folder, machine }, "agent")];
    for (const id of [0, 1]) {
      await told(events, id, EVENT.PORT_OPEN);
      await driver.controlTransmit({ control: { id, event: EVENT.PORT_OPEN, value: 1 } });
    }
    for (const [queue, line] of lines.entries()) {
      const printed = pattern(5000, queue);
      const out = print(driver, printed, queue);
      const keys = pattern(3000, queue + 10);
      line.type(keys);
      await out;
      await line.expect(printed);
      await typed[queue]?.expect(keys);
    }
    for (const line of lines) await line.hangUp();
    // A console stays open on this side, whether anybody looks at it or not.
    await told(events, 1, EVENT.PORT_OPEN, 0);
    expect(events.map(({ control }) => control)).not.toContainEqual({ id: 0, event: EVENT.PORT_OPEN, value: 0 });
  });

  cases.eachRing("opens and closes a port, which prints into a file", async ({ driver, folder, machine }) => {
    const events = await greet(driver);
    await told(events, 2, EVENT.PORT_OPEN);
    const before = readFileSync(join(folder, "log"));
    for (const value of [1, 0, 1]) {
      await driver.controlTransmit({ control: { id: 2, event: EVENT.PORT_OPEN, value } });
      await vi.waitFor(async () => expect(await isOpen(machine, 2)).toBe(value === 1), waiting);
    }
    const printed = pattern(4000, 3);
    await print(driver, printed, 2);
    await vi.waitFor(() => expect(readFileSync(join(folder, "log")).length).toBe(before.length + 4000), waiting);
    expect(Buffer.compare(readFileSync(join(folder, "log")).subarray(before.length), printed)).toBe(0);
  });

  cases.everywhere("is one console without MULTIPORT", async ({ drive, folder, machine }) => {
    const driver = await drive({ features: [F.SIZE, F.EMERG_WRITE] as readonly number[] as readonly never[] }).start();
    expect(driver.features.has(F.MULTIPORT)).toBe(false);
    // No QEMU up to 11.1 tells the size of a console. One that does will be seen here: then resizing is to be tested.
    expect(driver.features.has(F.SIZE)).toBe(false);
    expect(driver.queuePlaces.map(({ number }) => number)).toEqual([0, 1]);
    const typed = listenTo(driver, 0);
    const line = await Line.to({ folder, machine }, "screen");
    const printed = pattern(2000, 5);
    await print(driver, printed, 0);
    await line.expect(printed);
    line.type(pattern(1500, 6));
    await typed.expect(pattern(1500, 6));
    await line.hangUp();
  });

  cases.everywhere(
    "ports come and go",
    async ({ drive, folder, machine }) => {
      const driver = await drive().start();
      const events = await greet(driver);
      await told(events, 0, EVENT.DEVICE_ADD);
      const { qmp } = machine;
      const file = { type: "file", data: { out: join(folder, "late") } };
      await qmp.execute("chardev-add", { id: "late", backend: file });
      const port = { driver: "virtserialport", id: "port3", bus: "ports.0", nr: 3, chardev: "late", name: "late" };
      await qmp.execute("device_add", port);
      await told(events, 3, EVENT.DEVICE_ADD);
      await told(events, 3, EVENT.PORT_OPEN);
      await driver.controlTransmit({ control: { id: 3, event: EVENT.PORT_OPEN, value: 1 } });
      await print(driver, pattern(1000, 8), 3);
      await vi.waitFor(() => expect(readFileSync(join(folder, "late"))).toHaveLength(1000), waiting);
      expect(Buffer.compare(readFileSync(join(folder, "late")), pattern(1000, 8))).toBe(0);
      await qmp.execute("device_del", { id: "port3" });
      await told(events, 3, EVENT.DEVICE_REMOVE);
    },
    { setUp: (_place, folder) => bus(folder) },
  );

  cases.everywhere(
    "tells nothing more of a port that the driver could not set up",
    async ({ drive }) => {
      const driver = await drive().start();
      const events: consoleType.ControlReceive[] = [];
      driver.onControlReceive((event) => events.push(event), { answerLength: 128, buffers: 32 });
      await driver.controlTransmit({ control: { id: 0, event: EVENT.DEVICE_READY, value: 1 } });
      for (const id of [0, 1, 2]) await told(events, id, EVENT.DEVICE_ADD);
      await driver.controlTransmit({ control: { id: 1, event: EVENT.PORT_READY, value: 0 } });
      await driver.controlTransmit({ control: { id: 0, event: EVENT.PORT_READY, value: 1 } });
      await told(events, 0, EVENT.CONSOLE_PORT);
      expect(events.filter(({ control }) => control.id === 1)).toHaveLength(1);
    },
    { words: /^\S+: virtio-serial-bus: Guest failure in adding port 1 for device ports\.0$/ },
  );

  cases.everywhere(
    "prints a character without a queue",
    async ({ drive, folder, machine }) => {
      const line = await Line.to({ folder, machine }, "screen");
      const driver = await drive().start();
      expect(driver.features.has(F.EMERG_WRITE)).toBe(true);
      for (const character of Buffer.from("help!")) {
        consoleType.Config.emerg_wr.store(driver.configAccess, character);
      }
      await line.expect(Buffer.from("help!"));
      await line.hangUp();
    },
    { setUp: (_place, folder) => bus(folder) },
  );

  cases.everywhere(
    "goes through pipes, one console of its own",
    async ({ drive, folder }) => {
      const driver = await drive().start();
      // Where one port is all that there can be, there is nothing to control.
      expect(driver.features.has(F.MULTIPORT)).toBe(false);
      const typed = listenTo(driver, 0);
      const printed = pattern(3000, 1);
      await print(driver, printed, 0);
      const out = openSync(join(folder, "pipe.out"), constants.O_RDONLY | constants.O_NONBLOCK);
      const keys = openSync(join(folder, "pipe.in"), constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(keys, pattern(900, 2));
      await typed.expect(pattern(900, 2));
      const room = new Uint8Array(4096);
      const length = readSync(out, room);
      expect(Buffer.compare(room.subarray(0, length), printed)).toBe(0);
      closeSync(out);
      closeSync(keys);
    },
    { setUp: (_place, folder) => pipes(folder) },
  );
});
