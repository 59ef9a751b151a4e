import { expect, test } from "vitest";
import { PortInput } from "../../../src/devices/console/port-input.ts";
import { PortOutput } from "../../../src/devices/console/port-output.ts";

test("a writer waits until the guest has taken everything", async () => {
  let room = 3;
  const seen: number[] = [];
  const input = new PortInput((bytes) => {
    const count = Math.min(room, bytes.length);
    seen.push(...bytes.subarray(0, count));
    room -= count;
    return count;
  });
  const writer = input.stream.getWriter();
  let written = false;
  const writing = (async () => {
    await writer.write(Uint8Array.of(1, 2, 3, 4, 5));
    written = true;
  })();
  await new Promise((resolve) => setImmediate(resolve));
  expect([seen, written]).toEqual([[1, 2, 3], false]);
  room = 1;
  input.resume();
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toBe(false);
  room = 9;
  input.resume();
  await writing;
  expect(seen).toEqual([1, 2, 3, 4, 5]);
});

test("the writer to a port that is gone is told", async () => {
  const input = new PortInput(() => 0);
  const writer = input.stream.getWriter();
  const writing = writer.write(Uint8Array.of(1));
  const closed = writer.closed;
  await new Promise((resolve) => setImmediate(resolve));
  input.end(new Error("the port is gone"));
  await expect(closed).rejects.toThrow("the port is gone");
  await writing;
  await expect(writer.write(Uint8Array.of(2))).rejects.toThrow("the port is gone");
});

test("the guest waits for a reader that is slow", async () => {
  const output = new PortOutput();
  expect(output.put(new Uint8Array(65_535))).toBeUndefined();
  const waiting = output.put(Uint8Array.of(1, 2));
  expect(waiting).toBeInstanceOf(Promise);
  const reader = output.stream.getReader();
  expect((await reader.read()).value?.length).toBe(65_535);
  await waiting;
  output.end();
  expect((await reader.read()).value).toEqual(Uint8Array.of(1, 2));
  expect((await reader.read()).done).toBe(true);
});

test("a reader that goes away holds nobody up", async () => {
  const output = new PortOutput();
  const waiting = output.put(new Uint8Array(65_536));
  await output.stream.cancel();
  await waiting;
  expect(output.put(new Uint8Array(65_536))).toBeUndefined();
  output.end();
});
