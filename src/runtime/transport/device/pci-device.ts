import { F, STATUS } from "../../described/config.ts";
import { CAP, IsrRegister, isrRegisters, MAX_VECTOR, NotifyRegister, notifyRegisters } from "../../described/pci.ts";
import { DeviceError } from "../../device/device-error.ts";
import type { DeviceInterface, DevicePort, SharedMemory } from "../../device/device-port.ts";
import type { VirtioDevice } from "../../device/virtio-device.ts";
import type { GuestMemory } from "../../memory/guest-memory.ts";
import { msixControlOffset, msixControlWritable, MsixTable } from "./msix-table.ts";
import type { BarPart } from "./pci-bar.ts";
import { type BarPlace, PciBars } from "./pci-bars.ts";
import { addNotifications, addSharedMemory, addStructure, addWindow } from "./pci-capabilities.ts";
import { commonConfigLength, PciCommonConfig } from "./pci-modern-registers.ts";
import { type BarSpace, PciConfigSpace } from "./pci-config-space.ts";
import type { PciFunction } from "./pci-function.ts";
import { type PciIdentity, type PciInterfaces, writeIdentity } from "./pci-identity.ts";
import { PciInterrupts } from "./pci-interrupts.ts";
import { legacyHeaderLength, PciLegacyHeader } from "./pci-legacy-header.ts";
import { PciWindow } from "./pci-window.ts";
import { QueueBank } from "./queue-bank.ts";

/** What the machine gives a PCI function. */
export interface PciHost {
  /** The guest's memory, in which the queues lie. */
  readonly memory: GuestMemory;
  /** Sets the level of the function's interrupt line. Called when it changes only. */
  intx(raised: boolean): void;
  /**
   * Sends an interrupt message: a write of 32 bits to the address of these two halves. Without it there is no MSI-X.
   */
  msi?(addressLow: number, addressHigh: number, data: number): void;
  /** Told when the driver has moved a BAR or has switched its space on or off. */
  barMoved?(bar: BarPlace): void;
}

/** What a PCI function is like; what is left out is usual. */
export interface PciOptions extends PciIdentity {
  /** `modern` if absent. */
  readonly interfaces?: PciInterfaces;
  /** The byte order of a legacy guest; little if absent. */
  readonly bigEndian?: boolean;
  /** The BAR of the standard's structures; 4, in memory anywhere, if absent. */
  readonly structures?: { readonly bar: number; readonly space: BarSpace };
  /** The BAR of the MSI-X table, 1 if absent, and how many vectors it has: one a queue and one more if absent. */
  readonly msix?: { readonly bar?: number; readonly vectors?: number };
  /** The BAR of shared memory, where the device has any; 2 if absent. */
  readonly sharedMemoryBar?: number;
}

/** Bytes from one queue's place for notifications to the next: one is enough for either width of notification. */
const notifyMultiplier = notifyRegisters.queue_data.size;

/**
 * A device as a PCI function. The machine calls `configRead` and `configWrite` for accesses to its configuration space,
 * and `barRead` and `barWrite` for those that hit one of its BARs. Values are unsigned numbers of bytes in
 * little-endian order, widths 1, 2 or 4 bytes. Whatever the guest does there, nothing throws: what is not there reads
 * as 0, and nothing is written.
 */
export class PciDevice implements DevicePort {
  readonly memory: GuestMemory;
  readonly withholds: readonly number[] = [F.SR_IOV];
  private readonly device: VirtioDevice;
  private readonly host: PciHost;
  private readonly options: PciOptions;
  private readonly space: PciConfigSpace = new PciConfigSpace();
  private readonly barSet: PciBars = new PciBars();
  private readonly interrupts: PciInterrupts;
  /** The same as the register blocks see it. */
  private readonly inside: PciFunction;
  private readonly common: PciCommonConfig;
  /** Not there on a legacy device. */
  private window: PciWindow | undefined;
  private msixControlAt = 0;
  private legacyNow: boolean;
  private placesSeen: readonly BarPlace[];

