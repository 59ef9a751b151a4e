import type { Answer } from "../../src/runtime/index.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import type { ByteSource, ByteTarget, SectorStore } from "../../src/devices/store/sector-store.ts";

/** How a store behaves at the moment: `any` of the others, at random. */
export type Mood = "prompt" | "late" | "failing" | "any";

/** A store of sectors that answers at once, or when it is told to, or that fails in either way. */
export class MoodyStore implements SectorStore {
  readonly readOnly = false;
  mood: Mood = "prompt";
  private readonly store: BufferStore;
  private readonly random: (below: number) => number;
  private readonly waiting: (() => void)[] = [];

  constructor(length: number, random: (below: number) => number) {
    this.store = new BufferStore(length);
    this.random = random;
  }

  get size(): number {
    return this.store.size;
  }

  /** Answers some of what waits, in any order. */
  release(most: number): void {
    for (let left = Math.min(most, this.waiting.length); left > 0; left--) {
      const [answer] = this.waiting.splice(this.random(this.waiting.length), 1);
      answer?.();
    }
  }

  read(position: number, target: ByteTarget): Answer<void> {
    return this.moodily(() => this.store.read(position, target));
  }

  write(position: number, source: ByteSource): Answer<void> {
    return this.moodily(() => this.store.write(position, source));
  }

  flush(): Answer<void> {
    return this.moodily(() => {});
  }

  /** These change sectors without the guest's bytes: later than the reset they would change what is written then. */
  discard(position: number, length: number): void {
    this.store.discard(position, length);
  }

  zero(position: number, length: number): void {
    this.store.zero(position, length);
  }

  erase(position: number, length: number): void {
    this.store.erase(position, length);
  }

  private moodily(work: () => void): Answer<void> {
    const mood = this.mood === "any" ? (["prompt", "late", "failing", "prompt"] as const)[this.random(4)] : this.mood;
    if (mood === "prompt") return work();
    const fails = mood === "failing";
    if (fails && this.random(2) === 0) throw new Error("the store fails");
    return new Promise<void>((resolve) => this.waiting.push(resolve)).then(() => {
      if (fails) throw new Error("the store fails later");
      return work();
    });
  }
}
