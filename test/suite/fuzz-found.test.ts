import { expect, test } from "vitest";
import { F } from "../../generated/typescript/config.ts";
import * as scsi from "../../generated/typescript/scsi.ts";
import { LogicalUnit } from "../../src/devices/scsi/logical-unit.ts";
import { ScsiHost } from "../../src/devices/scsi-host.ts";
import * as blk from "../../generated/typescript/blk.ts";
import * as consoleType from "../../generated/typescript/console.ts";
import { BlkDisk } from "../../src/devices/blk-disk.ts";
import { StreamConsole } from "../../src/devices/stream-console.ts";
import { describeNeedsReset } from "../../src/runtime/index.ts";
import { plug } from "./computer.ts";
import { MoodyStore } from "./fuzz-store.ts";

// What the fuzzer has found, each with a name.

test("a request in flight is answered as it was asked, though the configuration space changes meanwhile", async () => {
  const store = new MoodyStore(1 << 16, () => 0);
  const unit = new LogicalUnit({ store });
  const device = new ScsiHost({ units: [{ target: 0, lun: 0, unit }], ringFeatures: [F.INDIRECT_DESC] });
  const { driver } = plug(device, scsi.ScsiDriver, { bus: "mmio", ringFeatures: [], queueSize: 16 });
  await driver.start();
  const cdb = new Uint8Array(32);
  const command = { lun: Uint8Array.of(1, 0, 0x40, 0, 0, 0, 0, 0), id: 1n, task_attr: 0, prio: 0, crn: 0, cdb };
  await driver.reqCmd(command, new Uint8Array(0), 0);
  cdb.set([0x28, 0, 0, 0, 0, 3, 0, 0, 1]);
  store.mood = "late";
  const read = driver.reqCmd(command, new Uint8Array(0), 512);
  await new Promise((resolve) => setImmediate(resolve));
  scsi.Config.sense_size.store(driver.configAccess, 155);
  expect(device.config.sense_size).toBe(155);
  store.release(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(device.needsReset === undefined ? "" : describeNeedsReset(device.needsReset)).toBe("");
  expect(await read).toMatchObject({ response: scsi.S.OK, status: 0 });
  await driver.stop();
});

test("an answer that comes when the memory has gone is not the handler's fault", async () => {
  const store = new MoodyStore(1 << 16, () => 0);
  const device = new BlkDisk({ store, ringFeatures: [] });
  const { driver, memory } = plug(device, blk.BlkDriver, { bus: "mmio", ringFeatures: [], queueSize: 16 });
  await driver.start();
  store.mood = "late";
  const read = driver.in({ sector: 0n }, 512).catch((error: unknown) => error);
  await new Promise((resolve) => setImmediate(resolve));
  const source = memory.regionAt(0x4000_0000, 0)?.source;
  if (source === undefined) throw new Error("there is no memory");
  memory.remove(source);
  store.release(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(device.needsReset).toMatchObject({ kind: "queue", fault: "ring-outside-memory" });
  memory.add(source);
  await driver.stop();
  expect(await read).toMatchObject({ code: "needs-reset" });
});

test("a queue that is smaller than a message has pieces is said to be so, and is not the user's mistake", async () => {
  const device = new StreamConsole({ ringFeatures: [], queueSize: 2 });
  const computer = plug(device, consoleType.ConsoleDriver, {
    bus: "mmio",
    ringFeatures: [],
    framing: { cut: (length) => [1, 1, length - 2] },
  });
  await computer.driver.start();
  expect(() => computer.driver.onInput(() => {}, { outputLength: 64, buffers: 1 })).toThrow(
    expect.objectContaining({ code: "queue-too-small", message: "3 descriptors do not fit into a queue of 2" }),
  );
  await computer.driver.stop();
});
