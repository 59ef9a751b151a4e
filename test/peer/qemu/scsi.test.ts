import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import * as scsi from "../../../generated/typescript/scsi.ts";
import { lunBytes } from "../../../src/devices/scsi/lun.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu, type SetUp } from "./machine.ts";

const { S, T_TMF, EVENT, EVT_RESET, TASK_ATTR } = scsi;
const blocks = 2048;
const blockBytes = 512;

/** Of SAM. */
const GOOD = 0;
const CHECK_CONDITION = 2;

const lun = lunBytes({ target: 0, lun: 0 });
const absentLun = lunBytes({ target: 3, lun: 0 });

/** A host adapter with one disk, target 0, unit 0. */
function host(folder: string): SetUp {
  const path = join(folder, "disk");
  writeFileSync(path, pattern(blocks * blockBytes, 5));
  return {
    arguments: ["-blockdev", `driver=file,filename=${path},node-name=disk0`],
    devices: [{ model: "virtio-scsi", properties: { id: "host" } }],
    attached: ["-device", "scsi-hd,id=unit,bus=host.0,scsi-id=0,lun=0,drive=disk0,serial=qemu-unit"],
  };
}

/** A command descriptor block of 10 bytes that moves blocks. */
function transfer(code: 0x28 | 0x2a, block: number, count: number): Uint8Array {
  const cdb = new Uint8Array(32);
  const view = new DataView(cdb.buffer);
  view.setUint8(0, code);
  view.setUint32(2, block);
  view.setUint16(7, count);
  return cdb;
}

function cdb(...bytes: number[]): Uint8Array {
  const all = new Uint8Array(32);
  all.set(bytes);
  return all;
}

let lastId = 0n;

function command(of: Uint8Array, block: Uint8Array): scsi.ReqCmdSent {
  lastId += 1n;
  return { lun: of, id: lastId, task_attr: TASK_ATTR.SIMPLE, prio: 0, crn: 0, cdb: block };
}

const nothing = new Uint8Array();

/** A unit that was reset says so once, to the first command that is not INQUIRY or REPORT LUNS. */
async function clearAttention(driver: scsi.ScsiDriver): Promise<void> {
  await vi.waitFor(async () => {
    const { status } = await driver.reqCmd(command(lun, cdb(0)), nothing, 0);
    expect(status).toBe(GOOD);
  });
}

