import {
  disableMsix,
  enableMsix,
  MmioTransport,
  msixVectorCount,
  PciTransport,
  type DmaMemory,
  type DriverOptions,
  type DriverTransport,
  type GuestOrder,
  type MsixVectors,
  type RegisterAccess,
  type VirtioDriver,
} from "virtgen/runtime";
import type { InterruptPump, Looker } from "./interrupt-pump.ts";
import { PciFunction, type BarPlaces } from "./pci-function.ts";
import type { QtestChannel } from "./qtest-channel.ts";
import { QtestError } from "./qtest-error.ts";
import { TransportTrace } from "./transport-trace.ts";

/** How a driver learns of what its device has done. */
export type InterruptWay =
  /** By MSI-X messages, which come into the guest's memory: on PCI. */
  | "messages"
  /** By the line. */
  | "line"
  /**
   * The driver wants no interrupts, and looks into its rings by itself: fastest. Messages of a device that has them are
   * counted nevertheless, and the one of configuration changes is heard.
   */
  | "polled";

/** How a driver is put on a device. */
export interface DriveOptions<Bit extends number = number> extends Omit<DriverOptions<Bit>, "memory" | "polled"> {
  /** If absent: by messages where the device has them, else by the line. */
  readonly interrupts?: InterruptWay;
  /** Takes the interface from before the standard or that of the standard, where a PCI device has both. */
  readonly legacy?: boolean;
  /** The guest's byte order on the legacy interface; little-endian, as QEMU's x86 has it, if absent. */
  readonly guestOrder?: GuestOrder;
}

/** What interrupts have come since a driver was put on the device. */
export interface InterruptCounts {
  /** By vector, messages that were seen. Of several that came between two looks one is seen. */
  readonly messages: readonly number[];
  /** How many times the line was seen raised. */
  readonly line: number;
}

/** Where a device sits. */
export type DevicePlace =
  | { readonly bus: "mmio"; readonly address: number; readonly line: number }
  | { readonly bus: "pci"; readonly slot: number; readonly bars: BarPlaces };

/** What a device is made of. */
export interface DeviceParts {
  readonly name: string;
  readonly place: DevicePlace;
  readonly channel: QtestChannel;
  readonly pump: InterruptPump;
  readonly dma: DmaMemory;
  /** Guest memory for interrupt messages, a word each. */
  readonly messages: { readonly words: Int32Array; readonly address: number };
  readonly legacy: boolean;
  readonly traced: boolean;
}

/** A generated driver's class. */
export type DriverClass<Driver, Bit extends number> = new (
  transport: DriverTransport,
  options: DriverOptions<Bit>,
) => Driver;

/** One virtio device of a running QEMU. */
export class QemuDevice {
  readonly name: string;
  private readonly parts: DeviceParts;
  private readonly record: TransportTrace;
  private pci: PciFunction | undefined;
  private current: { readonly driver: VirtioDriver; readonly looker: Looker } | undefined;
  private messageCounts: number[] = [];
  private lineCount = 0;

  constructor(parts: DeviceParts) {
    this.parts = parts;
    this.name = parts.name;
    this.record = new TransportTrace(parts.traced);
  }

  /** The last accesses of the driver, oldest first, in words; nothing where the machine does not trace. */
  get trace(): readonly string[] {
    return this.record.lines();
  }

  get interrupts(): InterruptCounts {
    return { messages: this.messageCounts, line: this.lineCount };
  }

  /**
   * Puts a driver of this class on the device, and calls it at each interrupt. It is to be started; the one that was
   * there before is to be stopped.
   * @throws QtestError `no-device`, `misuse`; DriverError as the probe of the transport
   */
  drive<Driver extends VirtioDriver, Bit extends number = number>(
    Driver: DriverClass<Driver, Bit>,
    options: DriveOptions<Bit> = {},
  ): Driver {
    this.leave();
    const { interrupts, legacy, guestOrder, ...rest } = options;
    const order = guestOrder === undefined ? {} : { guestOrder };
    const { transport, way } =
      this.parts.place.bus === "mmio"
        ? this.onMmio(this.parts.place.address, interrupts, order)
        : this.onPci(interrupts, { legacy: legacy ?? this.parts.legacy, ...order });
    const observer = this.record.observer;
    const driver = new Driver(transport, {
      ...(observer === undefined ? {} : { observer }),
      ...rest,
      memory: this.parts.dma,
      polled: way === "polled",
    });
    this.record.describe(driver.description);
    const looker: Looker = { look: () => this.look(driver, way) };
    this.current = { driver, looker };
    this.parts.pump.add(looker);
    return driver;
  }

