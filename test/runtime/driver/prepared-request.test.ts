import { describe, expect, it } from "vitest";
import { DmaMemory } from "../../../src/runtime/driver/dma-memory.ts";
import type { PreparedRequest } from "../../../src/runtime/driver/prepared-request.ts";
import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { MmioDevice } from "../../../src/runtime/transport/device/mmio-device.ts";
import { MmioTransport } from "../../../src/runtime/transport/driver/mmio-transport.ts";
import { operation } from "../../../src/runtime/operation.ts";
import { createWasmMemory } from "../memory/wasm-memory.ts";
import { mmioRig } from "./mmio-rig.ts";
import { rejectionOf } from "./rejection.ts";
import { Head, operations, S, ShelfDevice, ShelfDriver, Status, T } from "./shelf.ts";
import { ScriptedMmio } from "./scripted-mmio.ts";

function fill(request: PreparedRequest, type: number, sector: number): void {
  Head.type.set(request.view, request.at, type);
  Head.sector.set(request.view, request.at, sector);
}

describe("a prepared request", () => {
  it("is filled in, submitted and read in place, again and again", async () => {
    const { driver, device } = mmioRig();
    await driver.start();
    const write = driver.prepare(operations.write, { inputLength: 4 });
    const read = driver.prepare(operations.read, { outputLength: 4 });
    const statuses: number[] = [];
    const texts: string[] = [];
    const status = (request: PreparedRequest): void => {
      statuses.push(Status.status.get(request.view, request.answerAt));
    };
    for (let round = 0; round < 50; round++) {
      fill(write, T.WRITE, round);
      write.input.set(Buffer.from(`w${String(round).padStart(3, "0")}`));
      write.submit(status);
      driver.notifyDevice("requestq", 0);
      fill(read, T.READ, round);
      read.submit((request) => {
        status(request);
        expect(request.answered).toBe(true);
        texts.push(Buffer.from(request.output.subarray(0, request.outputWritten)).toString());
      });
      driver.notifyDevice();
    }
    expect(statuses).toEqual(Array.from({ length: 100 }, () => S.OK));
    expect(texts.at(-1)).toBe("w049");
    expect(new Set(texts).size).toBe(50);
    expect(device.needsReset).toBeUndefined();
  });

  it("takes memory once, and gives it back", async () => {
    const { driver, dma } = mmioRig();
    await driver.start();
    const before = dma.free;
    const request = driver.prepare(operations.read, { outputLength: 1000 });
    const taken = dma.free;
    expect(before - taken).toBe(8 + 8 + 1000 + 1);
    for (let round = 0; round < 10; round++) {
      fill(request, T.READ, 0);
      request.submit(() => {});
      driver.notifyDevice();
    }
    expect(dma.free).toBe(taken);
    driver.release(request);
    expect(dma.free).toBe(before);
  });

  it("goes out with those that were submitted before the device is told", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    const requests = [0, 1].map(() => driver.prepare(operations.write, { inputLength: 4 }));
    for (const request of requests) request.submit(() => {});
    expect(mmio.notified).toEqual([]);
    driver.notifyDevice("noticeq");
    expect(mmio.notified).toEqual([]);
    driver.notifyDevice("requestq");
    driver.notifyDevice("requestq");
    expect(mmio.notified).toEqual([0]);
  });

  it("may be submitted from where another one is done, and waits while there is no room", async () => {
    const { driver } = mmioRig({ driver: { queueSize: 4 } });
    await driver.start();
    const requests = Array.from({ length: 9 }, () => driver.prepare(operations.read, { outputLength: 1 }));
    let done = 0;
    const again = (request: PreparedRequest): void => {
      done += 1;
      if (done < 50) request.submit(again);
    };
    for (const request of requests) request.submit(again);
    driver.notifyDevice();
    expect(done).toBe(58);
  });

  it("is under way once at a time, and then nobody's to release", async () => {
    const mmio = new ScriptedMmio();
    const driver = mmio.driver();
    await driver.start();
    const request = driver.prepare(operations.read, { outputLength: 1 });
    let error: unknown;
    request.submit((one) => {
      error = one.error;
    });
    expect(() => request.submit(() => {})).toThrow(expect.objectContaining({ code: "misuse" }));
    expect(() => driver.release(request)).toThrow(/is under way/);
    await driver.stop();
    expect(error).toMatchObject({ code: "reset" });
    expect(request.answered).toBe(false);
    expect(() => request.value).toThrow(expect.objectContaining({ code: "reset" }));
    await driver.start();
    expect(() => request.submit(() => {})).toThrow(expect.objectContaining({ code: "reset" }));
  });

  it("needs a feature that was negotiated, a queue that there is, and memory", async () => {
    const { driver, dma } = mmioRig({ offered: [] });
    expect(() => driver.prepare(operations.read)).toThrow(/start it first/);
    await driver.start();
    expect(() => driver.prepare(operations.trim)).toThrow(expect.objectContaining({ code: "not-negotiated" }));
    expect(() => driver.prepare(operations.read, { queue: 1 })).toThrow(
      expect.objectContaining({ code: "queue-missing" }),
    );
    const free = dma.free;
    expect(() => driver.prepare(operations.read, { outputLength: 1 << 21 })).toThrow(
      expect.objectContaining({ code: "out-of-memory" }),
    );
    expect(dma.free).toBe(free);
  });

  it("has no bytes but where its operation has a place for them, and at least one", async () => {
    const { driver } = mmioRig();
    await driver.start();
    const misuse = expect.objectContaining({ code: "misuse" });
    expect(() => driver.prepare(operations.read, { inputLength: 1 })).toThrow(misuse);
    expect(() => driver.prepare(operations.write, { outputLength: 1 })).toThrow(misuse);
    const none = operation(operations.read.message, { input: true });
    expect(() => driver.prepare(none)).toThrow(/at least 1 byte/);
  });

  it("may have its bytes elsewhere in memory", async () => {
    const { driver, memory, dma } = mmioRig();
    await driver.start();
    const [one, two] = [dma.alloc(3), dma.alloc(5)];
    memory.write(one.address, Buffer.from("abc"));
    memory.write(two.address, Buffer.from("defgh"));
    const write = driver.prepare(operations.write, { inputAt: [one, two] });
    fill(write, T.WRITE, 10);
    let status = -1;
    write.submit((request) => {
      status = Status.status.get(request.view, request.answerAt);
    });
    driver.notifyDevice();
    expect(status).toBe(S.OK);
    const read = driver.prepare(operations.read, { outputAt: [two, one] });
    fill(read, T.READ, 10);
    read.submit((request) => {
      expect(request.outputWritten).toBe(8);
      status += Status.status.get(request.view, request.answerAt) + 10;
    });
    driver.notifyDevice();
    expect(status).toBe(S.OK + 10);
    const bytes = new Uint8Array(5);
    memory.read(two.address, bytes);
    expect(Buffer.from(bytes).toString()).toBe("abcde");
  });

  it("is where its memory is after that has grown", async () => {
    const wasm = createWasmMemory({ initial: 8, maximum: 16 });
    const memory = new GuestMemory([
      {
        address: 0,
        get byteLength() {
          return wasm.buffer.byteLength;
        },
        buffer: () => wasm.buffer,
      },
    ]);
    const device = new ShelfDevice();
    const mmio = new MmioDevice(device, { memory, interrupt: () => {} });
    const transport = MmioTransport.probe({
      read: (offset, width) => mmio.read(offset, width),
      write: (offset, width, value) => mmio.write(offset, width, value),
    });
    const driver = new ShelfDriver(transport, {
      memory: new DmaMemory(memory, [{ address: 0x1000, length: 0x10000 }]),
      polled: true,
    });
    await driver.start();
    const request = driver.prepare(operations.write, { inputLength: 4 });
    for (let round = 0; round < 4; round++) {
      wasm.grow(1);
      fill(request, T.WRITE, round * 4);
      request.input.set(Buffer.from(`grow`));
      let answered = false;
      request.submit((one) => {
        answered = one.answered;
      });
      expect(driver.poll()).toBe(1);
      expect(answered).toBe(true);
    }
    expect(Buffer.from(device.store.subarray(0, 16)).toString()).toBe("growgrowgrowgrow");
  });
});

