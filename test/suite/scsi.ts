import { expect, vi } from "vitest";
import * as scsi from "../../generated/typescript/scsi.ts";
import { LogicalUnit } from "../../src/devices/scsi/logical-unit.ts";
import { ScsiHost } from "../../src/devices/scsi-host.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import { pattern, plug } from "./computer.ts";
import { using, type Scenario } from "./scenario.ts";

const { S, T_TMF, EVENT } = scsi;
const nothing = new Uint8Array(0);
const lun = Uint8Array.of(1, 0, 0x40, 0, 0, 0, 0, 0);

function cdb(...bytes: readonly number[]): Uint8Array {
  const all = new Uint8Array(32);
  all.set(bytes);
  return all;
}

function command(bytes: Uint8Array, id = 1n): scsi.ReqCmdSent {
  return { lun, id, task_attr: 0, prio: 0, crn: 0, cdb: bytes };
}

/** What a driver's disk layer does with a disk: who is it, how large, reads and writes, errors, functions, events. */
export const host: Scenario = {
  name: "scsi",
  async run(setting) {
    const unit = new LogicalUnit({ store: new BufferStore(1 << 20), serial: "suite" });
    const device = new ScsiHost({ units: [{ target: 0, lun: 0, unit }], ringFeatures: setting.ringFeatures });
    const computer = plug(device, scsi.ScsiDriver, { queueSize: 16, ...setting });
    await using(device, computer, async (driver) => {
      const events: scsi.Event[] = [];
      driver.onEvent((event) => void events.push(event), { buffers: 4 });
      // A unit that has just come says so once.
      for (let tries = 0; tries < 3; tries++) {
        const { status } = await driver.reqCmd(command(cdb(0x00)), nothing, 0);
        if (status === 0) break;
      }
      const inquiry = await driver.reqCmd(command(cdb(0x12, 0, 0, 0, 96)), nothing, 96);
      expect(inquiry).toMatchObject({ response: S.OK, status: 0 });
      expect((inquiry.output[0] ?? 0xff) & 0x1f).toBe(0);
      const capacity = await driver.reqCmd(command(cdb(0x25)), nothing, 8);
      expect([...capacity.output]).toEqual([0, 0, 7, 0xff, 0, 0, 2, 0]);
      const data = pattern(4096, 3);
      const write = await driver.reqCmd(command(cdb(0x2a, 0, 0, 0, 0, 100, 0, 0, 8)), data, 0);
      expect(write).toMatchObject({ response: S.OK, status: 0, residual: 0 });
      const read = await driver.reqCmd(command(cdb(0x28, 0, 0, 0, 0, 100, 0, 0, 8)), nothing, 4096);
      expect(read).toMatchObject({ response: S.OK, status: 0, residual: 0 });
      expect(Buffer.compare(read.output, data)).toBe(0);
      const beyond = await driver.reqCmd(command(cdb(0x28, 0, 0, 0, 8, 0, 0, 0, 1)), nothing, 512);
      expect(beyond).toMatchObject({ response: S.OK, status: 2 });
      expect((beyond.sense[2] ?? 0) & 0xf).toBe(5);
      const absent = { ...command(cdb(0x00)), lun: Uint8Array.of(1, 9, 0x40, 0, 0, 0, 0, 0) };
      expect((await driver.reqCmd(absent, nothing, 0)).response).toBe(S.BAD_TARGET);
      expect(await driver.ctrlTmf({ subtype: T_TMF.LOGICAL_UNIT_RESET, lun, id: 0n })).toBe(S.FUNCTION_COMPLETE);
      device.plug({ target: 0, lun: 1, unit: new LogicalUnit({ store: new BufferStore(1 << 16) }) });
      await vi.waitFor(() => expect(events.map(({ event }) => event)).toContain(EVENT.TRANSPORT_RESET));
    });
  },
};
