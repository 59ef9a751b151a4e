import type { DmaArena } from "./dma-arena.ts";
import { DriverError } from "./driver-error.ts";
import type { Framing } from "./framing.ts";
import type { OperationCodecs } from "./operation-codecs.ts";
import { blockLength, PreparedRequest, type RequestRoom, type RequestTarget } from "./prepared-request.ts";

/** In bytes: blocks are as long as a power of 2 between these. Longer ones are made for one request. */
const smallest = 64;
const longest = 0x1_0000;

/** Requests that were used before and can be laid out anew, by the power of 2 that their block is long. */
export class RequestPool {
  private readonly arena: DmaArena;
  private readonly framing: Framing | undefined;
  private readonly legacy: boolean;
  private readonly idle: PreparedRequest[][] = [];

  constructor(arena: DmaArena, framing: Framing | undefined, legacy: boolean) {
    this.arena = arena;
    this.framing = framing;
    this.legacy = legacy;
  }

  /** A request with this much room. @throws DriverError `out-of-memory` */
  take(target: RequestTarget, codecs: OperationCodecs, room: RequestRoom): PreparedRequest {
    const length = blockLength(codecs, room);
    const size = Math.max(0, Math.ceil(Math.log2(length / smallest)));
    const request =
      this.idle[size]?.pop() ?? this.create(target, codecs, length > longest ? length : smallest * 2 ** size);
    try {
      request.lay(target, codecs, room, this.framing, this.arena);
    } catch (error) {
      this.give(request);
      throw error;
    }
    return request;
  }

  /** A request of a size of its own. It does not come back to the pool. @throws DriverError `out-of-memory` */
  create(target: RequestTarget, codecs: OperationCodecs, length: number): PreparedRequest {
    return new PreparedRequest(target, codecs, this.alloc(length), this.legacy);
  }

  /** A request of its own, laid out. @throws DriverError `out-of-memory` */
  prepare(target: RequestTarget, codecs: OperationCodecs, room: RequestRoom): PreparedRequest {
    const request = this.create(target, codecs, Math.max(smallest, blockLength(codecs, room)));
    try {
      request.lay(target, codecs, room, this.framing, this.arena);
    } catch (error) {
      this.release(request);
      throw error;
    }
    return request;
  }

  /** Takes a request back; the device must not have it any more. */
  give(request: PreparedRequest): void {
    if (request.block.length > longest) {
      this.release(request);
      return;
    }
    request.unlay(this.arena);
    const size = Math.log2(request.block.length / smallest);
    (this.idle[size] ??= []).push(request);
  }

  /** Gives a request's memory back. */
  release(request: PreparedRequest): void {
    request.unlay(this.arena);
    this.arena.release(request.block);
  }

  /** All memory is the arena's again. */
  clear(): void {
    this.idle.length = 0;
  }

  private alloc(length: number): PreparedRequest["block"] {
    try {
      return this.arena.alloc(length);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      // Blocks of other sizes may lie idle.
      for (const request of this.idle.flat()) this.arena.release(request.block);
      this.idle.length = 0;
      return this.arena.alloc(length);
    }
  }
}
