import { describe, expect, test } from "vitest";

import { STATUS } from "../../../src/runtime/described/config.ts";
import { describeNeedsReset, DeviceError, type NeedsReset } from "../../../src/runtime/device/device-error.ts";
import type { DevicePort } from "../../../src/runtime/device/device-port.ts";
import { AdderDevice, config, Core, description, F, operations } from "../transport/device/adder-device.ts";
import { Guest } from "../transport/device/guest.ts";
import type { QueueFeatures } from "../../../src/runtime/virtqueue/queue-setup.ts";

// The device alone, called as transports call it.

const legacyFace = { legacy: true, bigEndian: false };

interface Rig {
  readonly device: AdderDevice;
  readonly guest: Guest;
  /** What the port was told, in order. */
  readonly told: string[];
}

function rigOf(device: AdderDevice = new AdderDevice(), withholds?: readonly number[]): Rig {
  const guest = new Guest();
  const told: string[] = [];
  const port: DevicePort = {
    memory: guest.memory,
    ...(withholds === undefined ? {} : { withholds }),
    usedBuffer: (queue) => told.push(`used ${queue}`),
    configChanged: () => told.push("config"),
  };
  device.attach(port);
  return { device, guest, told };
}

function negotiate(device: AdderDevice, wanted: readonly number[] = []): void {
  device.writeStatus(0);
  device.writeStatus(STATUS.ACKNOWLEDGE);
  device.writeStatus(3);
  for (const word of [0, 1, 2, 3]) {
    const bits = [Core.VERSION_1, ...wanted].filter((bit) => bit >> 5 === word);
    device.acceptWord(
      word,
      bits.reduce((sum, bit) => sum | (1 << (bit & 31)), 0),
    );
  }
  device.writeStatus(11);
}

function setUp({ device, guest }: Rig, queue: number, features: QueueFeatures = {}): boolean {
  return device.enableQueue(
    queue,
    guest.queue(queue, 16, features, (value) => device.notified(value)),
  );
}

function start(rig: Rig, wanted: readonly number[] = []): void {
  negotiate(rig.device, wanted);
  for (const queue of [0, 1, 2]) setUp(rig, queue);
  rig.device.writeStatus(15);
}

describe("made", () => {
  test.each([
    { what: "EXTRA lacks LIMIT", options: { features: [F.EXTRA], config: { ...config, extra: 1 } } },
    { what: "a queue cannot have 0 entries", options: { queueSize: 0 } },
    { what: "a queue cannot have 32769 entries", options: { queueSize: 32769 } },
    { what: "a queue cannot have 2.5 entries", options: { queueSize: 2.5 } },
    { what: "adder_config.limit: a number is missing", options: { features: [F.LIMIT] } },
  ])("not as $what", ({ what, options }) => {
    expect(() => new AdderDevice(options)).toThrow(DeviceError);
    expect(() => new AdderDevice(options)).toThrow(what);
  });

  test("not without a method for what it offers", () => {
    const more = { ...description, operations: { ...operations, subtract: operations.add } };
    expect(() => new AdderDevice({}, more)).toThrow(
      new DeviceError("adder", "it has no method 'subtract' for what it offers"),
    );
  });

  test("VERSION_1 is always offered, what the transport withholds is not", () => {
    const { device } = rigOf(new AdderDevice({ features: [F.TICKS, Core.RING_RESET] }), [Core.RING_RESET]);
    expect(device.offered.bits()).toEqual([F.TICKS, Core.VERSION_1]);
    negotiate(device, [Core.RING_RESET]);
    expect(device.status).toBe(3);
  });

  test("on one transport only", () => {
    const { device, guest } = rigOf();
    const port: DevicePort = { memory: guest.memory, usedBuffer: () => {}, configChanged: () => {} };
    expect(() => device.attach(port)).toThrow(new DeviceError("adder", "it is on a transport already"));
  });

  test("on none it does nothing", () => {
    const device = new AdderDevice();
    negotiate(device);
    expect(device.enableQueue(0, { size: 16, desc: 0, driver: 0x1000, device: 0x2000 })).toBe(false);
    device.writeStatus(15);
    device.change({ capacity: 4n });
    device.breakDown();
    expect(device.status).toBe(15 | STATUS.DEVICE_NEEDS_RESET);
  });
});

