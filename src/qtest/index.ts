// Drivers against QEMU's own virtio devices, with no guest: this process is the machine's processor.

export {
  QemuDevice,
  type DriveOptions,
  type DriverClass,
  type InterruptCounts,
  type InterruptWay,
} from "./qemu-device.ts";
export { QemuMachine, type QemuDeviceModel, type QemuOptions } from "./qemu-machine.ts";
export type { Qmp, QmpEvent } from "./qmp.ts";
export { QtestError, type QtestErrorCode } from "./qtest-error.ts";
