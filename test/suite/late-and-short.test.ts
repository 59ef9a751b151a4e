import { describe, expect, it } from "vitest";
import * as blk from "../../generated/typescript/blk.ts";
import { EntropyDevice, EntropyDriver } from "../../generated/typescript/entropy.ts";
import * as scsi from "../../generated/typescript/scsi.ts";
import type { Answer, Incoming, Open } from "../../src/runtime/index.ts";
import { rejectionOf } from "../runtime/driver/rejection.ts";
import { plug } from "./computer.ts";

/** Answers when it is told to. */
class Late extends EntropyDevice {
  readonly held: (() => void)[] = [];
  calls = 0;

  override async random(request: Incoming<undefined>): Promise<void> {
    this.calls += 1;
    await new Promise<void>((resolve) => this.held.push(resolve));
    request.output.fill(0, 7);
  }
}

describe("a driver with a limit for requests", () => {
  it("rejects what is not answered in time, and uses its buffers again only when the device has used them", async () => {
    const device = new Late({});
    const { driver } = plug(device, EntropyDriver, { bus: "mmio", ringFeatures: [], queueSize: 2, requestTimeout: 30 });
    await driver.start();
    const target = new Uint8Array(4);
    const all = [driver.random(target), driver.random(4), driver.random(4)];
    for (const one of all) expect(await rejectionOf(one)).toMatchObject({ code: "timed-out" });
    // The third waited for room: the device is not asked for what nobody wants.
    expect(device.calls).toBe(2);
    for (const answer of device.held.splice(0)) answer();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(target).toEqual(new Uint8Array(4));
    const after = driver.random(4);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(device.calls).toBe(3);
    for (const answer of device.held.splice(0)) answer();
    expect(await after).toEqual(Uint8Array.of(7, 7, 7, 7));
    expect(driver.failure).toBeUndefined();
    await driver.stop();
  });

  it("goes on after a reset while the device still has what has timed out", async () => {
    const device = new Late({});
    const { driver } = plug(device, EntropyDriver, { bus: "pci", ringFeatures: [], queueSize: 2, requestTimeout: 10 });
    await driver.start();
    expect(await rejectionOf(driver.random(4))).toMatchObject({ code: "timed-out" });
    await driver.restart();
    const again = driver.random(4);
    await new Promise((resolve) => setTimeout(resolve, 2));
    for (const answer of device.held.splice(0)) answer();
    expect(await again).toEqual(Uint8Array.of(7, 7, 7, 7));
    await driver.stop();
  });
});

/** What a driver sends that stops too early. */
class Short extends scsi.ScsiDriver {
  async ask(bytes: number): Promise<scsi.ReqCmdAnswer> {
    const operation = { ...scsi.operations.reqCmd, sent: undefined };
    return (await this.request<scsi.ReqCmdAnswer>(operation, undefined, { input: new Uint8Array(bytes) })).answer;
  }
}

class Host extends scsi.ScsiDevice {
  override reqCmd(): Answer<scsi.ReqCmdAnswer> {
    throw new Error("there is no command");
  }

  override ctrlTmf(): Answer<Open<scsi.S>> {
    return scsi.S.OK;
  }

  override ctrlAnQuery(): Answer<scsi.CtrlAnQueryAnswer> {
    return { event_actual: 0, response: scsi.S.OK };
  }

  override ctrlAnSubscribe(): Answer<scsi.CtrlAnQueryAnswer> {
    return { event_actual: 0, response: scsi.S.OK };
  }
}

class Disk extends blk.BlkDevice {
  override in(): Answer<Open<blk.S>> {
    return blk.S.OK;
  }

  override out(): Answer<Open<blk.S>> {
    return blk.S.OK;
  }

  override getId(): Answer<blk.GetIdAnswer> {
    return { data: new Uint8Array(20), status: blk.S.OK };
  }
}

describe("a request that is too short", () => {
  it("of a message without alternatives gets the answer that the description has for it", async () => {
    const config = {
      num_queues: 1,
      seg_max: 1,
      max_sectors: 1,
      cmd_per_lun: 1,
      event_info_size: 16,
      sense_size: 96,
      cdb_size: 32,
      max_channel: 0,
      max_target: 0,
      max_lun: 0,
    };
    const device = new Host({ config });
    const { driver } = plug(device, Short, { bus: "mmio", ringFeatures: [] });
    await driver.start();
    for (const bytes of [1, 19, 50]) expect((await driver.ask(bytes)).response).toBe(scsi.S.FAILURE);
    expect(device.needsReset).toBeUndefined();
    await driver.stop();
  });

  it("for its tag, too", async () => {
    class Rude extends blk.BlkDriver {
      async ask(): Promise<number> {
        const operation = { ...blk.operations.out, sent: undefined };
        return (await this.request<blk.ReqIn>(operation, undefined, { input: new Uint8Array(3) })).answer.status;
      }
    }
    const device = new Disk({ config: { capacity: 1n } });
    const { driver } = plug(device, Rude, { bus: "mmio", ringFeatures: [] });
    await driver.start();
    expect(await driver.ask()).toBe(blk.S.UNSUPP);
    expect(device.needsReset).toBeUndefined();
    await driver.stop();
  });
});
