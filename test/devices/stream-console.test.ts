import { describe, expect, test } from "vitest";
import * as consoleType from "../../generated/typescript/console.ts";
import { StreamConsole, type StreamConsoleOptions } from "../../src/devices/stream-console.ts";
import { Guest, type GuestOptions, isPending } from "./guest.ts";
import { patterned } from "./patterned.ts";

const { F, EVENT } = consoleType;
const queue = { receive: 0, transmit: 1, controlReceive: 2, controlTransmit: 3 };

function rig(options: StreamConsoleOptions = {}, guestOptions: GuestOptions = {}) {
  const device = new StreamConsole(options);
  return { device, guest: new Guest(device, guestOptions) };
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each([
  ["split", [34]],
  ["packed", []],
])("one port over %s queues", (_name, without) => {
  test("what the guest prints can be read", async () => {
    const { device, guest } = rig({}, { without });
    const { written } = await guest.post(queue.transmit, [ascii("hel"), ascii("lo\n")], []);
    const reader = device.portAt(0).readable.getReader();
    expect([written, (await reader.read()).value]).toEqual([0, ascii("hello\n")]);
  });

  test("what is written gets to the guest, cut to its buffers", async () => {
    const { device, guest } = rig({}, { without });
    const writer = device.portAt(0).writable.getWriter();
    const data = patterned(100, 2);
    const writing = writer.write(data);
    expect(await isPending(writing)).toBe(true);
    const used = [
      await guest.post(queue.receive, [], [60]),
      await guest.post(queue.receive, [], [10, 10]),
      await guest.post(queue.receive, [], [60]),
    ];
    await writing;
    expect(used.map(({ written }) => written)).toEqual([60, 20, 20]);
    expect(Buffer.concat(used.map(({ data: got, written }) => got.subarray(0, written))).equals(data)).toBe(true);
    const waiting = guest.post(queue.receive, [], [60]);
    expect(await isPending(waiting)).toBe(true);
    await writer.write(ascii("x"));
    expect((await waiting).written).toBe(1);
  });
});

test("a guest that prints faster than anybody reads has to wait, and loses nothing", async () => {
  const { device, guest } = rig();
  const data = patterned(200_000, 3);
  const sent = guest.post(queue.transmit, [data], []);
  expect(await isPending(sent)).toBe(true);
  const reader = device.portAt(0).readable.getReader();
  const pieces: Uint8Array[] = [];
  for (let length = 0; length < data.length;) {
    // oxlint-disable-next-line no-await-in-loop
    const { value = new Uint8Array(0) } = await reader.read();
    pieces.push(value);
    length += value.length;
  }
  await sent;
  expect(Buffer.concat(pieces).equals(data)).toBe(true);
});

test("a reset lets nobody wait, and bytes that wait go to the next driver", async () => {
  const { device, guest } = rig();
  void guest.post(queue.transmit, [new Uint8Array(200_000)], []);
  const writing = device.portAt(0).writable.getWriter().write(ascii("late"));
  expect(await isPending(writing)).toBe(true);
  guest.reset();
  guest.start();
  expect((await guest.post(queue.receive, [], [16])).data.subarray(0, 4)).toEqual(ascii("late"));
  await writing;
});

describe("size", () => {
  test("in the configuration, and its changes", () => {
    const { device, guest } = rig({ size: { cols: 80, rows: 25 } });
    expect([guest.readConfig(0, 2), guest.readConfig(2, 2)]).toEqual([80, 25]);
    device.resize({ cols: 132, rows: 50 });
    expect([guest.readConfig(0, 2), guest.readConfig(2, 2), guest.configChanges]).toEqual([132, 50, 1]);
    expect(() => device.resize({ cols: 70_000, rows: 1 })).toThrow("console");
  });

  test("legacy, big-endian", () => {
    const { guest } = rig({ size: { cols: 80, rows: 25 } }, { legacy: "big" });
    expect([guest.readConfig(0, 1), guest.readConfig(1, 1)]).toEqual([0, 80]);
  });
});

test("emergency output works before the driver does", async () => {
  const device = new StreamConsole();
  for (const character of ascii("panic")) device.writeConfig(8, 4, character | 0x100);
  const reader = device.portAt(0).readable.getReader();
  let text = "";
  // oxlint-disable-next-line no-await-in-loop
  while (text.length < 5) text += new TextDecoder().decode((await reader.read()).value);
  expect(text).toBe("panic");
  const bytes: number[] = [];
  new StreamConsole({ emergency: (byte) => bytes.push(byte) }).writeConfig(8, 1, 0x21);
  expect(bytes).toEqual([0x21]);
});

function control(id: number, event: number, value: number): Uint8Array {
  return consoleType.Control.toBytes({ id, event, value });
}
const read = (data: Uint8Array, written: number): string => {
  const { id, event, value } = consoleType.Control.fromBytes(data.slice(0, 8));
  const rest = data.subarray(8, written);
  const name = Object.entries(EVENT).find(([, number]) => number === event)?.[0] ?? "";
  return `${id} ${name} ${value}${rest.length > 0 ? ` ${new TextDecoder().decode(rest)}` : ""}`;
};

const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const ports = (options: Partial<StreamConsoleOptions> = {}, guestOptions: GuestOptions = {}) => {
  const { device, guest } = rig(
    { ports: [{ console: true }, { name: "agent", open: false }], maxPorts: 3, ...options },
    guestOptions,
  );
  /** What the device says, in the order of the buffers. */
  const said: string[] = [];
  const listen = (count: number): void => {
    for (let index = 0; index < count; index++) {
      void guest.post(queue.controlReceive, [], [64]).then(({ data, written }) => said.push(read(data, written)));
    }
  };
  const say = (id: number, event: number, value: number) =>
    guest.post(queue.controlTransmit, [control(id, event, value)], []);
  return { device, guest, said, listen, say };
};

describe("several ports", () => {
  test("are told of when the driver is ready", async () => {
    const { said, listen, say } = ports({ size: { cols: 0x4141, rows: 0x4242 } });
    listen(16);
    await say(7, EVENT.DEVICE_READY, 1);
    await settle();
    expect(said).toEqual(["0 DEVICE_ADD 0", "1 DEVICE_ADD 0"]);
    await say(0, EVENT.PORT_READY, 1);
    await say(1, EVENT.PORT_READY, 1);
    await settle();
    expect(said.slice(2)).toEqual(["0 CONSOLE_PORT 1", "0 RESIZE 0 AABB", "0 PORT_OPEN 1", "1 PORT_NAME 1 agent"]);
    // Saying so again changes nothing.
    await say(0, EVENT.DEVICE_READY, 1);
    await say(0, EVENT.PORT_READY, 1);
    await settle();
    expect(said.length).toBe(6);
  });

  test("messages wait for buffers, and a size that nobody has seen is not told", async () => {
    const { device, said, listen, say } = ports({ size: { cols: 1, rows: 1 } });
    await say(0, EVENT.DEVICE_READY, 1);
    await say(0, EVENT.PORT_READY, 1);
    device.resize({ cols: 0x4343, rows: 0x4444 });
    listen(1);
    await settle();
    expect(said).toEqual(["0 DEVICE_ADD 0"]);
    listen(8);
    await settle();
    expect(said.slice(1)).toEqual(["1 DEVICE_ADD 0", "0 CONSOLE_PORT 1", "0 PORT_OPEN 1", "0 RESIZE 0 CCDD"]);
  });

  test("carry their own data, when the guest has opened them", async () => {
    const opened: boolean[] = [];
    const { device, guest, listen, say } = ports({
      ports: [{ console: true }, { guestOpened: (open) => opened.push(open) }],
    });
    listen(8);
    await say(0, EVENT.DEVICE_READY, 1);
    await say(1, EVENT.PORT_READY, 1);
    const used = guest.post(4, [], [16]);
    const writing = device.portAt(1).writable.getWriter().write(ascii("ping"));
    expect(await isPending(writing)).toBe(true);
    await say(1, EVENT.PORT_OPEN, 1);
    await writing;
    expect((await used).data.subarray(0, 4)).toEqual(ascii("ping"));
    await guest.post(5, [ascii("pong")], []);
    expect((await device.portAt(1).readable.getReader().read()).value).toEqual(ascii("pong"));
    await say(1, EVENT.PORT_OPEN, 0);
    guest.reset();
    expect(opened).toEqual([true, false]);
  });

  test("come, open, close and go", async () => {
    const { device, said, listen, say } = ports();
    listen(16);
    await say(0, EVENT.DEVICE_READY, 1);
    const port = device.addPort({ name: "ü", open: false });
    expect(port.id).toBe(2);
    expect(() => device.addPort({})).toThrow("there can be 3 ports");
    await say(2, EVENT.PORT_READY, 1);
    port.setOpen(true);
    port.setOpen(true);
    port.setOpen(false);
    const { closed } = port.writable.getWriter();
    const ended = closed.catch(String);
    device.removePort(2);
    expect(await ended).toContain("port 2 is gone");
    expect((await port.readable.getReader().read()).done).toBe(true);
    await settle();
    expect(said.slice(2)).toEqual([
      "2 DEVICE_ADD 0",
      "2 PORT_NAME 1 ü",
      "2 PORT_OPEN 1",
      "2 PORT_OPEN 0",
      "2 DEVICE_REMOVE 0",
    ]);
    expect(() => device.removePort(2)).toThrow("there is no port 2");
    expect(device.addPort({}).id).toBe(2);
  });

  test("what a driver says of ports that are not there does nothing", async () => {
    const { device, said, listen, say } = ports();
    listen(4);
    for (const event of [EVENT.PORT_READY, EVENT.PORT_OPEN, 99]) {
      // oxlint-disable-next-line no-await-in-loop
      await say(0xffff_ffff, event, 1);
    }
    await say(0, EVENT.DEVICE_READY, 0);
    await say(0, EVENT.PORT_READY, 0);
    await settle();
    expect([said, device.needsReset]).toEqual([[], undefined]);
  });

  test("a driver without MULTIPORT has port 0, without control", async () => {
    const { device, guest } = ports({}, { without: [F.MULTIPORT] });
    const used = guest.post(queue.receive, [], [16]);
    await device.portAt(0).writable.getWriter().write(ascii("x"));
    expect((await used).written).toBe(1);
  });

  test("options that do not fit together", () => {
    expect(() => new StreamConsole({ ports: [] })).toThrow("not 0");
    expect(() => new StreamConsole({ ports: [{}, {}], maxPorts: 1 })).toThrow("1 to 1 ports, not 2");
  });
});
