import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import * as gpu from "../../../generated/typescript/gpu.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu } from "./machine.ts";

const { CMD, RESP, Formats, F } = gpu;

const width = 96;
const height = 64;
const pixelBytes = 4;
const byteCount = width * height * pixelBytes;
const whole: gpu.Rect = { x: 0, y: 0, width, height };
const resource_id = 7;

/** A command's header, without a fence. */
function hdr(type: number): gpu.CtrlHdr {
  return { type, flags: 0, fence_id: 0n, ctx_id: 0, ring_idx: 0 };
}

/** The pixels of a picture in the format PPM: red, green, blue. */
function pixelsOf(ppm: Buffer): Buffer {
  const head = `P6\n${width} ${height}\n255\n`;
  expect(ppm.subarray(0, head.length).toString("latin1")).toBe(head);
  return ppm.subarray(head.length);
}

/** What a picture has to have for blue, green, red and a byte that does not count. */
function withoutX(bgrx: Uint8Array): Buffer {
  const rgb = Buffer.alloc(width * height * 3);
  for (let index = 0; index < width * height; index += 1) {
    for (let color = 0; color < 3; color += 1) rgb[index * 3 + color] = bgrx[index * pixelBytes + 2 - color] ?? 0;
  }
  return rgb;
}

acrossQemu(
  {
    description: gpu.device,
    Driver: gpu.GpuDriver,
    modernOnly: true,
    setUp: () => ({ devices: [{ model: "virtio-gpu", properties: { id: "gpu", xres: 640, yres: 480 } }] }),
  },
  (subject) => {
    subject.eachRing("shows what the guest drew, in memory of several pieces", async ({ driver, machine, folder }) => {
      const drawn = pattern(byteCount, 11);
      // Two pieces that are not neighbours, the first with a part of a row at its end.
      const split = width * pixelBytes * 20 + 52;
      const parts = [drawn.subarray(0, split), drawn.subarray(split)];
      const blocks = [split, 4096, byteCount - split].map((length) => machine.dma.alloc(length, 4096));
      const entries = blocks
        .filter((_, index) => index !== 1)
        .map(({ address, length }) => ({ addr: BigInt(address), length }));
      try {
        for (const [index, { addr }] of entries.entries()) {
          machine.memory.write(Number(addr), parts[index] ?? new Uint8Array());
        }
        const done = async (answer: Promise<{ hdr: gpu.CtrlHdr }>): Promise<void> =>
          expect((await answer).hdr.type).toBe(RESP.OK_NODATA);
        const format = Formats.B8G8R8X8_UNORM;
        const create = { hdr: hdr(CMD.RESOURCE_CREATE_2D), resource_id, format, width, height };
        await done(driver.ctrlResourceCreate2d(create));
        const attach = { hdr: hdr(CMD.RESOURCE_ATTACH_BACKING), resource_id, nr_entries: entries.length, entries };
        await done(driver.ctrlResourceAttachBacking(attach));
        await done(driver.ctrlSetScanout({ hdr: hdr(CMD.SET_SCANOUT), r: whole, scanout_id: 0, resource_id }));
        const transfer = { hdr: hdr(CMD.TRANSFER_TO_HOST_2D), r: whole, offset: 0n, resource_id };
        await done(driver.ctrlTransferToHost2d(transfer));
        await done(driver.ctrlResourceFlush({ hdr: hdr(CMD.RESOURCE_FLUSH), r: whole, resource_id }));
        const filename = join(folder, "screen.ppm");
        await machine.qmp.execute("screendump", { filename, device: "gpu" });
        expect(pixelsOf(readFileSync(filename)).equals(withoutX(drawn))).toBe(true);

        await done(driver.ctrlSetScanout({ hdr: hdr(CMD.SET_SCANOUT), r: whole, scanout_id: 0, resource_id: 0 }));
        await done(driver.ctrlResourceDetachBacking({ hdr: hdr(CMD.RESOURCE_DETACH_BACKING), resource_id }));
        await done(driver.ctrlResourceUnref({ hdr: hdr(CMD.RESOURCE_UNREF), resource_id }));
      } finally {
        for (const block of blocks) machine.dma.release(block);
      }
    });

    subject.eachRing("tells of its display, and what that says of itself", async ({ driver }) => {
      const { info } = await driver.ctrlGetDisplayInfo({ hdr: hdr(CMD.GET_DISPLAY_INFO) });
      expect(info.hdr.type).toBe(RESP.OK_DISPLAY_INFO);
      expect(info.pmodes).toHaveLength(16);
      expect(info.pmodes?.map(({ enabled }) => enabled)).toEqual([1, ...Array.from({ length: 15 }, () => 0)]);
      expect(info.pmodes?.[0]?.r).toEqual({ x: 0, y: 0, width: 640, height: 480 });
      expect(driver.readConfig().num_scanouts).toBe(1);
      expect(driver.features.has(F.EDID)).toBe(true);
      const { edid } = await driver.ctrlGetEdid({ hdr: hdr(CMD.GET_EDID), scanout: 0 });
      expect(edid.hdr.type).toBe(RESP.OK_EDID);
      const bytes = edid.edid?.subarray(0, 128) ?? new Uint8Array();
      // VESA's: a fixed start, and bytes of which the sum is 0.
      expect([...bytes.subarray(0, 8)]).toEqual([0, 255, 255, 255, 255, 255, 255, 0]);
      expect(bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)).toBe(0);
      expect(edid.size).toBeGreaterThanOrEqual(128);
    });

    subject.once("says what is wrong with a command", async ({ drive }) => {
      const driver = await drive().start();
      const flush = { hdr: hdr(CMD.RESOURCE_FLUSH), r: whole, resource_id: 99 };
      expect((await driver.ctrlResourceFlush(flush)).hdr.type).toBe(RESP.ERR_INVALID_RESOURCE_ID);
      const scanout = { hdr: hdr(CMD.SET_SCANOUT), r: whole, scanout_id: 5, resource_id: 0 };
      expect((await driver.ctrlSetScanout(scanout)).hdr.type).toBe(RESP.ERR_INVALID_SCANOUT_ID);
    });
  },
);
