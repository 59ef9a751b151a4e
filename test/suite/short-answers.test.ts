import { describe, expect, it } from "vitest";
import { F as CORE } from "../../generated/typescript/config.ts";
import * as gpu from "../../generated/typescript/gpu.ts";
import * as rtc from "../../generated/typescript/rtc.ts";
import { VirtioDevice, type Answer, type Incoming } from "../../src/runtime/index.ts";
import { rejectionOf } from "../runtime/driver/rejection.ts";
import { plug } from "./computer.ts";
import { using } from "./scenario.ts";

const { REQ, S } = rtc;

const read = { head: { msg_type: REQ.READ }, clock_id: 1 } as const;

/** Answers READ with bytes as they are. */
class Raw extends VirtioDevice {
  private readonly answer: Uint8Array;

  constructor(answer: Uint8Array) {
    const bytes = { ...rtc.operations.reqRead, answer: undefined, output: "behind" } as const;
    super({ ...rtc.device, operations: { reqRead: bytes } }, { features: [CORE.RING_PACKED, CORE.IN_ORDER] });
    this.answer = answer;
  }

  reqRead(request: Incoming): void {
    request.output.write(0, this.answer);
  }
}

/** There is one clock, and no counter. */
class Clock extends rtc.RtcDevice {
  override reqCfg(): Answer<rtc.ReqCfgAnswer> {
    return { head: { status: S.OK }, num_clocks: 1 };
  }

  override reqClockCap(): Answer<rtc.ReqClockCapAnswer> {
    return { head: { status: S.EIO } };
  }

  override reqCrossCap(): Answer<rtc.ReqCrossCapAnswer> {
    return { head: { status: S.EOPNOTSUPP } };
  }

  override reqRead({ value }: Incoming<rtc.ReqReadable>): Answer<rtc.ReqReadAnswer> {
    return value.clock_id === 0 ? { head: { status: S.OK }, clock_reading: 77n } : { head: { status: S.ENODEV } };
  }

  override reqReadCross(): Answer<rtc.ReqReadCrossAnswer> {
    return { head: { status: S.EOPNOTSUPP } };
  }
}

/** Bytes of an answer to READ, of which the first are written. */
function answer(status: number, length: number): Uint8Array {
  const bytes = new Uint8Array(16).fill(0x55);
  bytes.fill(0, 1, 8);
  bytes[0] = status;
  return bytes.subarray(0, length);
}

describe.each([
  ["split", []],
  ["packed", [CORE.RING_PACKED]],
  ["split, in order", [CORE.IN_ORDER]],
] as const)("an answer that ends with its status: %s", (_name, ringFeatures) => {
  const setting = { bus: "mmio", ringFeatures } as const;

  it.each([8, 12, 16])("is one where the status is an error, in %i bytes", async (length) => {
    const device = new Raw(answer(S.ENODEV, length));
    await using(device, plug(device, rtc.RtcDriver, setting), async (driver) => {
      expect(await driver.reqRead(read)).toEqual({ head: { status: S.ENODEV } });
    });
  });

  it.each([0, 7, 8, 15])("is none where the status is OK, in %i bytes of 16", async (length) => {
    const device = new Raw(answer(S.OK, length));
    await using(device, plug(device, rtc.RtcDriver, setting), async (driver) => {
      expect(await rejectionOf(driver.reqRead(read))).toMatchObject({ name: "DriverError", code: "not-answered" });
    });
  });

  it("is what a device writes that refuses", async () => {
    const device = new Clock({ features: ringFeatures });
    const written: number[] = [];
    const observer = { submitted: () => {}, used: (_: unknown, __: unknown, length: number) => written.push(length) };
    await using(device, plug(device, rtc.RtcDriver, { ...setting, observer }), async (driver) => {
      expect(await driver.reqRead(read)).toEqual({ head: { status: S.ENODEV } });
      expect(await driver.reqRead({ ...read, clock_id: 0 })).toEqual({ head: { status: S.OK }, clock_reading: 77n });
      expect(written).toEqual([8, 16]);
    });
  });
});

/** Takes moves of the pointer. */
class Pointer extends VirtioDevice {
  readonly seen: (number | undefined)[] = [];

  constructor() {
    const { cursorMoveCursor } = gpu.operations;
    super(
      { ...gpu.device, operations: { cursorMoveCursor } },
      { config: { events_read: 0, events_clear: 0, num_scanouts: 1, num_capsets: 0 } },
    );
  }

  cursorMoveCursor({ value }: Incoming<gpu.CursorReadable>): Answer<gpu.CursorUpdateCursorAnswer> {
    this.seen.push(value.pos?.x);
    return { hdr: { ...value.hdr, type: gpu.RESP.OK_NODATA } };
  }
}

describe("an answer that a driver leaves no room for", () => {
  it("is not written: Linux sends the moves of a pointer so", async () => {
    const device = new Pointer();
    const hdr = { type: gpu.CURSOR.MOVE_CURSOR, flags: 0, fence_id: 0n, ctx_id: 0, ring_idx: 0 };
    const move = { hdr, pos: { scanout_id: 0, x: 1, y: 2 }, resource_id: 0, hot_x: 0, hot_y: 0 };
    await using(device, plug(device, gpu.GpuDriver, { bus: "mmio", ringFeatures: [] }), async (driver) => {
      await driver.request({ ...gpu.operations.cursorMoveCursor, answer: undefined }, move);
      expect(await driver.cursorMoveCursor(move)).toMatchObject({ hdr: { type: gpu.RESP.OK_NODATA } });
      expect(device.seen).toEqual([1, 1]);
    });
  });
});
