import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { BlkDriver, type DiscardWriteZeroes } from "../../generated/typescript/blk.ts";
import { QemuMachine, type QemuOptions } from "../../src/qtest/index.ts";
import { DriverError } from "../../src/runtime/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "virtgen-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const machines: QemuMachine[] = [];
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.close();
});

async function start(options: Partial<QemuOptions> = {}): Promise<QemuMachine> {
  const machine = await QemuMachine.start({
    bus: "pci",
    arguments: ["-blockdev", "driver=null-co,node-name=disk0,size=1048576,read-zeroes=on"],
    devices: [{ model: "virtio-blk", properties: { drive: "disk0" } }],
    ...options,
  });
  machines.push(machine);
  return machine;
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("starting", () => {
  it("says what QEMU says of a wrong command line, and leaves nothing behind", async () => {
    // Other tests start machines meanwhile: those of this one are in a place of their own.
    const place = mkdtempSync(join(folder, "place-"));
    vi.stubEnv("TMPDIR", place);
    try {
      const error = errorOf(start({ arguments: ["-blockdev", "driver=nonsense"] }));
      const [name = ""] = await vi.waitUntil(
        () => {
          const names = readdirSync(place);
          return names.length > 0 && names;
        },
        { interval: 1 },
      );
      expect(await error).toMatchObject({ code: "start-failed", message: expect.stringContaining("nonsense") });
      expect(readdirSync(place)).toEqual([]);
      expect(existsSync(join("/dev/shm", name))).toBe(false);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("says that a program is not there", async () => {
    const error = await errorOf(start({ program: "qemu-system-nowhere" }));
    expect(error).toMatchObject({ code: "start-failed", message: expect.stringContaining("qemu-system-nowhere") });
  });

  it("does not wait for a program that never answers", async () => {
    const program = join(folder, "silent");
    writeFileSync(program, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    const error = await errorOf(start({ program, timeout: 300 }));
    expect(error).toMatchObject({ code: "timed-out" });
  });

  it("refuses memory that QEMU cannot have, and more devices than there are places", async () => {
    expect(await errorOf(start({ memoryLength: 1000 }))).toMatchObject({ code: "misuse" });
    const devices = Array.from({ length: 25 }, () => ({ model: "virtio-rng" }));
    expect(await errorOf(start({ devices }))).toMatchObject({ code: "misuse" });
  });
});

describe.each(["mmio", "pci"] as const)("QEMU that has gone, on %s", (bus) => {
  const slow = {
    arguments: ["-blockdev", "driver=null-co,node-name=disk0,size=1048576,latency-ns=60000000000"],
    // With a geometry QEMU does not look for one on the disk, which would take as long.
    devices: [{ model: "virtio-blk", properties: { drive: "disk0", cyls: 16, heads: 2, secs: 63 } }],
  };

  it("rejects what is under way, and every later call, with a DriverError", async () => {
    const machine = await start({ bus, ...slow });
    const driver = await machine.device().drive(BlkDriver).start();
    const failed = vi.fn<() => void>();
    driver.onFailure(failed);
    const request = errorOf(driver.in({ sector: 0n }, 512));
    await new Promise((resolve) => setTimeout(resolve, 20));
    machine.kill();
    const error = await request;
    expect(error).toBeInstanceOf(DriverError);
    expect(error).toMatchObject({ code: "no-access", message: expect.stringContaining("QEMU has ended") });
    expect(failed).toHaveBeenCalledOnce();
    expect(machine.failure).toMatchObject({ code: "died" });
    expect(await errorOf(driver.in({ sector: 0n }, 512))).toMatchObject({ code: "no-access" });
    expect(await errorOf(driver.stop())).toMatchObject({ code: "no-access" });
    expect(await errorOf(driver.start())).toMatchObject({ code: "no-access" });
    expect(await errorOf(machine.qmp.execute("query-status"))).toMatchObject({ code: "died" });
  });

  it("is noticed by the access that finds it so", async () => {
    const machine = await start({ bus });
    const driver = await machine.device().drive(BlkDriver).start();
    machine.kill();
    // Nothing else has run in between.
    expect(() => driver.readConfig()).toThrow(expect.objectContaining({ code: "no-access" }));
  });

  it("is not waited for longer than told where it hangs", async () => {
    const machine = await start({ bus, timeout: 300 });
    const driver = await machine.device().drive(BlkDriver).start();
    const pid = machine.pid ?? 0;
    process.kill(pid, "SIGSTOP");
    const silent = expect.objectContaining({ code: "no-access", message: expect.stringContaining("300 ms") });
    expect(() => driver.readConfig()).toThrow(silent);
    process.kill(pid, "SIGCONT");
    // What it answers late is not taken for another answer.
    expect(() => driver.readConfig()).toThrow(silent);
    expect(await errorOf(driver.in({ sector: 0n }, 512))).toMatchObject({ code: "no-access" });
  });
});

describe("files and processes", () => {
  it("go with the process that started the machine, though it is killed", async () => {
    const program = `
      import { QemuMachine } from "virtgen/qtest";
      const machine = await QemuMachine.start({ bus: "mmio", devices: [] });
      console.log(JSON.stringify({ pid: machine.pid, line: machine.commandLine }));
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { cwd: root });
    const [said] = (await once(child.stdout, "data")) as [Buffer];
    const { pid, line } = JSON.parse(said.toString()) as { pid: number; line: string };
    const path = /mem-path=([^,]+)/.exec(line)?.[1] ?? "";
    const firmware = /-bios (\S+)/.exec(line)?.[1] ?? "";
    expect([path, firmware].map((one) => existsSync(one))).toEqual([true, true]);
    child.kill("SIGKILL");
    await vi.waitFor(
      () => {
        expect(existsSync(`/proc/${pid}`)).toBe(false);
        expect([path, firmware].map((one) => existsSync(one))).toEqual([false, false]);
      },
      { timeout: 5000 },
    );
  });

  it("are gone when a machine is closed", async () => {
    const machine = await start();
    const path = /mem-path=([^,]+)/.exec(machine.commandLine)?.[1] ?? "";
    expect(existsSync(path)).toBe(true);
    await machine.close();
    expect(existsSync(path)).toBe(false);
    expect(() => machine.device().drive(BlkDriver)).toThrow("the machine is closed");
  });
});

function segments(count: number): DiscardWriteZeroes[] {
  return Array.from({ length: count }, (_, index) => ({
    sector: BigInt(index * 16 + 1),
    num_sectors: 8,
    flags: { unmap: 0 },
  }));
}

describe("the trace of a driver", () => {
  it.each(["mmio", "pci"] as const)(
    "tells its last 50 accesses in the words of the description, on %s",
    async (bus) => {
      const machine = await start({ bus, trace: true });
      const driver = await machine.device().drive(BlkDriver).start();
      const { trace } = machine.device();
      expect(trace.length).toBeLessThanOrEqual(50);
      const text = machine.report();
      expect(text).toContain(machine.commandLine);
      expect(text).toContain("ACKNOWLEDGE | DRIVER | DRIVER_OK | FEATURES_OK");
      driver.readConfig();
      expect(machine.device().trace.join("\n")).toMatch(
        /read {2}config capacity -> 0x800\n {2}read {2}config capacity\+4 -> 0x0/,
      );
      expect(machine.device().trace).toHaveLength(50);
    },
  );

  it("has requests, and what came of them", async () => {
    const machine = await start({ bus: "pci", trace: true });
    const driver = await machine.device().drive(BlkDriver).start();
    await driver.in({ sector: 8n }, 4096);
    expect(machine.device().trace.slice(-3)).toEqual([
      "  send  requestq[0] in { type: IN, sector: 8 }",
      "  write queue_index <- 0x0",
      "  used  requestq[0] in, 4097 bytes { status: OK }",
    ]);
  });

  it("has requests of any length: their members as far as these have fixed places, then some bytes", async () => {
    const machine = await start({ bus: "pci", trace: true });
    const driver = await machine.device().drive(BlkDriver).start();
    const sent = (): string | undefined => machine.device().trace.findLast((line) => line.startsWith("  send"));
    await driver.discard({ sector: 0n, segments: segments(1) });
    expect(sent()).toBe(
      '  send  requestq[0] discard { type: DISCARD, sector: 0, segments: [{"sector":1,"num_sectors":8,"flags":{"unmap":0}}] }',
    );
    await driver.discard({ sector: 0n, segments: segments(40) });
    expect(sent()).toBe(
      "  send  requestq[0] discard { type: DISCARD, sector: 0, " +
        "01 00 00 00 00 00 00 00 08 00 00 00 00 00 00 00 … of 640 bytes }",
    );
  });

  it("has the names of features", async () => {
    const machine = await start({ bus: "mmio", trace: true });
    const driver = machine.device().drive(BlkDriver);
    driver.transport.acceptWord(0, (1 << 9) | (1 << 28));
    expect(machine.device().trace.at(-1)).toBe("  write DriverFeatures[0] <- 0x10000200  FLUSH | INDIRECT_DESC");
  });
});
