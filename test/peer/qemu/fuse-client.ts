import type { FsDriver } from "../../../generated/typescript/fs.ts";
import { DriverError } from "../../../src/runtime/index.ts";

/** Of FUSE: <linux/fuse.h>. */
const OP = {
  LOOKUP: 1,
  FORGET: 2,
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  RELEASE: 18,
  INIT: 26,
  CREATE: 35,
  DESTROY: 38,
  BATCH_FORGET: 42,
} as const;
const headLength = 40;
const protocol = { major: 7, minor: 31 } as const;

export const rootNode = 1n;

/** A file that is known, or that is open. */
export interface Entry {
  readonly node: bigint;
  readonly size: bigint;
}

/** What a server of FUSE says when it does not do something. */
export class FuseError extends Error {
  /** Positive. */
  readonly errno: number;

  constructor(errno: number) {
    super(`FUSE: errno ${errno}`);
    this.errno = errno;
  }
}

/** The side of FUSE that is otherwise the kernel's, as far as files are found, read and written. */
export class FuseClient {
  private readonly driver: FsDriver;
  private count = 0n;

  constructor(driver: FsDriver) {
    this.driver = driver;
  }

  /** @returns the server's version of the protocol */
  async init(): Promise<{ major: number; minor: number; mostWritten: number }> {
    const answer = await this.ask(OP.INIT, 0n, numbers([protocol.major, protocol.minor, 1 << 17, 0]), 64);
    return { major: answer.readUInt32LE(0), minor: answer.readUInt32LE(4), mostWritten: answer.readUInt32LE(20) };
  }

  /** Ends it. A server may leave that unanswered: nobody is there any more. */
  async destroy(): Promise<void> {
    await this.tell(OP.DESTROY, 0n, none, "requestq");
  }

  async lookup(parent: bigint, name: string): Promise<Entry> {
    return entryOf(await this.ask(OP.LOOKUP, parent, Buffer.from(`${name}\0`), 128));
  }

  /** @returns the handle */
  async open(node: bigint): Promise<bigint> {
    return (await this.ask(OP.OPEN, node, numbers([0, 0]), 16)).readBigUInt64LE(0);
  }

  async create(parent: bigint, name: string): Promise<Entry & { handle: bigint }> {
    const readAndWrite = 2;
    const input = Buffer.concat([numbers([readAndWrite, 0o100600, 0o22, 0]), Buffer.from(`${name}\0`)]);
    const answer = await this.ask(OP.CREATE, parent, input, 144);
    return { ...entryOf(answer), handle: answer.readBigUInt64LE(128) };
  }

  read(node: bigint, handle: bigint, offset: number, length: number): Promise<Buffer> {
    const input = Buffer.concat([longs([handle, BigInt(offset)]), numbers([length, 0, 0, 0, 0, 0])]);
    return this.ask(OP.READ, node, input, length);
  }

  /** @returns how many bytes were written */
  async write(node: bigint, handle: bigint, offset: number, data: Uint8Array): Promise<number> {
    const input = Buffer.concat([longs([handle, BigInt(offset)]), numbers([data.length, 0, 0, 0, 0, 0]), data]);
    return (await this.ask(OP.WRITE, node, input, 8)).readUInt32LE(0);
  }

  async release(node: bigint, handle: bigint): Promise<void> {
    await this.ask(OP.RELEASE, node, Buffer.concat([longs([handle]), numbers([0, 0, 0, 0])]), 0);
  }

  /** The server may forget a node that was looked up so many times. It answers nothing. */
  async forget(node: bigint, lookups: number): Promise<void> {
    await this.tell(OP.FORGET, node, longs([BigInt(lookups)]), "hiprio");
  }

  async forgetAll(nodes: readonly bigint[]): Promise<void> {
    const each = nodes.flatMap((node) => [node, 1n]);
    await this.tell(OP.BATCH_FORGET, 0n, Buffer.concat([numbers([nodes.length, 0]), longs(each)]), "hiprio");
  }

  /** Sends what FUSE answers nothing to, which the driver says. */
  private async tell(opcode: number, node: bigint, input: Uint8Array, kind: "hiprio" | "requestq"): Promise<void> {
    const head = this.head(opcode, node, input.length);
    const answer = await this.driver.req({ in: head }, input, 0, { kind }).catch((error: unknown) => error);
    if (!(answer instanceof DriverError && answer.code === "not-answered")) throw new Error("it is answered");
  }

  /** @throws FuseError */
  private async ask(opcode: number, node: bigint, input: Uint8Array, room: number): Promise<Buffer> {
    const head = this.head(opcode, node, input.length);
    const { out, output } = await this.driver.req({ in: head }, input, room);
    const view = Buffer.from(out);
    if (view.readBigUInt64LE(8) !== head.readBigUInt64LE(8)) throw new Error("the answer is another's");
    const errno = -view.readInt32LE(4);
    if (errno !== 0) throw new FuseError(errno);
    if (view.readUInt32LE(0) !== out.length + output.length) throw new Error("the answer has another length");
    return Buffer.from(output);
  }

  private head(opcode: number, node: bigint, inputLength: number): Buffer {
    this.count += 2n;
    const head = Buffer.alloc(headLength);
    head.writeUInt32LE(headLength + inputLength, 0);
    head.writeUInt32LE(opcode, 4);
    head.writeBigUInt64LE(this.count, 8);
    head.writeBigUInt64LE(node, 16);
    head.writeUInt32LE(process.getuid?.() ?? 0, 24);
    head.writeUInt32LE(process.getgid?.() ?? 0, 28);
    return head;
  }
}

const none = new Uint8Array();

function entryOf(answer: Buffer): Entry {
  return { node: answer.readBigUInt64LE(0), size: answer.readBigUInt64LE(48) };
}

function numbers(values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}

function longs(values: readonly bigint[]): Buffer {
  return Buffer.from(BigUint64Array.from(values).buffer);
}
