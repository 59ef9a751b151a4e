import type { Codec } from "../codec/codec.ts";
import type { FeatureTable } from "../features.ts";
import type { Operation } from "../operation.ts";
import type { Negotiated, QueueTable } from "../queues.ts";

/** What a description says of a device type. Generated code exports one: `blk.device`. */
export interface DeviceDescription<Config extends object = object> {
  /** The name of the description: `blk`. */
  readonly name: string;
  /** Device id. */
  readonly id: number;
  readonly features: FeatureTable;
  readonly queues: QueueTable;
  /** The configuration space; undefined where the device type has none. */
  readonly config: Codec<Config, Negotiated> | undefined;
  /** Members of the configuration space that sizes of messages and numbers of queues depend on. */
  readonly decides: readonly string[];
  /** All operations, by the name of the method that serves each. */
  readonly operations: Readonly<Record<string, Operation>>;
}
