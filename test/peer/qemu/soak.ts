import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlkDriver, device, operations, T } from "../../../generated/typescript/blk.ts";
import { QemuMachine, type InterruptWay } from "../../../src/qtest/index.ts";
import type { PreparedRequest } from "../../../src/runtime/index.ts";
import type { Interface, Ring } from "./ring-combinations.ts";

/** One run: a driver, a ring, and a number of requests. */
export interface Soak extends Interface {
  readonly program: string;
  readonly ring: Ring;
  readonly interrupts: InterruptWay;
  readonly requests: number;
  readonly seed: number;
}

const slotBytes = 4096;
const slots = 512;
const depth = 24;
/** Milliseconds in which at least one request has to end. */
const longest = 20_000;

/** Each request has a slot of the disk to itself while it is under way; what the slot has is known. */
interface Task {
  readonly write: PreparedRequest;
  readonly read: PreparedRequest;
  slot: number;
  writing: boolean;
}

/**
 * Writes and reads in no order, as many at a time as the ring takes, and holds each byte that is read against what was
 * written last. @throws an Error that says which request of which seed was wrong
 */
export async function soak(run: Soak): Promise<void> {
  const { ring, requests, seed } = run;
  const folder = mkdtempSync(join(tmpdir(), "virtgen-soak-"));
  writeFileSync(join(folder, "disk"), new Uint8Array(slots * slotBytes));
  const inOrder = ring.name.includes("in order");
  const properties = {
    "drive": "disk0",
    "queue-size": 64,
    ...(run.legacy ? {} : { packed: true }),
    ...(inOrder ? { in_order: true } : {}),
  };
  const machine = await QemuMachine.start({
    program: run.program,
    bus: run.bus,
    legacy: run.legacy,
    arguments: ["-blockdev", `driver=file,filename=${join(folder, "disk")},node-name=disk0`],
    devices: [{ model: "virtio-blk", properties }],
    trace: true,
  });
  try {
    const bits: readonly number[] = ring.bits;
    const own: readonly number[] = [device.features.bits["FLUSH"] ?? 0];
    const driver = machine.device().drive(BlkDriver, {
      interrupts: run.interrupts,
      features: [...own, ...bits] as readonly number[] as readonly never[],
      required: bits as readonly never[],
    });
    await driver.start();
    await new Work(driver, requests, seed).run();
    await driver.stop();
    if (machine.stderr !== "") throw new Error(`QEMU has said: ${machine.stderr}`);
  } catch (error) {
    if (error instanceof Error) error.message += `\nseed ${seed}\n${machine.report()}`;
    throw error;
  } finally {
    await machine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the disk has to have, and the requests that are under way. */
class Work {
  private readonly driver: BlkDriver;
  private readonly requests: number;
  /** By slot: the number of its last write; 0 where it was never written. */
  private readonly known = new Uint32Array(slots);
  private readonly busy = new Set<number>();
  private state: number;
  private started = 0;
  private ended = 0;
  private settle: (error?: Error) => void = () => {};

  constructor(driver: BlkDriver, requests: number, seed: number) {
    this.driver = driver;
    this.requests = requests;
    this.state = (seed * 2654435761 + 1) >>> 0;
  }

  /** Resolves when all requests have ended as they had to. */
  async run(): Promise<void> {
    const { driver } = this;
    let seen = 0;
    const watch = setInterval(() => {
      if (seen === this.ended) this.settle(new Error(`nothing has ended in ${longest} ms, after ${seen} requests`));
      seen = this.ended;
    }, longest);
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = (error) => {
          if (error === undefined) resolve();
          else reject(error);
        };
        for (let index = 0; index < depth; index++) {
          const write = driver.prepare(operations.out, { inputLength: slotBytes });
          const read = driver.prepare(operations.in, { outputLength: slotBytes });
          this.next({ write, read, slot: 0, writing: false });
        }
        driver.notifyDevice();
      });
    } finally {
      clearInterval(watch);
    }
  }

  private next(task: Task): void {
    if (this.started === this.requests) {
      if (this.ended === this.requests) this.settle();
      return;
    }
    do task.slot = this.random(slots);
    while (this.busy.has(task.slot));
    this.busy.add(task.slot);
    task.writing = this.random(2) === 0;
    this.started += 1;
    const request = task.writing ? task.write : task.read;
    const type = task.writing ? T.OUT : T.IN;
    request.codecs.sent?.writeTo(request.view, request.at, { type, ioprio: 0, sector: BigInt(task.slot * 8) });
    if (task.writing) {
      this.known[task.slot] = this.started;
      fill(request.input, this.started);
    } else request.output.fill(0xee);
    request.submit(() => {
      try {
        this.ended += 1;
        this.check(task, request);
        this.busy.delete(task.slot);
        this.next(task);
      } catch (error) {
        this.settle(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  private check({ slot, writing }: Task, request: PreparedRequest): void {
    if (request.error !== undefined) throw request.error;
    const status = request.view.getUint8(request.answerAt);
    if (status !== 0) throw new Error(`request ${this.ended} was answered with ${status}`);
    if (!writing && !holds(request.output, this.known[slot] ?? 0)) {
      throw new Error(`request ${this.ended} has read what was not written last to slot ${slot}`);
    }
  }

  private random(below: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 0x1_0000_0000) * below);
  }
}

/** A pattern that is another for each number, in every word. */
function fill(bytes: Uint8Array, number: number): void {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let index = 0; index < words.length; index++) words[index] = number + Math.imul(index, 0x9e37_79b1);
}

function holds(bytes: Uint8Array, number: number): boolean {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let index = 0; index < words.length; index++) {
    if (words[index] !== (number === 0 ? 0 : (number + Math.imul(index, 0x9e37_79b1)) >>> 0)) return false;
  }
  return true;
}
