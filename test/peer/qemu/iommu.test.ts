import { expect } from "vitest";
import { BlkDriver, S as BLK_S } from "../../../generated/typescript/blk.ts";
import { F as CORE } from "../../../generated/typescript/config.ts";
import * as iommu from "../../../generated/typescript/iommu.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu, type SetUp } from "./machine.ts";

const { F, MAP_F, S, T } = iommu;
const ramEnd = BigInt(64 << 20) - 1n;
const sectorBytes = 512;

/** A disk behind it: in slot 5 of bus 0, which is its number as an endpoint. */
const endpoint = 5 << 3;

function translated(): SetUp {
  return {
    arguments: ["-blockdev", "driver=null-co,node-name=disk0,size=1048576,read-zeroes=on"],
    devices: [{ model: "virtio-iommu" }, { model: "virtio-blk", properties: { drive: "disk0", iommu_platform: true } }],
  };
}

const head = (type: iommu.T): Pick<iommu.ReqReadable, "head"> => ({ head: { type } });

/** The requests of a driver, each with its answer's status. */
function requestsOf(driver: iommu.IommuDriver) {
  return {
    attach: async (domain: number, to = endpoint) =>
      (await driver.reqAttach({ ...head(T.ATTACH), domain, endpoint: to, flags: 0 })).tail.status,
    detach: async (domain: number) => (await driver.reqDetach({ ...head(T.DETACH), domain, endpoint })).tail.status,
    map: async (domain: number, first: bigint, last: bigint, flags: number) =>
      (
        await driver.reqMap({
          ...head(T.MAP),
          domain,
          virt_start: first,
          virt_end: last,
          phys_start: first,
          flags,
        })
      ).tail.status,
    unmap: async (domain: number, first: bigint, last: bigint) =>
      (await driver.reqUnmap({ ...head(T.UNMAP), domain, virt_start: first, virt_end: last })).tail.status,
    probe: (of = endpoint) => driver.reqProbe({ ...head(T.PROBE), endpoint: of }),
  };
}

acrossQemu(
  {
    description: iommu.device,
    Driver: iommu.IommuDriver,
    modernOnly: true,
    // What it translates for has to be on a PCI bus.
    where: ({ bus }) => bus === "pci",
    setUp: translated,
  },
  (subject) => {
    subject.eachRing("attaches, maps, unmaps, and refuses what is wrong", async ({ driver }) => {
      const { attach, detach, map, unmap, probe } = requestsOf(driver);
      const both = MAP_F.READ | MAP_F.WRITE;
      expect(driver.features.has(F.MAP_UNMAP)).toBe(true);
      expect(await attach(7)).toBe(S.OK);
      expect(await attach(7, 0xffff)).toBe(S.NOENT);
      expect(await map(7, 0n, ramEnd, both)).toBe(S.OK);
      // There already; in a domain that there is not.
      expect(await map(7, 0x1000n, 0x1fffn, both)).toBe(S.INVAL);
      expect(await map(8, 0n, ramEnd, both)).toBe(S.NOENT);
      // A part of a mapping.
      expect(await unmap(7, 0x1000n, 0x1fffn)).toBe(S.RANGE);
      expect(await unmap(7, 0n, ramEnd)).toBe(S.OK);
      const { tail } = await probe();
      expect(tail.status).toBe(S.OK);
      expect((await probe(0xffff)).tail.status).toBe(S.NOENT);
      expect(await detach(7)).toBe(S.OK);
    });

    subject.once("lets a disk see the memory that is mapped for it", async ({ drive, machine }) => {
      const { attach, detach, map } = requestsOf(await drive().start());
      expect(await attach(1)).toBe(S.OK);
      expect(await map(1, 0n, ramEnd, MAP_F.READ | MAP_F.WRITE)).toBe(S.OK);
      const disk = machine.device(1).drive(BlkDriver, { required: [CORE.ACCESS_PLATFORM], interrupts: "polled" });
      await disk.start();
      for (let sector = 0; sector < 32; sector++) {
        // oxlint-disable-next-line no-await-in-loop
        expect(await disk.out({ sector: BigInt(sector) }, pattern(sectorBytes, sector))).toBe(BLK_S.OK);
        const target = pattern(sectorBytes, sector);
        // oxlint-disable-next-line no-await-in-loop
        const { status, output } = await disk.in({ sector: BigInt(sector) }, target);
        expect(status).toBe(BLK_S.OK);
        expect(output.every((byte) => byte === 0)).toBe(true);
      }
      await disk.stop();
      machine.device(1).leave();
      expect(await detach(1)).toBe(S.OK);
    });
  },
);
