import { describe, expect, test } from "vitest";
import * as scsi from "../../generated/typescript/scsi.ts";
import { LogicalUnit } from "../../src/devices/scsi/logical-unit.ts";
import { lunBytes, parseLun } from "../../src/devices/scsi/lun.ts";
import { ScsiHost, type ScsiHostOptions } from "../../src/devices/scsi-host.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import { Guest, type GuestOptions, isPending, type Used } from "./guest.ts";
import { patterned } from "./patterned.ts";

const { S, T, T_TMF, EVENT, EVT_RESET } = scsi;
const controlq = 0;
const eventq = 1;
const requestq = 2;
const first = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);

function commandBytes(lun: Uint8Array, cdb: readonly number[], id = 1, cdbSize = 32): Uint8Array {
  const bytes = new Uint8Array(19 + cdbSize);
  bytes.set(lun);
  bytes[8] = id;
  bytes.set(cdb, 19);
  return bytes;
}

interface Outcome {
  readonly written: number;
  readonly senseLength: number;
  readonly residual: number;
  readonly status: number;
  readonly response: number;
  readonly sense: Uint8Array;
  readonly data: Uint8Array;
}

function outcome({ data, written }: Used, senseSize = 96): Outcome {
  const view = new DataView(data.buffer);
  return {
    written,
    senseLength: view.getUint32(0, true),
    residual: view.getUint32(4, true),
    status: view.getUint8(10),
    response: view.getUint8(11),
    sense: data.subarray(12, 12 + senseSize),
    data: data.subarray(12 + senseSize),
  };
}

function rig(options: ScsiHostOptions = {}, guestOptions: GuestOptions = {}) {
  const store = new BufferStore(patterned(64 * 512, 1));
  const unit = new LogicalUnit({ store, serial: "one" });
  const host = new ScsiHost({ units: [{ target: 0, lun: 0, unit }], ...options });
  const guest = new Guest(host, guestOptions);
  const run = async (cdb: readonly number[], out: readonly Uint8Array[], room: number, lun = first): Promise<Outcome> =>
    outcome(await guest.post(requestq, [commandBytes(lun, cdb), ...out], room === 0 ? [108] : [108, room]));
  return { store, unit, host, guest, run };
}

function tmf(guest: Guest, subtype: number, lun: Uint8Array, id = 1): Promise<number | undefined> {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, T.TMF, true);
  view.setUint32(4, subtype, true);
  bytes.set(lun, 8);
  bytes[16] = id;
  return guest.post(controlq, [bytes], [1]).then(({ data }) => data[0]);
}

/** A store whose reads end when the test says so. */
function slowStore(): { store: BufferStore; ends: (() => void)[] } {
  const ends: (() => void)[] = [];
  const read = (): Promise<void> =>
    new Promise((resolve) => {
      ends.push(resolve);
    });
  return { store: Object.assign(new BufferStore(64 * 512), { read }), ends };
}

const read10 = (block: number, count: number): number[] => [0x28, 0, 0, 0, 0, block, 0, 0, count, 0];

describe.each([
  ["split", [34]],
  ["packed", []],
])("over a %s queue", (_name, without) => {
  test("reads", async () => {
    const { run, store } = rig({}, { without });
    const { data, ...rest } = await run(read10(5, 2), [], 1024);
    expect(data).toEqual(store.bytes.slice(5 * 512, 7 * 512));
    expect(rest).toMatchObject({ written: 108 + 1024, senseLength: 0, residual: 0, status: 0, response: S.OK });
  });

  test("writes", async () => {
    const { run, store } = rig({}, { without });
    const data = patterned(1024, 8);
    const done = await run([0x2a, 0, 0, 0, 0, 62, 0, 0, 2, 0], [data.subarray(0, 300), data.subarray(300)], 0);
    expect(done).toMatchObject({ written: 108, residual: 0, status: 0, response: S.OK });
    expect(store.bytes.subarray(62 * 512)).toEqual(data);
  });
});

