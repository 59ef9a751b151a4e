import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FileStore } from "../../../src/devices/node/file-store.ts";
import { ArrayBytes } from "../../../src/devices/store/sector-store.ts";
import { patterned } from "../patterned.ts";

const folder = mkdtempSync(join(tmpdir(), "virtgen-file-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([true, false])("synchronous: %s", (synchronous) => {
  const path = join(folder, `disk-${synchronous}`);

  test("what is written is in the file, pieces longer than one transfer too", async () => {
    const store = new FileStore(path, { synchronous, size: 2048 * 512 });
    expect(store.size).toBe(1_048_576);
    const data = patterned(700 * 512, 5);
    await store.write(512, new ArrayBytes(data));
    await store.flush();
    expect(
      readFileSync(path)
        .subarray(512, 512 + data.length)
        .equals(data),
    ).toBe(true);
    const target = new Uint8Array(data.length);
    await store.read(512, new ArrayBytes(target));
    expect(Buffer.compare(target, data)).toBe(0);
    await store.zero(1024, 300 * 512);
    expect(
      readFileSync(path)
        .subarray(1024, 1024 + 300 * 512)
        .every((byte) => byte === 0),
    ).toBe(true);
    expect(readFileSync(path)[1023]).toBe(data[511]);
    await store.close();
  });

  test("a file that became shorter is an error, and measured anew", async () => {
    const store = new FileStore(path, { synchronous });
    truncateSync(path, 1200);
    const read = async (): Promise<void> => store.read(512, new ArrayBytes(new Uint8Array(1024)));
    await expect(read()).rejects.toThrow("the file has become shorter");
    store.measure();
    expect(store.size).toBe(1024);
    await store.close();
  });

  test("a read-only file is not written to", async () => {
    writeFileSync(path, patterned(1024, 1));
    const store = new FileStore(path, { synchronous, readOnly: true });
    expect(store.readOnly).toBe(true);
    const write = async (): Promise<void> => store.write(0, new ArrayBytes(new Uint8Array(512)));
    await expect(write()).rejects.toThrow("EBADF");
    expect(readFileSync(path).equals(patterned(1024, 1))).toBe(true);
    await store.close();
  });
});

test("a file that is there is never cut, and one that is not there is an error", () => {
  const path = join(folder, "long");
  writeFileSync(path, new Uint8Array(4096));
  expect(new FileStore(path, { size: 512 }).size).toBe(4096);
  expect(statSync(path).size).toBe(4096);
  expect(() => new FileStore(join(folder, "none"))).toThrow("ENOENT");
});
