import type { GuestOrder } from "../codec/spec.ts";
import type { ConfigAccess } from "../config-access.ts";
import { F, STATUS } from "../described/config.ts";
import { FeatureSet } from "../features.ts";
import type { GuestMemory } from "../memory/guest-memory.ts";
import type { Operation } from "../operation.ts";
import type { QueueContext, QueuePlace } from "../queues.ts";
import type { DeviceQueue } from "../virtqueue/device-queue.ts";
import { notificationData } from "../virtqueue/notification.ts";
import { isQueueSize, queueFeatures, type QueueLayout } from "../virtqueue/queue-setup.ts";
import { AdminCommands } from "./admin-server.ts";
import { ConfigSpace } from "./config-space.ts";
import type { DeviceDescription } from "./device-description.ts";
import { DeviceError, type NeedsReset } from "./device-error.ts";
import type { DeviceOptions } from "./device-options.ts";
import type { DeviceInterface, DevicePort, SharedMemory } from "./device-port.ts";
import type { Answer, Incoming } from "./incoming.ts";
import { LiveQueue, type QueueHost } from "./live-queue.ts";
import { Negotiation } from "./negotiation.ts";
import { isThere } from "./operation-server.ts";

/** Any method that serves an operation. */
type Method = (request: Incoming) => Answer<unknown>;

const standard: DeviceInterface = { legacy: false, bigEndian: false };

/**
 * A device of any type on any transport: status, features, configuration space and queues as the standard rules them.
 * Generated classes add the operations of their type; a device of one's own extends those.
 *
 * The first part is for subclasses, the second is what transports call. Nothing that a driver does makes the latter
 * throw: where it breaks the rules, the device needs a reset, and a reset mends it.
 */
export abstract class VirtioDevice<Bit extends number = number, Config extends object = object> {
  readonly description: DeviceDescription;
  readonly offered: FeatureSet;
  readonly sharedMemory: readonly SharedMemory[];
  /** Why it needs a reset; undefined while it works. */
  needsReset: NeedsReset | undefined;
  readonly #negotiation: Negotiation;
  readonly #space: ConfigSpace;
  readonly #maxQueueSize: number;
  readonly #house: string | undefined;
  readonly #admin: AdminCommands | undefined;
  /** Behind all queues that there may be. */
  readonly #adminIndex: number;
  #port: DevicePort | undefined;
  #face: DeviceInterface = standard;
  #statusNow = 0;
  readonly #live = new Map<number, LiveQueue>();
  #placesNow: readonly QueuePlace[] | undefined;
  /** From when it may serve requests until the reset. */
  #begun = false;
  /** What is in flight is still answered, then SUSPEND is set. */
  #suspending = false;
  /** The configuration space has changed while it was suspended. */
  #changedUnseen = false;

