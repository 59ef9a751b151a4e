import * as blk from "../../../generated/typescript/blk.ts";
import { EntropyDriver } from "../../../generated/typescript/entropy.ts";
import * as net from "../../../generated/typescript/net.ts";
import {
  DriverError,
  type DriverOptions,
  type DriverTransport,
  type VirtioDriver,
} from "../../../src/runtime/index.ts";
import { pattern } from "../computer.ts";
import type { Chance, Meeting, ThreadCase } from "./thread-case.ts";

/** As many requests are under way at most: one a lane. */
const lanes = 6;
const sector = 512;
const laneSectors = 32;
/** In bytes: each lane of requests has a part of the disk of its own. */
export const diskBytes: number = lanes * laneSectors * sector;

export const ownMac = "52:54:00:00:00:01";
const ownMacBytes = [0x52, 0x54, 0, 0, 0, 1];
const otherMacBytes = [0x52, 0x54, 0, 0, 0, 2];
/** In bytes: addresses and type. */
const ethernetHeader = 14;
const plainHeader: net.Hdr = { flags: 0, gso_type: 0, hdr_len: 0, gso_size: 0, csum_start: 0, csum_offset: 0 };

type Options = Pick<DriverOptions<never>, "memory" | "required" | "queueSize">;

/** When requests go, and where those are counted that were answered. */
interface Pacing {
  readonly chance: Chance;
  readonly meeting: Meeting;
  readonly answered: Int32Array;
}

/** A driver, and requests for it. */
export interface Traffic {
  readonly driver: VirtioDriver;
  /** Makes the case's requests. @returns how many resets there were @throws where an answer is wrong */
  run(): Promise<number>;
}