  /** The driver is left alone: nobody calls it any more. */
  leave(): void {
    if (this.current !== undefined) this.parts.pump.remove(this.current.looker);
    this.current = undefined;
    this.parts.messages.words.fill(0);
    this.messageCounts = [];
    this.lineCount = 0;
  }

  /** QEMU has ended: the driver is told. */
  gone(): void {
    this.current?.driver.checkStatus();
  }

  private onMmio(
    address: number,
    interrupts: InterruptWay | undefined,
    order: { readonly guestOrder?: GuestOrder },
  ): { transport: DriverTransport; way: InterruptWay } {
    if (interrupts === "messages") throw new QtestError("misuse", "on virtio-mmio interrupts come by a line");
    const { channel, pump } = this.parts;
    const registers: RegisterAccess = {
      read: (offset, width) => channel.read(address + offset, width),
      write: (offset, width, value) => {
        channel.write(address + offset, width, value);
        pump.wake();
      },
    };
    return { transport: MmioTransport.probe(this.record.mmio(registers), order), way: interrupts ?? "line" };
  }

  private onPci(
    interrupts: InterruptWay | undefined,
    options: { readonly legacy: boolean; readonly guestOrder?: GuestOrder },
  ): { transport: DriverTransport; way: InterruptWay } {
    const access = this.function;
    const count = msixVectorCount(access);
    const way = interrupts ?? (count > 0 ? "messages" : "line");
    disableMsix(access);
    const messages = way === "messages" || (way === "polled" && count > 0);
    const traced = this.record.pci(access, messages);
    if (!messages) return { transport: PciTransport.probe(traced, options), way };
    const { address } = this.parts.messages;
    this.messageCounts = Array.from({ length: count }, () => 0);
    enableMsix(
      access,
      this.messageCounts.map((_, vector) => ({ address: address + vector * 4, data: vector + 1 })),
    );
    // Where there are fewer vectors than queues, the last is shared.
    const vectors: MsixVectors = { config: 0, queue: (index) => Math.min(index + 1, count - 1) };
    return { transport: PciTransport.probe(traced, { ...options, vectors }), way };
  }

  private get function(): PciFunction {
    if (this.pci !== undefined) return this.pci;
    const { place, channel, pump } = this.parts;
    if (place.bus !== "pci") throw new QtestError("misuse", "the device is not on a PCI bus");
    const found = new PciFunction(channel, place.slot, place.bars, () => pump.wake());
    if (!found.there) throw new QtestError("no-device", `nothing is in slot ${place.slot} of the PCI bus`);
    this.pci = found;
    return found;
  }

  private look(driver: VirtioDriver, way: InterruptWay): boolean {
    // One that is not started, or has failed, has nothing to hear.
    if (!driver.running) return false;
    try {
      if (way === "line") return this.lookAtLine(driver);
      const heard = this.lookAtMessages(driver, way);
      return way === "polled" ? driver.poll() > 0 || heard : heard;
    } catch (error) {
      if (!(error instanceof QtestError)) throw error;
      // The driver finds out by itself, and rejects what is under way.
      driver.checkStatus();
      return true;
    }
  }

  private lookAtLine(driver: VirtioDriver): boolean {
    const { channel, place } = this.parts;
    channel.lookAtLines();
    // Which pin a PCI device has the board decides; a driver that is called for another's finds no cause.
    const raised = place.bus === "mmio" ? channel.raised.has(place.line) : channel.raised.size > 0;
    if (!raised) return false;
    this.lineCount += 1;
    driver.interrupt();
    return true;
  }

  private lookAtMessages(driver: VirtioDriver, way: "messages" | "polled"): boolean {
    const { words } = this.parts.messages;
    let found = false;
    for (let vector = 0; vector < this.messageCounts.length; vector++) {
      if (Atomics.load(words, vector) === 0) continue;
      // What comes from here on is a message of its own.
      Atomics.store(words, vector, 0);
      this.messageCounts[vector] = (this.messageCounts[vector] ?? 0) + 1;
      if (way === "messages" || vector === 0) driver.interrupt(vector);
      found = true;
    }
    return found;
  }
}
