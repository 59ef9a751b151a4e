import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import * as gpu from "../../../generated/typescript/gpu.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu } from "./machine.ts";

const { CMD, CURSOR, FLAG, RESP, Formats, F } = gpu;

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

async function wrong(answer: Promise<{ hdr: gpu.CtrlHdr }>, type: gpu.RESP): Promise<void> {
  expect((await answer).hdr.type).toBe(type);
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

    subject.eachRing("answers a fence with its number, be it an error", async ({ driver }) => {
      const create = { format: Formats.B8G8R8X8_UNORM, width: 8, height: 8 };
      const fenced = Array.from({ length: 8 }, (_, index) => 0x1234_5678_9abc_0000n + BigInt(index));
      const send = async (id: number, flags: number, fence_id: bigint) =>
        driver.ctrlResourceCreate2d({
          hdr: { ...hdr(CMD.RESOURCE_CREATE_2D), flags, fence_id },
          resource_id: id,
          ...create,
        });
      // The first has the number 0, which no resource may have.
      const answers = await Promise.all(fenced.map((fence, id) => send(id, FLAG.FENCE, fence)));
      expect(answers.map((answer) => answer.hdr)).toMatchObject(
        fenced.map((fence_id, id) => ({
          type: id === 0 ? RESP.ERR_INVALID_RESOURCE_ID : RESP.OK_NODATA,
          flags: FLAG.FENCE,
          fence_id,
        })),
      );
      expect((await send(99, 0, 7n)).hdr).toMatchObject({ type: RESP.OK_NODATA, flags: 0, fence_id: 0n });
    });

    subject.once(
      "says what is wrong with a command",
      async ({ drive }) => {
        const driver = await drive().start();
        const image = { resource_id: 1, format: Formats.B8G8R8X8_UNORM, width, height };
        const create = async (change: Partial<gpu.CtrlReadable>) =>
          driver.ctrlResourceCreate2d({ hdr: hdr(CMD.RESOURCE_CREATE_2D), ...image, ...change });
        await wrong(create({}), RESP.OK_NODATA);
        await wrong(create({}), RESP.ERR_INVALID_RESOURCE_ID);
        await wrong(create({ resource_id: 2, format: 99 }), RESP.ERR_INVALID_PARAMETER);
        await wrong(create({ resource_id: 2, width: 4096, height: 4096 }), RESP.ERR_OUT_OF_MEMORY);
        const unref = { hdr: hdr(CMD.RESOURCE_UNREF), resource_id: 99 };
        await wrong(driver.ctrlResourceUnref(unref), RESP.ERR_INVALID_RESOURCE_ID);
        const flush = async (r: gpu.Rect, id: number) =>
          driver.ctrlResourceFlush({ hdr: hdr(CMD.RESOURCE_FLUSH), r, resource_id: id });
        await wrong(flush(whole, 99), RESP.ERR_INVALID_RESOURCE_ID);
        await wrong(flush({ ...whole, width: width + 1 }, 1), RESP.ERR_INVALID_PARAMETER);
        // It has no memory of the guest.
        const transfer = { hdr: hdr(CMD.TRANSFER_TO_HOST_2D), r: whole, offset: 0n, resource_id: 1 };
        await wrong(driver.ctrlTransferToHost2d(transfer), RESP.ERR_UNSPEC);
        const detach = { hdr: hdr(CMD.RESOURCE_DETACH_BACKING), resource_id: 1 };
        await wrong(driver.ctrlResourceDetachBacking(detach), RESP.ERR_UNSPEC);
        const scanout = { hdr: hdr(CMD.SET_SCANOUT), r: whole, scanout_id: 5, resource_id: 0 };
        await wrong(driver.ctrlSetScanout(scanout), RESP.ERR_INVALID_SCANOUT_ID);
      },
      { setUp: () => ({ devices: [{ model: "virtio-gpu", properties: { id: "gpu", max_hostmem: "4M" } }] }) },
    );

    subject.once(
      "answers with a header alone where there is no such display or set of capabilities",
      async ({ drive }) => {
        const driver = await drive().start();
        const ask = async (scanout: number) => (await driver.ctrlGetEdid({ hdr: hdr(CMD.GET_EDID), scanout })).edid;
        expect(await ask(1)).toMatchObject({ hdr: { type: RESP.OK_EDID } });
        expect(await ask(2)).toEqual({ hdr: hdr(RESP.ERR_INVALID_PARAMETER) });
        const { info } = await driver.ctrlGetCapsetInfo({ hdr: hdr(CMD.GET_CAPSET_INFO), capset_index: 0 });
        expect(info).toEqual({ hdr: hdr(RESP.ERR_UNSPEC) });
        // No QEMU offers UUIDs; blobs need memory of the host that can be shared, by its udmabuf.
        const assign = driver.ctrlResourceAssignUuid({ hdr: hdr(CMD.RESOURCE_ASSIGN_UUID), resource_id: 1 });
        await expect(assign).rejects.toMatchObject({ code: "not-negotiated" });
      },
      { setUp: () => ({ devices: [{ model: "virtio-gpu", properties: { id: "gpu", max_outputs: 2 } }] }) },
    );

    subject.eachRing("takes commands for the pointer, which nothing answers", async ({ driver }) => {
      const image = { resource_id: 1, format: Formats.B8G8R8A8_UNORM, width: 64, height: 64 };
      await driver.ctrlResourceCreate2d({ hdr: hdr(CMD.RESOURCE_CREATE_2D), ...image });
      const pointer = { pos: { scanout_id: 0, x: 3, y: 4 }, resource_id: 1, hot_x: 0, hot_y: 0 };
      // As Linux sends them, with no room for an answer.
      const update = { ...gpu.operations.cursorUpdateCursor, answer: undefined };
      await driver.request(update, { hdr: hdr(CURSOR.UPDATE_CURSOR), ...pointer });
      for (const x of [10, 200, 5000]) {
        const move = { hdr: hdr(CURSOR.MOVE_CURSOR), ...pointer, pos: { ...pointer.pos, x } };
        // oxlint-disable-next-line no-await-in-loop
        await expect(driver.cursorMoveCursor(move)).rejects.toMatchObject({
          code: "not-answered",
          message: expect.stringContaining("0 bytes were written"),
        });
      }
      expect(driver.running).toBe(true);
    });
  },
);
