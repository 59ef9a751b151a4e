import { parentPort } from "node:worker_threads";

import { NetCard } from "../../../src/devices/net-card.ts";
import { BlkDisk } from "../../../src/devices/blk-disk.ts";
import { EntropySource } from "../../../src/devices/entropy-source.ts";
import type { NetLink, PacketHandler } from "../../../src/devices/net/link.ts";
import { BufferStore } from "../../../src/devices/store/buffer-store.ts";
import type { SectorStore } from "../../../src/devices/store/sector-store.ts";
import {
  describeNeedsReset,
  GuestMemory,
  MmioDevice,
  PciDevice,
  RegisterMailbox,
  type RegisterAccess,
  type VirtioDevice,
} from "../../../src/runtime/index.ts";
import { PackedDeviceQueue } from "../../../src/runtime/virtqueue/packed-device-queue.ts";
import { SplitDeviceQueue } from "../../../src/runtime/virtqueue/split-device-queue.ts";
import { pattern } from "../computer.ts";
import { diskBytes, ownMac } from "./traffic.ts";
import {
  beforeEachSleep,
  Chance,
  Meeting,
  ramAt,
  ringFeaturesOf,
  type DeviceTally,
  type Order,
  type Report,
  type SharedGround,
  type ThreadCase,
} from "./thread-case.ts";

// The device's thread. It is told of cases one after the other.

/** How long the device works on a request. */
class Pace {
  readonly chance: Chance;
  readonly meeting: Meeting;

  constructor({ seed }: ThreadCase, { progress }: SharedGround) {
    this.chance = new Chance(seed);
    this.meeting = new Meeting(progress, 0, this.chance);
  }

  work(): void {
    this.meeting.beforeAdding();
  }
}

/** A store that takes some time for each request, and now and then answers later. */
function slowStore(pace: Pace): SectorStore {
  const store = new BufferStore(diskBytes);
  const sometimesLater = (work: () => void): void | Promise<void> => {
    pace.work();
    return pace.chance.below(16) === 0 ? Promise.resolve().then(work) : work();
  };
  return {
    size: store.size,
    readOnly: false,
    read: (position, target) => sometimesLater(() => store.read(position, target)),
    write: (position, source) => sometimesLater(() => store.write(position, source)),
    flush: () => store.flush(),
    discard: (position, length) => store.discard(position, length),
    zero: (position, length) => store.zero(position, length),
  };
}

/** Sends everything back. */
class Mirror implements NetLink {
  private receive: PacketHandler | undefined;
  private readonly pace: Pace;

  constructor(pace: Pace) {
    this.pace = pace;
  }

  attach(receive: PacketHandler | undefined): void {
    this.receive = receive;
  }

  send(packet: Uint8Array): void | Promise<void> {
    this.pace.work();
    if (this.pace.chance.below(16) > 0) this.receive?.(packet);
    else return Promise.resolve().then(() => this.receive?.(packet));
  }
}

function deviceOf(one: ThreadCase, pace: Pace): VirtioDevice {
  const options = { ringFeatures: ringFeaturesOf(one), queueSize: one.queueSize };
  switch (one.type) {
    case "blk":
      return new BlkDisk({ ...options, store: slowStore(pace), id: "threads" });
    case "net":
      return new NetCard({ ...options, link: new Mirror(pace), mac: ownMac });
    case "entropy": {
      let calls = 0;
      return new EntropySource({
        ...options,
        fill: (bytes) => {
          pace.work();
          // Says by itself what it is, for some are lost in resets.
          bytes.set(pattern(bytes.length, calls));
          new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, calls, true);
          calls += 1;
        },
      });
    }
  }
}

/** A PCI function's configuration space and, where the driver has put them, its BARs. */
function busOf(pci: PciDevice): RegisterAccess {
  const barAt = (address: number) => pci.bars.find((bar) => address >= bar.address && address < bar.address + bar.size);
  return {
    read(address, width) {
      if (address < 256) return pci.configRead(address, width);
      const bar = barAt(address);
      return bar === undefined ? 0 : pci.barRead(bar.index, address - bar.address, width);
    },
    write(address, width, value) {
      if (address < 256) return pci.configWrite(address, width, value);
      const bar = barAt(address);
      if (bar !== undefined) pci.barWrite(bar.index, address - bar.address, width, value);
    },
  };
}

function registersOf(one: ThreadCase, device: VirtioDevice, memory: GuestMemory, mailbox: RegisterMailbox) {
  const line = (raised: boolean): void => {
    if (raised) mailbox.interrupt();
  };
  if (one.bus === "mmio") return new MmioDevice(device, { memory, interrupt: line });
  const messages = { msi: (_low: number, _high: number, vector: number): void => mailbox.interrupt(vector) };
  return busOf(new PciDevice(device, { memory, intx: line, ...(one.messages ? messages : {}) }));
}

interface Running {
  readonly device: VirtioDevice;
  readonly meeting: Meeting;
  readonly tally: () => DeviceTally;
  readonly end: () => void;
}

function run(one: ThreadCase, ground: SharedGround): Running {
  const pace = new Pace(one, ground);
  const device = deviceOf(one, pace);
  let notifications = 0;
  const notified = device.notified.bind(device);
  device.notified = (value) => {
    notifications += 1;
    notified(value);
  };
  const mailbox = new RegisterMailbox(ground.mailbox);
  const end = mailbox.serve(registersOf(one, device, GuestMemory.over(ground.memory, ramAt), mailbox));
  return { device, meeting: pace.meeting, tally: () => ({ notifications }), end };
}

let running: Running | undefined;

function obey(order: Order): Report {
  switch (order.do) {
    case "run":
      running = run(order.case, order.ground);
      return {};
    case "look": {
      for (const { number } of running?.device.queuePlaces ?? []) running?.device.notified(number);
      const needsReset = running?.device.needsReset;
      return { fault: needsReset === undefined ? undefined : describeNeedsReset(needsReset) };
    }
    case "end":
      running?.end();
      return running === undefined ? {} : { device: running.tally() };
  }
}

beforeEachSleep([SplitDeviceQueue, PackedDeviceQueue], () => running?.meeting.beforeSleep());
parentPort?.on("message", (order: Order) => parentPort?.postMessage(obey(order)));
