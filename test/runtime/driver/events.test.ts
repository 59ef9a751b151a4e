import { describe, expect, it } from "vitest";
import { struct, type Codec } from "../../../src/runtime/codec/codec.ts";
import { le16 } from "../../../src/runtime/codec/fields.ts";
import type { Message } from "../../../src/runtime/message.ts";
import { operation } from "../../../src/runtime/operation.ts";
import { MmioTransport } from "../../../src/runtime/transport/driver/mmio-transport.ts";
import { mmioRig } from "./mmio-rig.ts";
import { Core, F, ShelfDriver, type Feature } from "./shelf.ts";
import { ScriptedMmio } from "./scripted-mmio.ts";

const rings: [string, Feature[]][] = [
  ["split", []],
  ["packed", [Core.RING_PACKED]],
  ["split, event index", [Core.EVENT_IDX]],
  ["packed, in order", [Core.RING_PACKED, Core.IN_ORDER]],
];

describe.each(rings)("events over a %s ring", (_name, ring) => {
  it("come with their values and bytes, as often as the device likes", async () => {
    const bits = [...ring, F.EVENTS];
    const { driver, device } = mmioRig({ offered: bits, driver: { features: bits } });
    driver.listening = 3;
    await driver.start();
    for (let place = 0; place < 20; place++) {
      expect(device.full(place)).toBe(true);
      expect(device.label(place, `label ${place}`)).toBe(true);
    }
    expect(driver.notices).toEqual(
      Array.from({ length: 20 }, (_, place) => [`full ${place}`, `label 5 ${place} label ${place}`]).flat(),
    );
    expect(driver.faults).toEqual([]);
    await driver.restart();
    device.full(99);
    expect(driver.notices.at(-1)).toBe("full 99");
  });
});

/** A driver of registers with nothing behind, which has given the device two buffers. */
async function listening(): Promise<{ mmio: ScriptedMmio; driver: ShelfDriver }> {
  const mmio = new ScriptedMmio();
  mmio.offered.add(F.EVENTS);
  const driver = mmio.driver();
  driver.listening = 2;
  await driver.start();
  return { mmio, driver };
}

describe("buffers for events", () => {
  it("are given to the device when the driver starts", async () => {
    const { mmio } = await listening();
    expect(mmio.notified).toEqual([2]);
  });

  it("come back to it also where they hold no event", async () => {
    const { mmio, driver } = await listening();
    mmio.use(0, 3, 1, 2);
    driver.interrupt();
    expect(driver.faults).toEqual([
      expect.objectContaining({ code: "wrong-answer", message: expect.stringContaining("3 bytes are no event") }),
    ]);
    mmio.use(1, 0, 2, 2);
    driver.interrupt();
    expect(driver.faults).toHaveLength(2);
    // What the buffer has since before is not looked at; what is written is.
    mmio.use(0, 4, 3, 2);
    driver.interrupt();
    expect(driver.notices).toEqual(["full 0"]);
    expect(mmio.notified).toEqual([2, 2, 2, 2]);
    expect(driver.running).toBe(true);
  });

  it("are not posted again once the driver has failed", async () => {
    const { mmio, driver } = await listening();
    mmio.use(5, 4, 1, 2);
    driver.interrupt();
    expect(driver.failure).toMatchObject({ code: "queue-broken" });
    expect(mmio.notified).toEqual([2]);
    await driver.stop();
    expect(mmio.dma.free).toBe((1 << 20) - 0x1000);
  });

  it("are no longer posted where the handler stops the driver", async () => {
    const { driver, device } = mmioRig({ offered: [F.EVENTS] });
    const stopped: Promise<void>[] = [];
    driver.listening = 1;
    driver.notices.push = (notice): number => {
      stopped.push(driver.stop());
      return notice.length;
    };
    await driver.start();
    expect(device.full(1)).toBe(true);
    await Promise.all(stopped);
    expect(stopped).toHaveLength(1);
    expect(device.full(2)).toBe(false);
    expect(driver.running).toBe(false);
  });
});

