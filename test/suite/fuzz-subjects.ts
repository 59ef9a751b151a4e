import * as balloon from "../../generated/typescript/balloon.ts";
import * as blk from "../../generated/typescript/blk.ts";
import type { F } from "../../generated/typescript/config.ts";
import * as consoleType from "../../generated/typescript/console.ts";
import { EntropyDriver } from "../../generated/typescript/entropy.ts";
import * as net from "../../generated/typescript/net.ts";
import * as scsi from "../../generated/typescript/scsi.ts";
import { BlkDisk } from "../../src/devices/blk-disk.ts";
import { EntropySource } from "../../src/devices/entropy-source.ts";
import { MemoryBalloon } from "../../src/devices/memory-balloon.ts";
import { NetCard } from "../../src/devices/net-card.ts";
import { LogicalUnit } from "../../src/devices/scsi/logical-unit.ts";
import { ScsiHost } from "../../src/devices/scsi-host.ts";
import { StreamConsole } from "../../src/devices/stream-console.ts";
import type { DriverOptions, DriverTransport, VirtioDevice, VirtioDriver } from "../../src/runtime/index.ts";
import { pattern } from "./computer.ts";
import { MoodyStore } from "./fuzz-store.ts";

export type Random = (below: number) => number;

/** A driver, whatever its type, as far as a fuzzer uses it. */
export interface Rider {
  readonly driver: VirtioDriver;
  /** Has the device given buffers for what it sends, where it sends anything. */
  listen(): void;
  /** One request at random. Resolves with true where the answer is what it has to be. */
  request(random: Random): Promise<boolean>;
  /** All that the device does, once. Resolves with what was wrong. */
  everything(): Promise<string | undefined>;
}

/** A device to be tried, and what is behind it. */
export interface Subject {
  readonly device: VirtioDevice;
  /** What its requests begin with: for requests that are nearly right. */
  readonly heads: readonly Uint8Array[];
  drive(transport: DriverTransport, options: DriverOptions<never>): Rider;
  /** Where it keeps bytes. */
  readonly store?: MoodyStore;
  /** Something happens on the device's other side. */
  disturb?(random: Random): void;
}

export type SubjectMaker = (random: Random, ringFeatures: readonly F[]) => Subject;

const nothing = new Uint8Array(0);

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function head(type: number, sector: bigint): Uint8Array {
  return blk.Req.toBytes({ type, sector });
}

function disk(random: Random, ringFeatures: readonly F[]): Subject {
  const store = new MoodyStore(1 << 17, random);
  const queues = 1 + random(2);
  const device = new BlkDisk({
    store,
    id: "fuzz",
    ringFeatures,
    queues,
    queueSize: 16,
    ...(random(2) === 0
      ? { lifetime: () => ({ pre_eol_info: 1, device_lifetime_est_typ_a: 2, device_lifetime_est_typ_b: 3 }) }
      : {}),
    ...(random(2) === 0 ? { blockSize: 512, segMax: 12 } : {}),
  });
  return {
    device,
    store,
    heads: [0, 1, 4, 8, 10, 11, 13, 14, 99].map((type) => head(type, BigInt(type))),
    drive(transport, options) {
      const driver = new blk.BlkDriver(transport, options);
      let turn = 0;
      return {
        driver,
        listen: () => {},
        async request(pick) {
          const queue = pick(driver.queuePlaces.length || 1);
          // Each has sectors of its own.
          const sector = BigInt(100 + (turn++ % 40) * 2);
          const data = pattern(512 * (1 + pick(2)), pick(1000));
          switch (pick(5)) {
            case 0:
              return (await driver.flush({ sector: 0n })) === blk.S.OK;
            case 1: {
              const { data: id } = await driver.getId({ sector: 0n });
              return id.length === 20 && id[0] === 0x66;
            }
            default: {
              if ((await driver.out({ sector }, data, { queue })) !== blk.S.OK) return false;
              const { status, output } = await driver.in({ sector }, data.length, { queue });
              return status === blk.S.OK && same(output, data);
            }
          }
        },
        async everything() {
          const places = Array.from({ length: 12 }, (_, index) => pattern(512 * (1 + (index % 3)), index));
          const queue = driver.queuePlaces.length - 1;
          for (const status of await Promise.all(
            places.map((data, index) => driver.out({ sector: BigInt(index * 4) }, data, { queue })),
          )) {
            if (status !== blk.S.OK) return `a write ends with ${status}`;
          }
          for (const [index, data] of places.entries()) {
            const { status, output } = await driver.in({ sector: BigInt(index * 4) }, data.length);
            if (status !== blk.S.OK || !same(output, data)) return `a read ends with ${status}, or other data`;
          }
          if ((await driver.flush({ sector: 0n })) !== blk.S.OK) return "a flush fails";
          if ((await driver.in({ sector: 256n }, 512)).status !== blk.S.IOERR) return "a read behind the end succeeds";
          return undefined;
        },
      };
    },
  };
}

