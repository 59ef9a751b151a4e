import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { filesOf, standard } from "../../target/c/descriptions.ts";
import { createRig, randomNumbers, type Rig } from "./rig.ts";

// The other side is a C program over the generated headers. It sees what the standard's structs say is there.

const folder = mkdtempSync(join(tmpdir(), "virtgen-oracle-"));
const program = join(folder, "oracle");

beforeAll(() => {
  for (const { path, text } of filesOf(standard(), "spec")) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const source = fileURLToPath(new URL("oracle.c", import.meta.url));
  execFileSync("gcc", ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-I", folder, "-o", program, source]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lets the program do one step on the rig's memory. @returns what it has to say, by the first word of each line */
function step(rig: Rig<number>, packed: boolean, ...args: (string | number)[]): Map<string, string[]> {
  const { size, desc, driver, device } = rig.layout;
  const all = [packed ? "packed" : "split", size, desc, driver, device, ...args].map(String);
  const { status, stdout, stderr } = spawnSync(program, all, { input: rig.bytes, maxBuffer: 1 << 24 });
  if (status !== 0) throw new Error(stderr.toString());
  rig.bytes.set(stdout);
  const said = new Map<string, string[]>();
  for (const line of stderr.toString().trim().split("\n")) {
    const [word = "", ...rest] = line.split(" ");
    said.set(word, [...(said.get(word) ?? []), rest.join(" ")]);
  }
  return said;
}

function numbers(said: Map<string, string[]>, word: string): number[] {
  return (said.get(word)?.at(-1) ?? "").split(" ").map(Number);
}

const kinds = [false, true].flatMap((packed) =>
  [false, true].map((indirectDesc) => ({
    packed,
    indirectDesc,
    name: `${packed ? "packed" : "split"}${indirectDesc ? ", indirect" : ""}`,
  })),
);

describe.each(kinds)("$name", ({ packed, indirectDesc }) => {
  const features = { packed, indirectDesc, eventIdx: true };
  const size = packed ? 7 : 8;

  it("our driver is understood by a device in C", () => {
    const random = randomNumbers(11);
    const rig = createRig({ size, features, data: 8192 });
    let state = [0, 1, 0, 1];
    for (let round = 0; round < 24; round++) {
      const requests: {
        readonly at: number;
        readonly length: number;
        readonly room: number;
        readonly count: number;
      }[] = [];
      for (;;) {
        const slot = requests.length;
        const at = rig.dataAt + slot * 512;
        const [length, room] = [1 + random(50), random(60)];
        const list = new ScatterList();
        const cutAt = 1 + random(length);
        list.readable(at, cutAt);
        if (cutAt < length) list.readable(at + cutAt, length - cutAt);
        if (room > 0) list.writable(at + 256, room);
        if (slot === 6 || !rig.driver.add(list, slot)) break;
        for (let index = 0; index < length; index++) rig.bytes[at + index] = random(256);
        requests.push({ at, length, room, count: list.count });
      }
      expect(rig.driver.enableNotifications()).toBe(false);
      rig.driver.publish();
      const said = step(rig, packed, "serve", ...state, round % 2);
      // It was told to notify at the first used entry: where it began.
      expect(numbers(said, "event")).toEqual(packed ? [state[2], state[3], 2] : [state[2]]);
      state = numbers(said, "state");
      const chains = (said.get("chain") ?? []).map((line) => line.split(" ").map(Number));
      expect(chains.length).toBe(requests.length);
      const order = round % 2 === 0 ? requests : requests.toReversed();
      expect(chains.map(([, count]) => count)).toEqual(order.map(({ count }) => count));
      const got: number[][] = [];
      rig.driver.reap((slot, written) => got.push([slot, written]));
      const expected = order.map((request) => [requests.indexOf(request), Math.min(request.length, request.room)]);
      expect(got).toEqual(expected);
      for (const [slot = 0, written = 0] of got) {
        const at = rig.dataAt + slot * 512;
        for (let index = 0; index < written; index++) {
          expect(rig.bytes[at + 256 + index]).toBe(((rig.bytes[at + index] ?? 0) + 1) & 0xff);
        }
      }
    }
    expect(rig.seen.driver).toEqual([]);
  });

  it("our device understands a driver in C", () => {
    const random = randomNumbers(12);
    const rig = createRig({ size, features, data: 8192 });
    let [avail, wrap] = [0, 1];
    let [used, usedWrap] = [0, 1];
    for (let round = 0; round < 24; round++) {
      const requests: { readonly length: number; readonly room: number; readonly parts: number }[] = [];
      let entries = 0;
      const chains: string[] = [];
      while (requests.length < 4) {
        const at = rig.dataAt + requests.length * 512;
        const [length, room] = [2 + random(50), random(60)];
        const parts = [`r,${at},1`, `r,${at + 1},${length - 1}`, ...(room > 0 ? [`w,${at + 256},${room}`] : [])];
        entries += indirectDesc ? 1 : parts.length;
        if (entries > size) break;
        for (let index = 0; index < length; index++) rig.bytes[at + index] = random(256);
        requests.push({ length, room, parts: parts.length });
        chains.push(parts.join("+"));
      }
      expect(rig.device.enableNotifications()).toBe(false);
      const before = [avail, wrap];
      const offered = step(rig, packed, "offer", avail, wrap, 0, indirectDesc ? rig.tables.address : 0, ...chains);
      expect(numbers(offered, "event")).toEqual(packed ? [...before, 2] : [before[0]]);
      [avail = 0, wrap = 0] = numbers(offered, "state");
      const ids: number[] = [];
      const served = rig.device.process((chain) => {
        ids.push(chain.id);
        const bytes = new Uint8Array(chain.readableLength);
        chain.read(0, bytes);
        return chain.write(
          0,
          bytes.map((byte) => byte + 1),
        );
      });
      expect(served).toBe(requests.length);
      const taken = requests.map(({ parts }) => (indirectDesc ? 1 : parts));
      const collected = step(rig, packed, "collect", used, usedWrap, ...taken);
      [used = 0, usedWrap = 0] = numbers(collected, "state");
      const lengths = requests.map(({ length, room }) => Math.min(length, room));
      expect(collected.get("used")).toEqual(lengths.map((length, index) => `${ids[index]} ${length}`));
      for (const [slot, length] of lengths.entries()) {
        const at = rig.dataAt + slot * 512;
        for (let index = 0; index < length; index++) {
          expect(rig.bytes[at + 256 + index]).toBe(((rig.bytes[at + index] ?? 0) + 1) & 0xff);
        }
      }
    }
    expect(rig.seen.device).toEqual([]);
  });
});