describe("status", () => {
  test("bits only come, and only those of the standard", () => {
    const { device } = rigOf();
    device.writeStatus(0xff20);
    expect(device.status).toBe(0);
    device.writeStatus(3);
    device.writeStatus(1);
    expect(device.status).toBe(3);
    device.writeStatus(STATUS.DEVICE_NEEDS_RESET);
    expect(device.status, "that one is the device's").toBe(3);
    device.writeStatus(STATUS.FAILED);
    expect(device.status).toBe(3 | STATUS.FAILED);
  });

  test("DRIVER_OK without FEATURES_OK: the device needs a reset, without a notification", () => {
    const { device, told } = rigOf();
    device.writeStatus(7);
    expect(device.status).toBe(3 | STATUS.DEVICE_NEEDS_RESET);
    expect(device.needsReset).toEqual({ kind: "status", reason: "DRIVER_OK is set without FEATURES_OK" });
    expect(told).toEqual([]);
    expect(device.seen).toEqual(["gaveUp"]);
  });

  test("it runs from DRIVER_OK until it is suspended, needs a reset or is reset", () => {
    const rig = rigOf(new AdderDevice({ features: [Core.SUSPEND] }));
    const { device } = rig;
    const states: boolean[] = [device.running];
    negotiate(device, [Core.SUSPEND]);
    states.push(device.running);
    device.writeStatus(15);
    states.push(device.running);
    device.writeStatus(STATUS.SUSPEND);
    states.push(device.running);
    device.writeStatus(STATUS.DRIVER_OK);
    states.push(device.running);
    device.breakDown();
    states.push(device.running);
    device.writeStatus(0);
    states.push(device.running);
    expect(states).toEqual([false, false, true, false, true, false, false]);
    expect(device.seen.filter((what) => what === "started")).toHaveLength(1);
  });

  test("it gives up once, with the first cause", () => {
    const rig = rigOf();
    start(rig);
    rig.device.breakDown();
    rig.device.breakDown();
    expect(rig.device.causes).toHaveLength(1);
    expect(rig.told).toEqual(["config"]);
  });

  test("requests behind the one that broke it are left", () => {
    const rig = rigOf();
    const { device, guest } = rig;
    negotiate(device);
    setUp(rig, 0);
    guest.offer(0);
    guest.ask(0, 1, 2, 1);
    device.writeStatus(15);
    expect(device.needsReset).toMatchObject({ kind: "request", queue: 0 });
    expect(device.seen).not.toContain("add");
    expect(guest.answers(0)).toBe(0);
  });
});

describe("interfaces", () => {
  test("change while the status is 0, and nothing that was said remains", () => {
    const rig = rigOf(new AdderDevice({ features: [F.OLD, F.TICKS] }));
    const { device } = rig;
    device.acceptWord(0, 1 << F.TICKS);
    expect(device.speak(legacyFace)).toBe(true);
    expect(device.acceptedWord(0)).toBe(0);
    expect(setUp(rig, 0, { legacy: true })).toBe(true);
    device.writeStatus(1);
    expect(device.speak({ legacy: false, bigEndian: false })).toBe(false);
    expect(device.speak({ legacy: true, bigEndian: true })).toBe(false);
    expect(device.speak(legacyFace)).toBe(true);
    device.writeStatus(0);
    setUp(rig, 0, { legacy: true });
    expect(device.speak({ legacy: false, bigEndian: false })).toBe(true);
    expect(device.queueEnabled(0)).toBe(false);
  });

  test("bits of the legacy interface are offered there only, upper ones on the other", () => {
    const { device } = rigOf(new AdderDevice({ features: [F.OLD, F.TICKS, Core.ANY_LAYOUT, F.BOTH] }));
    expect([0, 1, 2, 3, 4].map((word) => device.offeredWord(word))).toEqual([
      1 << F.TICKS,
      1,
      1 << (F.BOTH - 64),
      0,
      0,
    ]);
    device.speak(legacyFace);
    expect([0, 1, 2, 3, 4].map((word) => device.offeredWord(word))).toEqual([
      ((1 << F.OLD) | (1 << F.TICKS) | (1 << Core.ANY_LAYOUT)) >>> 0,
      0,
      0,
      0,
      0,
    ]);
  });

  test("what a legacy driver accepts and is not offered does not count", () => {
    const rig = rigOf(new AdderDevice({ features: [F.TICKS] }));
    const { device } = rig;
    device.speak(legacyFace);
    device.acceptWord(0, 0xffff_ffff);
    device.writeStatus(7);
    expect(device.features.bits()).toEqual([F.TICKS]);
  });
});

