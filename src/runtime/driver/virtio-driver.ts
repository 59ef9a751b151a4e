import type { ConfigAccess } from "../config-access.ts";
import { F, STATUS } from "../described/config.ts";
import type { DeviceDescription } from "../device/device-description.ts";
import { isThere } from "../device/operation-server.ts";
import type { FeatureSet } from "../features.ts";
import type { Operation } from "../operation.ts";
import type { QueuePlace } from "../queues.ts";
import { InterruptCause, type DriverTransport } from "../transport/driver/driver-transport.ts";
import { createRequestQueue, nameOf, type QueueMaking } from "./create-request-queue.ts";
import { adminPlaces } from "./admin-places.ts";
import { DmaArena } from "./dma-arena.ts";
import { DriverConfig } from "./driver-config.ts";
import { asConfig, DriverContext } from "./driver-context.ts";
import { DriverError } from "./driver-error.ts";
import type {
  DriverOptions,
  ListenOptions,
  QueueChoice,
  Reply,
  RequestParts,
  RequestSender,
} from "./driver-options.ts";
import { EventReceiver, type EventHandler } from "./event-receiver.ts";
import { negotiate } from "./negotiation.ts";
import type { OperationCodecs } from "./operation-codecs.ts";
import type { PreparedRequest, RequestRoom } from "./prepared-request.ts";
import { RequestPool } from "./request-pool.ts";
import type { RequestQueue } from "./request-queue.ts";
import { until } from "./until.ts";

type State = "stopped" | "changing" | "running" | "failed";

/** The status once the features are settled. */
const settledLegacy = STATUS.ACKNOWLEDGE | STATUS.DRIVER;
const settled = settledLegacy | STATUS.FEATURES_OK;

/**
 * A driver of any type of device on any transport: it sets the device up as the standard rules it, and has its queues.
 * Generated classes add the operations of their type.
 *
 * The device is not trusted: whatever it does, requests are answered or rejected with a DriverError, and nothing else
 * throws but what the driver's own user does wrong.
 */
export abstract class VirtioDriver<
  Bit extends number = number,
  Config extends object = object,
