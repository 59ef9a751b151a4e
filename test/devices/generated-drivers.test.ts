import { expect, test } from "vitest";
import * as balloon from "../../generated/typescript/balloon.ts";
import * as blk from "../../generated/typescript/blk.ts";
import { F as core } from "../../generated/typescript/config.ts";
import * as consoleType from "../../generated/typescript/console.ts";
import { EntropyDriver } from "../../generated/typescript/entropy.ts";
import * as net from "../../generated/typescript/net.ts";
import * as scsi from "../../generated/typescript/scsi.ts";
import { BlkDisk } from "../../src/devices/blk-disk.ts";
import { EntropySource } from "../../src/devices/entropy-source.ts";
import { MemoryBalloon } from "../../src/devices/memory-balloon.ts";
import { linkPair } from "../../src/devices/net/link.ts";
import { NetCard } from "../../src/devices/net-card.ts";
import { LogicalUnit } from "../../src/devices/scsi/logical-unit.ts";
import { ScsiHost } from "../../src/devices/scsi-host.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import { StreamConsole } from "../../src/devices/stream-console.ts";
import type { VirtioDevice } from "../../src/runtime/device/virtio-device.ts";
import { DmaMemory } from "../../src/runtime/driver/dma-memory.ts";
import type { DriverOptions } from "../../src/runtime/driver/driver-options.ts";
import { GuestMemory } from "../../src/runtime/memory/guest-memory.ts";
import { MmioDevice } from "../../src/runtime/transport/device/mmio-device.ts";
import type { DriverTransport } from "../../src/runtime/transport/driver/driver-transport.ts";
import { MmioTransport } from "../../src/runtime/transport/driver/mmio-transport.ts";
import { patterned } from "./patterned.ts";

interface AnyDriver {
  start(): Promise<unknown>;
  interrupt(): void;
}

/** Puts a device behind the registers of virtio-mmio, and its generated driver in front of them. */
async function driverOf<Driver extends AnyDriver>(
  device: VirtioDevice,
  Driver: new (transport: DriverTransport, options: DriverOptions<never>) => Driver,
): Promise<Driver> {
  const ramAt = 0x8000_0000;
  const length = 1 << 23;
  const memory = GuestMemory.over(new ArrayBuffer(length), ramAt);
  const guest: { driver?: Driver } = {};
  const registers = new MmioDevice(device, {
    memory,
    interrupt: (raised) => {
      if (raised) guest.driver?.interrupt();
    },
  });
  const driver = new Driver(MmioTransport.probe(registers), {
    memory: new DmaMemory(memory, [{ address: ramAt, length }]),
    queueSize: 16,
  });
  guest.driver = driver;
  await driver.start();
  return driver;
}

test("a disk", async () => {
  const store = new BufferStore(patterned(64 * 512, 1));
  const driver = await driverOf(new BlkDisk({ store, id: "mmio" }), blk.BlkDriver);
  expect(driver.features.has(core.VERSION_1) && driver.features.has(blk.F.DISCARD)).toBe(true);
  expect(driver.readConfig()).toMatchObject({ capacity: 64n, max_discard_seg: 64, writeback: 1 });
  const { status, output } = await driver.in({ sector: 2n }, 1024);
  expect(status).toBe(blk.S.OK);
  expect(output).toEqual(patterned(64 * 512, 1).slice(1024, 2048));
  const data = patterned(512, 7);
  expect(await driver.out({ sector: 63n }, data)).toBe(blk.S.OK);
  expect(store.bytes.subarray(63 * 512)).toEqual(data);
  expect(await driver.out({ sector: 64n }, data)).toBe(blk.S.IOERR);
  expect(await driver.flush({ sector: 0n })).toBe(blk.S.OK);
  expect((await driver.getId({ sector: 0n })).data.subarray(0, 5)).toEqual(Uint8Array.from(Buffer.from("mmio\0")));
  const range = { sector: 0n, num_sectors: 2, flags: { unmap: 0 } };
  expect(await driver.writeZeroes({ sector: 0n, segments: [range] })).toBe(blk.S.OK);
  expect(store.bytes.subarray(0, 1024)).toEqual(new Uint8Array(1024));
  expect(await driver.discard({ sector: 0n, segments: [{ ...range, flags: { unmap: 1 } }] })).toBe(blk.S.UNSUPP);
});

test("entropy", async () => {
  const driver = await driverOf(
    new EntropySource({ fill: (bytes) => bytes.set(patterned(bytes.length, 2)) }),
    EntropyDriver,
  );
  expect(await driver.random(300)).toEqual(patterned(300, 2));
});

