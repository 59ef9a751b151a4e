import { expect, vi } from "vitest";
import { F } from "../../generated/typescript/config.ts";
import * as net from "../../generated/typescript/net.ts";
import { linkPair } from "../../src/devices/net/link.ts";
import { NetCard } from "../../src/devices/net-card.ts";
import { pattern, plug } from "./computer.ts";
import { using, type Scenario } from "./scenario.ts";

const { Ack, S } = net;
const plain: net.Hdr = { flags: 0, gso_type: 0, hdr_len: 0, gso_size: 0, csum_start: 0, csum_offset: 0 };

/** `num_buffers` is part of every header, but on the legacy interface. */
function headerOf(driver: net.NetDriver): net.Hdr {
  return driver.features.has(F.VERSION_1) || driver.features.has(net.F.MRG_RXBUF)
    ? { ...plain, num_buffers: 0 }
    : plain;
}

/** An Ethernet frame of this length from one card to another. */
function frame(length: number, seed: number, to: number, from: number): Uint8Array {
  const bytes = pattern(length, seed);
  bytes.set([0x52, 0x54, 0, 0, 0, to, 0x52, 0x54, 0, 0, 0, from, 0x88, 0xb5]);
  return bytes;
}

/** Puts packets together: one that is longer than a buffer comes in several. */
function collect(into: Uint8Array[]): (hdr: net.Hdr, bytes: Uint8Array) => void {
  let parts: Uint8Array[] = [];
  let due = 0;
  return (hdr, bytes) => {
    if (due === 0) due = hdr.num_buffers ?? 1;
    parts.push(bytes.slice());
    due -= 1;
    if (due > 0) return;
    into.push(Buffer.concat(parts));
    parts = [];
  };
}

/** Two cards on a cable: packets of many lengths both ways, filters, link state. */
export const cards: Scenario = {
  name: "net",
  async run(setting) {
    const [left, right] = linkPair();
    const device = new NetCard({ link: left, mac: "52:54:00:00:00:01", ringFeatures: setting.ringFeatures });
    const other = new NetCard({ link: right, mac: "52:54:00:00:00:02", ringFeatures: setting.ringFeatures });
    const near = plug(device, net.NetDriver, { queueSize: 32, ...setting });
    const far = plug(other, net.NetDriver, { queueSize: 32, ...setting });
    await using(other, far, async (peer) => {
      await using(device, near, async (driver) => {
        expect([...(driver.readConfig().mac ?? [])]).toEqual([0x52, 0x54, 0, 0, 0, 1]);
        const got: Uint8Array[] = [];
        const back: Uint8Array[] = [];
        peer.onReceive(collect(got), { outputLength: 1600, buffers: 8 });
        driver.onReceive(collect(back), { outputLength: 1600, buffers: 8 });
        const out = [60, 61, 128, 500, 1000, 1514].map((length, index) => frame(length, index, 2, 1));
        for (const packet of out) await driver.transmit(headerOf(driver), packet);
        await vi.waitFor(() => expect(got).toHaveLength(out.length));
        for (const [index, packet] of out.entries())
          expect(Buffer.compare(got[index] ?? packet.subarray(1), packet)).toBe(0);
        const answer = frame(777, 99, 1, 2);
        await peer.transmit(headerOf(peer), answer);
        await vi.waitFor(() => expect(back).toHaveLength(1));
        expect(Buffer.compare(back[0] ?? new Uint8Array(), answer)).toBe(0);

        // Not for this card, until it takes everything again.
        expect(await driver.ctrlRxPromisc({ on: 0 })).toBe(Ack.OK);
        await peer.transmit(headerOf(peer), frame(100, 5, 7, 2));
        expect(await driver.ctrlRxPromisc({ on: 1 })).toBe(Ack.OK);
        await peer.transmit(headerOf(peer), frame(200, 6, 7, 2));
        await vi.waitFor(() => expect(back).toHaveLength(2));
        expect(back[1]).toHaveLength(200);
        expect(
          await driver.ctrlMacTableSet({ unicast: { entries: 0, macs: [] }, multicast: { entries: 0, macs: [] } }),
        ).toBe(Ack.OK);
        expect(await driver.ctrlVlanAdd({ vlan_id: 5 })).toBe(Ack.OK);
        expect((driver.readConfig().status ?? 0) & S.LINK_UP).toBe(S.LINK_UP);
      });
    });
  },
};
