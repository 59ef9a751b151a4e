import { CodecError } from "../codec-error.ts";
import type { GuestOrder } from "../codec/spec.ts";
import { FeatureSet } from "../features.ts";
import type { Operation } from "../operation.ts";
import type { QueueContext, QueuePlace, QueueTable } from "../queues.ts";
import type { DriverConfig } from "./driver-config.ts";
import { DriverError } from "./driver-error.ts";
import { codecsOf, type OperationCodecs } from "./operation-codecs.ts";

const noFeatures = new FeatureSet();

/** What queues and codecs depend on: made anew where the features or the configuration space are others. */
export class DriverContext {
  private readonly space: DriverConfig;
  private readonly order: GuestOrder;
  private negotiated: FeatureSet = noFeatures;
  private made: QueueContext | undefined;
  private version = 0;
  private readonly codecs = new Map<Operation, OperationCodecs>();

  constructor(space: DriverConfig, order: GuestOrder) {
    this.space = space;
    this.order = order;
  }

  get features(): FeatureSet {
    return this.negotiated;
  }

  /** These features are negotiated; none, where they are left out. */
  settle(features: FeatureSet = noFeatures): void {
    this.negotiated = features;
    this.made = undefined;
  }

  /** As it is now. @throws DriverError `wrong-config` */
  get current(): QueueContext {
    if (this.made !== undefined && this.version === this.space.version) return this.made;
    const made = { features: this.negotiated, config: asConfig(() => this.space.known(this.negotiated)) };
    this.made = made;
    this.version = this.space.version;
    this.codecs.clear();
    return made;
  }

  /** The queues that there are. @throws DriverError `wrong-config` */
  places(queues: QueueTable, house: string | undefined): QueuePlace[] {
    return asConfig(() => queues.places(this.current, house));
  }

  codecsFor(operation: Operation): OperationCodecs {
    const { current } = this;
    const known = this.codecs.get(operation);
    if (known !== undefined) return known;
    const made = codecsOf(operation, current, this.order);
    this.codecs.set(operation, made);
    return made;
  }
}

/** Does what looks at the configuration space: values that its description does not allow are the device's fault. */
export function asConfig<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new DriverError("wrong-config", error.message, { cause: error });
  }
}