function source(_random: Random, ringFeatures: readonly F[]): Subject {
  const device = new EntropySource({ fill: (bytes) => void bytes.fill(0x5a), ringFeatures, queueSize: 16 });
  return {
    device,
    heads: [],
    drive(transport, options) {
      const driver = new EntropyDriver(transport, options);
      const one = async (length: number): Promise<boolean> => {
        const bytes = await driver.random(length);
        return bytes.length === length && bytes.every((byte) => byte === 0x5a);
      };
      return {
        driver,
        listen: () => {},
        request: (pick) => one(1 + pick(300)),
        async everything() {
          const all = await Promise.all(Array.from({ length: 20 }, (_, index) => one(1 + index * 13)));
          return all.every(Boolean) ? undefined : "other bytes";
        },
      };
    },
  };
}

const lun = Uint8Array.of(1, 0, 0x40, 0, 0, 0, 0, 0);

function command(...bytes: readonly number[]): scsi.ReqCmdSent {
  const cdb = new Uint8Array(32);
  cdb.set(bytes);
  return { lun, id: 1n, task_attr: 0, prio: 0, crn: 0, cdb };
}

function host(random: Random, ringFeatures: readonly F[]): Subject {
  const store = new MoodyStore(1 << 17, random);
  const unit = new LogicalUnit({ store, serial: "fuzz" });
  const device = new ScsiHost({
    units: [{ target: 0, lun: 0, unit }],
    ringFeatures,
    queues: 1 + random(2),
    queueSize: 16,
  });
  return {
    device,
    store,
    heads: [lun, new Uint8Array(51), Uint8Array.of(0, 0, 0, 0, 1), Uint8Array.of(1, 0, 0, 0)],
    drive(transport, options) {
      const driver = new scsi.ScsiDriver(transport, options);
      let turn = 0;
      const written = async (block: number, data: Uint8Array): Promise<boolean> => {
        const count = data.length / 512;
        const out = await driver.reqCmd(command(0x2a, 0, 0, 0, 0, block, 0, 0, count), data, 0);
        if (out.response !== scsi.S.OK || out.status !== 0) return false;
        const back = await driver.reqCmd(command(0x28, 0, 0, 0, 0, block, 0, 0, count), nothing, data.length);
        return back.response === scsi.S.OK && back.status === 0 && same(back.output, data);
      };
      const ready = async (): Promise<boolean> => {
        // A unit that has just come, or was reset, says so once.
        for (let tries = 0; tries < 6; tries++) {
          if ((await driver.reqCmd(command(0x00), nothing, 0)).status === 0) return true;
        }
        return false;
      };
      return {
        driver,
        listen: () => driver.onEvent(() => {}, { buffers: 4 }),
        async request(pick) {
          switch (pick(4)) {
            case 0:
              return (await driver.reqCmd(command(0x12, 0, 0, 0, 96), nothing, 96)).response === scsi.S.OK;
            case 1: {
              const reset = { subtype: scsi.T_TMF.CLEAR_TASK_SET, lun, id: 0n };
              // What it ends may be another's.
              return (await driver.ctrlTmf(reset)) !== scsi.S.BAD_TARGET;
            }
            default:
              await written(100 + (turn++ % 40), pattern(512, pick(1000)));
              return true;
          }
        },
        async everything() {
          if (!(await ready())) return "the unit is not ready";
          if (!(await written(3, pattern(2048, 5)))) return "what was written is not read";
          const beyond = await driver.reqCmd(command(0x28, 0, 0, 0, 8, 0, 0, 0, 1), nothing, 512);
          return beyond.status === 2 ? undefined : "a read behind the end succeeds";
        },
      };
    },
  };
}

