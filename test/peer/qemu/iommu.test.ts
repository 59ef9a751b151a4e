import { expect, vi } from "vitest";
import { BlkDriver, operations, S as BLK_S, T as BLK_T } from "../../../generated/typescript/blk.ts";
import { F as CORE } from "../../../generated/typescript/config.ts";
import * as iommu from "../../../generated/typescript/iommu.ts";
import { pattern } from "../../suite/computer.ts";
import type { QemuMachine } from "../../../src/qtest/index.ts";
import type { GuestRange } from "../../../src/runtime/index.ts";
import { acrossQemu, type Bench, type SetUp } from "./machine.ts";
import { isAtLeast } from "./places.ts";

const { ATTACH_F, F, FAULT_F, FAULT_R, MAP_F, PROBE_T, RESV_MEM_T, S, T } = iommu;
const ramEnd = BigInt(64 << 20) - 1n;
const sectorBytes = 512;
const pageBytes = 4096;

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
    attach: async (domain: number, to = endpoint, flags = 0) =>
      (await driver.reqAttach({ ...head(T.ATTACH), domain, endpoint: to, flags })).tail.status,
    detach: async (domain: number) => (await driver.reqDetach({ ...head(T.DETACH), domain, endpoint })).tail.status,
    map: async (domain: number, first: bigint, last: bigint, flags: number, physical = first) =>
      (
        await driver.reqMap({
          ...head(T.MAP),
          domain,
          virt_start: first,
          virt_end: last,
          phys_start: physical,
          flags,
        })
      ).tail.status,
    unmap: async (domain: number, first: bigint, last: bigint) =>
      (await driver.reqUnmap({ ...head(T.UNMAP), domain, virt_start: first, virt_end: last })).tail.status,
    probe: (of = endpoint) => driver.reqProbe({ ...head(T.PROBE), endpoint: of }),
  };
}

function sectorAt(address: number): readonly GuestRange[] {
  return [{ address, length: sectorBytes }];
}

/** The disk, which reads and writes a sector at addresses of the test's choice. */
async function diskBehind(machine: QemuMachine) {
  const disk = machine.device(1).drive(BlkDriver, { required: [CORE.ACCESS_PLATFORM], interrupts: "polled" });
  await disk.start();
  const sector = 0n;
  return {
    disk,
    /** The disk writes to memory. */
    read: async (address: number) =>
      disk.request(operations.in, { type: BLK_T.IN, sector }, { outputAt: sectorAt(address) }),
    /** The disk reads memory. */
    write: async (address: number) =>
      disk.request(operations.out, { type: BLK_T.OUT, sector }, { inputAt: sectorAt(address) }),
  };
}

/** With faults as they come, and two pages of the guest's memory, full of ones. */
async function withFaults({ drive, machine }: Bench<iommu.IommuDriver>) {
  const driver = await drive().start();
  const faults: iommu.Fault[] = [];
  driver.onReport(({ fault }) => void faults.push(fault));
  const { address } = machine.dma.alloc(2 * pageBytes, pageBytes);
  machine.memory.write(address, new Uint8Array(2 * pageBytes).fill(1));
  /** What has been reported since the last time, when it is there: of each word once. */
  const reported = async (): Promise<iommu.Fault[]> => {
    await vi.waitFor(() => expect(faults.length).toBeGreaterThanOrEqual(sectorBytes / 4), 3000);
    return faults.splice(0);
  };
  return { driver, faults, reported, address };
}

