import { expect, it } from "vitest";
import * as blk from "../../generated/typescript/blk.ts";
import { F } from "../../generated/typescript/config.ts";
import { BlkDisk } from "../../src/devices/blk-disk.ts";
import { BufferStore } from "../../src/devices/store/buffer-store.ts";
import type { PreparedRequest } from "../../src/runtime/index.ts";
import { plug } from "./computer.ts";

const wanted = 1_000_000;
const sectors = 512;

it.each([
  ["split", [F.EVENT_IDX]],
  ["packed", [F.EVENT_IDX, F.RING_PACKED]],
])(
  "a million requests over a %s ring, whose indices wrap: each reads its own sector",
  { timeout: 120_000 },
  async (_, ringFeatures) => {
    const bytes = new Uint8Array(sectors * 512);
    const words = new DataView(bytes.buffer);
    for (let sector = 0; sector < sectors; sector++) words.setUint32(sector * 512, sector ^ 0x5a5a5a, true);
    const device = new BlkDisk({ store: new BufferStore(bytes.buffer), ringFeatures });
    // Not a power of 2 where that is allowed: the places of requests in the ring move on each round.
    const { driver } = plug(device, blk.BlkDriver, {
      bus: "mmio",
      ringFeatures,
      queueSize: ringFeatures.includes(F.RING_PACKED) ? 61 : 64,
    });
    await driver.start();
    let answered = 0;
    let wrong = 0;
    const done = (request: PreparedRequest): void => {
      answered += 1;
      const sector = blk.Req.sector.getNumber(request.view, request.at);
      const { output } = request;
      const found = (output[0] ?? 0) | ((output[1] ?? 0) << 8) | ((output[2] ?? 0) << 16);
      if (
        request.error !== undefined ||
        request.written !== 513 ||
        found !== (sector ^ 0x5a5a5a) ||
        blk.ReqIn.status.get(request.view, request.answerAt) !== blk.S.OK
      )
        wrong += 1;
    };
    const requests = Array.from({ length: 20 }, () => driver.prepare(blk.operations.in, { outputLength: 512 }));
    let sent = 0;
    while (sent < wanted) {
      // Batches of all sizes.
      const batch = Math.min(1 + (sent % 20), wanted - sent);
      for (const request of requests.slice(0, batch)) {
        blk.Req.sector.setWords(request.view, request.at, (sent * 7) % sectors, 0);
        request.submit(done);
        sent += 1;
      }
      driver.notifyDevice();
    }
    expect({ answered, wrong, needsReset: device.needsReset }).toEqual({
      answered: wanted,
      wrong: 0,
      needsReset: undefined,
    });
    await driver.stop();
  },
);