/** What one type of device is asked. */
interface Subject {
  readonly driver: VirtioDriver;
  /** The driver has started, or started again: what has to be said anew. */
  begin?(): void;
  /** The device was reset: what was to come from it does not come any more. */
  lose?(error: DriverError): void;
  /** One request of a lane, sent at once, and its answer held against what it has to be. Rejects when it is reset. */
  request(lane: number): Promise<void>;
  /** Resets one queue. */
  resetQueue(): Promise<void>;
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

class DiskDriver extends blk.BlkDriver {
  resetRequests(): Promise<void> {
    return this.resetQueue("requestq");
  }
}

class RandomDriver extends EntropyDriver {
  resetRequests(): Promise<void> {
    return this.resetQueue("requestq");
  }
}

class CardDriver extends net.NetDriver {
  resetTransmit(): Promise<void> {
    return this.resetQueue("transmitq");
  }
}

/** Reads and writes; the disk has to be what was written last. A write that was lost in a reset may have been done. */
function diskSubject(driver: DiskDriver, chance: Chance): Subject {
  const model = new Uint8Array(diskBytes);
  /** By lane, what a lost write would have written. */
  const unsure = new Map<number, { readonly at: number; readonly data: Uint8Array }>();

  async function read(lane: number, from: number, count: number): Promise<void> {
    const at = (lane * laneSectors + from) * sector;
    const { status, output } = await driver.in({ sector: BigInt(at / sector) }, count * sector);
    check(status === blk.S.OK && output.length === count * sector, `a read was answered by ${status}`);
    const lost = unsure.get(lane);
    if (lost !== undefined) {
      unsure.delete(lane);
      if (same(output, lost.data)) model.set(lost.data, lost.at);
    }
    check(same(output, model.subarray(at, at + output.length)), `lane ${lane}: other bytes than were written at ${at}`);
  }

  async function write(lane: number, from: number, count: number): Promise<void> {
    const at = (lane * laneSectors + from) * sector;
    const data = pattern(count * sector, chance.below(1 << 24));
    unsure.set(lane, { at, data });
    const status = await driver.out({ sector: BigInt(at / sector) }, data);
    unsure.delete(lane);
    check(status === blk.S.OK, `a write was answered by ${status}`);
    model.set(data, at);
  }

  return {
    driver,
    async request(lane) {
      const lost = unsure.get(lane);
      if (lost !== undefined) return read(lane, lost.at / sector - lane * laneSectors, lost.data.length / sector);
      const count = 1 + chance.below(3);
      const from = chance.below(laneSectors - count);
      const what = chance.below(16);
      if (what < 8) return read(lane, from, count);
      if (what < 15) return write(lane, from, count);
      check((await driver.flush({ sector: 0n })) === blk.S.OK, "a flush failed");
    },
    resetQueue: () => driver.resetRequests(),
  };
}

/** Random bytes that say which they are. */
function entropySubject(driver: RandomDriver, chance: Chance): Subject {
  const seen = new Set<number>();
  return {
    driver,
    async request() {
      const length = 8 + chance.below(300);
      const bytes = await driver.random(length);
      check(bytes.length === length, `${bytes.length} bytes came of ${length}`);
      const call = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      check(!seen.has(call), `the bytes of call ${call} came twice`);
      seen.add(call);
      const expected = pattern(length, call);
      check(same(bytes.subarray(4), expected.subarray(4)), `the bytes of call ${call} are others`);
    },
    resetQueue: () => driver.resetRequests(),
  };
}

/** Buffers behind the first. */
function following(header: net.Hdr): number {
  return (header.num_buffers ?? 1) - 1;
}

/** Packets that come back, in one buffer or several. */
function netSubject(driver: CardDriver, chance: Chance): Subject {
  let sent = 0;
  const expected = new Map<number, { packet: Uint8Array; came(): void; lost(error: DriverError): void }>();
  let failed: Error | undefined;

  function receive(_header: net.Hdr, bytes: Uint8Array): void {
    const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(ethernetHeader, true);
    const due = expected.get(number);
    // What was under way at a reset of the transmit queue alone may come.
    if (due === undefined) return;
    expected.delete(number);
    if (!same(bytes, due.packet)) failed = new Error(`packet ${number} came back as another`);
    due.came();
  }

  return {
    driver,
    begin() {
      driver.onReceive(receive, { outputLength: 300, following });
    },
    async request() {
      if (failed !== undefined) throw failed;
      if (chance.below(64) === 0) {
        check((await driver.ctrlRxPromisc({ on: 1 })) === net.Ack.OK, "a command failed");
        return;
      }
      const packet = pattern(60 + chance.below(700), chance.below(1 << 24));
      const number = sent++;
      packet.set([...ownMacBytes, ...otherMacBytes, 0x88, 0xb5]);
      new DataView(packet.buffer).setUint32(ethernetHeader, number, true);
      const back = new Promise<void>((came, lost) => expected.set(number, { packet, came, lost }));
      try {
        await Promise.all([driver.transmit({ ...plainHeader, num_buffers: 0 }, packet), back]);
      } finally {
        expected.delete(number);
      }
    },
    lose(error) {
      for (const due of expected.values()) due.lost(error);
    },
    resetQueue: () => driver.resetTransmit(),
  };
}

async function drive(subject: Subject, one: ThreadCase, { chance, meeting, answered }: Pacing): Promise<number> {
  const { driver } = subject;
  let sent = 0;
  let underWay = 0;
  let resets = 0;
  let resetting: Promise<void> | undefined;

  /** By turns one queue and all of the device, whatever is under way. */
  async function reset(): Promise<void> {
    resets += 1;
    if (resets % 2 === 1) {
      await subject.resetQueue();
      return;
    }
    const done = driver.restart();
    subject.lose?.(new DriverError("reset", "lost in a reset"));
    await done;
    subject.begin?.();
  }

  /** Requests one behind the other until `end` have been sent. */
  async function lane(index: number, end: number): Promise<void> {
    for (;;) {
      await resetting;
      if (sent >= end) return;
      sent += 1;
      underWay += 1;
      const answer = subject.request(index);
      // Mostly each with a notification of its own.
      if (chance.below(4) > 0) {
        if (underWay > 1) meeting.beforeAdding();
        driver.notifyDevice();
      }
      try {
        await answer;
        Atomics.add(answered, 0, 1);
      } catch (error) {
        if (!(error instanceof DriverError && error.code === "reset")) throw error;
        sent -= 1;
      } finally {
        underWay -= 1;
      }
      if (resets < one.resets && resetting === undefined && sent * one.resets > resets * one.resetsWithin) {
        resetting = reset().finally(() => (resetting = undefined));
      }
      // Not all go on at the interrupt that has told of all.
      if (chance.below(2) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  subject.begin?.();
  while (sent < one.requests) {
    // With one lane both sides sleep after each request; with many hardly ever.
    meeting.turn();
    const width = 1 + chance.below(lanes);
    const end = Math.min(sent + 1 + chance.below(100), one.requests);
    await Promise.all(Array.from({ length: width }, (_, index) => lane(index, end)));
  }
  return resets;
}

export function createTraffic(one: ThreadCase, transport: DriverTransport, options: Options, pacing: Pacing): Traffic {
  const subject = subjectOf(one.type, transport, options, pacing.chance);
  return { driver: subject.driver, run: () => drive(subject, one, pacing) };
}

function subjectOf(type: ThreadCase["type"], transport: DriverTransport, options: Options, chance: Chance): Subject {
  switch (type) {
    case "blk":
      return diskSubject(new DiskDriver(transport, options), chance);
    case "entropy":
      return entropySubject(new RandomDriver(transport, options), chance);
    case "net":
      return netSubject(new CardDriver(transport, options), chance);
  }
}
