import type { QueuePlace } from "../queues.ts";
import type { DriverQueue } from "../virtqueue/driver-queue.ts";
import type { DmaBlock } from "./dma-memory.ts";
import { DriverError } from "./driver-error.ts";
import type { PreparedRequest } from "./prepared-request.ts";
import type { RequestObserver } from "./request-observer.ts";

/**
 * One queue of a driver: requests go into the ring as long as there is room, others wait their turn. It lasts from one
 * reset of the queue to the next.
 */
export class RequestQueue {
  readonly place: QueuePlace;
  readonly ring: DriverQueue<PreparedRequest>;
  /** The ring's memory. */
  readonly blocks: readonly DmaBlock[];
  private readonly polled: boolean;
  private readonly observer: RequestObserver | undefined;
  private failure: DriverError | undefined;
  /** What is in the ring, in no particular order; each request knows its slot. */
  private readonly inRing: PreparedRequest[] = [];
  private firstWaiting: PreparedRequest | undefined;
  private lastWaiting: PreparedRequest | undefined;
  private unpublished = false;
  private reaping = false;
  private again = false;
  private readonly used: (request: PreparedRequest, written: number) => void;

  /** @param polled the driver looks by itself and wants no interrupts */
  constructor(
    place: QueuePlace,
    ring: DriverQueue<PreparedRequest>,
    blocks: readonly DmaBlock[],
    polled: boolean,
    observer: RequestObserver | undefined,
  ) {
    this.blocks = blocks;
    this.place = place;
    this.ring = ring;
    this.polled = polled;
    this.observer = observer;
    this.used = (request, written) => {
      // Whoever was told of one before has stopped the driver.
      if (this.failure !== undefined) return;
      this.takeOut(request);
      this.observer?.used(request, place, written);
      request.used(written);
    };
    if (polled) ring.disableNotifications();
  }

  /** @throws DriverError where the queue does not work any more, or the request can never fit */
  submit(request: PreparedRequest): void {
    this.checkWorks();
    const { count } = request.list;
    if (count > this.ring.size) {
      throw new DriverError("queue-too-small", `${count} descriptors do not fit into a queue of ${this.ring.size}`);
    }
    if (this.firstWaiting === undefined && this.add(request)) return;
    // The ring may just have turned out to be broken.
    this.checkWorks();
    request.next = undefined;
    if (this.lastWaiting === undefined) this.firstWaiting = request;
    else this.lastWaiting.next = request;
    this.lastWaiting = request;
  }

  /** Takes back a request that waits for room. @returns false where it does not wait: then the device may have it */
  withdraw(request: PreparedRequest): boolean {
    let before: PreparedRequest | undefined;
    for (let one = this.firstWaiting; one !== undefined; one = one.next) {
      if (one === request) {
        if (before === undefined) this.firstWaiting = one.next;
        else before.next = one.next;
        if (this.lastWaiting === one) this.lastWaiting = before;
        one.next = undefined;
        one.underWay = false;
        return true;
      }
      before = one;
    }
    return false;
  }

  /** Makes what was submitted available, and notifies the device if it wants that. */
  flush(): void {
    if (!this.unpublished) return;
    this.unpublished = false;
    this.ring.kick();
  }

  /** Hands out what the device has used, and lets those that wait into the ring. @returns how many were used */
  reap(): number {
    if (this.failure !== undefined) return 0;
    if (this.reaping) {
      // Called from inside: by the device on this thread, or by whoever was told.
      this.again = true;
      return 0;
    }
    this.reaping = true;
    let count = 0;
    try {
      if (!this.polled) this.ring.disableNotifications();
      do {
        this.again = false;
        count += this.ring.reap(this.used);
        this.admit();
        this.flush();
        // By now it may have turned out to be broken.
        if (!this.works) break;
      } while (this.again || (!this.polled && this.ring.enableNotifications()));
    } finally {
      this.reaping = false;
    }
    return count;
  }

  /**
   * Nothing is answered any more: all that is under way fails.
   * @param lost the device may touch the buffers until it is reset
   */
  fail(error: DriverError, lost: boolean): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.unpublished = false;
    const inRing = [...this.inRing];
    const waiting = this.firstWaiting;
    this.inRing.length = 0;
    this.firstWaiting = undefined;
    this.lastWaiting = undefined;
    for (const request of inRing) request.failed(error, lost);
    for (let request = waiting; request !== undefined;) {
      const { next } = request;
      request.next = undefined;
      // The device never had it.
      request.failed(error, false);
      request = next;
    }
  }

  private get works(): boolean {
    return this.failure === undefined;
  }

  private checkWorks(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private add(request: PreparedRequest): boolean {
    if (!this.ring.add(request.list, request)) return false;
    request.slot = this.inRing.length;
    this.inRing.push(request);
    this.unpublished = true;
    this.observer?.submitted(request, this.place);
    return true;
  }

  private takeOut(request: PreparedRequest): void {
    const { inRing } = this;
    const last = inRing.pop();
    if (last === undefined || last === request) return;
    last.slot = request.slot;
    inRing[request.slot] = last;
  }

  private admit(): void {
    for (let request = this.firstWaiting; request !== undefined; request = this.firstWaiting) {
      if (!this.add(request)) return;
      this.firstWaiting = request.next;
      if (this.firstWaiting === undefined) this.lastWaiting = undefined;
      request.next = undefined;
    }
  }
}
