import { F as Core, STATUS } from "../../../../src/runtime/described/config.ts";
import { Register } from "../../../../src/runtime/described/mmio.ts";
import { FeatureSet } from "../../../../src/runtime/features.ts";
import type { MmioDevice } from "../../../../src/runtime/transport/device/mmio-device.ts";
import { queueFeatures, type QueueLayout } from "../../../../src/runtime/virtqueue/queue-setup.ts";
import type { Guest } from "./guest.ts";

// What Linux' virtio_mmio.c does, access by access, in its order.

export function readl(mmio: MmioDevice, offset: number): number {
  return mmio.read(offset, 4);
}

export function writel(mmio: MmioDevice, offset: number, value: number): void {
  mmio.write(offset, 4, value);
}

/** vm_reset, and the wait for it. */
export function reset(mmio: MmioDevice): number {
  writel(mmio, Register.Status, 0);
  return readl(mmio, Register.Status);
}

export function addStatus(mmio: MmioDevice, bits: number): number {
  writel(mmio, Register.Status, readl(mmio, Register.Status) | bits);
  return readl(mmio, Register.Status);
}

/** vm_get_features. */
export function offered(mmio: MmioDevice): FeatureSet {
  const words = [1, 0].map((index) => {
    writel(mmio, Register.DeviceFeaturesSel, index);
    return readl(mmio, Register.DeviceFeatures);
  });
  return FeatureSet.fromWords(words[1] ?? 0, words[0] ?? 0);
}

/** vm_finalize_features. */
export function accept(mmio: MmioDevice, features: FeatureSet): void {
  for (const index of [1, 0]) {
    writel(mmio, Register.DriverFeaturesSel, index);
    writel(mmio, Register.DriverFeatures, features.word(index));
  }
}

/** virtio_mmio_probe up to the negotiated features. @returns the status then */
export function negotiate(mmio: MmioDevice, wanted: Iterable<number>): number {
  readl(mmio, Register.MagicValue);
  const version = readl(mmio, Register.Version);
  readl(mmio, Register.DeviceID);
  readl(mmio, Register.VendorID);
  if (version === 1) writel(mmio, Register.GuestPageSize, 4096);
  reset(mmio);
  addStatus(mmio, STATUS.ACKNOWLEDGE);
  addStatus(mmio, STATUS.DRIVER);
  accept(mmio, offered(mmio).and(new FeatureSet(wanted)));
  return version === 1 ? readl(mmio, Register.Status) : addStatus(mmio, STATUS.FEATURES_OK);
}

/** vm_setup_vq. @returns the queue's size, 0 where there is none */
export function setUpQueue(mmio: MmioDevice, guest: Guest, index: number, wanted: Iterable<number>, most = 16): number {
  const features = new FeatureSet(wanted);
  const legacy = readl(mmio, Register.Version) === 1;
  writel(mmio, Register.QueueSel, index);
  if (readl(mmio, legacy ? Register.QueuePFN : Register.QueueReady) !== 0) return 0;
  const max = readl(mmio, Register.QueueSizeMax);
  if (max === 0) return 0;
  const size = Math.min(max, most);
  const layout = guest.queue(index, size, { ...queueFeatures((bit) => features.has(bit)), legacy }, (value) =>
    writel(mmio, Register.QueueNotify, value),
  );
  writel(mmio, Register.QueueSize, size);
  if (legacy) {
    writel(mmio, Register.QueueAlign, 4096);
    writel(mmio, Register.QueuePFN, layout.desc / 4096);
    return size;
  }
  writeAddresses(mmio, layout);
  writel(mmio, Register.QueueReady, 1);
  return size;
}

export function writeAddresses(mmio: MmioDevice, { desc, driver, device }: QueueLayout): void {
  writel(mmio, Register.QueueDescLow, desc % 2 ** 32);
  writel(mmio, Register.QueueDescHigh, Math.floor(desc / 2 ** 32));
  writel(mmio, Register.QueueDriverLow, driver % 2 ** 32);
  writel(mmio, Register.QueueDriverHigh, Math.floor(driver / 2 ** 32));
  writel(mmio, Register.QueueDeviceLow, device % 2 ** 32);
  writel(mmio, Register.QueueDeviceHigh, Math.floor(device / 2 ** 32));
}

/** From nothing to a device that works. @returns the status then */
export function probe(mmio: MmioDevice, guest: Guest, wanted: Iterable<number> = [Core.VERSION_1]): number {
  negotiate(mmio, wanted);
  for (const index of [0, 1, 2]) setUpQueue(mmio, guest, index, wanted);
  return addStatus(mmio, STATUS.DRIVER_OK);
}

/** vm_interrupt. @returns what it acknowledged */
export function interrupt(mmio: MmioDevice): number {
  const status = readl(mmio, Register.InterruptStatus);
  writel(mmio, Register.InterruptACK, status);
  return status;
}
