import { describe, expect, it } from "vitest";

import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { createRig } from "./rig.ts";

describe("a million requests", () => {
  it.each([
    ["split", { packed: false, eventIdx: true }, 128],
    ["split, in order", { packed: false, inOrder: true }, 128],
    ["packed", { packed: true, eventIdx: true }, 100],
    ["packed, in order", { packed: true, inOrder: true }, 100],
  ] as const)("go through a %s queue, and every index wraps", (_, features, size) => {
    const rig = createRig({ size, features });
    const list = new ScatterList();
    const words = new Int32Array(rig.bytes.buffer);
    const at = Math.ceil(rig.dataAt / 64) * 64;
    let added = 0;
    let answered = 0;
    for (let round = 0; added < 1_000_000; round++) {
      const batch = 1 + (round % (size / 2));
      for (let count = 0; count < batch; count++, added++) {
        words[(at >> 2) + (count << 2)] = added;
        list
          .clear()
          .readable(at + count * 16, 4)
          .writable(at + count * 16 + 8, 4);
        if (!rig.driver.add(list, added)) throw new Error(`no room for ${added}`);
      }
      rig.driver.kick();
      rig.device.process((chain) => {
        const input = chain.segment(0);
        const output = chain.segment(1);
        output.view.setInt32(output.offset, input.view.getInt32(input.offset, true) + 1, true);
        return 4;
      });
      let slot = 0;
      rig.driver.reap((token, written) => {
        if (token !== answered || written !== 4) throw new Error(`${token} comes where ${answered} should`);
        if (words[(at >> 2) + (slot << 2) + 2] !== token + 1) throw new Error(`wrong data for ${token}`);
        slot += 1;
        answered += 1;
      });
      if (answered !== added) throw new Error(`${added - answered} are left behind`);
    }
    expect(rig.driver.free).toBe(size);
    expect([...rig.seen.device, ...rig.seen.driver]).toEqual([]);
  });
});