test("data that was not transferred is told, and what is behind it stays", async () => {
  const { run } = rig();
  const { data, ...rest } = await run([0x12, 0, 0, 0, 96, 0], [], 100);
  expect(rest).toMatchObject({ written: 108 + 36, residual: 64, status: 0 });
  expect(data.subarray(36).every((byte) => byte === 0xee)).toBe(true);
});

test("a command that fails has its sense data", async () => {
  const { run } = rig();
  const beyond = await run(read10(63, 2), [], 1024);
  expect(beyond).toMatchObject({ written: 108, senseLength: 18, residual: 1024, status: 2, response: S.OK });
  expect([...beyond.sense.subarray(0, 18)]).toEqual([0xf0, 0, 5, 0, 0, 0, 64, 10, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0]);
  expect((await run([0xff], [], 0)).sense[12]).toBe(0x20);
});

test("buffers shorter than the command wants", async () => {
  const { run, store } = rig();
  expect(await run(read10(0, 2), [], 1000)).toMatchObject({ response: S.OVERRUN, residual: 1000 });
  expect(await run([0x2a, 0, 0, 0, 0, 0, 0, 0, 2, 0], [new Uint8Array(1000)], 0)).toMatchObject({
    response: S.OVERRUN,
    residual: 1000,
  });
  expect(store.bytes).toEqual(patterned(64 * 512, 1));
});

test("data both ways", async () => {
  const { run } = rig();
  expect(await run(read10(0, 1), [new Uint8Array(512)], 512)).toMatchObject({ response: S.FAILURE, residual: 1024 });
});

test("units that are not there", async () => {
  const { run } = rig();
  expect((await run([0], [], 0, Uint8Array.of(1, 9, 0, 0, 0, 0, 0, 0))).response).toBe(S.BAD_TARGET);
  expect((await run([0], [], 0, Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0))).response).toBe(S.BAD_TARGET);
  const unit = await run([0], [], 0, Uint8Array.of(1, 0, 0, 7, 0, 0, 0, 0));
  expect([unit.response, unit.status, unit.sense[2], unit.sense[12]]).toEqual([S.OK, 2, 5, 0x25]);
});

test("REPORT LUNS, also of the well-known unit", async () => {
  const { run, host } = rig();
  host.plug({ target: 0, lun: 258, unit: new LogicalUnit({ store: new BufferStore(512) }) });
  const reportLuns = [0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0];
  const { data } = await run(reportLuns, [], 64);
  expect([...data.subarray(0, 24)]).toEqual([
    0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 2, 0, 0, 0, 0, 0, 0,
  ]);
  const well = await run(reportLuns, [], 64, Uint8Array.of(0xc1, 1, 0, 0, 0, 0, 0, 0));
  expect([well.response, well.status, well.residual]).toEqual([S.OK, 0, 56]);
  expect((await run([0], [], 0, Uint8Array.of(1, 0, 0x41, 2, 0, 0, 0, 0))).status).toBe(0);
});

test("addresses", () => {
  for (const address of [
    { target: 0, lun: 0 },
    { target: 255, lun: 255 },
    { target: 3, lun: 16_383 },
  ]) {
    expect(parseLun(lunBytes(address))).toEqual(address);
  }
  expect(parseLun(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1))).toBeUndefined();
  expect(parseLun(Uint8Array.of(0xc1, 2, 0, 0, 0, 0, 0, 0))).toBeUndefined();
  expect(() => new ScsiHost({ units: [{ ...rig(), target: 256, lun: 0 }] })).toThrow("not 256 and 0");
  expect(() => rig().host.plug({ ...rig(), target: 0, lun: 0 })).toThrow("has a unit 0 already");
});