test("a console with several ports", async () => {
  const { EVENT } = consoleType;
  const device = new StreamConsole({ ports: [{ console: true }, { name: "agent" }] });
  const driver = await driverOf(device, consoleType.ConsoleDriver);
  const said: string[] = [];
  driver.onControlReceive(
    ({ control, name }) => {
      said.push(
        `${control.id} ${control.event} ${control.value} ${name === undefined ? "" : Buffer.from(name).toString()}`,
      );
    },
    { buffers: 8, answerLength: 64 },
  );
  const tell = (id: number, event: consoleType.EVENT, value: number): Promise<void> =>
    driver.controlTransmit({ control: { id, event, value } });
  await tell(0, EVENT.DEVICE_READY, 1);
  await tell(1, EVENT.PORT_READY, 1);
  expect(said).toEqual(["0 1 0 ", "1 1 0 ", "1 7 1 agent", "1 6 1 "]);
  const got = new Promise<string>((resolve) => {
    driver.onInput((_value, bytes) => resolve(Buffer.from(bytes).toString()), {
      queue: 1,
      buffers: 4,
      outputLength: 64,
    });
  });
  await tell(1, EVENT.PORT_OPEN, 1);
  await device.portAt(1).writable.getWriter().write(new TextEncoder().encode("to the guest"));
  expect(await got).toBe("to the guest");
  await driver.output(new TextEncoder().encode("to the host"), { queue: 1 });
  expect(new TextDecoder().decode((await device.portAt(1).readable.getReader().read()).value)).toBe("to the host");
});

test("two network cards", async () => {
  const [left, right] = linkPair();
  const one = await driverOf(new NetCard({ link: left, mac: "52:54:00:00:00:01" }), net.NetDriver);
  const other = await driverOf(new NetCard({ link: right, mac: "52:54:00:00:00:02" }), net.NetDriver);
  const packet = patterned(900, 3);
  packet.set([0x52, 0x54, 0, 0, 0, 2]);
  const got = new Promise<Uint8Array>((resolve) => {
    other.onReceive((_header, bytes) => resolve(bytes.slice()), { buffers: 4, outputLength: 1514 });
  });
  const empty = { flags: 0, gso_type: 0, hdr_len: 0, gso_size: 0, csum_start: 0, csum_offset: 0, num_buffers: 0 };
  await one.transmit(empty, packet);
  expect(await got).toEqual(packet);
  expect(await other.ctrlRxPromisc({ on: 0 })).toBe(net.Ack.OK);
  expect(await other.ctrlVlanAdd({ vlan_id: 9 })).toBe(net.Ack.OK);
});

test("a balloon", async () => {
  const seen: string[] = [];
  const device = new MemoryBalloon({
    inflated: (address, length) => void seen.push(`${address.toString(16)}+${length}`),
  });
  const driver = await driverOf(device, balloon.BalloonDriver);
  const first = 0x8000_0000 / 4096;
  await driver.inflate({ pages: [first + 1, first] });
  expect([seen, device.pages]).toEqual([["80000000+8192"], 2]);
  const asked = device.statistics();
  await driver.stats({ stats: [] }).catch(() => driver.stats({ stats: [{ tag: balloon.S.MEMFREE, val: 0n }] }));
  void driver.stats({ stats: [{ tag: balloon.S.MEMFREE, val: 77n }] }).catch(() => {});
  expect((await asked).get(balloon.S.MEMFREE)).toBe(77n);
});

test("a SCSI host", async () => {
  const store = new BufferStore(patterned(64 * 512, 1));
  const unit = new LogicalUnit({ store });
  const driver = await driverOf(new ScsiHost({ units: [{ target: 3, lun: 300, unit }] }), scsi.ScsiDriver);
  const lun = Uint8Array.of(1, 3, 0x41, 0x2c, 0, 0, 0, 0);
  const cdb = new Uint8Array(32);
  cdb.set([0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0]);
  const command = { lun, id: 1n, task_attr: 0, prio: 0, crn: 0, cdb };
  const read = await driver.reqCmd(command, new Uint8Array(0), 512);
  expect([read.response, read.status, read.residual]).toEqual([scsi.S.OK, 0, 0]);
  expect(read.output).toEqual(patterned(64 * 512, 1).slice(5 * 512, 6 * 512));
  const subtype = scsi.T_TMF.LOGICAL_UNIT_RESET;
  expect(await driver.ctrlTmf({ subtype, lun, id: 0n })).toBe(scsi.S.FUNCTION_COMPLETE);
  const after = await driver.reqCmd(command, new Uint8Array(0), 512);
  expect([after.status, after.sense_len, after.sense[2]]).toEqual([2, 18, 6]);
});
