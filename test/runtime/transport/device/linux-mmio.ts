import { Register } from "../../../../src/runtime/described/mmio.ts";
import type { MmioDevice } from "../../../../src/runtime/transport/device/mmio-device.ts";
import type { QueueLayout } from "../../../../src/runtime/virtqueue/queue-setup.ts";
import type { Guest } from "./guest.ts";
import { LinuxDriver } from "./linux-driver.ts";

const halves = {
  desc: [Register.QueueDescLow, Register.QueueDescHigh],
  driver: [Register.QueueDriverLow, Register.QueueDriverHigh],
  device: [Register.QueueDeviceLow, Register.QueueDeviceHigh],
} as const;

/** Linux' virtio_mmio.c. */
export class LinuxMmio extends LinuxDriver {
  private readonly mmio: MmioDevice;

  constructor(guest: Guest, mmio: MmioDevice) {
    super(guest, mmio.read(Register.Version, 4) === 1);
    this.mmio = mmio;
  }

  readl(offset: number): number {
    return this.mmio.read(offset, 4);
  }

  writel(offset: number, value: number): void {
    this.mmio.write(offset, 4, value);
  }

  find(): void {
    if (this.readl(Register.MagicValue) !== 0x7472_6976) throw new Error("no virtio device");
    this.readl(Register.Version);
    this.readl(Register.DeviceID);
    this.readl(Register.VendorID);
    if (this.legacy) this.writel(Register.GuestPageSize, 4096);
  }

  readStatus(): number {
    return this.readl(Register.Status);
  }

  writeStatus(value: number): void {
    this.writel(Register.Status, value);
  }

  readFeatures(word: number): number {
    this.writel(Register.DeviceFeaturesSel, word);
    return this.readl(Register.DeviceFeatures);
  }

  writeFeatures(word: number, bits: number): void {
    this.writel(Register.DriverFeaturesSel, word);
    this.writel(Register.DriverFeatures, bits);
  }

  selectQueue(index: number): void {
    this.writel(Register.QueueSel, index);
  }

  queueSizeMax(): number {
    return this.readl(Register.QueueSizeMax);
  }

  queueInUse(): boolean {
    return this.readl(this.legacy ? Register.QueuePFN : Register.QueueReady) !== 0;
  }

  writeQueueSize(size: number): void {
    this.writel(Register.QueueSize, size);
  }

  writeHalf(part: "desc" | "driver" | "device", high: boolean, value: number): void {
    this.writel(halves[part][high ? 1 : 0], value);
  }

  enableQueue(layout: QueueLayout): void {
    if (this.legacy) {
      this.writel(Register.QueueAlign, 4096);
      this.writel(Register.QueuePFN, layout.desc / 4096);
    } else {
      this.writel(Register.QueueReady, 1);
    }
  }

  resetQueue(): void {
    this.writel(Register.QueueReset, 1);
    if (this.readl(Register.QueueReset) !== 0) throw new Error("the queue is still being reset");
  }

  notify(_index: number, value: number): void {
    this.writel(Register.QueueNotify, value);
  }

  takeInterrupt(): number {
    const status = this.readl(Register.InterruptStatus);
    this.writel(Register.InterruptACK, status);
    return status;
  }

  readConfig(offset: number, width: number): number {
    return this.mmio.read(Register.Config + offset, width);
  }

  writeConfig(offset: number, width: number, value: number): void {
    this.mmio.write(Register.Config + offset, width, value);
  }

  generation(): number | undefined {
    return this.legacy ? undefined : this.readl(Register.ConfigGeneration);
  }
}
