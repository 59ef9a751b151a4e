export * from "./generated-imports.ts";
export { GuestMemory } from "./memory/guest-memory.ts";
export type { Machine } from "./memory/machine.ts";
export type { MemorySource, Region } from "./memory/region.ts";
export type { Chain, Segment } from "./virtqueue/chain.ts";
export { createDeviceQueue, createDriverQueue } from "./virtqueue/create-queue.ts";
export { PENDING, type ChainHandler, type DeviceQueue, type DeviceQueueOptions } from "./virtqueue/device-queue.ts";
export type {
  DriverQueue,
  DriverQueueOptions,
  IndirectTables,
  UsedBuffer,
  UsedHandler,
} from "./virtqueue/driver-queue.ts";
export { notificationData, notificationValue, type NotificationData } from "./virtqueue/notification.ts";
export type { QueueFault } from "./virtqueue/queue-fault.ts";
export {
  contiguousLayout,
  isQueueSize,
  legacyLayout,
  partLengths,
  queueFeatures,
  type QueueFeatures,
  type QueueLayout,
} from "./virtqueue/queue-setup.ts";
export { ScatterList } from "./virtqueue/scatter-list.ts";
export { AdminFault, type AdminGroup, type AdminOptions } from "./device/admin-server.ts";
export type { DeviceOptions } from "./device/device-options.ts";
export { VirtioDevice } from "./device/virtio-device.ts";
export { describeNeedsReset, DeviceError, type NeedsReset } from "./device/device-error.ts";
export type { DeviceDescription } from "./device/device-description.ts";
export type { DeviceInterface, DevicePort, SharedMemory } from "./device/device-port.ts";
export { MmioDevice, type MmioHost } from "./transport/device/mmio-device.ts";
export { DmaMemory, type DmaBlock } from "./driver/dma-memory.ts";
export { DriverError, type DriverErrorCode } from "./driver/driver-error.ts";
export type { DriverOptions, ListenOptions } from "./driver/driver-options.ts";
export type { EventHandler } from "./driver/event-receiver.ts";
export type { RequestObserver } from "./driver/request-observer.ts";
export type { Framing } from "./driver/framing.ts";
export type { PreparedRequest, RequestDone, RequestRoom } from "./driver/prepared-request.ts";
export { VirtioDriver } from "./driver/virtio-driver.ts";
export { InterruptCause, type DriverTransport, type LegacyRings } from "./transport/driver/driver-transport.ts";
export { MmioTransport, type MmioOptions } from "./transport/driver/mmio-transport.ts";
export type { RegisterAccess, RegisterWidth } from "./transport/driver/register-access.ts";
export { RegisterMailbox } from "./transport/register-mailbox.ts";
export { disableMsix, enableMsix, msixVectorCount, type InterruptMessage } from "./transport/driver/msix-setup.ts";
export type { MappedBar, PciAccess } from "./transport/driver/pci-access.ts";
export { PciTransport, type PciProbeOptions } from "./transport/driver/pci-transport.ts";
export type { MsixVectors } from "./transport/driver/pci-vectors.ts";
export type { BarPlace } from "./transport/device/pci-bars.ts";
export type { BarSpace } from "./transport/device/pci-config-space.ts";
export { PciDevice, type PciHost, type PciOptions } from "./transport/device/pci-device.ts";
export type { PciIdentity, PciInterfaces } from "./transport/device/pci-identity.ts";
