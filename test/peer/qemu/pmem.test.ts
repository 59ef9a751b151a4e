import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import * as pmem from "../../../generated/typescript/pmem.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu } from "./machine.ts";

const mediumLength = 2 * 2 ** 20;

acrossQemu(
  {
    description: pmem.device,
    Driver: pmem.PmemDriver,
    modernOnly: true,
    setUp: ({ bus }, folder) => {
      if (bus === "mmio") return { absent: "QEMU has it on PCI only", model: "virtio-pmem-device" };
      const medium = `memory-backend-file,id=medium,share=on,mem-path=${join(folder, "medium")},size=2M`;
      return {
        // The board needs addresses for memory besides the guest's own.
        arguments: ["-m", "64M,maxmem=1G", "-object", medium],
        devices: [{ model: "virtio-pmem", properties: { memdev: "medium" } }],
      };
    },
  },
  (subject) => {
    subject.eachRing("flushes", async ({ driver }) => {
      // One after the other: QEMU takes a single request for each notification, however many there are.
      for (let round = 0; round < 10; round++) {
        // oxlint-disable-next-line no-await-in-loop
        expect(await driver.req({ type: pmem.REQ_TYPE.FLUSH })).toBe(0);
      }
    });

    subject.once("says where the medium is, byte for byte", async ({ drive, machine, folder }) => {
      const driver = await drive().start();
      const { start, size } = driver.readConfig();
      expect(Number(size)).toBe(mediumLength);
      const bytes = pattern(mediumLength, 5);
      // In place: QEMU has the file mapped.
      writeFileSync(join(folder, "medium"), bytes, { flag: "r+" });
      const copy = join(folder, "copy");
      await machine.qmp.execute("pmemsave", { val: Number(start), size: mediumLength, filename: copy });
      expect(Buffer.compare(readFileSync(copy), bytes)).toBe(0);
    });
  },
);
