import { F } from "../../../../src/runtime/described/config.ts";
import {
  CAP,
  CommonRegister as Common,
  LegacyHeaderRegister as Legacy,
} from "../../../../src/runtime/described/pci.ts";
import type { FeatureSet } from "../../../../src/runtime/features.ts";
import type { QueueLayout } from "../../../../src/runtime/virtqueue/queue-setup.ts";
import type { Guest } from "./guest.ts";
import { EVENT, LinuxDriver } from "./linux-driver.ts";
import { capabilities, enableMsix, type PciAccess, structure } from "./pci-bus.ts";

/** Vectors as Linux assigns them: one for the configuration, the others for the queues. */
const configVector = 0;
const vectorOf = (queue: number): number => queue + 1;

/** What both of Linux' PCI drivers do. */
abstract class LinuxPci extends LinuxDriver {
  protected readonly pci: PciAccess;
  /** Messages that came, by their data: the numbers of vectors. Undefined where the line is used. */
  protected readonly messages: number[] | undefined;

  constructor(guest: Guest, pci: PciAccess, legacy: boolean, messages?: number[]) {
    super(guest, legacy);
    this.pci = pci;
    this.messages = messages;
  }

  protected abstract readIsr(): number;

  find(): void {
    if (this.pci.configRead(0, 2) !== 0x1af4) throw new Error("no virtio device");
    // I/O, memory, bus master.
    this.pci.configWrite(0x04, 2, this.pci.configRead(0x04, 2) | 7);
    if (this.messages !== undefined) enableMsix(this.pci);
  }

  takeInterrupt(): number {
    if (this.messages === undefined) return this.readIsr();
    let events = 0;
    for (const vector of this.messages.splice(0)) events |= vector === configVector ? EVENT.CONFIG : EVENT.USED;
    return events;
  }
}

/** Linux' virtio_pci_modern.c and virtio_pci_modern_dev.c. */
export class LinuxPciModern extends LinuxPci {
  private readonly common = structure(this.pci, CAP.COMMON_CFG);
  private readonly isr = structure(this.pci, CAP.ISR_CFG);
  private readonly config = capabilities(this.pci).find(({ type }) => type === CAP.DEVICE_CFG);
  private readonly notifications = structure(this.pci, CAP.NOTIFY_CFG);
  private longNotifications = false;

  constructor(guest: Guest, pci: PciAccess, messages?: number[]) {
    super(guest, pci, false, messages);
  }

  readCommon(offset: number, width: number): number {
    return this.pci.barRead(this.common.bar, this.common.offset + offset, width);
  }

  writeCommon(offset: number, width: number, value: number): void {
    this.pci.barWrite(this.common.bar, this.common.offset + offset, width, value);
  }

  readStatus(): number {
    return this.readCommon(Common.device_status, 1);
  }

  writeStatus(value: number): void {
    this.writeCommon(Common.device_status, 1, value);
  }

  readFeatures(word: number): number {
    this.writeCommon(Common.device_feature_select, 4, word);
    return this.readCommon(Common.device_feature, 4);
  }

  override accept(features: FeatureSet): void {
    this.longNotifications = features.has(F.NOTIFICATION_DATA);
    super.accept(features);
  }

  writeFeatures(word: number, bits: number): void {
    this.writeCommon(Common.driver_feature_select, 4, word);
    this.writeCommon(Common.driver_feature, 4, bits);
  }

  selectQueue(index: number): void {
    this.writeCommon(Common.queue_select, 2, index);
  }

  queueSizeMax(): number {
    return this.readCommon(Common.queue_size, 2);
  }

  queueInUse(): boolean {
    return this.readCommon(Common.queue_enable, 2) !== 0;
  }

  writeQueueSize(size: number): void {
    this.writeCommon(Common.queue_size, 2, size);
  }

  writeHalf(part: "desc" | "driver" | "device", high: boolean, value: number): void {
    this.writeCommon(Common[`queue_${part}`] + (high ? 4 : 0), 4, value);
  }

