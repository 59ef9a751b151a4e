import { DriverError } from "../driver/driver-error.ts";
import type { RegisterAccess, RegisterWidth } from "./driver/register-access.ts";

/** Words of the shared memory. Interrupts have a cache line of their own, for both threads write them at any time. */
const Word = { state: 0, offset: 1, kind: 2, value: 3, interrupts: 16, end: 32 } as const;
/** An access on its way: nobody has one, one is being written down, the device is to look, the guest is to look. */
const State = { free: 0, claimed: 1, asked: 2, answered: 3 } as const;
/** Bits of the kind; below them the width. */
const widthBits = 7;
const writes = 8;
const posted = 16;

/** Of ES2024, which all engines had before; the runtime asks for no later library than ES2023. */
interface AsyncWait {
  waitAsync(words: Int32Array, at: number, seen: number): { async: false } | { async: true; value: Promise<unknown> };
}

/** Interrupts are bits of one word. */
const vectorCount = 32;
/** Pieces of work in a row, after which others on this thread get their turn. */
const rounds = 64;
const forever = 0x7fff_ffff;

/**
 * Carries accesses to registers from the threads of a guest to the thread of the devices, and interrupts back. Each
 * thread makes one from the same shared memory. The guest's side is a {@link RegisterAccess}, and waits for each answer,
 * so it is for threads that may wait: workers. The device's side and {@link onInterrupt} never wait; they are called by
 * the event loop, by means of `Atomics.waitAsync`.
 *
 * Nothing of the guest's makes the device's side throw. One mailbox is enough for a bus with all its devices: then
 * offsets are the addresses of the bus. It carries one access at a time.
 */
export class RegisterMailbox implements RegisterAccess {
  /** For the other threads' mailboxes. */
  readonly memory: SharedArrayBuffer;
  private readonly words: Int32Array;
  private readonly timeout: number;

  /**
   * @param memory what another thread's mailbox has; new if absent
   * @param timeout milliseconds in which the device's thread has to answer
   */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(Word.end * 4), timeout = 10_000) {
    this.memory = memory;
    this.words = new Int32Array(memory, 0, Word.end);
    this.timeout = timeout;
  }

  // --- The guest's side

  /** @throws DriverError `no-access` where the device's thread does not answer */
  read(offset: number, width: RegisterWidth): number {
    return this.access(offset, width, 0) >>> 0;
  }

  /** @throws DriverError `no-access` where the device's thread does not answer */
  write(offset: number, width: RegisterWidth, value: number): void {
    this.access(offset, width | writes, value);
  }

  /** Does not wait until the device's thread has seen it. @throws DriverError `no-access` */
  post(offset: number, width: RegisterWidth, value: number): void {
    this.ask(offset, width | writes | posted, value);
  }

  /** Calls `handler` at each interrupt. Those of one vector that come at once are one. @returns ends that */
  onInterrupt(handler: (vector: number) => void): () => void {
    const { words } = this;
    return this.watch(Word.interrupts, (pending) => {
      if (pending === 0) return false;
      const vectors = Atomics.exchange(words, Word.interrupts, 0);
      for (let vector = 0; vector < vectorCount; vector++) if (((vectors >>> vector) & 1) !== 0) handler(vector);
      return true;
    });
  }

  // --- The device's side

  /**
   * Answers the guest's accesses by these registers: those of one device, or of a bus with several. What they throw is
   * an unhandled rejection on this thread, and the guest gets no answer.
   * @returns ends that
   */
  serve(registers: RegisterAccess): () => void {
    return this.watch(Word.state, (state) => {
      if (state !== State.asked) return false;
      this.answer(registers);
      return true;
    });
  }

  /** @param vector 0 to 31: which of a device's messages, or whose line */
  interrupt(vector = 0): void {
    if (!(vector >= 0 && vector < vectorCount)) throw new RangeError(`there are ${vectorCount} vectors, not ${vector}`);
    Atomics.or(this.words, Word.interrupts, 1 << vector);
    Atomics.notify(this.words, Word.interrupts);
  }

  // --- What is behind that

  private access(offset: number, kind: number, value: number): number {
    this.ask(offset, kind, value);
    const { words } = this;
    while (Atomics.load(words, Word.state) !== State.answered) this.wait(State.asked);
    const answer = words[Word.value] ?? 0;
    this.change(State.free);
    return answer;
  }

  private ask(offset: number, kind: number, value: number): void {
    const { words } = this;
    for (;;) {
      const state = Atomics.compareExchange(words, Word.state, State.free, State.claimed);
      if (state === State.free) break;
      this.wait(state);
    }
    words[Word.offset] = offset;
    words[Word.kind] = kind;
    words[Word.value] = value;
    this.change(State.asked);
  }

  private answer(registers: RegisterAccess): void {
    const { words } = this;
    const offset = (words[Word.offset] ?? 0) >>> 0;
    const kind = words[Word.kind] ?? 0;
    const value = (words[Word.value] ?? 0) >>> 0;
    const width = (kind & widthBits) as RegisterWidth;
    if ((kind & posted) !== 0) {
      // The guest goes on while the device works: that is what it is for.
      this.change(State.free);
      registers.write(offset, width, value);
      return;
    }
    if ((kind & writes) !== 0) registers.write(offset, width, value);
    else words[Word.value] = registers.read(offset, width);
    this.change(State.answered);
  }

  private change(state: number): void {
    Atomics.store(this.words, Word.state, state);
    Atomics.notify(this.words, Word.state);
  }

  private wait(state: number): void {
    if (Atomics.wait(this.words, Word.state, state, this.timeout) !== "timed-out") return;
    throw new DriverError("no-access", `the device's thread has not answered within ${this.timeout} ms`);
  }

  /** Calls `work` with a word's value as long as it finds something to do, then whenever the word has changed. */
  private watch(word: number, work: (value: number) => boolean): () => void {
    const watch = { ended: false };
    // For Node a thread that waits in this way alone has nothing to do, and ends.
    let alive: ReturnType<typeof setTimeout>;
    const stay = (): void => {
      alive = setTimeout(stay, forever);
    };
    stay();
    const look = async (): Promise<void> => {
      for (let round = 0; !watch.ended; round++) {
        const seen = Atomics.load(this.words, word);
        if (work(seen)) {
          if (round % rounds === rounds - 1) await new Promise((resolve) => setTimeout(resolve, 0));
          continue;
        }
        const wait = (Atomics as unknown as AsyncWait).waitAsync(this.words, word, seen);
        if (wait.async) await wait.value;
      }
    };
    void look();
    return () => {
      watch.ended = true;
      clearTimeout(alive);
    };
  }
}
