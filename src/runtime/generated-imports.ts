// What generated modules import: everything but the classes that are themselves built upon generated modules.

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
export { messageTags, type Command, type Message } from "./message.ts";
export {
  QueueTable,
  queueTable,
  type Configured,
  type Negotiated,
  type QueueContext,
  type QueuePlace,
  type QueueRule,
} from "./queues.ts";
export { operation, type Operation, type Operations } from "./operation.ts";
export type { Answer, Incoming, InputBytes, OutputBytes } from "./device/incoming.ts";
export type { GuestRange } from "./driver/dma-memory.ts";
export type { QueueChoice, Reply, RequestParts, RequestSender } from "./driver/driver-options.ts";
export type { RegisterInfo, RegisterTable } from "./registers.ts";
