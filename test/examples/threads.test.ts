import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { bundleThreads } from "../suite/threads/bundle-threads.mjs";

test("examples/threads: a guest reads what it wrote to a disk on another thread", async () => {
  const { folder, dispose } = await bundleThreads({
    disk: "examples/threads/disk.ts",
    guest: "examples/threads/guest.ts",
  });
  const workerData = { memory: new SharedArrayBuffer(1 << 20), words: new SharedArrayBuffer(128) };
  const disk = new Worker(join(folder, "disk.js"), { workerData });
  const guest = new Worker(join(folder, "guest.js"), { workerData });
  try {
    expect(await once(guest, "message")).toEqual(["hello"]);
  } finally {
    await Promise.all([disk.terminate(), guest.terminate()]);
    await dispose();
  }
});
