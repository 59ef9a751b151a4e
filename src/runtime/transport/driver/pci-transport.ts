import type { GuestOrder } from "../../codec/spec.ts";
import type { ConfigAccess } from "../../config-access.ts";
import { F } from "../../described/config.ts";
import { CommonRegister, commonRegisters, IsrRegister, PCI_ID } from "../../described/pci.ts";
import type { SharedMemory } from "../../device/device-port.ts";
import { DriverError } from "../../driver/driver-error.ts";
import { FeatureSet } from "../../features.ts";
import type { QueueLayout } from "../../virtqueue/queue-setup.ts";
import { Header } from "../device/pci-config-space.ts";
import type { DriverTransport } from "./driver-transport.ts";
import type { PciAccess } from "./pci-access.ts";
import { LegacyPciTransport } from "./pci-legacy-transport.ts";
import { notifyPlace, structuresOf, type PciStructures } from "./pci-structures.ts";
import { causesIn, causesOf, checkVector, type MsixVectors } from "./pci-vectors.ts";
import { RegisterConfig, type RegisterWidth } from "./register-access.ts";

/** What a transport cannot find out. */
export interface PciProbeOptions {
  /** The interface from before the standard, where the device has both. */
  readonly legacy?: boolean;
  /** The guest's byte order on the legacy interface; little-endian if absent. */
  readonly guestOrder?: GuestOrder;
  /** Interrupt messages; the interrupt line if absent. */
  readonly vectors?: MsixVectors;
}

type Name = keyof typeof CommonRegister;

const half = 0x1_0000_0000;

/** A virtio device on a PCI bus, as its driver reaches it by the structures of the standard. */
export class PciTransport implements DriverTransport {
  readonly deviceId: number;
  readonly legacy: undefined;
  readonly guestOrder: GuestOrder = "little";
  readonly config: ConfigAccess;
  private readonly structures: PciStructures;
  private readonly vectors: MsixVectors | undefined;
  private features: FeatureSet = new FeatureSet();
  /** By queue: where its notifications go. */
  private readonly notifyAt = new Map<number, number>();

  private constructor(deviceId: number, structures: PciStructures, vectors: MsixVectors | undefined) {
    this.deviceId = deviceId;
    this.structures = structures;
    this.vectors = vectors;
    const { common, device } = structures;
    // Where there is no configuration space, none of its bytes is.
    this.config = new RegisterConfig(device ?? common, 0, device?.length ?? 0, () => this.read("config_generation"));
  }

  /**
   * Looks what is there: a device of the standard, or one that has the legacy interface only.
   * @throws DriverError `no-device`, `wrong-structure`
   */
  static probe(access: PciAccess, options: PciProbeOptions = {}): DriverTransport {
    const { config } = access;
    const vendor = config.read(Header.vendorId, 2);
    const pciId = config.read(Header.deviceId, 2);
    if (vendor !== PCI_ID.VENDOR_ID || pciId < PCI_ID.DEVICE_ID_TRANS_FIRST || pciId > PCI_ID.DEVICE_ID_MODERN_LAST) {
      throw new DriverError("no-device", `${vendor.toString(16)}:${pciId.toString(16)} is no virtio device`);
    }
    const transitional = pciId <= PCI_ID.DEVICE_ID_TRANS_LAST;
    const deviceId = transitional ? config.read(Header.subsystemId, 2) : pciId - PCI_ID.DEVICE_ID_MODERN_BASE;
    const structures = options.legacy === true ? undefined : structuresOf(access);
    if (structures !== undefined) return new PciTransport(deviceId, structures, options.vectors);
    if (transitional) return new LegacyPciTransport(deviceId, access, options);
    throw new DriverError(
      options.legacy === true ? "wrong-version" : "wrong-structure",
      "the device has neither capabilities of virtio that can be used nor the legacy interface",
    );
  }

  readStatus(): number {
    return this.read("device_status");
  }

  writeStatus(status: number): void {
    this.write("device_status", status);
    if (status === 0) this.notifyAt.clear();
  }

  offeredWord(index: number): number {
    this.write("device_feature_select", index);
    return this.read("device_feature");
  }

  acceptWord(index: number, bits: number): void {
    this.write("driver_feature_select", index);
    this.write("driver_feature", bits);
  }

  negotiated(features: FeatureSet): void {
    this.features = features;
    if (this.vectors === undefined) return;
    this.write("config_msix_vector", this.vectors.config);
    checkVector(this.vectors.config, this.read("config_msix_vector"), "configuration changes");
  }

  queueMaxSize(index: number): number {
    this.write("queue_select", index);
    if (this.read("queue_enable") !== 0) {
      throw new DriverError("queue-unusable", `queue ${index} is in use after a reset`);
    }
    return this.read("queue_size");
  }

  enableQueue(index: number, layout: QueueLayout): void {
    this.write("queue_select", index);
    const place = notifyPlace(this.structures, this.read("queue_notify_off"), this.notifyWidth);
    this.write("queue_size", layout.size);
    if (this.vectors !== undefined) {
      const vector = this.vectors.queue(index);
      this.write("queue_msix_vector", vector);
      checkVector(vector, this.read("queue_msix_vector"), `queue ${index}`);
    }
    this.writeAddress("queue_desc", layout.desc);
    this.writeAddress("queue_driver", layout.driver);
    this.writeAddress("queue_device", layout.device);
    this.notifyAt.set(index, place);
    this.write("queue_enable", 1);
  }

  queueName(index: number): number {
    if (!this.features.has(F.NOTIF_CONFIG_DATA)) return index;
    this.write("queue_select", index);
    return this.read("queue_notif_config_data");
  }

  resetQueue(index: number): void {
    this.write("queue_select", index);
    this.write("queue_reset", 1);
  }

  isQueueReset(index: number): boolean {
    this.write("queue_select", index);
    return this.read("queue_reset") === 0 && this.read("queue_enable") === 0;
  }

  notify(index: number, value: number): void {
    const at = this.notifyAt.get(index);
    if (at !== undefined) this.structures.notify.post(at, this.notifyWidth, value);
  }

  adminQueues(): { readonly index: number; readonly count: number } {
    if (!this.features.has(F.ADMIN_VQ)) return { index: 0, count: 0 };
    return { index: this.read("admin_queue_index"), count: this.read("admin_queue_num") };
  }

  sharedMemory(id: number): SharedMemory | undefined {
    return this.structures.sharedMemory.find((region) => region.id === id);
  }

  acknowledge(vector?: number): number {
    if (this.vectors !== undefined) return causesOf(this.vectors, this.notifyAt.keys(), vector);
    return causesIn(this.structures.isr.read(IsrRegister.status, 1));
  }

  private get notifyWidth(): RegisterWidth {
    return this.features.has(F.NOTIFICATION_DATA) ? 4 : 2;
  }

  private read(name: Name): number {
    return this.structures.common.read(CommonRegister[name], widthOf(name));
  }

  private write(name: Name, value: number): void {
    this.structures.common.write(CommonRegister[name], widthOf(name), value);
  }

  /** 64 bits are written by halves. */
  private writeAddress(name: "queue_desc" | "queue_driver" | "queue_device", value: number): void {
    this.structures.common.write(CommonRegister[name], 4, value % half);
    this.structures.common.write(CommonRegister[name] + 4, 4, Math.floor(value / half));
  }
}

function widthOf(name: Name): RegisterWidth {
  const { size } = commonRegisters[name];
  return size === 8 ? 4 : size;
}
