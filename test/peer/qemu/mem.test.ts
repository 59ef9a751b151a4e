import { expect, vi } from "vitest";
import * as mem from "../../../generated/typescript/mem.ts";
import { acrossQemu, type SetUp } from "./machine.ts";
import type { Place } from "./places.ts";

const { REQ, RESP, STATE } = mem;
const mebibyte = 1 << 20;
const regionLength = 64 * mebibyte;
const requested = 32 * mebibyte;

function pool({ bus }: Place): SetUp {
  if (bus === "mmio") return { absent: "QEMU has it on PCI only", model: "virtio-mem-device" };
  return {
    // The board needs addresses for memory besides the guest's own.
    arguments: ["-m", "64M,maxmem=1G", "-object", "memory-backend-ram,id=pool,size=64M"],
    devices: [
      {
        model: "virtio-mem",
        properties: { "id": "mem", "memdev": "pool", "block-size": "2M", "requested-size": "32M" },
      },
    ],
  };
}

/** What a driver says of the blocks of a device, by number. */
function blocksOf(driver: mem.MemDriver, { addr, block_size }: mem.Config) {
  const range = (first: number, count: number) => ({ addr: addr + BigInt(first) * block_size, nb_blocks: count });
  const ask = async (type: mem.REQ, u: mem.ReqU): Promise<mem.Resp> => driver.req({ type, u });
  return {
    plug: async (first: number, count: number) => (await ask(REQ.PLUG, { plug: range(first, count) })).type,
    unplug: async (first: number, count: number) => (await ask(REQ.UNPLUG, { unplug: range(first, count) })).type,
    unplugAll: async () => (await ask(REQ.UNPLUG_ALL, {})).type,
    state: async (first: number, count: number) => {
      const { type, u } = await ask(REQ.STATE, { state: range(first, count) });
      expect(type).toBe(RESP.ACK);
      return u.state?.type;
    },
  };
}

acrossQemu({ description: mem.device, Driver: mem.MemDriver, modernOnly: true, setUp: pool }, (subject) => {
  subject.eachRing("plugs and unplugs blocks, and tells of them", async ({ driver }) => {
    const config = driver.readConfig();
    expect(config).toMatchObject({
      block_size: BigInt(2 * mebibyte),
      region_size: BigInt(regionLength),
      requested_size: BigInt(requested),
      plugged_size: 0n,
    });
    const blocks = blocksOf(driver, config);
    expect(await blocks.state(0, 16)).toBe(STATE.UNPLUGGED);
    expect(await blocks.plug(0, 4)).toBe(RESP.ACK);
    expect(await blocks.plug(8, 1)).toBe(RESP.ACK);
    expect(driver.readConfig().plugged_size).toBe(BigInt(10 * mebibyte));
    expect([await blocks.state(0, 4), await blocks.state(0, 9), await blocks.state(4, 4)]).toEqual([
      STATE.PLUGGED,
      STATE.MIXED,
      STATE.UNPLUGGED,
    ]);
    // Twice; more than is requested; beyond the region.
    expect(await blocks.plug(3, 1)).toBe(RESP.ERROR);
    expect(await blocks.plug(9, 12)).toBe(RESP.NACK);
    expect(await blocks.plug(40, 1)).toBe(RESP.ERROR);
    expect(await blocks.unplug(4, 2)).toBe(RESP.ERROR);
    expect(await blocks.unplug(1, 2)).toBe(RESP.ACK);
    expect(driver.readConfig().plugged_size).toBe(BigInt(6 * mebibyte));
    expect(await blocks.unplugAll()).toBe(RESP.ACK);
    expect(driver.readConfig().plugged_size).toBe(0n);
  });

  subject.once(
    "tells of another size that is wanted",
    async ({ drive, machine }) => {
      const driver = await drive().start();
      const told = vi.fn<() => void>();
      driver.onConfigChange(told);
      const value = 48 * mebibyte;
      await machine.qmp.execute("qom-set", { path: "/machine/peripheral/mem", property: "requested-size", value });
      await vi.waitFor(() => expect(told).toHaveBeenCalled());
      const config = driver.readConfig();
      expect(config.requested_size).toBe(BigInt(value));
      expect(await blocksOf(driver, config).plug(0, 24)).toBe(RESP.ACK);
      const [info] = (await machine.qmp.execute("query-memory-devices")) as { readonly data: object }[];
      expect(info?.data).toMatchObject({ "id": "mem", "size": value, "requested-size": value });
    },
    { setUp: pool },
  );
});
