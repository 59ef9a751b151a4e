import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { largeBudget } from "../../src/cli/code-cache.ts";
import { readRecord, recordPath, writeRecord } from "../../src/cli/record-file.ts";
import { root } from "./run-virtgen.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "virtgen-records-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("a record", () => {
  const source = Buffer.from("source");
  const derived = Buffer.from("derived");

  function written(): string {
    const path = recordPath(folder, "one");
    writeRecord(path, source, derived);
    return path;
  }

  it("gives back what was derived", () => {
    expect(readRecord(written(), source)?.toString()).toBe("derived");
  });

  it("is for its source only, even where the length is the same", () => {
    const path = written();
    expect(readRecord(path, Buffer.from("Source"))).toBeUndefined();
    expect(readRecord(path, Buffer.from("source "))).toBeUndefined();
  });

  it("is nothing where it is missing", () => {
    expect(readRecord(join(folder, "none"), source)).toBeUndefined();
  });

  it("is nothing with any bit changed", () => {
    const path = written();
    const whole = readFileSync(path);
    for (let byte = 0; byte < whole.length; byte++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(whole);
        damaged[byte] = (damaged[byte] ?? 0) ^ (1 << bit);
        writeFileSync(path, damaged);
        expect(readRecord(path, source), `byte ${byte}, bit ${bit}`).toBeUndefined();
      }
    }
  });

  it("is nothing when cut off anywhere, or longer", () => {
    const path = written();
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect(readRecord(path, source), `${length} bytes`).toBeUndefined();
    }
    writeFileSync(path, Buffer.concat([whole, whole]));
    expect(readRecord(path, source)).toBeUndefined();
  });

  it("lies elsewhere for another V8", () => {
    expect(recordPath(folder, "one")).toContain(process.versions.v8);
  });
});

/** Builds with the copy of virtgen in the folder. */
function run(): { readonly stdout: string; readonly stderr: string; readonly status: number | null } {
  rmSync(join(folder, "out"), { recursive: true, force: true });
  const args = [join(folder, "dist/bin/virtgen.js"), "build", "--target", "typescript", "--out", join(folder, "out")];
  const env = { ...process.env, VIRTGEN_NO_CACHE: "1" };
  const { stdout, stderr, status } = spawnSync(process.execPath, [...args, join(root, "specs/device/entropy.virtio")], {
    encoding: "utf8",
    env,
  });
  return { stdout: stdout.replace(/[\d.]+ s$/m, ""), stderr, status };
}

describe("the records of virtgen's own code", () => {
  let records: string;
  let whole: ReadonlyMap<string, Buffer>;

  beforeAll(() => {
    for (const name of ["specs", "templates", "node_modules", "package.json"])
      symlinkSync(join(root, name), join(folder, name));
    mkdirSync(join(folder, "dist"));
    cpSync(join(root, "dist/bin"), join(folder, "dist/bin"), { recursive: true });
    records = join(folder, "dist/bin/code");
    whole = new Map(readdirSync(records).map((name) => [name, readFileSync(join(records, name))]));
  });

  it("are all taken by V8, with its flags as the command sets them", () => {
    const judge = `
      const { wrap } = require("node:module"), { Script } = require("node:vm"), { readFileSync } = require("node:fs");
      require("node:v8").setFlagsFromString("--interrupt-budget=${largeBudget}");
      for (const file of process.argv.slice(1)) {
        const record = readFileSync(file);
        const start = 8 + record.readUInt32LE(0);
        const cachedData = record.subarray(start, start + record.readUInt32LE(4));
        const { cachedDataRejected } = new Script(wrap(record.toString("utf8", 8, start)), { cachedData });
        if (cachedDataRejected !== false) console.log(file);
      }`;
    const files = [...whole.keys()].map((name) => join(records, name));
    expect(files.some((file) => file.includes("babel.js"))).toBe(true);
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", judge, ...files], { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
  });

  it("make no difference to what a run does", () => {
    expect(whole.size).toBeGreaterThan(5);
    const expected = run();
    expect(expected.stderr).toBe("");
    expect(expected.status).toBe(0);
    const damages: Readonly<Record<string, (record: Buffer) => Buffer>> = {
      "cut off": (record) => record.subarray(0, record.length / 2),
      "empty": () => Buffer.alloc(0),
      "a byte changed": (record) => {
        const damaged = Buffer.from(record);
        const at = damaged.length - 1000;
        damaged[at] = (damaged[at] ?? 0) ^ 0xff;
        return damaged;
      },
    };
    for (const [name, damage] of Object.entries(damages)) {
      for (const [file, record] of whole) writeFileSync(join(records, file), damage(record));
      expect({ name, ...run() }).toEqual({ name, ...expected });
    }
    rmSync(records, { recursive: true });
    expect(run()).toEqual(expected);
  });
});