> implements RequestSender {
  readonly description: DeviceDescription;
  readonly transport: DriverTransport;
  /** Why the driver does not work any more; undefined while it does. A restart mends it. */
  failure: DriverError | undefined;
  readonly #options: DriverOptions;
  readonly #arena: DmaArena;
  readonly #pool: RequestPool;
  readonly #space: DriverConfig;
  #state: State = "stopped";
  #queues: RequestQueue[] = [];
  readonly #receivers = new Map<RequestQueue, EventReceiver>();
  readonly #context: DriverContext;
  readonly #configListeners = new Set<() => void>();
  readonly #failureListeners = new Set<(error: DriverError) => void>();
  #idlePolls = 0;

  /** @throws DriverError `no-device` where the transport has a device of another type */
  constructor(description: DeviceDescription, transport: DriverTransport, options: DriverOptions<Bit>) {
    if (transport.deviceId !== description.id) {
      const { name, id } = description;
      throw new DriverError("no-device", `the device is of type ${transport.deviceId}, ${name} is ${id}`);
    }
    this.description = description;
    this.transport = transport;
    this.#options = options;
    this.#arena = new DmaArena(options.memory);
    this.#pool = new RequestPool(this.#arena, options.framing, transport.legacy !== undefined);
    this.#space = new DriverConfig(transport.config, description.config, transport.guestOrder);
    this.#context = new DriverContext(this.#space, transport.guestOrder);
  }

  // --- Its life

  /**
   * Sets the device up. When it resolves, requests are served.
   * @throws DriverError; the device is told then that the driver has given up
   */
  async start(): Promise<this> {
    if (this.#state !== "stopped") throw new DriverError("misuse", `the driver is ${this.#state}, not stopped`);
    this.#state = "changing";
    try {
      await this.#resetDevice();
      this.#setUp();
    } catch (error) {
      this.#state = "stopped";
      this.#rejectAll(
        error instanceof DriverError ? error : new DriverError("misuse", String(error), { cause: error }),
      );
      this.#giveUp(error);
      throw error;
    }
    return this;
  }

  /** Resets the device. What is under way is rejected. @throws DriverError `timed-out` */
  async stop(): Promise<void> {
    if (this.#state === "stopped") return;
    if (this.#state === "changing") throw new DriverError("misuse", "the driver is being started or stopped already");
    this.#state = "changing";
    this.#rejectAll(new DriverError("reset", "the driver was stopped"));
    try {
      await this.#resetDevice();
    } finally {
      this.#state = "stopped";
    }
  }

  /** Resets the device and sets it up again. @throws DriverError */
  async restart(): Promise<this> {
    await this.stop();
    return this.start();
  }

  get running(): boolean {
    return this.#state === "running";
  }

  /** The features that were negotiated; none before that. */
  get features(): FeatureSet<Bit> {
    return this.#context.features as FeatureSet<Bit>;
  }

  /** The queues that are set up. */
  get queuePlaces(): readonly QueuePlace[] {
    return this.#queues.map(({ place }) => place);
  }

  // --- The configuration space

  /** For single members: `Config.capacity.load(driver.configAccess)`, and `store`. */
  get configAccess(): ConfigAccess {
    return this.#space;
  }

  /** The configuration space as it is now. @throws DriverError `config-unstable`, `wrong-config` */
  readConfig(): Config {
    this.#space.refresh(this.#context.features);
    const { config } = this.description;
    if (config === undefined) return {} as Config;
    const codec = config.withContext({ features: this.#context.features }).guestOrder(this.transport.guestOrder);
    return asConfig(() => codec.readFrom(this.#space.copy.view)) as Config;
  }

  /** Calls `listener` after each change of the configuration space. @returns ends that */
  onConfigChange(listener: () => void): () => void {
    this.#configListeners.add(listener);
    return () => this.#configListeners.delete(listener);
  }

  /** Calls `listener` when the device cannot go on: a restart is due. @returns ends that */
  onFailure(listener: (error: DriverError) => void): () => void {
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  // --- Completion

  /** To be called at the device's interrupt. @param vector which message it was, where there are several */
  interrupt(vector?: number): void {
    const causes = this.#reach("the interrupt is acknowledged", () => this.transport.acknowledge(vector)) ?? 0;
    if ((causes & InterruptCause.configChange) !== 0) this.#configChanged();
    if ((causes & InterruptCause.usedBuffers) !== 0) this.#reap();
  }

  /** Looks for what the device has done, without an interrupt. @returns how many buffers it has used */
  poll(): number {
    for (const queue of this.#queues) queue.flush();
    const count = this.#reap();
    // A device that has given up uses nothing: now and then its status is read, which may take long.
    if (count > 0) this.#idlePolls = 0;
    else if ((++this.#idlePolls & 63) === 0) this.checkStatus();
    return count;
  }

  /** Reads the status: the device may have given up, or have gone. */
  checkStatus(): void {
    if (this.#state !== "running") return;
    const status = this.#reach("the status is read", () => this.transport.readStatus()) ?? 0;
    if (this.transport.legacy === undefined && (status & STATUS.DEVICE_NEEDS_RESET) !== 0) {
      this.#fail(new DriverError("needs-reset", `${this.description.name}: the device needs a reset`));
    }
  }

  // --- Requests

  /**
   * A request for use again and again, until the driver stops: nothing is allocated for it any more.
   * @throws DriverError `out-of-memory`, `not-negotiated`, `queue-missing`
   */
  prepare(operation: Operation, room: RequestRoom & QueueChoice = {}): PreparedRequest {
    const queue = this.#queueFor(operation, room);
    return this.#pool.prepare(queue, this.#context.codecsFor(operation), room);
  }

  /** Gives a prepared request's memory back. @throws DriverError where it is under way */
  release(request: PreparedRequest): void {
    if (request.underWay) throw new DriverError("misuse", "the request is under way");
    // What is lost is the device's until the reset, which gives it back.
    if (!request.lost) this.#pool.release(request);
  }

  /** Tells the device of what was submitted. All queues of the operation's kind where no index is given. */
  notifyDevice(kind?: string, index?: number): void {
    for (const queue of this.#queues) {
      const { place } = queue;
      if ((kind === undefined || place.name === kind) && (index === undefined || place.index === index)) queue.flush();
    }
  }

  // --- For subclasses

  /** The driver has set the device up. The place to begin to listen. */
  protected started(): void {}

  /** The device sent what is no event that is listened to. It got its buffer back. */
  protected eventFailed(_error: DriverError): void {}

  /**
   * Sends a request and resolves with what comes back. Requests that are sent together go out with one notification.
   * @param value what is sent, with its tags; undefined where there is nothing but bytes
   * @throws DriverError (as a rejection; `timed-out` by the option `requestTimeout`), CodecError where the value is none of this operation's
   */
  request<Value = undefined>(
    operation: Operation,
    value: object | undefined,
    parts: RequestParts = {},
  ): Promise<Reply<Value>> {
    return new Promise((resolve, reject) => {
      const queue = this.#queueFor(operation, parts);
      const request = this.#pool.take(queue, this.#context.codecsFor(operation), this.#roomOf(operation, value, parts));
      let timer: ReturnType<typeof setTimeout> | undefined;
      let expired = false;
      try {
        const { sent } = request.codecs;
        sent?.writeTo(request.view, request.at, value ?? {});
        if (parts.input !== undefined) request.input.set(parts.input);
        request.submit(() => {
          clearTimeout(timer);
          try {
            // Nobody waits for it any more, and what was to take the output may have another use.
            if (!expired) resolve(replyOf<Value>(request, parts.output));
          } catch (error) {
            reject(error instanceof Error ? error : new TypeError(String(error)));
          }
          if (!request.lost) this.#pool.give(request);
        });
      } catch (error) {
        this.#pool.give(request);
        throw error;
      }
      const { requestTimeout } = this.#options;
      if (requestTimeout !== undefined && request.underWay) {
        timer = setTimeout(() => {
          expired = true;
          // What only waited is never sent. What was sent is the device's until it has used it, or is reset.
          if (queue.withdraw(request)) this.#pool.give(request);
          reject(new DriverError("timed-out", `${operation.message.name}: not answered within ${requestTimeout} ms`));
        }, requestTimeout);
      }
      void Promise.resolve().then(() => this.#send(queue));
    });
  }

  /**
   * Gives the device buffers for events, and calls `handler` with each that it sends. Where several operations share a
   * queue, the first call gives the buffers, which have to be large enough for all.
   * @throws DriverError `out-of-memory`, `not-negotiated`, `queue-missing`
   */
  protected listen<Value>(operation: Operation, handler: EventHandler<Value>, options: ListenOptions = {}): void {
    const queue = this.#queueFor(operation, options);
    const codecs = this.#context.codecsFor(operation);
    const known = this.#receivers.get(queue);
    const count = options.buffers ?? queue.ring.size;
    const receiver =
      known ??
      new EventReceiver(this.transport.guestOrder, count, {
        fault: (error) => this.eventFailed(error),
        dropped: (request) => this.release(request),
      });
    receiver.add(codecs, handler, options.following);
    if (known !== undefined) return;
    this.#receivers.set(queue, receiver);
    const answerLength = codecs.answerLength ?? options.answerLength ?? codecs.longestAnswer ?? 0;
    const outputLength = answerLength + (options.outputLength ?? 0);
    // The receiver takes the bytes apart: which event it is they tell only then.
    const whole = { ...operation, output: "behind" } as const;
    const plain: OperationCodecs = {
      operation: whole,
      sent: undefined,
      sentLength: 0,
      answer: undefined,
      answerLength: 0,
      longestAnswer: 0,
    };
    for (let index = 0; index < count; index++) receiver.post(this.#pool.prepare(queue, plain, { outputLength }));
    queue.flush();
  }

  /** Resets one queue and sets it up again: what is under way there is rejected. Needs RING_RESET. @throws DriverError */
  protected async resetQueue(kind: string, index = 0): Promise<void> {
    if (!this.#context.features.has(F.RING_RESET)) {
      throw new DriverError("not-negotiated", "a queue alone can be reset only with RING_RESET");
    }
    const at = this.#queues.findIndex(({ place }) => place.name === kind && place.index === index);
    const queue = this.#queues[at];
    if (queue === undefined) throw new DriverError("queue-missing", `there is no queue ${kind}[${index}]`);
    const { number } = queue.place;
    this.transport.resetQueue(number);
    await until(() => this.transport.isQueueReset(number), this.#timeout, `${nameOf(queue.place)} is reset`);
    queue.fail(new DriverError("reset", `${nameOf(queue.place)} was reset`), false);
    queue.ring.reset();
    for (const block of queue.blocks) this.#arena.release(block);
    this.#receivers.delete(queue);
    this.#queues[at] = createRequestQueue(queue.place, this.#making);
  }

  // --- What is behind that

  get #timeout(): number {
    return this.#options.timeout ?? 5000;
  }

  get #making(): QueueMaking {
    const { queueSize = 256, indirectEntries = 16, polled = false, observer } = this.#options;
    return {
      transport: this.transport,
      arena: this.#arena,
      features: this.#context.features,
      settings: { size: queueSize, indirectEntries, polled, observer },
      broken: (place, fault) =>
        this.#fail(
          new DriverError("queue-broken", `${nameOf(place)}: the device broke its rules: ${fault}`, { fault }),
        ),
    };
  }

  async #resetDevice(): Promise<void> {
    const { transport } = this;
    transport.writeStatus(0);
    await until(() => transport.readStatus() === 0, this.#timeout, `${this.description.name}: the device is reset`);
    // Only from here on nothing of it is the device's any more.
    for (const { ring } of this.#queues) ring.reset();
    this.#queues = [];
    this.#receivers.clear();
    this.#pool.clear();
    this.#arena.releaseAll();
    this.failure = undefined;
    this.#context.settle();
  }

  #setUp(): void {
    const { transport, description } = this;
    const options = this.#options;
    const features = negotiate(transport, description, options.features, options.required);
    this.#context.settle(features);
    this.#space.refresh(this.#context.features);
    const places = this.#context.places(description.queues, options.queueNumbering);
    for (const place of [...places, ...adminPlaces(transport, places)]) {
      if (options.queues?.(place) !== false) this.#queues.push(createRequestQueue(place, this.#making));
    }
    this.#state = "running";
    transport.writeStatus((transport.legacy === undefined ? settled : settledLegacy) | STATUS.DRIVER_OK);
    this.checkStatus();
    if (this.failure !== undefined) throw this.failure;
    this.started();
  }

  /** Tells the device that the driver has given up, unless it did so itself. */
  #giveUp(error: unknown): void {
    if (error instanceof DriverError && error.code === "timed-out") return;
    try {
      this.transport.writeStatus(this.transport.readStatus() | STATUS.FAILED);
    } catch {
      // It cannot be told either. What went wrong first is what counts.
    }
  }

  /** Sends what was submitted. Nobody waits for this: where it fails, the requests do. */
  #send(queue: RequestQueue): void {
    this.#reach(`${nameOf(queue.place)} is notified of`, () => queue.flush());
  }

  /** Does what accesses the device. Where that throws, the device has gone, and undefined is returned. */
  #reach<T>(what: string, access: () => T): T | undefined {
    try {
      return access();
    } catch (cause) {
      const message = `${this.description.name}: the device cannot be reached: ${what}`;
      this.#fail(cause instanceof DriverError ? cause : new DriverError("no-access", message, { cause }));
      return undefined;
    }
  }

  #configChanged(): void {
    this.checkStatus();
    if (this.#state !== "running") return;
    try {
      this.#space.refresh(this.#context.features);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      this.#fail(error);
      return;
    }
    for (const listener of this.#configListeners) listener();
  }

  #reap(): number {
    let count = 0;
    for (const queue of this.#queues) count += queue.reap();
    return count;
  }

  /** The device cannot go on: nothing is answered any more. */
  #fail(error: DriverError): void {
    if (this.failure !== undefined || this.#state !== "running") return;
    this.#state = "failed";
    this.#rejectAll(error);
    for (const listener of this.#failureListeners) listener(error);
  }

  #rejectAll(error: DriverError): void {
    this.failure ??= error;
    for (const queue of this.#queues) queue.fail(error, true);
  }

  #queueFor(operation: Operation, { queue = 0, kind }: QueueChoice): RequestQueue {
    const { message } = operation;
    if (this.#state !== "running") {
      throw this.failure ?? new DriverError("reset", `the driver is ${this.#state}: start it first`);
    }
    const name = kind ?? message.queues[0] ?? "";
    const found = this.#queues.find(({ place }) => place.name === name && place.index === queue);
    if (found === undefined) throw new DriverError("queue-missing", `there is no queue ${name}[${queue}]`);
    if (!isThere(operation, this.#context.current)) {
      throw new DriverError("not-negotiated", `${message.name}: a feature that it needs was not negotiated`);
    }
    return found;
  }

  #roomOf(operation: Operation, value: object | undefined, parts: RequestParts): RequestRoom {
    const { sent, sentLength } = this.#context.codecsFor(operation);
    const { input, output = 0, inputAt, outputAt, answerLength } = parts;
    return {
      sentLength: sentLength ?? sent?.sizeOf(value ?? {}) ?? 0,
      inputLength: input?.length ?? 0,
      outputLength: typeof output === "number" ? output : output.length,
      ...(answerLength === undefined ? {} : { answerLength }),
      ...(inputAt === undefined ? {} : { inputAt }),
      ...(outputAt === undefined ? {} : { outputAt }),
    };
  }
}

function replyOf<Value>(request: PreparedRequest, target: number | Uint8Array | undefined): Reply<Value> {
  const answer = request.value as Value;
  const written = request.output.subarray(0, request.outputWritten);
  if (typeof target !== "object") return { answer, output: written.slice() };
  target.set(written);
  return { answer, output: target.subarray(0, written.length) };
}