  /**
   * @throws DeviceError where the device is on a transport already, its type has no transitional PCI device, or the
   * BARs are not possible so
   */
  constructor(device: VirtioDevice, host: PciHost, options: PciOptions = {}) {
    const interfaces = options.interfaces ?? "modern";
    this.device = device;
    this.host = host;
    this.options = options;
    this.memory = host.memory;
    this.legacyNow = interfaces === "legacy";
    writeIdentity(this.space, device, interfaces, options);
    const allQueues = (device.queuePlaces.at(-1)?.number ?? -1) + 1;
    const msix = this.createMsix(allQueues);
    this.interrupts = new PciInterrupts(this.space, msix, (raised) => host.intx(raised));
    this.inside = {
      device,
      queues: new QueueBank(device),
      interrupts: this.interrupts,
      queueCount: device.adminQueues?.index ?? allQueues,
      allQueues,
      use: (legacy) => this.use(legacy),
      negotiated: (bit) => (device.status & STATUS.FEATURES_OK) !== 0 && device.features.has(bit),
      writeStatus: (value, legacy) => this.writeStatus(value, legacy),
    };
    this.common = new PciCommonConfig(this.inside);
    try {
      if (interfaces !== "modern") this.addLegacy();
      if (msix !== undefined) this.addMsix(msix);
      if (interfaces !== "legacy") this.addStructures();
    } catch (error) {
      if (error instanceof RangeError) throw this.impossible(error.message);
      throw error;
    }
    this.barSet.announce(this.space);
    device.attach(this);
    device.speak(this.face(this.legacyNow));
    this.placesSeen = this.bars;
  }

  /** The BARs that the function has, in the order of their numbers. */
  get bars(): readonly BarPlace[] {
    return this.barSet.places(this.space);
  }

  /** A read of the configuration space, at an offset in its 256 bytes. */
  configRead(offset: number, width: number): number {
    if (!isWidth(width)) return 0;
    if (this.window?.touches(offset, width) === true) this.window.read();
    return this.space.read(offset, width);
  }

  configWrite(offset: number, width: number, value: number): void {
    if (!isWidth(width)) return;
    this.space.write(offset, width, value >>> 0);
    const control = this.msixControlAt;
    if (offset < control + 2 && offset + width > control)
      this.interrupts.msix?.control(this.space.view.getUint16(control, true));
    this.interrupts.update();
    this.tellMoves();
    if (this.window?.touches(offset, width) === true) this.window.write();
  }

  /** A read in a BAR, at an offset from where it is mapped. */
  barRead(bar: number, offset: number, width: number): number {
    return this.barSet.read(bar, offset, width);
  }

  barWrite(bar: number, offset: number, width: number, value: number): void {
    this.barSet.write(bar, offset, width, value);
  }

  usedBuffer(queue: number): void {
    this.interrupts.usedBuffer(queue);
  }

  configChanged(): void {
    this.interrupts.configChanged();
  }

  private use(legacy: boolean): boolean {
    if (this.legacyNow === legacy) return true;
    if (!this.device.speak(this.face(legacy))) return false;
    this.legacyNow = legacy;
    this.forget();
    return true;
  }

  private writeStatus(value: number, legacy: boolean): void {
    if (value !== 0 && !this.use(legacy)) return;
    this.device.writeStatus(value);
    if (value === 0) this.forget();
  }

  private face(legacy: boolean): DeviceInterface {
    return { legacy, bigEndian: legacy && this.options.bigEndian === true };
  }

  /** Nothing that the driver has said is valid any more. */
  private forget(): void {
    this.inside.queues.clear();
    this.interrupts.reset();
    this.common.reset();
  }

  private createMsix(queueCount: number): MsixTable | undefined {
    const { host } = this;
    if (host.msi === undefined) return undefined;
    const vectors = this.options.msix?.vectors ?? Math.min(Math.max(queueCount + 1, 2), MAX_VECTOR + 1);
    if (vectors === 0) return undefined;
    if (!Number.isInteger(vectors) || vectors < 1 || vectors > MAX_VECTOR + 1)
      throw this.impossible(`a table of ${vectors} MSI-X vectors`);
    return new MsixTable(vectors, (low, high, data) => host.msi?.(low, high, data));
  }

  private addLegacy(): void {
    const length = legacyHeaderLength(wholeWords(this.device.configLength));
    this.barSet.barIn(0, "io").add(new PciLegacyHeader(this.inside), length, 4);
  }

