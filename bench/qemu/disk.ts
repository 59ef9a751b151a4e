import { BlkDriver, operations, T } from "../../generated/typescript/blk.ts";
import { F } from "../../generated/typescript/config.ts";
import { QemuMachine } from "../../src/qtest/index.ts";
import type { DriverOptions, DriverTransport, PreparedRequest } from "../../src/runtime/index.ts";

/** What is measured. */
export interface Setup {
  readonly program: string;
  readonly bus: "mmio" | "pci";
  readonly packed: boolean;
  /** Requests that are under way at a time, and go out together. */
  readonly depth: number;
  readonly requests: number;
}

/** Microseconds a request. */
export interface Times {
  readonly all: number;
  /** Of that, what runs here: requests are put into the ring and taken off it, answers are looked at. */
  readonly own: number;
  /** Of that, notifications: QEMU's answer to the register write is waited for. */
  readonly notify: number;
}

let notifying = 0;

/** Measures how long notifications take. */
class TimedDriver extends BlkDriver {
  constructor(transport: DriverTransport, options: DriverOptions<never>) {
    const notify = transport.notify.bind(transport);
    transport.notify = (index, value) => {
      const from = performance.now();
      notify(index, value);
      notifying += performance.now() - from;
    };
    super(transport, options);
  }
}

const bytes = 4096;

/** Reads 4096 bytes again and again from a disk that is all zeroes and costs QEMU nothing. */
export async function measure({ program, bus, packed, depth, requests }: Setup): Promise<Times> {
  const machine = await QemuMachine.start({
    program,
    bus,
    arguments: ["-blockdev", "driver=null-co,node-name=disk0,size=1073741824,read-zeroes=on"],
    devices: [{ model: "virtio-blk", properties: { drive: "disk0", packed: true } }],
  });
  try {
    const required: readonly number[] = packed ? [F.RING_PACKED] : [];
    const driver = machine.device().drive(TimedDriver, {
      interrupts: "polled",
      required: required as readonly never[],
      features: [F.EVENT_IDX, F.INDIRECT_DESC, ...required] as readonly number[] as readonly never[],
    });
    await driver.start();
    const prepared = Array.from({ length: depth }, () => driver.prepare(operations.in, { outputLength: bytes }));
    for (const [index, request] of prepared.entries()) {
      request.codecs.sent?.writeTo(request.view, request.at, { type: T.IN, ioprio: 0, sector: BigInt(index * 8) });
    }
    rounds(driver, prepared, Math.ceil(requests / 4 / depth));
    return rounds(driver, prepared, Math.ceil(requests / depth));
  } finally {
    await machine.close();
  }
}

function rounds(driver: BlkDriver, prepared: readonly PreparedRequest[], count: number): Times {
  const state = { underWay: 0, wrong: 0 };
  const done = (request: PreparedRequest): void => {
    state.underWay -= 1;
    if (request.error !== undefined || request.view.getUint8(request.answerAt) !== 0) state.wrong += 1;
  };
  let own = 0;
  notifying = 0;
  const start = performance.now();
  for (let round = 0; round < count; round++) {
    const from = performance.now();
    for (const request of prepared) {
      state.underWay += 1;
      request.submit(done);
    }
    driver.notifyDevice();
    own += performance.now() - from;
    while (state.underWay > 0) {
      const look = performance.now();
      // A look that finds nothing is QEMU's time.
      if (driver.poll() > 0) own += performance.now() - look;
    }
  }
  const all = performance.now() - start;
  if (state.wrong > 0) throw new Error(`${state.wrong} requests have failed`);
  const each = 1000 / (count * prepared.length);
  return { all: all * each, own: (own - notifying) * each, notify: notifying * each };
}
