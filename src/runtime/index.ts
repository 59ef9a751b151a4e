export { CodecError, type CodecFault, type CodecFaultPlace } from "./codec-error.ts";
export { ConfigMemory, configSnapshot, consistently, type ConfigAccess } from "./config-access.ts";
export { bitNames, flagNames, nameOf, type Constants, type Open } from "./constants.ts";
export type {
  Bits,
  BitWordField,
  BytesField,
  FieldOf,
  FieldPlace,
  FieldsOf,
  ListField,
  NumberField,
  WordField,
} from "./codec/accessors.ts";
export { arm, choose, presentIf, union, unionBy, validIf, type Arm } from "./codec/choose.ts";
export {
  nativeStruct,
  struct,
  type Codec,
  type ContextualCodec,
  type FieldLayout,
  type MembersOf,
  type StructCodec,
  type StructInfo,
} from "./codec/codec.ts";
export {
  be16,
  be32,
  be64,
  bitGroup,
  bitWord,
  bytes,
  le16,
  le32,
  le64,
  list,
  nested,
  next,
  padded,
  reserved,
  spread,
  u16,
  u32,
  u64,
  u8,
} from "./codec/fields.ts";
export { not, type Formula, type NegotiatedBits, type Tag, type Term } from "./codec/scope.ts";
export type { GuestOrder } from "./codec/spec.ts";
export {
  FeatureSet,
  FeatureTable,
  featureBits,
  featureTable,
  type FeatureBits,
  type FeatureFault,
  type FeatureRules,
  type Requirement,
} from "./features.ts";
export type { Command, Message } from "./message.ts";
export {
  QueueTable,
  queueTable,
  type Configured,
  type Negotiated,
  type QueueContext,
  type QueuePlace,
  type QueueRule,
} from "./queues.ts";
export type { RegisterInfo, RegisterTable } from "./registers.ts";
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