describe("queues", () => {
  test("there are those of the features: first that are offered, then that were accepted", () => {
    const { device } = rigOf(new AdderDevice({ features: [F.TICKS] }));
    const names = (): string[] => device.queuePlaces.map(({ name, number }) => `${name} ${number}`);
    expect(names()).toEqual(["addq 0", "tickq 1", "addq 2"]);
    negotiate(device);
    expect(names()).toEqual(["addq 0", "addq 2"]);
    expect([device.queueMaxSize(0), device.queueMaxSize(1), device.queueMaxSize(70000)]).toEqual([256, 0, 0]);
    device.writeStatus(0);
    expect(names()).toHaveLength(3);
  });

  test("one that is set up is told of its reset, one that is not is not", () => {
    const rig = rigOf();
    start(rig);
    rig.device.resetQueue(1);
    rig.device.resetQueue(2);
    rig.device.resetQueue(2);
    expect(rig.device.seen.filter((what) => what.startsWith("wasReset "))).toEqual(["wasReset addq 1"]);
  });

  test("notifications of queues that are not set up are nothing", () => {
    const rig = rigOf();
    negotiate(rig.device);
    rig.device.writeStatus(15);
    for (const value of [0, 1, 2, 0xffff, 0xffff_ffff, -1]) rig.device.notified(value);
    expect(rig.told).toEqual([]);
    expect(rig.device.needsReset).toBeUndefined();
  });
});

describe("suspending waits for what a subclass answers by itself", () => {
  test("the status tells when that is done", () => {
    class Manual extends AdderDevice {
      take(): void {
        const queue = this.queueOf("tickq");
        const chain = queue?.pop();
        if (queue === undefined || chain === undefined) return;
        this.finish = () => {
          queue.push(chain, 0);
          queue.publish();
        };
      }
      finish: () => void = () => {};
    }
    const device = new Manual({ features: [F.TICKS, Core.SUSPEND] });
    const rig = rigOf(device);
    start(rig, [F.TICKS, Core.SUSPEND]);
    rig.guest.offer(1);
    device.take();
    device.writeStatus(STATUS.SUSPEND);
    expect(device.status).toBe(15);
    expect(device.tick(1), "nothing is sent meanwhile").toBe(false);
    device.finish();
    expect(device.status).toBe(11 | STATUS.SUSPEND);
  });
});

describe("the device's own code throws", () => {
  const steps: { hook: string; before: (rig: Rig) => void; cause: (rig: Rig) => void }[] = [
    { hook: "acceptFeatures", before: () => {}, cause: ({ device }) => negotiate(device) },
    { hook: "started", before: ({ device }) => negotiate(device), cause: ({ device }) => device.writeStatus(15) },
    { hook: "configWritten", before: (rig) => start(rig), cause: ({ device }) => device.writeConfig(16, 1, 1) },
    { hook: "wasReset", before: (rig) => start(rig), cause: ({ device }) => device.resetQueue(0) },
    {
      hook: "buffersAdded",
      before: (rig) => start(rig, [F.TICKS]),
      cause: ({ guest }) => guest.offer(1),
    },
  ];
  test.each(steps)("$hook: it needs a reset, even if it throws at that", ({ hook, before, cause }) => {
    const rig = rigOf(new AdderDevice({ features: [F.TICKS] }));
    before(rig);
    rig.device.faulty = true;
    cause(rig);
    expect(rig.device.needsReset).toMatchObject({ kind: "hook", hook });
    expect(rig.device.status & STATUS.DEVICE_NEEDS_RESET).toBe(STATUS.DEVICE_NEEDS_RESET);
    rig.device.writeStatus(0);
    expect(rig.device.status).toBe(0);
    expect(rig.device.needsReset).toBeUndefined();
  });

  test("in words", () => {
    const causes: NeedsReset[] = [
      { kind: "hook", hook: "started", error: new Error("no disk") },
      { kind: "status", reason: "why" },
      { kind: "queue", queue: 3, fault: "descriptor-loop" },
      { kind: "request", queue: 3, operation: "in", reason: "too short" },
      { kind: "handler", queue: 3, operation: "in", error: "oops" },
    ];
    expect(causes.map((cause) => describeNeedsReset(cause))).toEqual([
      "started: Error: no disk",
      "why",
      "queue 3: descriptor-loop",
      "queue 3, in: too short",
      "queue 3, in: oops",
    ]);
  });
});