  /**
   * @throws DeviceError where the features or the configuration are not allowed together, or where it has no method for
   * what it offers
   */
  constructor(description: DeviceDescription, options: DeviceOptions<Bit, Config> = {}) {
    this.description = description;
    this.offered = new FeatureSet<number>(options.features ?? []).add(F.VERSION_1);
    const [fault] = description.features.checkOffer(this.offered);
    if (fault !== undefined) {
      const what = fault.kind === "requires" ? `${fault.feature} lacks ${fault.lacks.join(" or ")}` : fault.kind;
      throw new DeviceError(description.name, `features that cannot be offered: ${what}`);
    }
    this.#negotiation = new Negotiation(description.features, this.offered);
    this.#space = new ConfigSpace(description, options.config ?? {}, this.offered);
    this.#maxQueueSize = options.queueSize ?? 256;
    if (!isQueueSize(this.#maxQueueSize, true))
      throw new DeviceError(description.name, `a queue cannot have ${this.#maxQueueSize} entries`);
    this.#house = options.queueNumbering;
    this.sharedMemory = options.sharedMemory ?? [];
    if ((options.admin === undefined) === this.offered.has(F.ADMIN_VQ))
      throw new DeviceError(description.name, "ADMIN_VQ and the option 'admin' go together");
    this.#admin = options.admin === undefined ? undefined : new AdminCommands(options.admin);
    this.#adminIndex = (description.queues.places(this.#context, this.#house).at(-1)?.number ?? -1) + 1;
    for (const [name, operation] of Object.entries(description.operations)) this.#checkMethod(name, operation);
  }

  // --- For subclasses

  /** The features that were negotiated; before that, those that are offered. */
  get features(): FeatureSet<Bit> {
    return this.#negotiation.features as FeatureSet<Bit>;
  }

  /** The configuration space as the device has it. */
  get config(): Readonly<Config> {
    return this.#space.value as Config;
  }

  /** Whether the driver has set the device up and it works. */
  get running(): boolean {
    return this.#begun && !this.#resting && this.needsReset === undefined;
  }

  /**
   * Changes members of the configuration space, and tells the driver.
   * @param tell false where the driver expects the change: it has just asked for it by a write of its own
   * @throws DeviceError where a value is none of its member's
   */
  protected changeConfig(values: Partial<Config>, tell = true): void {
    if (!this.#space.change(values)) return;
    this.#renewIfDecided();
    if (!tell) return;
    if (this.running) this.#port?.configChanged();
    // A suspended device tells when it is resumed.
    else if (this.#begun) this.#changedUnseen = true;
  }

  /** The byte order of the driver's side: little-endian but for big-endian guests on the legacy interface. */
  protected get order(): GuestOrder {
    return this.#face.bigEndian ? "big" : "little";
  }

  /** The guest's memory; undefined before the device is on a transport. */
  protected get memory(): GuestMemory | undefined {
    return this.#port?.memory;
  }

  /**
   * The queue itself, for what {@link send} cannot do: buffers that are taken one by one, and answered together.
   * Undefined while the driver has not set it up, or the device does not run. Not to be kept over a reset.
   */
  protected queueOf(name: string, index = 0): DeviceQueue | undefined {
    return this.#liveQueue(name, index)?.queue;
  }

  /** Whether this choice of the driver's is taken; it is already held against the description. */
  protected acceptFeatures(_features: FeatureSet<Bit>): boolean {
    return true;
  }

  /** The driver has set the device up: requests come from now on. */
  protected started(): void {}

  /** The driver has reset the device, or this one queue: nothing that was not answered will be. */
  protected wasReset(_queue?: QueuePlace): void {}

  /** The driver has written to these members. */
  protected configWritten(_names: readonly string[]): void {}

  /** The driver has made buffers available for what the device sends. */
  protected buffersAdded(_queue: QueuePlace): void {}

  /** The device cannot go on until it is reset; the driver is told. */
  protected gaveUp(_cause: NeedsReset): void {}

  /**
   * Sends an event: fills in a buffer that the driver has made available for it.
   * @param index which queue of that kind
   * @param output bytes of any number that come with it
   * @returns false where there is no buffer now, or none that is long enough
   * @throws CodecError where the value is none of the event's
   */
  protected send(operation: Operation, value: unknown, index = 0, output?: Uint8Array): boolean {
    return this.#liveQueue(operation.message.queues[0] ?? "", index)?.send(operation, value, output) ?? false;
  }

  /** Gives up: DEVICE_NEEDS_RESET is set, and the driver is told. */
  protected giveUp(cause: NeedsReset): void {
    if (this.needsReset !== undefined) return;
    this.needsReset = cause;
    // The legacy interface has no such bit; there the device just does nothing any more.
    if (!this.#face.legacy) {
      this.#statusNow |= STATUS.DEVICE_NEEDS_RESET;
      if ((this.#statusNow & STATUS.DRIVER_OK) !== 0) this.#port?.configChanged();
    }
    try {
      this.gaveUp(cause);
    } catch {
      // There is nothing left to give up.
    }
  }

  // --- For transports

  /**
   * Puts the device on a transport. From then on it does not offer what that transport has no means for.
   * @throws DeviceError where it is on one already
   */
  attach(port: DevicePort): void {
    if (this.#port !== undefined) throw new DeviceError(this.description.name, "it is on a transport already");
    this.#port = port;
    for (const bit of port.withholds ?? []) this.offered.delete(bit);
    this.#placesNow = undefined;
    this.#space.show(undefined, this.order);
  }

  /** The interface by which the driver speaks; it can change only while the status is 0. @returns whether it is this now */
  speak(face: DeviceInterface): boolean {
    if (this.#face.legacy === face.legacy && this.#face.bigEndian === face.bigEndian) return true;
    if (this.#statusNow !== 0) return false;
    this.#face = face;
    // What was said over the other interface is not valid on this one.
    this.#forget();
    return true;
  }

  get status(): number {
    // What a subclass has answered by itself may have been the last in flight.
    this.#rest();
    return this.#statusNow;
  }

  /** The driver writes the status. Bits only ever come; 0 resets. */
  writeStatus(value: number): void {
    if (value === 0) {
      this.#reset();
      return;
    }
    const come = value & ~this.#statusNow & 0xff & ~STATUS.DEVICE_NEEDS_RESET;
    this.#statusNow |= come & (STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.FAILED);
    if ((come & STATUS.FEATURES_OK) !== 0 && !this.#face.legacy) this.#negotiate();
    if ((come & STATUS.DRIVER_OK) !== 0) this.#start();
    if ((come & STATUS.SUSPEND) !== 0) this.#suspend();
  }

  /** 32 of the features that are offered. The legacy interface has the first 32 only. */
  offeredWord(index: number): number {
    return this.#negotiation.offeredWord(index, this.#face.legacy);
  }

  /** The driver accepts 32 features. Ignored once they are negotiated. */
  acceptWord(index: number, bits: number): void {
    this.#negotiation.acceptWord(index, bits, this.#face.legacy);
    this.#placesNow = undefined;
  }

  /** What the driver has accepted of 32 features. */
  acceptedWord(index: number): number {
    return this.#negotiation.acceptedWord(index);
  }

  /** The queues that there are, as far as the features tell by now. */
  get queuePlaces(): readonly QueuePlace[] {
    const admin = this.#context.features.has(F.ADMIN_VQ) ? this.#admin?.places(this.#adminIndex) : undefined;
    this.#placesNow ??= [...this.description.queues.places(this.#context, this.#house), ...(admin ?? [])];
    return this.#placesNow;
  }

  /** The administration virtqueues, where the device offers any. */
  get adminQueues(): { readonly index: number; readonly count: number } | undefined {
    if (this.#admin === undefined || !this.offered.has(F.ADMIN_VQ)) return undefined;
    return { index: this.#adminIndex, count: this.#admin.count };
  }

  /** Entries that a queue has at most; 0 where there is no such queue. */
  queueMaxSize(index: number): number {
    if (this.#placeOf(index) === undefined) return 0;
    if (this.#negotiation.accepted?.has(F.RING_PACKED) === true) return this.#maxQueueSize;
    // A split queue has a power of two.
    return 2 ** (31 - Math.clz32(this.#maxQueueSize));
  }

  /** Whether the driver has set this queue up. */
  queueEnabled(index: number): boolean {
    return this.#live.has(index);
  }

  /** The driver has set a queue up. False where it cannot be used so: the device needs a reset then. */
  enableQueue(index: number, layout: QueueLayout): boolean {
    const place = this.#placeOf(index);
    if (place === undefined || this.#port === undefined || this.needsReset !== undefined) return false;
    if (this.#live.has(index)) return true;
    if (!this.#face.legacy && (this.#statusNow & STATUS.FEATURES_OK) === 0) {
      this.giveUp({ kind: "status", reason: `queue ${index} is set up before FEATURES_OK` });
      return false;
    }
    const live = this.#createQueue(place, this.#port);
    this.#live.set(index, live);
    if (live.queue.enable(layout)) return true;
    this.#live.delete(index);
    return false;
  }

  /** The driver resets one queue: nothing in flight there is answered. */
  resetQueue(index: number): void {
    const live = this.#live.get(index);
    if (live === undefined) return;
    live.queue.reset();
    this.#live.delete(index);
    this.#calling("wasReset", () => this.wasReset(live.place));
    this.#rest();
  }

  /** The driver's notification: a queue's index, or with NOTIFICATION_DATA what tells more. */
  notified(value: number): void {
    const index = this.features.has(F.NOTIFICATION_DATA as Bit) ? notificationData(value).queue : value & 0xffff;
    const live = this.#live.get(index);
    if (live === undefined) return;
    // Legacy drivers use a device before they say so: that is what ends their negotiation.
    if (this.#face.legacy && !this.#begun) this.#begin();
    this.#serve(live);
  }

  /** In bytes, as the driver sees it now. */
  get configLength(): number {
    return this.#space.length;
  }

  get configGeneration(): number {
    return this.#space.generation;
  }

  /** @param width in bytes, of a little-endian number; any offset will do, bytes beyond the end are 0 */
  readConfig(offset: number, width: number): number {
    return this.#space.read(offset, width);
  }

  /** Bytes that the driver may not write are left as they are. */
  writeConfig(offset: number, width: number, value: number): void {
    if (this.#resting) return;
    const names = this.#space.write(offset, width, value, this.#statusNow, this.#face.legacy);
    if (names.length === 0) return;
    this.#renewIfDecided();
    this.#calling("configWritten", () => this.configWritten(names));
  }

  // --- What is behind that

  get #context(): QueueContext {
    const features = this.#negotiation.accepted ?? (this.#face.legacy ? this.#negotiation.taken : this.offered);
    const config: ConfigAccess = this.#space.known;
    return { features, config };
  }

  /** A queue that the device may use now. */
  #liveQueue(name: string, index: number): LiveQueue | undefined {
    if (!this.running) return undefined;
    for (const live of this.#live.values()) if (live.place.name === name && live.place.index === index) return live;
    return undefined;
  }

  #placeOf(index: number): QueuePlace | undefined {
    return this.queuePlaces.find((place) => place.number === index);
  }

  /** Suspended, or on the way to it. */
  get #resting(): boolean {
    return this.#suspending || (this.#statusNow & STATUS.SUSPEND) !== 0;
  }

  /** Calls what the device's author has written: what it throws is the device's fault, not the transport's. */
  #calling<Result>(hook: string, call: () => Result): Result | undefined {
    try {
      return call();
    } catch (error) {
      this.giveUp({ kind: "hook", hook, error });
      return undefined;
    }
  }

  #negotiate(): void {
    const wanted = this.#negotiation.wanted();
    if (wanted === undefined) return;
    if (this.#calling("acceptFeatures", () => this.acceptFeatures(wanted as FeatureSet<Bit>)) !== true) return;
    this.#settle(wanted);
    this.#statusNow |= STATUS.FEATURES_OK;
  }

  #settle(features: FeatureSet): void {
    this.#negotiation.accepted = features;
    this.#placesNow = undefined;
    this.#space.show(features, this.order);
    this.#space.decidesAnew();
    this.#renewServers();
  }

  #start(): void {
    const resumed = (this.#statusNow & STATUS.SUSPEND) !== 0;
    if (!this.#face.legacy && this.#negotiation.accepted === undefined) {
      this.giveUp({ kind: "status", reason: "DRIVER_OK is set without FEATURES_OK" });
      return;
    }
    this.#statusNow = (this.#statusNow | STATUS.DRIVER_OK) & ~STATUS.SUSPEND;
    if (this.needsReset !== undefined) return;
    if (!resumed) this.#begin();
    else if (this.#changedUnseen) this.#port?.configChanged();
    this.#changedUnseen = false;
    for (const live of this.#live.values()) this.#serve(live);
  }

  #begin(): void {
    if (this.#begun) return;
    if (this.#face.legacy) this.#settle(this.#negotiation.taken);
    this.#begun = true;
    this.#calling("started", () => this.started());
  }

  /** What was made available is left until the driver resumes the device; what is in flight is answered first. */
  #suspend(): void {
    if (!this.running || this.#negotiation.accepted?.has(F.SUSPEND) !== true) return;
    this.#suspending = true;
    this.#rest();
  }

  #rest(): void {
    if (!this.#suspending || this.needsReset !== undefined) return;
    for (const { queue } of this.#live.values()) if (queue.inFlight > 0) return;
    this.#suspending = false;
    this.#statusNow = (this.#statusNow | STATUS.SUSPEND) & ~STATUS.DRIVER_OK;
  }

  #reset(): void {
    this.#forget();
    this.#calling("wasReset", () => this.wasReset());
    // A reset leaves nothing behind, not even of a hook that failed.
    this.#statusNow = 0;
    this.needsReset = undefined;
  }

  #forget(): void {
    const queues = [...this.#live.values()];
    this.#live.clear();
    this.#statusNow = 0;
    this.needsReset = undefined;
    this.#begun = false;
    this.#suspending = false;
    this.#changedUnseen = false;
    this.#negotiation.reset();
    this.#admin?.reset();
    this.#placesNow = undefined;
    for (const { queue } of queues) queue.reset();
    this.#space.reset();
    this.#space.show(undefined, this.order);
  }

  #createQueue(place: QueuePlace, port: DevicePort): LiveQueue {
    const features = this.#negotiation.accepted ?? this.#negotiation.taken;
    return new LiveQueue(place, this.#queueHost(), {
      memory: port.memory,
      features: {
        ...queueFeatures((bit) => features.has(bit)),
        legacy: this.#face.legacy,
        bigEndian: this.#face.bigEndian,
      },
      maxSize: this.#maxQueueSize,
      interrupt: () => port.usedBuffer(place.number),
    });
  }

  #queueHost(): QueueHost {
    return {
      operations: this.description.operations,
      admin: this.#admin,
      context: () => this.#context,
      order: () => this.order,
      works: () => this.needsReset === undefined,
      methodOf: (name) => this.#methodOf(name),
      giveUp: (cause) => this.giveUp(cause),
      answered: () => this.#rest(),
    };
  }

  /** The configuration space has changed. What requests look like mostly does not depend on it. */
  #renewIfDecided(): void {
    if (this.#space.decidesAnew()) this.#renewServers();
  }

  #renewServers(): void {
    for (const live of this.#live.values()) live.renew();
  }

  #checkMethod(name: string, operation: Operation): void {
    if (operation.legacy || operation.message.kind === "event" || this.#methodOf(name) !== undefined) return;
    if (isThere(operation, { features: this.offered, config: this.#space.known }))
      throw new DeviceError(this.description.name, `it has no method '${name}' for what it offers`);
  }

  #methodOf(name: string): Method | undefined {
    const method: unknown = Reflect.get(this, name);
    return typeof method === "function" ? (method.bind(this) as Method) : undefined;
  }

  #serve(live: LiveQueue): void {
    if (!this.running || this.#live.get(live.place.number) !== live) return;
    if (!live.serves) {
      this.#calling("buffersAdded", () => this.buffersAdded(live.place));
      return;
    }
    live.serve();
    // A driver that adds as fast as it is served gets its turn again when others had theirs.
    if (live.queue.unserved) setTimeout(() => this.#serve(live), 0);
  }
}
