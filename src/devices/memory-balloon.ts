// A balloon that lets the host drop what the guest does not use:
//
//   const balloon = new MemoryBalloon({
//     inflated: (address, length) => machine.drop(address, length),
//     reported: (address, length) => machine.drop(address, length),
//     queueNumbering: "linux", // for guests that count only the queues that exist
//   });
//   balloon.inflateTo(1024); // 4 MiB
//   const free = (await balloon.statistics()).get(S.MEMFREE);

import type { Answer, Incoming, OutputBytes, QueuePlace } from "virtgen/runtime";
import * as balloon from "../../generated/typescript/balloon.ts";
import { pageRanges, pageSize } from "./balloon/page-ranges.ts";
import { PageSet } from "./balloon/page-set.ts";
import { StatisticsExchange, type MemoryStatistics } from "./balloon/statistics-exchange.ts";
import { Deferred } from "./deferred.ts";
import { ringFeatures, type RingOptions } from "./ring-features.ts";
import { allDone } from "./store/all-done.ts";

/**
 * Told of guest memory: guest-physical address and length in bytes. Where it returns a promise, the guest's buffer stays
 * in use until then.
 */
export type MemoryHandler = (address: number, length: number) => Answer<void>;

export interface MemoryBalloonOptions extends RingOptions {
  /** These pages are in the balloon now: nobody needs what they hold. */
  readonly inflated?: MemoryHandler;
  /** These pages are the guest's again; also at a reset, for all that are in the balloon then. */
  readonly deflated?: MemoryHandler;
  /** Free pages at this moment: what they hold is not needed. Offers PAGE_REPORTING. */
  readonly reported?: MemoryHandler;
  /** Pages whose contents nobody needs, unless the guest writes to them again. Offers FREE_PAGE_HINT. */
  readonly hinted?: MemoryHandler;
  /** The guest tells statistics; it does if absent. */
  readonly statistics?: boolean;
  /** Pages may be taken back when the guest's memory is short; they may not if absent. */
  readonly deflateOnOom?: boolean;
  /** A guest that fills free pages with a value says with which. Such pages are not reported: they have to keep it. */
  readonly poison?: boolean;
  /** `linux`: optional queues are numbered as Linux and QEMU do; as the standard says if absent. */
  readonly queueNumbering?: "linux";
}

const { F, CMD_ID } = balloon;
const firstId = 2;
const largestId = 0xffff_ffff;

/** A traditional memory balloon with everything that belongs to it. */
export class MemoryBalloon extends balloon.BalloonDevice {
  /** Pages that the guest named and that are no memory of its. */
  strayPages = 0;
  private readonly inBalloon: PageSet = new PageSet();
  private readonly handlers: Pick<MemoryBalloonOptions, "inflated" | "deflated" | "reported" | "hinted">;
  private readonly exchange: StatisticsExchange = new StatisticsExchange();
  private lastId = firstId - 1;
  /** What the guest's hints belong to. */
  private guestId: number = CMD_ID.STOP;
  /** The round of hints that has not ended. */
  private round: Deferred<void> | undefined;

  constructor(options: MemoryBalloonOptions = {}) {
    const { hinted, reported, statistics = true, deflateOnOom = false, poison = false, queueSize } = options;
    super({
      features: [
        ...(options.ringFeatures ?? ringFeatures),
        F.MUST_TELL_HOST,
        ...(statistics ? [F.STATS_VQ] : []),
        ...(deflateOnOom ? [F.DEFLATE_ON_OOM] : []),
        ...(hinted === undefined ? [] : [F.FREE_PAGE_HINT]),
        ...(poison ? [F.PAGE_POISON] : []),
        ...(reported === undefined ? [] : [F.PAGE_REPORTING]),
      ],
      config: {
        num_pages: 0,
        actual: 0,
        ...(hinted === undefined ? {} : { free_page_hint_cmd_id: CMD_ID.STOP }),
        ...(poison ? { poison_val: 0 } : {}),
      },
      ...(queueSize === undefined ? {} : { queueSize }),
      ...(options.queueNumbering === undefined ? {} : { queueNumbering: options.queueNumbering }),
    });
    this.handlers = options;
  }

  /** Pages of 4096 bytes that are in the balloon. */
  get pages(): number {
    return this.inBalloon.size;
  }

  /** Pages of 4096 bytes that the guest says are in it. */
  get actual(): number {
    return this.config.actual;
  }