  enableQueue(): void {
    if (this.messages !== undefined) {
      this.writeCommon(Common.config_msix_vector, 2, configVector);
      const vector = vectorOf(this.readCommon(Common.queue_select, 2));
      this.writeCommon(Common.queue_msix_vector, 2, vector);
      if (this.readCommon(Common.queue_msix_vector, 2) !== vector) throw new Error("the vector is not mapped");
    }
    this.writeCommon(Common.queue_enable, 2, 1);
  }

  resetQueue(): void {
    this.writeCommon(Common.queue_reset, 2, 1);
    if (this.readCommon(Common.queue_reset, 2) !== 0) throw new Error("the queue is still being reset");
  }

  notify(index: number, value: number): void {
    const multiplier = this.pci.configRead(this.notifications.at + 16, 4);
    this.selectQueue(index);
    const at = this.notifications.offset + this.readCommon(Common.queue_notify_off, 2) * multiplier;
    this.pci.barWrite(this.notifications.bar, at, this.longNotifications ? 4 : 2, value);
  }

  readConfig(offset: number, width: number): number {
    return this.config === undefined ? 0 : this.pci.barRead(this.config.bar, this.config.offset + offset, width);
  }

  writeConfig(offset: number, width: number, value: number): void {
    if (this.config !== undefined) this.pci.barWrite(this.config.bar, this.config.offset + offset, width, value);
  }

  generation(): number | undefined {
    return this.readCommon(Common.config_generation, 1);
  }

  protected readIsr(): number {
    return this.pci.barRead(this.isr.bar, this.isr.offset, 1);
  }
}

/** Linux' virtio_pci_legacy.c. */
export class LinuxPciLegacy extends LinuxPci {
  constructor(guest: Guest, pci: PciAccess, messages?: number[]) {
    super(guest, pci, true, messages);
  }

  read(offset: number, width: number): number {
    return this.pci.barRead(0, offset, width);
  }

  write(offset: number, width: number, value: number): void {
    this.pci.barWrite(0, offset, width, value);
  }

  readStatus(): number {
    return this.read(Legacy.device_status, 1);
  }

  writeStatus(value: number): void {
    this.write(Legacy.device_status, 1, value);
  }

  readFeatures(): number {
    return this.read(Legacy.device_features, 4);
  }

  writeFeatures(_word: number, bits: number): void {
    this.write(Legacy.driver_features, 4, bits);
  }

  selectQueue(index: number): void {
    this.write(Legacy.queue_select, 2, index);
  }

  queueSizeMax(): number {
    return this.read(Legacy.queue_size, 2);
  }

  queueInUse(): boolean {
    return this.read(Legacy.queue_address, 4) !== 0;
  }

  // Neither is there on this interface: one address is all that a driver says.
  writeQueueSize(): void {}
  writeHalf(): void {}
  resetQueue(): void {}

  enableQueue(layout: QueueLayout): void {
    this.write(Legacy.queue_address, 4, layout.desc / 4096);
    if (this.messages === undefined) return;
    this.write(Legacy.config_msix_vector, 2, configVector);
    this.write(Legacy.queue_msix_vector, 2, vectorOf(this.read(Legacy.queue_select, 2)));
  }

  notify(_index: number, value: number): void {
    this.write(Legacy.queue_notify, 2, value);
  }

  readConfig(offset: number, width: number): number {
    return this.read(this.configAt + offset, width);
  }

  writeConfig(offset: number, width: number, value: number): void {
    this.write(this.configAt + offset, width, value);
  }

  generation(): undefined {
    return undefined;
  }

  protected override get fixedSize(): boolean {
    return true;
  }

  protected readIsr(): number {
    return this.read(Legacy.isr_status, 1);
  }

  private get configAt(): number {
    return this.messages === undefined ? Legacy.config : Legacy.config_with_msix;
  }
}