test("other sizes of commands and sense data, and sizes that are none", async () => {
  const { guest, host } = rig();
  host.writeConfig(20, 4, 20);
  host.writeConfig(24, 4, 16);
  const used = await guest.post(requestq, [commandBytes(first, read10(1, 1), 1, 16)], [12 + 20, 512]);
  expect(outcome(used, 20).data).toEqual(patterned(64 * 512, 1).slice(512, 1024));
  const failed = outcome(await guest.post(requestq, [commandBytes(first, [0xff], 1, 16)], [12 + 20]), 20);
  expect([failed.senseLength, failed.sense[12]]).toEqual([18, 0x20]);
  host.writeConfig(20, 4, 0xffff_fff0);
  host.writeConfig(24, 4, 1 << 20);
  expect([guest.readConfig(20, 4), guest.readConfig(24, 4)]).toEqual([96, 32]);
  guest.reset();
  host.writeConfig(20, 4, 8);
  guest.start();
  expect(guest.readConfig(20, 4)).toBe(96);
});

describe("task management", () => {
  test("with nothing in flight", async () => {
    const { guest, run } = rig();
    expect(await tmf(guest, T_TMF.ABORT_TASK, first)).toBe(S.FUNCTION_COMPLETE);
    expect(await tmf(guest, T_TMF.QUERY_TASK, first)).toBe(S.FUNCTION_COMPLETE);
    expect(await tmf(guest, T_TMF.CLEAR_ACA, first)).toBe(S.FUNCTION_REJECTED);
    expect(await tmf(guest, 99, first)).toBe(S.FUNCTION_REJECTED);
    expect(await tmf(guest, T_TMF.ABORT_TASK, Uint8Array.of(1, 5, 0, 0, 0, 0, 0, 0))).toBe(S.BAD_TARGET);
    expect(await tmf(guest, T_TMF.ABORT_TASK, Uint8Array.of(1, 0, 0, 5, 0, 0, 0, 0))).toBe(S.INCORRECT_LUN);
    expect(await tmf(guest, T_TMF.LOGICAL_UNIT_RESET, first)).toBe(S.FUNCTION_COMPLETE);
    const told = await run([0], [], 0);
    expect([told.status, told.sense[2], told.sense[12], told.sense[13]]).toEqual([2, 6, 0x29, 3]);
    expect((await run([0], [], 0)).status).toBe(0);
  });

  test.each([
    ["ABORT TASK", T_TMF.ABORT_TASK, S.ABORTED, S.OK],
    ["ABORT TASK SET", T_TMF.ABORT_TASK_SET, S.ABORTED, S.ABORTED],
    ["LOGICAL UNIT RESET", T_TMF.LOGICAL_UNIT_RESET, S.RESET, S.RESET],
    ["I_T NEXUS RESET", T_TMF.I_T_NEXUS_RESET, S.RESET, S.RESET],
  ])("%s ends what it is to end, and is answered after that", async (_name, subtype, meant, others) => {
    const { store, ends } = slowStore();
    const { guest } = rig({ units: [{ target: 0, lun: 0, unit: new LogicalUnit({ store }) }] });
    const order: string[] = [];
    const post = (id: number): Promise<number> =>
      guest.post(requestq, [commandBytes(first, read10(0, 1), id)], [108, 512]).then((used) => {
        order.push(`command ${id}`);
        return outcome(used).response;
      });
    const commands = [post(1), post(2)];
    expect(await tmf(guest, T_TMF.QUERY_TASK, first, 2)).toBe(S.FUNCTION_SUCCEEDED);
    expect(await tmf(guest, T_TMF.QUERY_TASK, first, 3)).toBe(S.FUNCTION_COMPLETE);
    expect(await tmf(guest, T_TMF.QUERY_TASK_SET, first)).toBe(S.FUNCTION_SUCCEEDED);
    const done = tmf(guest, subtype, first, 1).then((response) => {
      order.push("function");
      return response;
    });
    expect(await isPending(done)).toBe(true);
    for (const end of ends) end();
    expect([await Promise.all(commands), await done]).toEqual([[meant, others], S.FUNCTION_COMPLETE]);
    expect(order.at(-1)).toBe("function");
  });

  test("asynchronous notification", async () => {
    const { guest } = rig();
    const ask = async (lun: Uint8Array): Promise<number[]> => {
      const bytes = new Uint8Array(16);
      bytes[0] = T.AN_SUBSCRIBE;
      bytes.set(lun, 4);
      bytes[12] = 16;
      return [...(await guest.post(controlq, [bytes], [5])).data];
    };
    expect(await ask(first)).toEqual([0, 0, 0, 0, S.OK]);
    expect(await ask(Uint8Array.of(1, 0, 0, 3, 0, 0, 0, 0))).toEqual([0, 0, 0, 0, S.INCORRECT_LUN]);
    expect(await ask(Uint8Array.of(1, 4, 0, 0, 0, 0, 0, 0))).toEqual([0, 0, 0, 0, S.BAD_TARGET]);
  });
});

