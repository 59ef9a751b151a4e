import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DriverError, type RegisterWidth } from "virtgen/runtime";
import { QtestError } from "./qtest-error.ts";
import type { SystemCalls } from "./system-calls.ts";

/** What a channel has to know of the QEMU at its other end. */
export interface QemuLife {
  /** Why QEMU does not answer any more; undefined while it runs. */
  ended(): QtestError | undefined;
  /** It has closed its end: that is known before the system says that it has ended. */
  died(): QtestError;
  /** Milliseconds in which it has to answer. */
  readonly timeout: number;
}

const suffix = { 1: "b", 2: "w", 4: "l" } as const;
const port = { read: { 1: "inb", 2: "inw", 4: "inl" }, write: { 1: "outb", 2: "outw", 4: "outl" } } as const;
const answerBytes = 1 << 16;
const startLook = 2;

/**
 * QEMU's qtest protocol, over a pair of named pipes. A command is written and its answer read in one call: to its
 * caller an access to a register is a function like any other, and has taken effect when that returns.
 */
export class QtestChannel {
  /** Interrupt lines that are raised, of the controller that is listened to. */
  readonly raised: Set<number> = new Set();
  private readonly toQemu: number;
  private readonly fromQemu: number;
  private readonly calls: SystemCalls;
  private readonly life: QemuLife;
  private readonly bytes: Buffer = Buffer.alloc(answerBytes);
  private pending = "";
  private open = true;
  /** QEMU was not waited for any longer. Should it answer yet, that would be taken for the answer to another command. */
  private lost: QtestError | undefined;

  /** @param path of the pipes, without `.in` and `.out`: QEMU is given the same. They are made */
  constructor(path: string, calls: SystemCalls, life: QemuLife) {
    this.calls = calls;
    this.life = life;
    calls.makePipe(`${path}.in`);
    calls.makePipe(`${path}.out`);
    // Neither call waits for QEMU: of the first pipe this is both ends, and the second is not waited for.
    this.toQemu = openSync(`${path}.in`, "r+");
    this.fromQemu = openSync(`${path}.out`, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** Waits until QEMU answers for the first time. @throws QtestError `start-failed`, `timed-out` */
  async greet(): Promise<void> {
    writeSync(this.toQemu, "endianness\n");
    const end = Date.now() + this.life.timeout;
    while (!this.calls.waitReadable(this.fromQemu, 0)) {
      const ended = this.life.ended();
      if (ended !== undefined) throw ended;
      if (Date.now() > end) throw this.silent("endianness");
      // One look after the other: there is nothing to do meanwhile.
      // oxlint-disable-next-line no-await-in-loop
      await sleep(startLook);
    }
    this.answer("endianness");
  }

  /**
   * Sends a command and waits for its answer.
   * @returns what follows `OK`
   * @throws QtestError `died`, `timed-out`, `refused`
   */
  command(text: string): string {
    if (this.lost !== undefined) throw this.lost;
    if (!this.open) throw this.life.ended() ?? new QtestError("misuse", "the machine is closed");
    writeSync(this.toQemu, `${text}\n`);
    return this.answer(text);
  }

  // What the processor does. A driver is behind it, and what those throw are DriverErrors, `no-access`.

  /** Reads memory: registers, where they are in memory. */
  read(address: number, width: RegisterWidth): number {
    return Number(this.access(`read${suffix[width]} ${address}`)) >>> 0;
  }

  write(address: number, width: RegisterWidth, value: number): void {
    this.access(`write${suffix[width]} ${address} ${value}`);
  }

  readPort(address: number, width: RegisterWidth): number {
    return Number(this.access(`${port.read[width]} ${address}`)) >>> 0;
  }

  writePort(address: number, width: RegisterWidth, value: number): void {
    this.access(`${port.write[width]} ${address} ${value}`);
  }

  /** Listens to the lines that go into an interrupt controller, named as QEMU has it: {@link raised} tells of them. */
  listenToLines(controller: string): void {
    this.command(`irq_intercept_in ${controller}`);
  }

  /** A trip that changes nothing: afterwards {@link raised} is as it was when QEMU answered. */
  lookAtLines(): void {
    this.command("endianness");
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.toQemu);
    closeSync(this.fromQemu);
  }

  private access(text: string): string {
    try {
      return this.command(text);
    } catch (cause) {
      throw new DriverError("no-access", cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  private answer(command: string): string {
    for (;;) {
      const line = this.line(command);
      if (line.startsWith("OK")) return line.slice(3);
      const [word, what, number] = line.split(" ");
      if (word !== "IRQ") throw new QtestError("refused", `QEMU does not take "${command}": ${line}`);
      if (what === "raise") this.raised.add(Number(number));
      else this.raised.delete(Number(number));
    }
  }

  private line(command: string): string {
    for (;;) {
      const end = this.pending.indexOf("\n");
      if (end >= 0) {
        const line = this.pending.slice(0, end);
        this.pending = this.pending.slice(end + 1);
        return line;
      }
      if (!this.calls.waitReadable(this.fromQemu, this.life.timeout)) throw this.silent(command);
      const count = readSync(this.fromQemu, this.bytes);
      // Nobody has the other end open any more.
      if (count === 0) throw this.life.died();
      this.pending += this.bytes.toString("latin1", 0, count);
    }
  }

  private silent(command: string): QtestError {
    const { timeout } = this.life;
    this.lost = this.life.ended() ?? new QtestError("timed-out", `QEMU has not answered "${command}" in ${timeout} ms`);
    return this.lost;
  }
}