  /** Asks the guest to make the balloon so large, in pages of 4096 bytes. @throws DeviceError where it is no such number */
  inflateTo(pages: number): void {
    this.changeConfig({ num_pages: pages });
  }

  /**
   * What the guest tells of its memory, asked for now.
   * @throws StatisticsUnavailable where the guest tells none, or was reset meanwhile
   */
  async statistics(): Promise<MemoryStatistics> {
    return this.exchange.ask(this.running && this.features.has(F.STATS_VQ));
  }

  /**
   * Asks for hints at free pages. They come one by one to `hinted`; the promise resolves when the guest has no more.
   * Until {@link finishHints} it does not use them again where it can avoid that. Several calls share one round.
   * @throws Error where the guest gives no hints, or was reset meanwhile
   */
  async requestHints(): Promise<void> {
    if (!this.running || !this.features.has(F.FREE_PAGE_HINT)) throw new Error("the guest gives no hints");
    if (this.round === undefined) {
      this.round = new Deferred();
      this.lastId = this.lastId >= largestId ? firstId : this.lastId + 1;
      this.changeConfig({ free_page_hint_cmd_id: this.lastId });
    }
    await this.round.promise;
  }

  /** The hinted pages are the guest's to use again. */
  finishHints(): void {
    if (this.features.has(F.FREE_PAGE_HINT)) this.changeConfig({ free_page_hint_cmd_id: CMD_ID.DONE });
  }

  override inflate({ value }: Incoming<balloon.Inflate>): Answer<void> {
    const come = this.known(value.pages).filter((page) => this.inBalloon.add(page));
    return each(come, this.handlers.inflated);
  }

  override deflate({ value }: Incoming<balloon.Deflate>): Answer<void> {
    const gone = this.known(value.pages).filter((page) => this.inBalloon.delete(page));
    return each(gone, this.handlers.deflated);
  }

  override stats({ value }: Incoming<balloon.Stats>): Answer<void> {
    return this.exchange.tell(value.stats);
  }

  override hintCommand({ value }: Incoming<balloon.HintCommand>): void {
    this.guestId = value.cmd_id;
    if (value.cmd_id !== CMD_ID.STOP) return;
    this.round?.resolve();
    this.round = undefined;
  }

  override hint({ output }: Incoming<undefined>): Answer<void> {
    const wanted = this.guestId >= firstId && this.guestId === this.config.free_page_hint_cmd_id;
    return wanted ? eachPiece(output, this.handlers.hinted) : undefined;
  }

  override report({ output }: Incoming<undefined>): Answer<void> {
    const poisoned = this.features.has(F.PAGE_POISON) && this.config.poison_val !== 0;
    return poisoned ? undefined : eachPiece(output, this.handlers.reported);
  }

  protected override wasReset(queue?: QueuePlace): void {
    if (queue !== undefined) {
      if (queue.name === "statsq") this.exchange.reset();
      return;
    }
    const ranges = [...this.inBalloon.ranges()];
    this.inBalloon.clear();
    this.exchange.reset();
    this.guestId = CMD_ID.STOP;
    this.round?.reject(new Error("the guest was reset before it had given all hints"));
    this.round = undefined;
    if (this.config.free_page_hint_cmd_id !== undefined) this.changeConfig({ free_page_hint_cmd_id: CMD_ID.STOP });
    for (const { first, count } of ranges) void this.handlers.deflated?.(first * pageSize, count * pageSize);
  }

  /** The pages that are memory of the guest's. */
  private known(pages: readonly number[]): readonly number[] {
    const known = pages.filter((page) => this.memory?.contains(page * pageSize, pageSize) === true);
    this.strayPages += pages.length - known.length;
    return known;
  }
}

/** Calls a handler for each range of these pages. */
function each(pages: readonly number[], handler: MemoryHandler | undefined): Answer<void> {
  if (handler === undefined) return undefined;
  return allDone(pageRanges(pages).map(({ first, count }) => handler(first * pageSize, count * pageSize)));
}

/** Calls a handler for each piece of memory of a buffer. */
function eachPiece(buffer: OutputBytes, handler: MemoryHandler | undefined): Answer<void> {
  if (handler === undefined) return undefined;
  const parts: Answer<void>[] = [];
  buffer.forEach((piece, address) => {
    parts.push(handler(address, piece.length));
  });
  return allDone(parts);
}