const readEvent = ({ data }: Used): [event: number, lun: string, reason: number] => {
  const view = new DataView(data.buffer);
  return [view.getUint32(0, true), [...data.subarray(4, 12)].join(), view.getUint32(12, true)];
};

describe("events", () => {
  test("units that come, change and go", async () => {
    const { guest, host, run } = rig();
    const posted = Array.from({ length: 3 }, () => guest.add(eventq, [], [16]));
    guest.kick(eventq);
    const unit = new LogicalUnit({ store: new BufferStore(512) });
    host.plug({ target: 0, lun: 1, unit });
    host.sizeChanged({ target: 0, lun: 1 });
    expect(host.unplug({ target: 0, lun: 1 })).toBe(unit);
    expect((await Promise.all(posted)).map(readEvent)).toEqual([
      [EVENT.TRANSPORT_RESET, "1,0,0,1,0,0,0,0", EVT_RESET.RESCAN],
      [EVENT.PARAM_CHANGE, "1,0,0,1,0,0,0,0", 0x092a],
      [EVENT.TRANSPORT_RESET, "1,0,0,1,0,0,0,0", EVT_RESET.REMOVED],
    ]);
    const told = await run([0], [], 0);
    expect([told.sense[2], told.sense[12], told.sense[13]]).toEqual([6, 0x3f, 0x0e]);
    expect(host.unplug({ target: 0, lun: 1 })).toBeUndefined();
  });

  test("events that no buffer was there for are told of later", async () => {
    const { guest, host } = rig();
    const plug = (lun: number): void =>
      host.plug({ target: 0, lun, unit: new LogicalUnit({ store: new BufferStore(512) }) });
    plug(1);
    const missed = await guest.post(eventq, [], [16]);
    expect(readEvent(missed)[0]).toBe(EVENT.EVENTS_MISSED);
    const next = guest.post(eventq, [], [16]);
    expect(await isPending(next)).toBe(true);
    plug(2);
    expect(readEvent(await next)[0]).toBe(EVENT.TRANSPORT_RESET);
  });

  test("a driver without HOTPLUG hears nothing of it", async () => {
    const { guest, host } = rig({}, { without: [scsi.F.HOTPLUG] });
    const posted = guest.post(eventq, [], [16]);
    host.plug({ target: 1, lun: 1, unit: new LogicalUnit({ store: new BufferStore(512) }) });
    expect(await isPending(posted)).toBe(true);
  });

  test("a command in flight to a unit that goes", async () => {
    const { store, ends } = slowStore();
    const { guest, host } = rig({ units: [{ target: 0, lun: 0, unit: new LogicalUnit({ store }) }] });
    const command = guest.post(requestq, [commandBytes(first, read10(0, 1))], [108, 512]);
    host.unplug({ target: 0, lun: 0 });
    for (const end of ends) end();
    expect(outcome(await command).response).toBe(S.FAILURE);
  });
});

test("a command that is too short is refused, one without room for that ends in a reset", async () => {
  const { guest, host, run } = rig();
  expect(outcome(await guest.post(requestq, [new Uint8Array(40)], [108])).response).toBe(S.FAILURE);
  expect(host.needsReset).toBeUndefined();
  void guest.post(requestq, [new Uint8Array(40)], [11]);
  expect(host.needsReset).toMatchObject({ kind: "request", queue: requestq });
  guest.reset();
  guest.start();
  expect((await run([0], [], 0)).status).toBe(0);
});