function bytesAt(machine: QemuMachine, address: number): Set<number> {
  const bytes = new Uint8Array(sectorBytes);
  machine.memory.read(address, bytes);
  return new Set(bytes);
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

    subject.eachRing("tells of addresses that it keeps for interrupts", async ({ driver }) => {
      const { probe } = requestsOf(driver);
      const { properties } = await probe();
      expect(properties).toHaveLength(driver.readConfig().probe_size ?? 0);
      const first = iommu.ProbeResvMem.fromBytes(properties.subarray(0, iommu.ProbeResvMem.byteLength));
      expect(first).toEqual({
        head: { type: PROBE_T.RESV_MEM, length: 20 },
        subtype: RESV_MEM_T.MSI,
        start: 0xfee0_0000n,
        end: 0xfeef_ffffn,
      });
      const behind = iommu.ProbeProperty.fromBytes(properties.subarray(iommu.ProbeResvMem.byteLength));
      expect(behind).toEqual({ type: PROBE_T.NONE, length: 0 });
    });

    subject.eachRing("refuses flags, ranges and domains that there are not", async ({ driver }) => {
      const { attach, detach, map, unmap } = requestsOf(driver);
      expect(await attach(1, endpoint, 0x80)).toBe(S.INVAL);
      // It was never in one, so QEMU does not know it.
      expect(await detach(1)).toBe(S.NOENT);
      expect(await attach(1)).toBe(S.OK);
      expect(await map(1, 0x1000n, 0x1fffn, 0x80)).toBe(S.INVAL);
      expect(driver.features.has(F.MMIO)).toBe(true);
      expect(await map(1, 0x8000n, 0x8fffn, MAP_F.READ | MAP_F.MMIO)).toBe(S.OK);
      expect(await map(1, 0x1000n, 0x2fffn, MAP_F.READ)).toBe(S.OK);
      expect(await map(1, 0x2000n, 0x3fffn, MAP_F.READ)).toBe(S.INVAL);
      // Its end alone, and what lies around it.
      expect(await unmap(1, 0x2000n, 0x4fffn)).toBe(S.RANGE);
      expect(await unmap(1, 0x8000n, 0x9fffn)).toBe(S.OK);
      expect(await unmap(9, 0n, 0xfffn)).toBe(S.NOENT);
      expect(await unmap(1, 0n, ramEnd)).toBe(S.OK);
      // In bypass mode a domain has no mappings, and keeps the mode.
      expect(driver.features.has(F.BYPASS_CONFIG)).toBe(true);
      expect(await attach(2, endpoint, ATTACH_F.BYPASS)).toBe(S.OK);
      expect(await map(2, 0x1000n, 0x1fffn, MAP_F.READ)).toBe(S.INVAL);
      expect(await unmap(2, 0x1000n, 0x1fffn)).toBe(S.INVAL);
      expect(await detach(2)).toBe(S.OK);
    });

    subject.once(
      "reports what a disk reads and writes where nothing is mapped for it, or not for that",
      async (bench) => {
        const { driver, reported, faults, address } = await withFaults(bench);
        const { machine } = bench;
        const { attach, map, unmap } = requestsOf(driver);
        const page = BigInt(address);
        const next = page + BigInt(pageBytes);
        expect(await attach(1)).toBe(S.OK);
        expect(await map(1, 0n, page - 1n, MAP_F.READ | MAP_F.WRITE)).toBe(S.OK);
        expect(await map(1, page, next - 1n, MAP_F.READ)).toBe(S.OK);
        expect(await map(1, next, ramEnd, MAP_F.READ | MAP_F.WRITE)).toBe(S.OK);
        const { disk, read, write } = await diskBehind(machine);
        await write(address);
        await read(address + pageBytes);
        expect(bytesAt(machine, address + pageBytes)).toEqual(new Set([0]));
        expect(faults).toEqual([]);

        // QEMU's disk does not notice: it says that it has written.
        const { MAPPING } = FAULT_R;
        const where = { reason: MAPPING, endpoint };
        await read(address);
        const flags = FAULT_F.WRITE | FAULT_F.ADDRESS;
        for (const fault of await reported()) expect(fault).toMatchObject({ ...where, flags });
        expect(bytesAt(machine, address)).toEqual(new Set([1]));

        // Where nothing is mapped QEMU does not say what the endpoint wanted.
        expect(await unmap(1, page, next - 1n)).toBe(S.OK);
        for (const access of [read, write]) {
          // oxlint-disable-next-line no-await-in-loop
          await access(address);
          // oxlint-disable-next-line no-await-in-loop
          const all = await reported();
          for (const fault of all) expect(fault).toMatchObject({ ...where, flags: FAULT_F.ADDRESS });
          const words = Array.from({ length: sectorBytes / 4 }, (_, index) => page + BigInt(index * 4));
          expect(new Set(all.map((fault) => fault.address))).toEqual(new Set(words));
        }
        expect(bytesAt(machine, address)).toEqual(new Set([1]));

        // It is mapped elsewhere: what the disk writes there lies in the other page.
        machine.memory.write(address + pageBytes, new Uint8Array(sectorBytes).fill(1));
        const far = 0x4000_0000n;
        const both = MAP_F.READ | MAP_F.WRITE;
        expect(await map(1, far, far + 0xfffn, both, next)).toBe(S.OK);
        await read(Number(far));
        expect(bytesAt(machine, address + pageBytes)).toEqual(new Set([0]));
        expect(faults).toEqual([]);
        await disk.stop();
        machine.device(1).leave();
      },
      { setUp: translated, words: /^.*permission error on.*\n.*no mapping for.*$/ },
    );

    subject.once(
      "reports a disk without a domain, unless that is in bypass mode",
      async (bench) => {
        const { driver, faults, address } = await withFaults(bench);
        const { machine, place } = bench;
        const { attach, detach } = requestsOf(driver);
        expect(driver.readConfig().bypass).toBe(1);
        const { disk, read } = await diskBehind(machine);
        await read(address);
        expect(bytesAt(machine, address)).toEqual(new Set([0]));
        // A domain in bypass mode, too, has no mappings and reaches everything.
        expect(await attach(1, endpoint, ATTACH_F.BYPASS)).toBe(S.OK);
        await read(address + pageBytes);
        expect(bytesAt(machine, address + pageBytes)).toEqual(new Set([0]));
        expect(await detach(1)).toBe(S.OK);
        expect(faults).toEqual([]);

        iommu.Config.bypass.store(driver.configAccess, 0);
        expect(driver.readConfig().bypass).toBe(0);
        // It does not reach its rings any more.
        await expect(read(address)).rejects.toMatchObject({ name: "DriverError", code: "needs-reset" });
        await vi.waitFor(() => expect(faults.length).toBeGreaterThan(0));
        // QEMU has forgotten an endpoint that was detached since 10.0, and does not know it.
        const reason = isAtLeast(place, 10) ? FAULT_R.UNKNOWN : FAULT_R.DOMAIN;
        for (const fault of faults) expect(fault).toMatchObject({ reason, endpoint, flags: FAULT_F.ADDRESS });
        await disk.stop();
        machine.device(1).leave();
      },
      { setUp: translated, words: /(?:not attached to any domain|is not known)[^]*zero sized buffers/ },
    );
  },
);