  private addMsix(msix: MsixTable): void {
    const { structures } = this.options;
    const index = this.options.msix?.bar ?? 1;
    const bar = this.barSet.barIn(index, structures?.bar === index ? structures.space : "memory");
    if (bar.space === "io") throw this.impossible("an MSI-X table in I/O space");
    const table = bar.add(
      {
        read: (offset, width) => msix.readTable(offset, width),
        write: (offset, width, value) => msix.writeTable(offset, width, value),
      },
      msix.tableLength,
      8,
    );
    const pending = bar.add(
      { read: (offset, width) => msix.readPending(offset, width), write: () => {} },
      msix.pendingLength,
      8,
    );
    const at = this.space.addCapability(msix.capability(bar.index, table, pending));
    this.msixControlAt = at + msixControlOffset;
    this.space.allow(this.msixControlAt, msixControlWritable, 2);
  }

  private addStructures(): void {
    const { space, device, inside } = this;
    const { bar: index, space: barSpace } = this.options.structures ?? { bar: 4, space: "memory64" };
    const bar = this.barSet.barIn(index, barSpace);
    const place = (part: BarPart, length: number): { bar: number; offset: number; length: number } => ({
      bar: index,
      offset: bar.add(part, length, 4),
      length,
    });
    addStructure(space, CAP.COMMON_CFG, place(this.common, commonConfigLength));
    addStructure(space, CAP.ISR_CFG, place(this.isrPart(), isrRegisters.status.size));
    const configLength = wholeWords(device.configLength);
    if (configLength > 0) addStructure(space, CAP.DEVICE_CFG, place(this.configPart(), configLength));
    const notifications = Math.max(inside.allQueues, 1) * notifyMultiplier;
    addNotifications(space, place(this.notifyPart(), notifications), notifyMultiplier);
    this.window = new PciWindow(space, this.barSet, addWindow(space));
    const ids = new Set(device.sharedMemory.map(({ id }) => id));
    if (ids.size < device.sharedMemory.length) throw this.impossible("two regions of shared memory with one id");
    for (const region of device.sharedMemory) {
      const shared = this.barSet.barIn(this.options.sharedMemoryBar ?? 2, "memory64");
      const offset = shared.add(this.sharedPart(region), region.length, 4096);
      addSharedMemory(space, { bar: shared.index, offset, length: region.length }, region.id);
    }
  }

  private isrPart(): BarPart {
    return {
      read: (offset) => (offset === IsrRegister.status ? this.interrupts.takeIsr() : 0),
      write: () => {},
    };
  }

  private configPart(): BarPart {
    const { device } = this;
    return {
      read: (offset, width) => (this.use(false) ? device.readConfig(offset, width) : 0),
      write: (offset, width, value) => {
        if (this.use(false)) device.writeConfig(offset, width, value);
      },
    };
  }

  private notifyPart(): BarPart {
    const { queue_index: index, queue_data: data } = notifyRegisters;
    return {
      read: () => 0,
      write: (offset, width, value) => {
        const { size } = this.inside.negotiated(F.NOTIFICATION_DATA) ? data : index;
        if (width !== size || offset % notifyMultiplier !== NotifyRegister.queue_index || !this.use(false)) return;
        this.device.notified(value);
      },
    };
  }

  /** A window onto the region's bytes, where the device has them. */
  private sharedPart({ address }: SharedMemory): BarPart {
    return {
      read: (offset, width) => {
        const bytes = new Uint8Array(width);
        this.memory.read(address + offset, bytes);
        return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
      },
      write: (offset, width, value) => {
        this.memory.write(
          address + offset,
          Uint8Array.from({ length: width }, (_, at) => (value >>> (at * 8)) & 0xff),
        );
      },
    };
  }

  private impossible(what: string): DeviceError {
    return new DeviceError(this.device.description.name, `a PCI function cannot have ${what}`);
  }

  private tellMoves(): void {
    if (this.host.barMoved === undefined) return;
    const before = this.placesSeen;
    this.placesSeen = this.bars;
    for (const [index, bar] of this.placesSeen.entries()) {
      const old = before[index];
      if (old?.address !== bar.address || old.enabled !== bar.enabled) this.host.barMoved(bar);
    }
  }
}

/** In bytes: up to the next multiple of 4, so that it can be read in words to its end. */
function wholeWords(length: number): number {
  return (length + 3) & ~3;
}

function isWidth(width: number): boolean {
  return width === 1 || width === 2 || width === 4;
}