const oldHeader: net.Hdr = { flags: 0, gso_type: 0, hdr_len: 0, gso_size: 0, csum_start: 0, csum_offset: 0 };

function frame(length: number, seed: number): Uint8Array {
  const bytes = pattern(length, seed);
  bytes.set([0x52, 0x54, 0, 0, 0, 1, 0x52, 0x54, 0, 0, 0, 1, 0x88, 0xb5]);
  return bytes;
}

function card(random: Random, ringFeatures: readonly F[]): Subject {
  let receive: ((packet: Uint8Array) => void) | undefined;
  let sent: Uint8Array[] = [];
  const device = new NetCard({
    link: {
      send: (packet) => void sent.push(packet),
      attach: (handler) => (receive = handler),
    },
    mac: "52:54:00:00:00:01",
    ringFeatures,
    queueSize: 16,
    queuePairs: 1 + random(2),
    mergeable: random(2) === 0,
    checksum: random(2) === 0,
    waitingPackets: 4,
  });
  return {
    device,
    heads: [
      new Uint8Array(12),
      Uint8Array.of(1, 1, 54, 0, 0, 5, 34, 0, 16, 0),
      Uint8Array.of(1, 0),
      Uint8Array.of(4, 0, 1, 0),
    ],
    disturb: (pick) => receive?.(frame(14 + pick(1500), pick(1000))),
    drive(transport, options) {
      const driver = new net.NetDriver(transport, options);
      let got: Uint8Array[] = [];
      // The count of buffers is a part of the header but for old drivers without its feature.
      const header = (): net.Hdr =>
        transport.legacy === undefined || driver.features.has(net.F.MRG_RXBUF)
          ? { ...oldHeader, num_buffers: 0 }
          : oldHeader;
      return {
        driver,
        listen: () =>
          driver.onReceive((_hdr, bytes) => void got.push(bytes.slice()), { outputLength: 1600, buffers: 4 }),
        async request(pick) {
          if (pick(3) === 0) return (await driver.ctrlRxPromisc({ on: pick(2) })) === net.Ack.OK;
          await driver.transmit(header(), frame(14 + pick(1000), pick(1000)));
          return true;
        },
        async everything() {
          sent = [];
          const packets = [60, 300, 1514].map((length, index) => frame(length, index));
          for (const packet of packets) await driver.transmit(header(), packet);
          if (sent.length !== packets.length) return `${sent.length} packets were sent`;
          if (!packets.every((packet, index) => same(packet, sent[index] ?? nothing))) return "another packet was sent";
          got = [];
          const packet = frame(777, 9);
          receive?.(packet);
          await new Promise((resolve) => setImmediate(resolve));
          // Packets that waited for the driver come before.
          const last = got.at(-1);
          // The legacy interface does not say reliably how long it is.
          const received = transport.legacy === undefined ? last : last?.subarray(0, packet.length);
          return received !== undefined && same(received, packet)
            ? undefined
            : `${got.length} packets received, the last of ${last?.length} bytes is another`;
        },
      };
    },
  };
}