acrossQemu(
  { description: scsi.device, Driver: scsi.ScsiDriver, setUp: (_place, folder) => host(folder) },
  (subject) => {
    subject.eachRing("reads and writes blocks, many commands at a time", async ({ driver, folder }) => {
      await clearAttention(driver);
      const places = Array.from({ length: 40 }, (_, index) => ({
        block: index * 32,
        data: pattern(blockBytes * (1 + ((index * 5) % 32)), index),
      }));
      const written = await Promise.all(
        places.map(({ block, data }) =>
          driver.reqCmd(command(lun, transfer(0x2a, block, data.length / blockBytes)), data, 0),
        ),
      );
      for (const answer of written) expect(answer).toMatchObject({ response: S.OK, status: GOOD, residual: 0 });
      const read = await Promise.all(
        places.map(({ block, data }) =>
          driver.reqCmd(command(lun, transfer(0x28, block, data.length / blockBytes)), nothing, data.length),
        ),
      );
      const file = readFileSync(join(folder, "disk"));
      for (const [index, { block, data }] of places.entries()) {
        expect(read[index]).toMatchObject({ response: S.OK, status: GOOD, residual: 0 });
        expect(Buffer.compare(read[index]?.output ?? nothing, data)).toBe(0);
        expect(Buffer.compare(file.subarray(block * blockBytes, block * blockBytes + data.length), data)).toBe(0);
      }
    });

    subject.eachRing("tells what it is, and what it cannot do", async ({ driver }) => {
      await clearAttention(driver);
      const inquiry = await driver.reqCmd(command(lun, cdb(0x12, 0, 0, 0, 96)), nothing, 96);
      expect(inquiry).toMatchObject({ response: S.OK, status: GOOD });
      expect(Buffer.from(inquiry.output.subarray(8, 16)).toString("latin1")).toBe("QEMU    ");
      const serial = await driver.reqCmd(command(lun, cdb(0x12, 1, 0x80, 0, 96)), nothing, 96);
      expect(Buffer.from(serial.output.subarray(4, 13)).toString("latin1")).toBe("qemu-unit");
      const capacity = await driver.reqCmd(command(lun, cdb(0x25)), nothing, 8);
      expect([...capacity.output]).toEqual([0, 0, 7, 0xff, 0, 0, 2, 0]);
      const luns = await driver.reqCmd(command(lun, cdb(0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 64)), nothing, 64);
      expect(luns).toMatchObject({ response: S.OK, status: GOOD, residual: 48 });

      // Beyond the disk's end; a code that no unit has; a target that is not there.
      const beyond = await driver.reqCmd(command(lun, transfer(0x28, blocks, 1)), nothing, blockBytes);
      expect(beyond).toMatchObject({ response: S.OK, status: CHECK_CONDITION });
      // LOGICAL BLOCK ADDRESS OUT OF RANGE of an ILLEGAL REQUEST.
      expect([(beyond.sense[2] ?? 0) & 15, beyond.sense[12]]).toEqual([5, 0x21]);
      const unknown = await driver.reqCmd(command(lun, cdb(0xff)), nothing, 0);
      expect(unknown).toMatchObject({ response: S.OK, status: CHECK_CONDITION });
      expect(unknown.sense[12]).toBe(0x20);
      const nobody = await driver.reqCmd(command(absentLun, cdb(0)), nothing, 0);
      expect(nobody.response).toBe(S.BAD_TARGET);
    });

    subject.eachRing("takes orders on commands", async ({ driver }) => {
      const reset = { subtype: T_TMF.LOGICAL_UNIT_RESET, lun, id: 0n };
      expect(await driver.ctrlTmf(reset)).toBe(S.OK);
      // The unit says that it was reset.
      const attention = await driver.reqCmd(command(lun, cdb(0)), nothing, 0);
      expect(attention.status).toBe(CHECK_CONDITION);
      expect((attention.sense[2] ?? 0) & 15).toBe(6);
      expect(await driver.ctrlTmf({ subtype: T_TMF.QUERY_TASK, lun, id: lastId })).toBe(S.OK);
      expect(await driver.ctrlTmf({ ...reset, lun: absentLun })).toBe(S.BAD_TARGET);
      expect((await driver.ctrlAnQuery({ lun, event_requested: 0x10 })).response).toBe(S.OK);
      expect((await driver.ctrlAnSubscribe({ lun, event_requested: 0x10 })).response).toBe(S.OK);
    });

    subject.once(
      "tells of units that come and go, and of a new size",
      async ({ drive, machine, folder }) => {
        const driver = await drive().start();
        const events: scsi.Event[] = [];
        driver.onEvent((event) => events.push(event));
        writeFileSync(join(folder, "second"), new Uint8Array(blockBytes * 8));
        const { qmp } = machine;
        const file = { "driver": "file", "filename": join(folder, "second"), "node-name": "disk1" };
        await qmp.execute("blockdev-add", file);
        await qmp.execute("device_add", {
          "driver": "scsi-hd",
          "id": "other",
          "bus": "host.0",
          "scsi-id": 1,
          "lun": 0,
          "drive": "disk1",
        });
        const second = lunBytes({ target: 1, lun: 0 });
        await vi.waitFor(() => expect(events).toHaveLength(1));
        expect(events[0]).toMatchObject({ event: EVENT.TRANSPORT_RESET, reason: EVT_RESET.RESCAN, lun: second });
        await qmp.execute("block_resize", { "node-name": "disk0", "size": blockBytes * (blocks - 8) });
        await vi.waitFor(() => expect(events).toHaveLength(2));
        // CAPACITY DATA HAS CHANGED.
        expect(events[1]).toMatchObject({ event: EVENT.PARAM_CHANGE, reason: 0x2a | (0x09 << 8), lun });
        await qmp.execute("device_del", { id: "other" });
        await vi.waitFor(() => expect(events).toHaveLength(3));
        expect(events[2]).toMatchObject({ event: EVENT.TRANSPORT_RESET, reason: EVT_RESET.REMOVED, lun: second });
      },
      { setUp: (_place, folder) => host(folder) },
    );

    subject.once("has sense and command blocks of the length that the driver sets", async ({ drive }) => {
      const driver = await drive().start();
      scsi.Config.cdb_size.store(driver.configAccess, 16);
      scsi.Config.sense_size.store(driver.configAccess, 32);
      const { sense, status } = await driver.reqCmd(command(lun, cdb(0xff).subarray(0, 16)), nothing, 0);
      expect(status).toBe(CHECK_CONDITION);
      expect(sense).toHaveLength(32);
    });
  },
);
