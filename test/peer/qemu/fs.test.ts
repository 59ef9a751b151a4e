import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { F as core } from "../../../generated/typescript/config.ts";
import * as fs from "../../../generated/typescript/fs.ts";
import { backEnd } from "../../../scripts/back-ends.mjs";
import { pattern } from "../../suite/computer.ts";
import { FuseClient, rootNode } from "./fuse-client.ts";
import { answeredOver } from "./lost-notification.ts";
import { acrossQemu, type RingBench } from "./machine.ts";

const { program } = await backEnd("virtiofsd");
const content = pattern(500_000, 3);
/** virtiofsd has no more. */
const queueCount = 1;
const ENOENT = 2;
const EBADF = 9;

async function mounted(bench: RingBench<fs.FsDriver>): Promise<FuseClient> {
  const client = new FuseClient(bench.driver);
  const { major, minor, mostWritten } = await answeredOver(bench, client.init());
  expect(major).toBe(7);
  expect(minor).toBeGreaterThanOrEqual(31);
  expect(mostWritten).toBeGreaterThanOrEqual(1 << 17);
  return client;
}

acrossQemu(
  {
    description: fs.device,
    Driver: fs.FsDriver,
    modernOnly: true,
    // QEMU has no notification queue, and counts without it, as Linux does.
    driverOptions: { queueNumbering: "linux" },
    ringBits: [core.EVENT_IDX, core.INDIRECT_DESC],
    setUp: (_place, folder) => {
      const shared = join(folder, "share");
      const socket = join(folder, "fs.sock");
      mkdirSync(join(shared, "inner"), { recursive: true });
      writeFileSync(join(shared, "inner", "file"), content);
      const words = ["--shared-dir", shared, "--socket-path", socket, "--sandbox", "none", "--log-level", "error"];
      return {
        beside: [{ program, arguments: words, socket, log: join(folder, "virtiofsd.log") }],
        arguments: ["-chardev", `socket,id=fs,path=${socket}`],
        devices: [
          { model: "vhost-user-fs", properties: { "chardev": "fs", "tag": "host", "num-request-queues": queueCount } },
        ],
      };
    },
  },
  (subject) => {
    subject.eachRing("finds a file and reads it, many pieces at a time", async (bench) => {
      const client = await mounted(bench);
      const { driver } = bench;
      expect(driver.queuePlaces.map(({ name, index, number }) => [name, index, number])).toEqual([
        ["hiprio", 0, 0],
        ["requestq", 0, 1],
      ]);
      const folder = await client.lookup(rootNode, "inner");
      const { node, size } = await client.lookup(folder.node, "file");
      expect(size).toBe(BigInt(content.length));
      const handle = await client.open(node);
      const length = 25_000;
      const pieces = Array.from({ length: content.length / length }, (_, index) => index * length);
      const read = await Promise.all(pieces.map((at) => client.read(node, handle, at, length)));
      expect(Buffer.compare(Buffer.concat(read), content)).toBe(0);
      // Across the end, and beyond it.
      expect(await client.read(node, handle, content.length - 7, 100)).toHaveLength(7);
      expect(await client.read(node, handle, content.length, 100)).toHaveLength(0);
      await client.release(node, handle);
      await expect(client.read(node, handle, 0, 100)).rejects.toMatchObject({ errno: EBADF });
      await client.forgetAll([node, folder.node]);
      await client.destroy();
    });

    subject.eachRing("makes a file and writes it; there is nothing where there is none", async (bench) => {
      const client = await mounted(bench);
      const name = `new, ${bench.ring.name}`;
      await expect(client.lookup(rootNode, name)).rejects.toMatchObject({ errno: ENOENT });
      const { node, handle } = await client.create(rootNode, name);
      const data = pattern(120_000, bench.ring.bits.length);
      const pieces = Array.from({ length: 6 }, (_, index) => index * 20_000);
      const written = await Promise.all(
        pieces.map((at) => client.write(node, handle, at, data.subarray(at, at + 20_000))),
      );
      expect(new Set(written)).toEqual(new Set([20_000]));
      await client.release(node, handle);
      await client.forget(node, 1);
      expect(Buffer.compare(readFileSync(join(bench.folder, "share", name)), data)).toBe(0);
      await client.destroy();
    });

    subject.once("says what it is called, and how many queues it has", async ({ drive }) => {
      const driver = await drive().start();
      const tag = Buffer.alloc(36);
      tag.write("host");
      expect(driver.readConfig()).toEqual({ tag: Uint8Array.from(tag), num_request_queues: queueCount });
    });
  },
);
