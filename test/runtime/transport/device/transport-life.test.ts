import { describe, expect, test } from "vitest";

import { STATUS } from "../../../../src/runtime/described/config.ts";
import { FeatureSet } from "../../../../src/runtime/features.ts";
import { Core, config, F, type Feature } from "./adder-device.ts";
import { EVENT } from "./linux-driver.ts";
import { everything, fullConfig, kinds, withEverything } from "./machines.ts";

// What is the same on every transport, over both interfaces and in either byte order.

const modernOffers: { offer: string; features: readonly Feature[] }[] = [
  { offer: "nothing", features: [] },
  { offer: "everything, split", features: everything.filter((bit) => bit !== Core.RING_PACKED && bit !== F.OLD) },
  { offer: "everything, packed", features: everything.filter((bit) => bit !== F.OLD) },
];
const legacyOffers: typeof modernOffers = [
  { offer: "nothing", features: [] },
  { offer: "everything", features: [F.TICKS, F.OLD, Core.INDIRECT_DESC, Core.EVENT_IDX] },
];
const cases = kinds.flatMap((kind) => (kind.legacy ? legacyOffers : modernOffers).map((offer) => ({ kind, ...offer })));

describe.each(cases)("$kind.name, $offer", ({ kind, features }) => {
  const withholds = kind.name === "mmio" ? [Core.NOTIF_CONFIG_DATA] : [];
  const wanted = kind.legacy
    ? features
    : [...features.filter((f) => !withholds.some((bit) => bit === f)), Core.VERSION_1];
  const options = { features, config: features.includes(F.LIMIT) ? fullConfig : config };
  const running = STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.DRIVER_OK | (kind.legacy ? 0 : STATUS.FEATURES_OK);

  test("what is offered is what the transport can do", () => {
    const { driver } = kind.create(options);
    driver.find();
    expect(driver.offered().bits()).toEqual(wanted.toSorted((a, b) => a - b));
  });

  test("requests are served on each queue, with one interrupt", () => {
    const { driver, guest, device, line } = kind.create(options);
    expect(driver.probe(wanted)).toBe(running);
    expect(device.seen).toContain("started");
    for (const index of [0, 2]) {
      expect(guest.add(index, 0x1234_5678, 0x8000_0000)).toBe(0x9234_5678);
      expect(driver.takeInterrupt()).toBe(EVENT.USED);
      expect(driver.takeInterrupt()).toBe(0);
    }
    expect(line).toEqual(kind.line ? [true, false, true, false] : []);
    expect(device.causes).toEqual([]);
  });

  test("many requests", () => {
    const { driver, guest } = kind.create(options);
    driver.probe(wanted);
    for (let round = 0; round < 600; round++) expect(guest.add(0, round, 5)).toBe(round + 5);
  });

  const withEvents = features.includes(F.TICKS);
  if (withEvents)
    test("an event is sent into a buffer that was offered", () => {
      const { driver, guest, device } = kind.create(options);
      driver.probe(wanted);
      expect(device.tick(5)).toBe(false);
      guest.offer(1);
      expect(device.seen).toContain("buffersAdded tickq");
      expect(device.tick(0x0102_0304)).toBe(true);
      expect(guest.answers(1)).toBe(1);
      expect(guest.sum(1)).toBe(0x0102_0304);
      expect(driver.takeInterrupt()).toBe(EVENT.USED);
    });

  test("one interrupt may tell of used buffers and of the configuration", () => {
    const { driver, guest, device, line } = kind.create(options);
    driver.probe(wanted);
    guest.add(0, 1, 2);
    device.change({ capacity: 5n });
    expect(driver.takeInterrupt()).toBe(EVENT.USED | EVENT.CONFIG);
    expect(line).toEqual(kind.line ? [true, false] : []);
  });

  test("reset at every point leaves nothing, and the device works again", () => {
    const { driver, guest, device, line } = kind.create(options);
    const steps: (() => void)[] = [
      () => driver.find(),
      () => driver.addStatus(STATUS.ACKNOWLEDGE),
      () => driver.addStatus(STATUS.DRIVER),
      () => driver.negotiate(wanted),
      () => driver.setUpQueue(0, wanted),
      () => driver.setUpQueue(2, wanted),
      () => driver.addStatus(STATUS.DRIVER_OK),
      () => guest.add(0, 1, 2),
      () => device.change({ capacity: BigInt(device.seen.length) }),
      () => device.breakDown(),
      () => driver.addStatus(STATUS.FAILED),
    ];
    for (let stop = 0; stop <= steps.length; stop++) {
      for (const step of steps.slice(0, stop)) step();
      expect(driver.reset(), `after ${stop} steps`).toBe(0);
      expect(line.at(-1) ?? false).toBe(false);
      if (kind.line) expect(driver.takeInterrupt()).toBe(0);
      for (const index of [0, 2]) {
        driver.selectQueue(index);
        expect(driver.queueInUse()).toBe(false);
      }
      expect([0, 1, 2, 3].map((word) => device.acceptedWord(word))).toEqual([0, 0, 0, 0]);
      driver.takeInterrupt();
      expect(driver.probe(wanted), `after ${stop} steps`).toBe(running);
      expect(guest.add(2, stop, 7)).toBe(stop + 7);
      expect(driver.takeInterrupt()).toBe(EVENT.USED);
      driver.reset();
    }
  });

  test("a driver that resets in its interrupt handler", () => {
    const calls: (() => void)[] = [];
    const { driver, guest, device } = kind.create(options, () => calls.at(-1)?.());
    calls.push(() => driver.reset());
    for (let round = 0; round < 3; round++) {
      driver.probe(wanted);
      guest.ask(0, 3, 4);
      expect(driver.readStatus()).toBe(0);
      expect(device.needsReset).toBeUndefined();
    }
  });

  test("what is not answered before a reset is never answered", async () => {
    const { driver, guest, device } = kind.create(options);
    driver.probe(wanted);
    device.slow = true;
    guest.ask(0, 1, 2);
    driver.reset();
    await device.answerAll();
    expect(guest.sum(0)).toBe(0xdead_beef);
    expect(driver.takeInterrupt()).toBe(0);
    driver.probe(wanted);
    guest.ask(0, 4, 5);
    await device.answerAll();
    expect(guest.answers(0)).toBe(1);
    expect(guest.sum(0)).toBe(9);
  });

  test("every method of the device's own throws: the device needs a reset, and a reset mends it", () => {
    const { driver, guest, device } = kind.create(options);
    driver.probe(wanted);
    device.faulty = true;
    guest.ask(0, 1, 2);
    expect(device.needsReset?.kind).toBe("handler");
    driver.reset();
    expect(device.needsReset).toBeUndefined();
    driver.probe(wanted);
    driver.writeConfig(12, 4, 7);
    expect(device.needsReset?.kind).toBe("hook");
    device.faulty = false;
    expect(driver.probe(wanted)).toBe(running);
    expect(guest.add(0, 1, 2)).toBe(3);
  });
});

