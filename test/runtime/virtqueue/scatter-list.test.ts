import { describe, expect, it } from "vitest";

import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { createRig, everyFeatureSet, type Rig } from "./rig.ts";

/** Serves what is there and says where and how long the segments were, readable ones first. */
function served(rig: Rig<number>): { readable: number[][]; writable: number[][]; token: number; written: number }[] {
  const chains: { readable: number[][]; writable: number[][] }[] = [];
  rig.device.process((chain) => {
    const all = chain.segments
      .slice(0, chain.segmentCount)
      .map(({ region, offset, length }) => [region.start + offset, length]);
    chains.push({ readable: all.slice(0, chain.readableCount), writable: all.slice(chain.readableCount) });
    return chain.writableLength;
  });
  const answers: { token: number; written: number }[] = [];
  rig.driver.reap((token, written) => answers.push({ token, written }));
  return answers.map((answer, index) => ({ ...(chains[index] ?? { readable: [], writable: [] }), ...answer }));
}

describe.each(everyFeatureSet)("a list of elements, $name:", (features) => {
  it("reaches the device as it was put together, however long, again and again", () => {
    const rig = createRig({ features });
    const list = new ScatterList();
    // Longer and shorter in turn, so that nothing of a longer one is left in a shorter one.
    for (const [round, count] of [1, 7, 2, 8, 3, 1, 5, 2].entries()) {
      list.clear();
      const at = (index: number): number => rig.dataAt + 0x100 * index;
      const readable = Math.floor(count / 2);
      for (let index = 0; index < count; index++) {
        if (index < readable) list.readable(at(index), index + 1);
        else list.writable(at(index), index + 1);
      }
      const elements = Array.from({ length: count }, (_, index) => [at(index), index + 1]);
      for (const token of [round, round + 100]) {
        expect(rig.driver.add(list, token)).toBe(true);
        rig.driver.kick();
        expect(served(rig)).toEqual([
          {
            readable: elements.slice(0, readable),
            writable: elements.slice(readable),
            token,
            written: list.writableLength,
          },
        ]);
      }
    }
    expect(rig.driver.free).toBe(rig.layout.size);
    expect(rig.seen.device).toEqual([]);
    expect(rig.seen.driver).toEqual([]);
  });

  it("drops what was begun before it", () => {
    const rig = createRig({ features });
    const list = new ScatterList().readable(rig.dataAt, 4).writable(rig.dataAt + 64, 8);
    expect(rig.driver.begin(3)).toBe(true);
    rig.driver.readable(rig.dataAt + 256, 16);
    expect(rig.driver.add(list, 7)).toBe(true);
    expect(() => rig.driver.commit(8)).toThrow(RangeError);
    rig.driver.kick();
    const once = { readable: [[rig.dataAt, 4]], writable: [[rig.dataAt + 64, 8]], token: 7, written: 8 };
    expect(served(rig)).toEqual([once]);
    expect(rig.driver.free).toBe(rig.layout.size);
  });

  it("of addresses beyond 2^32 keeps both halves", () => {
    const rig = createRig({ features });
    const list = new ScatterList().writable(0x12_8000_0010, 4);
    expect(rig.driver.add(list, 1)).toBe(true);
    const [low, high] = new Int32Array(rig.bytes.buffer, rig.layout.desc, 2);
    expect([(low ?? 0) >>> 0, high]).toEqual([0x8000_0010, 0x12]);
    rig.driver.kick();
    expect(rig.device.pop()).toBeUndefined();
    expect(rig.device.broken).toBe("address-outside-memory");
  });
});
