import { expect } from "vitest";
import * as rtc from "../../../generated/typescript/rtc.ts";
import { acrossQemu } from "./machine.ts";
import { isAtLeast } from "./places.ts";

const { REQ, S, CLOCK, COUNTER } = rtc;

/** How far QEMU's clock and this process' may differ: they are one clock, read at different times. */
const toleranceNs = 2_000_000_000n;
const head = (msg_type: number): rtc.ReqHead => ({ msg_type });

/** Reads a clock. */
async function read(driver: rtc.RtcDriver, clock_id: number): Promise<bigint> {
  const answer = await driver.reqRead({ head: head(REQ.READ), clock_id });
  expect(answer.head.status).toBe(S.OK);
  return answer.clock_reading ?? 0n;
}

acrossQemu(
  {
    description: rtc.device,
    Driver: rtc.RtcDriver,
    modernOnly: true,
    setUp: (place) =>
      isAtLeast(place, 11)
        ? { devices: [{ model: "virtio-rtc" }] }
        : { absent: "it came after 7.2", model: "virtio-rtc" },
  },
  (subject) => {
    subject.eachRing("tells the time of this machine, again and again", async ({ driver }) => {
      const { head: answer, num_clocks } = await driver.reqCfg({ head: head(REQ.CFG) });
      expect(answer.status).toBe(S.OK);
      expect(num_clocks).toBeGreaterThan(0);
      const capability = await driver.reqClockCap({ head: head(REQ.CLOCK_CAP), clock_id: 0 });
      expect(capability.head.status).toBe(S.OK);
      expect([CLOCK.UTC, CLOCK.UTC_MAYBE_SMEARED]).toContain(capability.type);
      let last = 0n;
      for (let round = 0; round < 20; round += 1) {
        const before = BigInt(Date.now()) * 1_000_000n;
        const reading = await read(driver, 0);
        expect(reading).toBeGreaterThan(before - toleranceNs);
        expect(reading).toBeLessThan(before + toleranceNs);
        expect(reading).toBeGreaterThan(last);
        last = reading;
      }
    });

    subject.eachRing("has no clocks but those that it tells of", async ({ driver }) => {
      const { num_clocks: clock_id = 0 } = await driver.reqCfg({ head: head(REQ.CFG) });
      const none = { head: { status: S.ENODEV } };
      expect(await driver.reqRead({ head: head(REQ.READ), clock_id })).toEqual(none);
      expect(await driver.reqClockCap({ head: head(REQ.CLOCK_CAP), clock_id })).toEqual(none);
      const hw_counter = COUNTER.X86_TSC;
      expect(await driver.reqCrossCap({ head: head(REQ.CROSS_CAP), clock_id, hw_counter })).toEqual(none);
    });

    subject.once("cannot be read together with a counter of the processor", async ({ drive }) => {
      const driver = await drive().start();
      const clock = { clock_id: 0, hw_counter: COUNTER.X86_TSC };
      const cross = await driver.reqCrossCap({ head: head(REQ.CROSS_CAP), ...clock });
      expect(cross).toMatchObject({ head: { status: S.OK }, flags: 0 });
      const reading = await driver.reqReadCross({ head: head(REQ.READ_CROSS), ...clock });
      expect(reading).toEqual({ head: { status: S.EOPNOTSUPP } });
    });
  },
);
