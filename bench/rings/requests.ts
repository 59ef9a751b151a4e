import * as blk from "../../generated/typescript/blk.ts";
import * as config from "../../generated/typescript/config.ts";
import { BlkDisk } from "../../src/devices/blk-disk.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import { DmaMemory } from "../../src/runtime/driver/dma-memory.ts";
import type { PreparedRequest } from "../../src/runtime/driver/prepared-request.ts";
import { GuestMemory } from "../../src/runtime/memory/guest-memory.ts";
import { MmioDevice } from "../../src/runtime/transport/device/mmio-device.ts";
import { MmioTransport } from "../../src/runtime/transport/driver/mmio-transport.ts";
import type { Setup, Window } from "./rings.ts";

const size = 256;
const dataLength = 4096;
const memoryLength = 8 << 20;
const diskLength = 1 << 20;

let sum = 0;

/** Keeps the compiler from finding out that nobody needs the results. */
export function checksum(): number {
  return sum;
}

/**
 * Reads of 4096 bytes from a disk in memory: the generated driver with requests that it uses again, registers in
 * between, the generated device, an interrupt for each batch; all in this thread.
 */
export async function createWindow(setup: Pick<Setup, "packed" | "batch" | "shared">): Promise<Window> {
  const { packed, batch, shared } = setup;
  const memory = GuestMemory.over(shared ? new SharedArrayBuffer(memoryLength) : new ArrayBuffer(memoryLength));
  const disk = new BlkDisk({ store: new BufferStore(diskLength), queueSize: size });
  const guest: { driver?: blk.BlkDriver } = {};
  const registers = new MmioDevice(disk, {
    memory,
    interrupt: (raised) => {
      if (raised) guest.driver?.interrupt();
    },
  });
  const { F } = blk;
  const core = packed ? [config.F.EVENT_IDX, config.F.RING_PACKED] : [config.F.EVENT_IDX];
  const driver = new blk.BlkDriver(MmioTransport.probe(registers), {
    memory: new DmaMemory(memory, [{ address: 0x1000, length: memoryLength - 0x1000 }]),
    features: [F.FLUSH, ...core],
    queueSize: size,
  });
  guest.driver = driver;
  await driver.start();
  const requests = Array.from({ length: size >> 1 }, () =>
    driver.prepare(blk.operations.in, { outputLength: dataLength }),
  );
  let answered = 0;
  const done = (request: PreparedRequest): void => {
    if (request.error !== undefined || blk.ReqIn.status.get(request.view, request.answerAt) !== blk.S.OK)
      throw new Error("the disk has not read");
    answered += 1;
    sum = (sum + request.written) | 0;
  };
  let slot = 0;
  const submit = (): void => {
    for (let count = 0; count < batch; count++) {
      const request = requests[slot];
      if (request === undefined) throw new Error("there is no such request");
      slot = (slot + 1) % requests.length;
      blk.Req.type.set(request.view, request.at, blk.T.IN);
      blk.Req.sector.setWords(request.view, request.at, (slot % 200) * 8, 0);
      request.submit(done);
    }
  };
  return (wanted) => {
    answered = 0;
    const start = process.hrtime.bigint();
    for (let sent = 0; sent < wanted; sent += batch) {
      submit();
      driver.notifyDevice();
    }
    const took = Number(process.hrtime.bigint() - start);
    if (answered !== wanted) throw new Error(`${answered} of ${wanted} requests were answered`);
    return took / wanted;
  };
}
