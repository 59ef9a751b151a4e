import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { RegisterMailbox } from "../../../src/runtime/transport/register-mailbox.ts";
import { bundleThreads } from "../../suite/threads/bundle-threads.mjs";
import type { GuestAccess } from "./mailbox-worker.ts";

/** Registers that remember what happened to them; a read is answered by the value at the offset that was written last. */
function notebook() {
  const log: string[] = [];
  const values = new Map<number, number>();
  return {
    log,
    read: (offset: number, width: number) => {
      log.push(`read ${offset}:${width}`);
      return values.get(offset) ?? 0;
    },
    write: (offset: number, width: number, value: number) => {
      log.push(`write ${offset}:${width} ${value}`);
      values.set(offset, value);
    },
  };
}

/** What one of several threads writes and reads back. */
const accessesOf = (guest: number): GuestAccess[] =>
  Array.from({ length: 200 }, (_, index): GuestAccess[] => [
    { do: index % 2 === 0 ? "post" : "write", offset: guest, width: 4, value: guest * 1000 + index },
    { do: "read", offset: guest, width: 4 },
  ]).flat();

describe("a register mailbox", () => {
  let bundled: Awaited<ReturnType<typeof bundleThreads>>;
  const workers: Worker[] = [];
  const ends: (() => void)[] = [];
  beforeAll(async () => {
    bundled = await bundleThreads({ "mailbox-worker": "test/runtime/transport/mailbox-worker.ts" });
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
  });
  afterAll(() => bundled.dispose());

  function guestOf(mailbox: RegisterMailbox): (accesses: readonly GuestAccess[]) => Promise<number[]> {
    const worker = new Worker(join(bundled.folder, "mailbox-worker.js"), { workerData: mailbox.memory });
    workers.push(worker);
    return async (accesses) => {
      const answered = once(worker, "message") as Promise<[number[]]>;
      worker.postMessage(accesses);
      return (await answered)[0];
    };
  }

  it("carries reads and writes of any width and place, and numbers of 32 bits without a sign", async () => {
    const mailbox = new RegisterMailbox();
    const registers = notebook();
    ends.push(mailbox.serve(registers));
    const read = await guestOf(mailbox)([
      { do: "write", offset: 0xf000_0000, width: 4, value: 0xffff_ffff },
      { do: "write", offset: 3, width: 1, value: 7 },
      { do: "read", offset: 0xf000_0000, width: 4 },
      { do: "read", offset: 3, width: 1 },
      { do: "read", offset: 8, width: 2 },
    ]);
    expect(read).toEqual([0xffff_ffff, 7, 0]);
    expect(registers.log).toEqual([
      "write 4026531840:4 4294967295",
      "write 3:1 7",
      "read 4026531840:4",
      "read 3:1",
      "read 8:2",
    ]);
  });

  it("keeps the order of what is posted among all accesses", async () => {
    const mailbox = new RegisterMailbox();
    const registers = notebook();
    ends.push(mailbox.serve(registers));
    const guest = guestOf(mailbox);
    const accesses = Array.from({ length: 300 }, (_, value): GuestAccess[] => [
      { do: value % 3 === 0 ? "write" : "post", offset: 0, width: 4, value },
      { do: "read", offset: 0, width: 4 },
    ]).flat();
    expect(await guest(accesses)).toEqual(Array.from({ length: 300 }, (_, value) => value));
  });

  it("serves several threads of a guest at a time", async () => {
    const mailbox = new RegisterMailbox();
    const registers = notebook();
    ends.push(mailbox.serve(registers));
    const read = await Promise.all([1, 2, 3].map((guest) => guestOf(mailbox)(accessesOf(guest))));
    for (const [index, values] of read.entries())
      expect(values).toEqual(Array.from({ length: 200 }, (_, count) => (index + 1) * 1000 + count));
  });

  it("lets others on the device's thread have their turn while a guest posts without end", async () => {
    const mailbox = new RegisterMailbox();
    let turns = 0;
    let seen = 0;
    const timer = setInterval(() => (turns += 1), 0);
    ends.push(
      () => clearInterval(timer),
      mailbox.serve({
        read: () => (seen = turns),
        // So slow that the next one is always there already.
        write: () => {
          for (const end = performance.now() + 0.1; performance.now() < end;);
        },
      }),
    );
    const posts = Array.from({ length: 400 }, (): GuestAccess => ({ do: "post", offset: 0, width: 4, value: 1 }));
    await guestOf(mailbox)([...posts, { do: "read", offset: 0, width: 4 }]);
    expect(seen).toBeGreaterThan(2);
  });

  it("gives up on a device's thread that does not answer", () => {
    const mailbox = new RegisterMailbox(undefined, 20);
    mailbox.post(0, 4, 1);
    const gone = expect.objectContaining({ code: "no-access", message: expect.stringContaining("within 20 ms") });
    expect(() => mailbox.read(0, 4)).toThrow(gone);
    expect(() => new RegisterMailbox(undefined, 20).write(0, 4, 1)).toThrow(gone);
  });

  it("hands each interrupt's vector on, those at once together, until that is ended", async () => {
    const device = new RegisterMailbox();
    const guest = new RegisterMailbox(device.memory);
    const vectors: number[] = [];
    const end = guest.onInterrupt((vector) => vectors.push(vector));
    device.interrupt(31);
    device.interrupt();
    device.interrupt();
    expect(vectors).toEqual([]);
    await vi.waitFor(() => expect(vectors).toEqual([0, 31]));
    device.interrupt(5);
    await vi.waitFor(() => expect(vectors).toEqual([0, 31, 5]));
    end();
    device.interrupt(6);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(vectors).toEqual([0, 31, 5]);
    expect(() => device.interrupt(32)).toThrow(RangeError);
  });

  it("stops to serve when that is ended", async () => {
    const mailbox = new RegisterMailbox();
    const registers = notebook();
    const end = mailbox.serve(registers);
    await guestOf(mailbox)([{ do: "write", offset: 0, width: 4, value: 1 }]);
    end();
    mailbox.post(0, 4, 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(registers.log).toEqual(["write 0:4 1"]);
  });

  it("has nothing to do with what a guest writes to its words", async () => {
    const mailbox = new RegisterMailbox();
    const registers = notebook();
    ends.push(mailbox.serve(registers));
    const words = new Int32Array(mailbox.memory);
    for (const state of [-1, 7, 1, 3]) {
      words.fill(-1);
      Atomics.store(words, 0, state);
      Atomics.notify(words, 0);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(registers.log).toEqual([]);
    words.fill(0);
    expect(await guestOf(mailbox)([{ do: "read", offset: 4, width: 4 }])).toEqual([0]);
  });
});
