import type { GuestOrder } from "../../codec/spec.ts";
import type { ConfigAccess } from "../../config-access.ts";
import { LegacyHeaderRegister, legacyHeaderRegisters, QUEUE_ALIGN } from "../../described/pci.ts";
import type { SharedMemory } from "../../device/device-port.ts";
import { DriverError } from "../../driver/driver-error.ts";
import type { FeatureSet } from "../../features.ts";
import type { QueueLayout } from "../../virtqueue/queue-setup.ts";
import type { DriverTransport, LegacyRings } from "./driver-transport.ts";
import { RegisterWindow, type PciAccess } from "./pci-access.ts";
import { causesIn, causesOf, checkVector, type MsixVectors } from "./pci-vectors.ts";
import { RegisterConfig, type RegisterWidth } from "./register-access.ts";

type Name = keyof typeof LegacyHeaderRegister;

/** The header is in this BAR. */
const headerBar = 0;
const half = 0x1_0000_0000;

/** A transitional or legacy device on a PCI bus, as a driver from before the standard reaches it. */
export class LegacyPciTransport implements DriverTransport {
  readonly deviceId: number;
  readonly legacy: LegacyRings = { align: QUEUE_ALIGN, fixedSize: true };
  readonly guestOrder: GuestOrder;
  readonly config: ConfigAccess;
  private readonly header: RegisterWindow;
  private readonly vectors: MsixVectors | undefined;
  private readonly queues = new Set<number>();

  /** @throws DriverError `wrong-structure` where the header is not there */
  constructor(
    deviceId: number,
    access: PciAccess,
    options: { readonly guestOrder?: GuestOrder; readonly vectors?: MsixVectors },
  ) {
    this.deviceId = deviceId;
    this.guestOrder = options.guestOrder ?? "little";
    this.vectors = options.vectors;
    const bar = access.bar(headerBar);
    const start = this.vectors === undefined ? LegacyHeaderRegister.config : LegacyHeaderRegister.config_with_msix;
    if (bar === undefined || bar.length < start) {
      throw new DriverError("wrong-structure", `the legacy header, ${start} bytes, is not in BAR ${headerBar}`);
    }
    this.header = new RegisterWindow(bar.registers, 0, bar.length);
    this.config = new RegisterConfig(this.header, start, bar.length - start, () => 0);
  }

  readStatus(): number {
    return this.read("device_status");
  }

  writeStatus(status: number): void {
    this.write("device_status", status);
    if (status === 0) this.queues.clear();
  }

  offeredWord(index: number): number {
    return index === 0 ? this.read("device_features") : 0;
  }

  acceptWord(index: number, bits: number): void {
    if (index === 0) this.write("driver_features", bits);
  }

  negotiated(_features: FeatureSet): void {
    if (this.vectors === undefined) return;
    this.write("config_msix_vector", this.vectors.config);
    checkVector(this.vectors.config, this.read("config_msix_vector"), "configuration changes");
  }

  queueMaxSize(index: number): number {
    this.write("queue_select", index);
    if (this.read("queue_address") !== 0) {
      throw new DriverError("queue-unusable", `queue ${index} is in use after a reset`);
    }
    return this.read("queue_size");
  }

  enableQueue(index: number, layout: QueueLayout): void {
    const page = layout.desc / QUEUE_ALIGN;
    if (!Number.isInteger(page) || page >= half) {
      throw new DriverError("queue-unusable", `a legacy queue cannot lie at ${layout.desc}`);
    }
    this.write("queue_select", index);
    if (this.vectors !== undefined) {
      const vector = this.vectors.queue(index);
      this.write("queue_msix_vector", vector);
      checkVector(vector, this.read("queue_msix_vector"), `queue ${index}`);
    }
    this.queues.add(index);
    this.write("queue_address", page);
  }

  queueName(index: number): number {
    return index;
  }

  /** A legacy device has no RING_RESET. */
  resetQueue(_index: number): void {}

  isQueueReset(_index: number): boolean {
    return false;
  }

  notify(_index: number, value: number): void {
    this.header.post(LegacyHeaderRegister.queue_notify, widthOf("queue_notify"), value);
  }

  sharedMemory(_id: number): SharedMemory | undefined {
    return undefined;
  }

  acknowledge(vector?: number): number {
    if (this.vectors !== undefined) return causesOf(this.vectors, this.queues, vector);
    return causesIn(this.read("isr_status"));
  }

  private read(name: Name): number {
    return this.header.read(LegacyHeaderRegister[name], widthOf(name));
  }

  private write(name: Name, value: number): void {
    this.header.write(LegacyHeaderRegister[name], widthOf(name), value);
  }
}

function widthOf(name: Name): RegisterWidth {
  const { size } = legacyHeaderRegisters[name];
  return size === 8 ? 4 : size;
}