function ports(random: Random, ringFeatures: readonly F[]): Subject {
  const device = new StreamConsole({
    ports: random(2) === 0 ? [{ console: true }] : [{ console: true }, { name: "org.example.fuzz" }],
    ringFeatures,
    queueSize: 16,
    size: { cols: 80, rows: 25 },
  });
  let printed: number[] = [];
  const reader = device.portAt(0).readable.getReader();
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      printed.push(...value);
      if (printed.length > 100_000) printed = [];
    }
  })();
  const writer = device.portAt(0).writable.getWriter();
  return {
    device,
    heads: [
      Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0),
      Uint8Array.of(0, 0, 0, 0, 3, 0, 1, 0),
      Uint8Array.of(1, 0, 0, 0, 6, 0, 1, 0),
    ],
    disturb: (pick) => void writer.write(pattern(1 + pick(50), pick(1000))).catch(() => {}),
    drive(transport, options) {
      const driver = new consoleType.ConsoleDriver(transport, options);
      const control = (id: number, event: number) => driver.controlTransmit({ control: { id, event, value: 1 } });
      return {
        driver,
        listen: () => {
          driver.onInput(() => {}, { outputLength: 64, buffers: 4 });
          if (driver.features.has(consoleType.F.MULTIPORT))
            driver.onControlReceive(() => {}, { answerLength: 64, buffers: 8 });
        },
        async request(pick) {
          if (pick(4) === 0 && driver.features.has(consoleType.F.MULTIPORT)) {
            await control(pick(3), pick(8));
          } else await driver.output(pattern(1 + pick(100), pick(100)));
          return true;
        },
        async everything() {
          if (driver.features.has(consoleType.F.MULTIPORT)) {
            await control(0, consoleType.EVENT.DEVICE_READY);
            await control(0, consoleType.EVENT.PORT_READY);
            await control(0, consoleType.EVENT.PORT_OPEN);
          }
          // What was printed before comes first.
          for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
          printed = [];
          const text = pattern(400, 7);
          await driver.output(text.subarray(0, 200));
          await driver.output(text.subarray(200));
          for (let turns = 0; turns < 20 && printed.length < 400; turns++)
            await new Promise((resolve) => setImmediate(resolve));
          return same(Uint8Array.from(printed), text) ? undefined : `${printed.length} other bytes were printed`;
        },
      };
    },
  };
}

const F_REPORTING = balloon.F.PAGE_REPORTING;

function pages(random: Random, ringFeatures: readonly F[]): Subject {
  let ranges = 0;
  const count = (): void => void (ranges += 1);
  const device = new MemoryBalloon({
    inflated: count,
    deflated: count,
    ...(random(2) === 0 ? { reported: count, hinted: count } : {}),
    ringFeatures,
    queueSize: 16,
  });
  return {
    device,
    heads: [Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0), Uint8Array.of(0xff, 0xff, 0xff, 0xff), new Uint8Array(10)],
    drive(transport, options) {
      const driver = new balloon.BalloonDriver(transport, options);
      return {
        driver,
        listen: () => {},
        async request(pick) {
          const list = Array.from({ length: 1 + pick(20) }, () => pick(256));
          if (pick(2) === 0) await driver.inflate({ pages: list });
          else await driver.deflate({ pages: list });
          return true;
        },
        async everything() {
          ranges = 0;
          await driver.inflate({ pages: [200, 201, 205] });
          const inflated = device.pages;
          if (inflated !== 3 || ranges !== 2) return `${inflated} pages in ${ranges} ranges`;
          await driver.deflate({ pages: [201] });
          const left = device.pages;
          if (left !== 2) return `${left} pages`;
          if (driver.features.has(F_REPORTING)) await driver.report([{ address: 0x8_0000, length: 4096 }]);
          return undefined;
        },
      };
    },
  };
}

/** One of each device type that there is a device of. */
export const subjects: Readonly<Record<string, SubjectMaker>> = {
  blk: disk,
  entropy: source,
  scsi: host,
  net: card,
  console: ports,
  balloon: pages,
};