describe("requests that are made of a value", () => {
  it("use the same memory again", async () => {
    const { driver, dma } = mmioRig();
    await driver.start();
    await driver.read(0, 100);
    const { free } = dma;
    for (let round = 0; round < 50; round++) await driver.read(round, 60 + round);
    expect(dma.free).toBe(free);
    await driver.write(0, new Uint8Array(40));
    expect(dma.free).toBe(free - 64);
  });

  it("take memory from others that lie idle, and wait for none", async () => {
    const { driver, dma } = mmioRig();
    await driver.start();
    await driver.read(0, 50_000);
    const taken = dma.alloc(dma.free - 20_000, 1);
    expect((await driver.read(0, 40_000)).status).toBe(S.OK);
    expect(await rejectionOf(driver.read(0, 100_000))).toMatchObject({ code: "out-of-memory" });
    expect((await driver.read(0, 10)).status).toBe(S.OK);
    dma.release(taken);
    const { free } = dma;
    expect((await driver.read(0, 100_000)).status).toBe(S.OK);
    expect(dma.free).toBe(free);
  });

  it("are those of their description", async () => {
    const { driver, dma } = mmioRig();
    await driver.start();
    await driver.read(0, 4);
    const { free } = dma;
    expect(await rejectionOf(driver.read(-1, 4))).toMatchObject({ name: "CodecError", fault: "out-of-range" });
    expect(await rejectionOf(driver.trim(0, [-1]))).toMatchObject({ name: "CodecError" });
    expect(dma.free).toBe(free);
    expect((await driver.read(0, 4)).status).toBe(S.OK);
  });

  it("put what comes back where it is wanted", async () => {
    const { driver } = mmioRig();
    await driver.start();
    await driver.write(0, Buffer.from("hello"));
    const target = new Uint8Array(8);
    const { output } = await driver.read(0, target.subarray(0, 5));
    expect(output.buffer).toBe(target.buffer);
    expect(Buffer.from(target).toString()).toBe("hello\0\0\0");
  });

  it("are done in the order in which the device is", async () => {
    const { driver, device } = mmioRig();
    device.holds = true;
    await driver.start();
    const order: number[] = [];
    const all = [0, 1, 2].map((sector) => driver.read(sector, 1).then(() => order.push(sector)));
    await Promise.resolve();
    expect(device.held).toHaveLength(3);
    for (const index of [2, 0, 1]) device.held[index]?.();
    await Promise.all(all);
    expect(order).toEqual([2, 0, 1]);
  });
});
