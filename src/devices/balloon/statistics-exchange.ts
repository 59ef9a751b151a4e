import type { Stat } from "../../../generated/typescript/balloon.ts";
import { Deferred } from "../deferred.ts";

/** What a guest tells of its memory, by the tags `S`; tags that the standard does not know are there, too. */
export type MemoryStatistics = ReadonlyMap<number, bigint>;

/** Thrown where the guest's statistics cannot be had. */
export class StatisticsUnavailable extends Error {
  constructor(why: string) {
    super(`no statistics: ${why}`);
    this.name = "StatisticsUnavailable";
  }
}

/**
 * The device holds the guest's buffer, gives it back to ask, and gets the answer with the next one. What the first
 * buffer says is of no value.
 */
export class StatisticsExchange {
  /** Give the buffers back that the device holds: one, where the driver keeps the rules. */
  private held: (() => void)[] = [];
  private question: Deferred<MemoryStatistics> | undefined;
  /** Whether the guest knows of the question. */
  private asked = false;

  /** @param possible whether the guest tells statistics at all */
  async ask(possible: boolean): Promise<MemoryStatistics> {
    if (!possible) throw new StatisticsUnavailable("the guest tells none");
    this.question ??= new Deferred();
    const { promise } = this.question;
    this.release();
    return promise;
  }

  /** A buffer of the guest's. @returns when it is to be given back */
  tell(statistics: readonly Stat[]): Promise<void> {
    if (this.asked) {
      this.question?.resolve(new Map(statistics.map(({ tag, val }) => [tag, val])));
      this.question = undefined;
      this.asked = false;
    }
    const back = new Promise<void>((resolve) => {
      this.held.push(resolve);
    });
    if (this.question !== undefined) this.release();
    return back;
  }

  reset(): void {
    this.held = [];
    this.asked = false;
    this.question?.reject(new StatisticsUnavailable("the guest was reset"));
    this.question = undefined;
  }

  private release(): void {
    if (this.held.length === 0) return;
    for (const give of this.held) give();
    this.held = [];
    this.asked = true;
  }
}