const modern = kinds.filter(({ legacy }) => !legacy);

describe.each(modern)("$name: negotiation", (kind) => {
  const options = { features: [F.LIMIT, F.EXTRA, F.OLD, Core.RING_RESET], config: fullConfig };

  test.each([
    { why: "VERSION_1 is missing", accepted: [F.LIMIT] },
    { why: "a bit was not offered", accepted: [Core.VERSION_1, F.TICKS] },
    { why: "an upper bit was not offered", accepted: [Core.VERSION_1, 127] },
    { why: "a legacy bit was accepted", accepted: [Core.VERSION_1, F.OLD] },
    { why: "a dependency is missing", accepted: [Core.VERSION_1, F.EXTRA] },
  ])("refused: $why", ({ accepted }) => {
    const { driver } = kind.create(options);
    driver.negotiate([]);
    expect(driver.readStatus()).toBe(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    driver.accept(new FeatureSet(accepted));
    expect(driver.addStatus(STATUS.FEATURES_OK)).toBe(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    expect(driver.addStatus(STATUS.DRIVER_OK)).toBe(3 | STATUS.DEVICE_NEEDS_RESET);
    expect(driver.probe()).toBe(15);
  });

  test("a device of one's own may refuse", () => {
    const { driver, device } = kind.create(options);
    device.stubborn = true;
    expect(driver.negotiate([Core.VERSION_1])).toBe(3);
    expect(device.seen).toContain("acceptFeatures");
  });

  test("nothing is accepted after FEATURES_OK", () => {
    const { driver, device } = kind.create(options);
    expect(driver.negotiate([Core.VERSION_1])).toBe(11);
    driver.accept(new FeatureSet<number>([F.LIMIT]));
    expect(device.acceptedWord(0)).toBe(0);
    expect(device.features.has(F.LIMIT)).toBe(false);
  });

  test("DEVICE_NEEDS_RESET comes with a configuration interrupt once the driver is up, and ends with a reset", () => {
    const { driver, guest, device } = kind.create(options);
    driver.negotiate([Core.VERSION_1]);
    device.breakDown();
    expect(driver.takeInterrupt()).toBe(0);
    expect(driver.probe()).toBe(15);
    device.breakDown();
    expect(driver.readStatus()).toBe(15 | STATUS.DEVICE_NEEDS_RESET);
    expect(driver.takeInterrupt()).toBe(EVENT.CONFIG);
    expect(guest.add(0, 1, 2)).toBeUndefined();
    driver.writeStatus(15);
    expect(driver.readStatus(), "the driver cannot clear a bit").toBe(15 | STATUS.DEVICE_NEEDS_RESET);
    expect(driver.probe()).toBe(15);
    expect(guest.add(0, 1, 2)).toBe(3);
  });
});

describe.each(modern)("$name: suspending", (kind) => {
  const begin = () => {
    const machine = kind.create(withEverything);
    machine.driver.probe([Core.VERSION_1, Core.SUSPEND]);
    return machine;
  };

  test("the device leaves queues alone until it is resumed", () => {
    const { driver, guest } = begin();
    expect(driver.addStatus(STATUS.SUSPEND)).toBe(11 | STATUS.SUSPEND);
    guest.ask(0, 1, 2);
    expect(guest.answers(0)).toBe(0);
    expect(driver.addStatus(STATUS.DRIVER_OK)).toBe(15);
    expect(guest.answers(0)).toBe(1);
    expect(guest.sum(0)).toBe(3);
  });

  test("what is in flight is answered first", async () => {
    const { driver, guest, device } = begin();
    device.slow = true;
    guest.ask(0, 1, 2);
    expect(driver.addStatus(STATUS.SUSPEND)).toBe(15);
    guest.ask(2, 1, 2);
    await device.answerAll();
    expect(guest.answers(0)).toBe(1);
    expect(guest.answers(2)).toBe(0);
    expect(driver.readStatus()).toBe(11 | STATUS.SUSPEND);
  });

  test("a reset ends it also while something is in flight", () => {
    const { driver, guest, device } = begin();
    device.slow = true;
    guest.ask(0, 1, 2);
    expect(driver.addStatus(STATUS.SUSPEND)).toBe(15);
    device.slow = false;
    expect(driver.probe([Core.VERSION_1, Core.SUSPEND])).toBe(15);
    expect(guest.add(0, 3, 4)).toBe(7);
  });

  test("writes to the configuration are ignored, and a change is told of at the end", () => {
    const { driver, device } = begin();
    driver.addStatus(STATUS.SUSPEND);
    driver.writeConfig(8, 2, 7);
    expect(device.config.mode).toBe(3);
    device.change({ capacity: 1n });
    expect(driver.takeInterrupt()).toBe(0);
    driver.addStatus(STATUS.DRIVER_OK);
    expect(driver.takeInterrupt()).toBe(EVENT.CONFIG);
    driver.writeConfig(8, 2, 7);
    expect(device.config.mode).toBe(7);
  });

  test("without the feature the bit is ignored; a reset ends it", () => {
    const { driver, guest } = begin();
    driver.addStatus(STATUS.SUSPEND);
    expect(driver.probe()).toBe(15);
    expect(driver.addStatus(STATUS.SUSPEND)).toBe(15);
    expect(guest.add(0, 1, 2)).toBe(3);
  });
});
