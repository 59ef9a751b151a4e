import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import * as p9 from "../../../examples/qtest/generated/p9.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu, type Bench } from "./machine.ts";

/** Of 9P2000.L: the types of messages; an answer has the next number. */
const T = { lopen: 12, lcreate: 14, version: 100, attach: 104, walk: 110, read: 116, write: 118, clunk: 120 } as const;
const failed = 7;
const headLength = 7;
/** Bytes of a message at most: what both sides agree upon. */
const longest = 1 << 16;
const ENOENT = 2;
const noFid = 0xffff_ffff;
const root = 0;

const u16 = (value: number): number[] => [value & 0xff, value >> 8];
const u32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const u64 = (value: number): number[] => [...u32(value), ...u32(Math.floor(value / 2 ** 32))];
const text = (value: string): number[] => [...u16(value.length), ...Buffer.from(value)];

/** A client of 9P, as far as files are read and written: each method is one message. */
class Client {
  private readonly driver: p9.P9Driver;
  private tags = 0;

  constructor(driver: p9.P9Driver) {
    this.driver = driver;
  }

  /** Agrees on the protocol, and takes hold of the folder. */
  async mount(): Promise<void> {
    expect(await this.ask(T.version, [...u32(longest), ...text("9P2000.L")])).toEqual(
      Buffer.from([...u32(longest), ...text("9P2000.L")]),
    );
    const folder = await this.ask(T.attach, [...u32(root), ...u32(noFid), ...text("root"), ...text(""), ...u32(0)]);
    // It has the qid of a directory.
    expect([folder.length, folder[0]]).toEqual([13, 0x80]);
  }

  async walk(fid: number, ...names: readonly string[]): Promise<void> {
    const answer = await this.ask(T.walk, [...u32(root), ...u32(fid), ...u16(names.length), ...names.flatMap(text)]);
    expect(answer.readUInt16LE()).toBe(names.length);
  }

  async open(fid: number): Promise<void> {
    await this.ask(T.lopen, [...u32(fid), ...u32(0)]);
  }

  async create(fid: number, name: string): Promise<void> {
    const readAndWrite = 2;
    await this.ask(T.lcreate, [...u32(fid), ...text(name), ...u32(readAndWrite), ...u32(0o600), ...u32(0)]);
  }

  async read(fid: number, offset: number, length: number): Promise<Buffer> {
    const answer = await this.ask(T.read, [...u32(fid), ...u64(offset), ...u32(length)]);
    expect(answer.readUInt32LE()).toBe(answer.length - 4);
    return answer.subarray(4);
  }

  async write(fid: number, offset: number, data: Uint8Array): Promise<void> {
    const answer = await this.ask(T.write, [...u32(fid), ...u64(offset), ...u32(data.length)], data);
    expect(answer.readUInt32LE()).toBe(data.length);
  }

  async clunk(fid: number): Promise<void> {
    await this.ask(T.clunk, u32(fid));
  }

  /**
   * On the legacy interface nobody may believe how much a device says that it has written: only the message counts.
   * @throws what the device answers, if it does not do it
   */
  private async ask(type: number, head: readonly number[], data: Uint8Array = new Uint8Array()): Promise<Buffer> {
    const body = Buffer.concat([Uint8Array.from(head), data]);
    this.tags = (this.tags + 1) & 0x7fff;
    const tag = this.tags;
    const size = headLength + body.length;
    const { output, ...answer } = await this.driver.call({ size, type, tag }, body, longest - headLength);
    expect(answer.tag).toBe(tag);
    if (this.driver.transport.legacy === undefined) expect(answer.size).toBe(headLength + output.length);
    const said = Buffer.from(output).subarray(0, answer.size - headLength);
    if (answer.type === failed) throw Object.assign(new Error("9P"), { errno: said.readUInt32LE() });
    expect(answer.type).toBe(type + 1);
    return said;
  }
}

const content = pattern(300_000, 6);

async function mounted({ driver }: { readonly driver: p9.P9Driver }): Promise<Client> {
  const client = new Client(driver);
  await client.mount();
  return client;
}

function share(folder: string): string {
  return join(folder, "share");
}

/** Files in a folder that the device shows. */
function prepare({ folder }: Pick<Bench<p9.P9Driver>, "folder">): void {
  mkdirSync(join(share(folder), "inner"), { recursive: true });
  writeFileSync(join(share(folder), "inner", "file"), content);
}

acrossQemu(
  {
    description: p9.device,
    Driver: p9.P9Driver,
    setUp: (_place, folder) => {
      prepare({ folder });
      return {
        arguments: ["-fsdev", `local,id=files,path=${share(folder)},security_model=none`],
        devices: [{ model: "virtio-9p", properties: { fsdev: "files", mount_tag: "host" } }],
      };
    },
  },
  (subject) => {
    subject.eachRing("walks to a file and reads it, many pieces at a time", async (bench) => {
      const client = await mounted(bench);
      await client.walk(1, "inner", "file");
      await client.open(1);
      const length = 10_000;
      const pieces = Array.from({ length: 30 }, (_, index) => index * length);
      const read = await Promise.all(pieces.map((at) => client.read(1, at, length)));
      expect(Buffer.compare(Buffer.concat(read), content)).toBe(0);
      // Beyond the end, and across it.
      expect(await client.read(1, content.length, 100)).toHaveLength(0);
      expect(await client.read(1, content.length - 7, 100)).toHaveLength(7);
      await client.clunk(1);
    });

    subject.eachRing("makes a file and writes it; there is nothing where there is none", async (bench) => {
      const client = await mounted(bench);
      await expect(client.walk(1, "absent")).rejects.toMatchObject({ errno: ENOENT });
      const name = `new, ${bench.ring.name}`;
      const data = pattern(60_000, bench.ring.bits.length);
      await client.walk(2, "inner");
      await client.create(2, name);
      await Promise.all([0, 20_000, 40_000].map((at) => client.write(2, at, data.subarray(at, at + 20_000))));
      await client.clunk(2);
      expect(Buffer.compare(readFileSync(join(share(bench.folder), "inner", name)), data)).toBe(0);
    });

    subject.everywhere("says what it is called", async ({ drive }) => {
      const driver = await drive().start();
      expect(driver.readConfig()).toEqual({ tag_len: 4, tag: Uint8Array.from(Buffer.from("host")) });
    });
  },
);