describe("an event that is alone on its queue", () => {
  interface Short {
    value: number;
  }
  const Short: Codec<Short> = struct<Short>("shelf_short", { value: le16(0).in(0, 9) });
  const alone: Message<"noticeq", undefined, unknown> = {
    kind: "event",
    name: "shelf_short",
    queues: ["noticeq"],
    readable: undefined,
    writable: Short,
  };

  class AloneDriver extends ShelfDriver {
    protected override started(): void {
      const options = { buffers: 2, outputLength: 8 };
      const heard = ({ value }: Short, output: Uint8Array): void => {
        this.notices.push(`${value} behind ${Buffer.from(output).toString()}`);
      };
      this.listen<Short>(operation(alone, { answer: Short, output: "before" }), heard, options);
    }
  }

  it("has its value behind its bytes, and both are looked at", async () => {
    const mmio = new ScriptedMmio();
    mmio.offered.add(F.EVENTS);
    const driver = new AloneDriver(MmioTransport.probe(mmio), { memory: mmio.dma, queueSize: 8 });
    await driver.start();
    // The descriptors of 16 bytes, and an available ring of 22, lie before the used ring of this queue of 8.
    const buffers = [0, 1].map((id) => mmio.view.getUint32(mmio.usedRing(2) - 152 + id * 16, true));
    const [one = 0, two = 0] = buffers;
    mmio.view.setUint32(one, 0x0007_6261, true);
    mmio.use(0, 4, 1, 2);
    driver.interrupt();
    expect(driver.notices).toEqual(["7 behind ab"]);
    mmio.use(1, 1, 2, 2);
    driver.interrupt();
    expect(driver.faults).toEqual([expect.objectContaining({ code: "not-answered" })]);
    mmio.view.setUint16(one, 10, true);
    mmio.view.setUint16(two, 10, true);
    mmio.use(0, 2, 3, 2);
    driver.interrupt();
    expect(driver.faults.map(({ code }) => code)).toEqual(["not-answered", "wrong-answer"]);
    expect(driver.running).toBe(true);
  });
});

/** Of kind 9, which says how many more buffers there are, and the text of the first. */
const head = (count: number, text: string): Uint8Array => Uint8Array.from([9, 0, count, 0, ...Buffer.from(text)]);

async function sending(): Promise<{
  driver: ShelfDriver;
  send: (bytes: Uint8Array) => void;
  restart: () => Promise<void>;
}> {
  const mmio = new ScriptedMmio();
  mmio.offered.add(F.EVENTS);
  const driver = mmio.driver();
  driver.listening = 3;
  await driver.start();
  // The descriptors lie as those above.
  const buffersNow = (): number[] => [0, 1, 2].map((id) => mmio.view.getUint32(mmio.usedRing(2) - 152 + id * 16, true));
  let buffers = buffersNow();
  let count = 0;
  const restart = async (): Promise<void> => {
    await driver.restart();
    buffers = buffersNow();
    count = 0;
  };
  const send = (bytes: Uint8Array): void => {
    const id = count % 3;
    new Uint8Array(mmio.view.buffer).set(bytes, buffers[id]);
    mmio.use(id, bytes.length, ++count, 2);
    driver.interrupt();
  };
  return { driver, send, restart };
}

describe("an event of several buffers", () => {
  it("comes when the last has come, with the bytes of all", async () => {
    const { driver, send } = await sending();
    for (const round of [1, 2]) {
      send(head(2, "one, "));
      // What would be an event is none here.
      send(Uint8Array.of(0, 0, 7, 0));
      expect(driver.notices).toHaveLength(round * 2 - 2);
      send(Buffer.from("three"));
      expect(driver.notices.at(-1)).toBe("label 9 2 one, \0\0\x07\0three");
      send(head(0, "alone"));
      expect(driver.notices.at(-1)).toBe("label 9 0 alone");
    }
    expect(driver.faults).toEqual([]);
  });

  it("cannot have more than there are, and an unfinished one ends with a reset", async () => {
    const { driver, send, restart } = await sending();
    send(head(3, "too many"));
    expect(driver.faults).toEqual([
      expect.objectContaining({
        code: "wrong-answer",
        message: expect.stringContaining("3 buffers would follow, of 3"),
      }),
    ]);
    send(head(1, "half"));
    await restart();
    send(head(0, "whole"));
    expect(driver.notices).toEqual(["label 9 0 whole"]);
  });
});
