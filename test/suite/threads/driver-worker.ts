import { parentPort } from "node:worker_threads";

import {
  DmaMemory,
  enableMsix,
  GuestMemory,
  MmioTransport,
  msixVectorCount,
  PciTransport,
  RegisterMailbox,
  type DriverTransport,
  type MappedBar,
  type PciAccess,
  type RegisterAccess,
} from "../../../src/runtime/index.ts";
import { PackedDriverQueue } from "../../../src/runtime/virtqueue/packed-driver-queue.ts";
import { SplitDriverQueue } from "../../../src/runtime/virtqueue/split-driver-queue.ts";
import {
  beforeEachSleep,
  Chance,
  Meeting,
  ramAt,
  ringFeaturesOf,
  type DriverTally,
  type Order,
  type Report,
  type SharedGround,
  type ThreadCase,
} from "./thread-case.ts";
import { createTraffic, type Traffic } from "./traffic.ts";

// The driver's thread. It is told of cases one after the other.

const firstBar = 0x10;
const lastBar = 0x24;
const command = 0x04;
const allSpaces = 7;

/** Registers that begin at an address of the bus. */
function registersAt(bus: RegisterAccess, base: number): RegisterAccess {
  return {
    read: (offset, width) => bus.read(base + offset, width),
    write: (offset, width, value) => bus.write(base + offset, width, value),
    post: (offset, width, value) => bus.post?.(base + offset, width, value),
  };
}

/** What a platform does before drivers come: it places the BARs and switches them on. */
function pciOn(bus: RegisterAccess): PciAccess {
  const bars = new Map<number, MappedBar>();
  for (let at = firstBar; at <= lastBar; at += 4) {
    bus.write(at, 4, 0xffff_ffff);
    const size = -(bus.read(at, 4) & ~15) >>> 0;
    if (size === 0) continue;
    const index = (at - firstBar) / 4;
    const address = 0x1000_0000 * (index + 1);
    bus.write(at, 4, address);
    const wide = (bus.read(at, 4) & 4) !== 0;
    if (wide) bus.write((at += 4), 4, 0);
    bars.set(index, { registers: registersAt(bus, address), length: size, address });
  }
  bus.write(command, 2, allSpaces);
  return { config: registersAt(bus, 0), bar: (index) => bars.get(index) };
}

function probe({ bus, messages }: ThreadCase, mailbox: RegisterMailbox): DriverTransport {
  if (bus === "mmio") return MmioTransport.probe(mailbox);
  const access = pciOn(mailbox);
  if (!messages) return PciTransport.probe(access);
  const count = msixVectorCount(access);
  enableMsix(
    access,
    Array.from({ length: count }, (_, data) => ({ address: 0xfee0_0000, data })),
  );
  // The last vectors are the configuration's and, with few vectors, several queues'.
  return PciTransport.probe(access, { vectors: { config: count - 1, queue: (index) => index % (count - 1) } });
}

let traffic: Traffic | undefined;
let meeting: Meeting | undefined;

async function run(one: ThreadCase, { memory, mailbox: words, progress }: SharedGround): Promise<DriverTally> {
  const mailbox = new RegisterMailbox(words);
  const chance = new Chance(one.seed + 1);
  meeting = new Meeting(progress, 1, chance);
  const guest = GuestMemory.over(memory, ramAt);
  const options = {
    memory: new DmaMemory(guest, [{ address: ramAt, length: memory.byteLength }]),
    required: ringFeaturesOf(one) as readonly never[],
    queueSize: one.queueSize,
  };
  traffic = createTraffic(one, probe(one, mailbox), options, {
    chance,
    meeting,
    answered: new Int32Array(progress, 0, 1),
  });
  const { driver } = traffic;
  let interrupts = 0;
  const end = mailbox.onInterrupt((vector) => {
    interrupts += 1;
    driver.interrupt(one.messages ? vector : undefined);
  });
  try {
    await driver.start();
    const resets = await traffic.run();
    if (driver.failure !== undefined) throw driver.failure;
    await driver.stop();
    return { answered: Atomics.load(new Int32Array(progress), 0), interrupts, resets };
  } finally {
    end();
  }
}

beforeEachSleep([SplitDriverQueue, PackedDriverQueue], () => meeting?.beforeSleep());

const answer = (report: Report): void => parentPort?.postMessage(report);

parentPort?.on("message", (order: Order) => {
  switch (order.do) {
    case "run":
      run(order.case, order.ground).then(
        (driver) => answer({ driver }),
        (error: unknown) => answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
      return;
    case "look":
      traffic?.driver.poll();
      answer({ fault: traffic?.driver.failure?.message });
      break;
    case "end":
  }
});
