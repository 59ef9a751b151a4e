import { describe, expect, it } from "vitest";

import { passedDescriptor, passedIndex } from "../../../src/runtime/virtqueue/event-window.ts";
import { notificationData, notificationValue } from "../../../src/runtime/virtqueue/notification.ts";
import type { QueueFeatures } from "../../../src/runtime/virtqueue/queue-setup.ts";
import { ScatterList } from "../../../src/runtime/virtqueue/scatter-list.ts";
import { createRig, type Rig } from "./rig.ts";

function add(rig: Rig<number>, count: number): void {
  for (let done = 0; done < count; done++) {
    expect(rig.driver.add(new ScatterList().readable(rig.dataAt, 4), done)).toBe(true);
  }
}

/** Makes `count` buffers available, and serves and reaps them. */
function turn(rig: Rig<number>, count: number): void {
  add(rig, count);
  rig.driver.kick();
  expect(rig.device.process(() => 0)).toBe(count);
  expect(rig.driver.reap(() => {})).toBe(count);
}

const formats: { name: string; features: QueueFeatures }[] = [
  { name: "split", features: { packed: false } },
  { name: "packed", features: { packed: true } },
];

describe.each(formats)("$name, by flags", ({ features }) => {
  it("each batch notifies, both ways, until it is switched off", () => {
    const rig = createRig({ features });
    turn(rig, 1);
    turn(rig, 3);
    expect(rig.seen.notified).toEqual([3, 3]);
    expect(rig.seen.interrupts).toBe(2);
    rig.device.disableNotifications();
    rig.driver.disableNotifications();
    turn(rig, 2);
    expect(rig.seen.notified.length).toBe(2);
    expect(rig.seen.interrupts).toBe(2);
    expect(rig.device.enableNotifications()).toBe(false);
    expect(rig.driver.enableNotifications()).toBe(false);
    turn(rig, 2);
    expect(rig.seen.notified.length).toBe(3);
    expect(rig.seen.interrupts).toBe(3);
  });

  it("nothing new notifies of nothing", () => {
    const rig = createRig({ features });
    expect(rig.driver.kick()).toBe(false);
    rig.device.publish();
    expect(rig.seen.notified).toEqual([]);
    expect(rig.seen.interrupts).toBe(0);
  });
});

describe.each(formats)("$name, by event index", ({ features }) => {
  it("one notification for each time it is asked for, whatever the batches are", () => {
    const rig = createRig({ size: 8, features: { ...features, eventIdx: true } });
    let asked = 0;
    for (let round = 0; round < 70; round++) {
      expect(rig.device.enableNotifications()).toBe(false);
      expect(rig.driver.enableNotifications()).toBe(false);
      asked += 1;
      // Also a batch as long as the ring, and so that the ring's end lies at every place of a batch.
      turn(rig, 1 + (round % 8));
      turn(rig, 1 + (round % 5));
      if (features.packed !== true) {
        expect(rig.seen.notified.length).toBe(asked);
        expect(rig.seen.interrupts).toBe(asked);
      }
    }
    expect(rig.seen.notified.length).toBeGreaterThanOrEqual(asked);
    expect(rig.seen.interrupts).toBeGreaterThanOrEqual(asked);
  });

  it("asking says when something is there already", () => {
    const rig = createRig({ features: { ...features, eventIdx: true } });
    expect(rig.device.enableNotifications()).toBe(false);
    add(rig, 1);
    rig.driver.kick();
    expect(rig.device.enableNotifications()).toBe(true);
    rig.device.process(() => 0);
    expect(rig.driver.enableNotifications()).toBe(true);
    rig.driver.reap(() => {});
    expect(rig.driver.enableNotifications()).toBe(false);
  });
});

describe("NOTIFICATION_DATA", () => {
  it("split: the queue and the available index", () => {
    const rig = createRig({ size: 4, features: { notificationData: true } });
    turn(rig, 1);
    for (let round = 0; round < 0x8000 / 4; round++) turn(rig, 4);
    expect(rig.seen.notified[0]).toBe(0x0001_0003);
    expect(rig.seen.notified.at(-1)).toBe(0x8001_0003);
    expect(notificationData(rig.driver.notification)).toEqual({ queue: 3, nextOff: 1, nextWrap: 1 });
  });

  it("packed: the queue, the next descriptor and its wrap counter", () => {
    const rig = createRig({ size: 3, features: { packed: true, notificationData: true } });
    expect(notificationData(rig.driver.notification)).toEqual({ queue: 3, nextOff: 0, nextWrap: 1 });
    turn(rig, 2);
    turn(rig, 2);
    expect(rig.seen.notified.map(notificationData)).toEqual([
      { queue: 3, nextOff: 2, nextWrap: 1 },
      { queue: 3, nextOff: 1, nextWrap: 0 },
    ]);
  });

  it("is taken apart as it was put together", () => {
    for (const queue of [0, 1, 0xffff]) {
      for (const nextOff of [0, 1, 0x7fff]) {
        for (const nextWrap of [0, 1]) {
          const value = notificationValue(queue, nextOff, nextWrap);
          expect(value).toBe(queue + nextOff * 0x1_0000 + nextWrap * 0x8000_0000);
          expect(notificationData(value)).toEqual({ queue, nextOff, nextWrap });
        }
      }
    }
  });
});

describe("NOTIFY_ON_EMPTY", () => {
  it("interrupts when nothing is left, also if suppressed", () => {
    const rig = createRig({ features: { legacy: true, notifyOnEmpty: true } });
    rig.driver.disableNotifications();
    add(rig, 2);
    rig.driver.kick();
    const chain = rig.device.pop();
    if (chain !== undefined) rig.device.push(chain, 0);
    rig.device.publish();
    expect(rig.seen.interrupts).toBe(0);
    rig.device.process(() => 0);
    expect(rig.seen.interrupts).toBe(1);
  });
});

describe("whether an event was passed", () => {
  it("split: as the standard's own function says", () => {
    for (const before of [0, 1, 0x7fff, 0xffff]) {
      for (let step = 0; step < 4; step++) {
        for (let event = -3; event < 6; event++) {
          const next = (before + step) & 0xffff;
          expect(passedIndex((before + event) & 0xffff, next, before)).toBe(event >= 0 && event < step);
        }
      }
    }
  });

  it("packed: counted out descriptor by descriptor", () => {
    const size = 5;
    for (let start = 0; start < 2 * size; start++) {
      for (let entries = 1; entries <= size; entries++) {
        const end = start + entries;
        // Wrap counters begin with 1 and change at the end of each round.
        const wrap = (place: number): number => (Math.floor(place / size) % 2 === 0 ? 1 : 0);
        const named = new Set<number>();
        for (let place = start; place < end; place++) named.add((place % size) | (wrap(place) << 15));
        for (const eventWrap of [0, 1]) {
          for (let offset = 0; offset < size; offset++) {
            const event = offset | (eventWrap << 15);
            const passed = passedDescriptor(event, end % size, wrap(end) === 1, entries, size);
            expect(passed, `${start} ${entries} ${event}`).toBe(named.has(event));
          }
        }
      }
    }
  });
});
