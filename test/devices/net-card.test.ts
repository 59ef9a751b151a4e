import { describe, expect, test } from "vitest";
import * as net from "../../generated/typescript/net.ts";
import { Deferred } from "../../src/devices/deferred.ts";
import { linkPair, type NetLink, type PacketHandler } from "../../src/devices/net/link.ts";
import { macAddress } from "../../src/devices/net/mac-address.ts";
import { NetCard, type NetCardOptions } from "../../src/devices/net-card.ts";
import { Guest, type GuestOptions, isPending, type Used } from "./guest.ts";
import { patterned } from "./patterned.ts";

const { S, CTRL, CTRL_RX, CTRL_MAC, CTRL_VLAN, CTRL_ANNOUNCE, CTRL_MQ, HDR_F, HDR_GSO } = net;
const own = "52:54:00:00:00:01";
const queue = { receive: 0, transmit: 1, control: 2 };

/** A link that keeps what the guest sends, and gives it what the test says. */
class TestLink implements NetLink {
  readonly sent: Uint8Array[] = [];
  wait: Promise<void> | undefined;
  give: PacketHandler = () => {};

  send(packet: Uint8Array): Promise<void> | undefined {
    this.sent.push(packet);
    return this.wait;
  }

  attach(receive: PacketHandler | undefined): void {
    this.give = receive ?? (() => {});
  }
}

function rig(options: Partial<NetCardOptions> = {}, guestOptions: GuestOptions = {}) {
  const link = new TestLink();
  const card = new NetCard({ link, mac: own, ...options });
  return { link, card, guest: new Guest(card, guestOptions) };
}

function packetTo(mac: string | Uint8Array, length = 64, ...behind: readonly number[]): Uint8Array {
  const packet = patterned(length, 5);
  packet.set(typeof mac === "string" ? macAddress(mac) : mac);
  packet.set(behind.length > 0 ? behind : [8, 0], 12);
  return packet;
}

function header(values: Partial<net.Hdr> = {}, length = 12): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes[0] = values.flags ?? 0;
  bytes[1] = values.gso_type ?? 0;
  view.setUint16(6, values.csum_start ?? 0, true);
  view.setUint16(8, values.csum_offset ?? 0, true);
  return bytes;
}

const received = ({ data, written }: Used): Uint8Array => data.subarray(12, written);
const broadcast = new Uint8Array(6).fill(255);

describe.each([
  ["split", [34]],
  ["packed", []],
])("two cards on a cable, over %s queues", (_name, without) => {
  test("packets go both ways", async () => {
    const [left, right] = linkPair();
    const one = new Guest(new NetCard({ link: left, mac: own }), { without });
    const other = new Guest(new NetCard({ link: right, mac: "52:54:00:00:00:02" }), { without });
    for (const [from, to, mac] of [
      [one, other, "52:54:00:00:00:02"],
      [other, one, own],
    ] as const) {
      const packet = packetTo(mac, 1514);
      const got = to.post(queue.receive, [], [1526]);
      // oxlint-disable-next-line no-await-in-loop
      await from.post(queue.transmit, [header(), packet.subarray(0, 100), packet.subarray(100)], []);
      // oxlint-disable-next-line no-await-in-loop
      const used = await got;
      expect(used.written).toBe(1526);
      expect(received(used)).toEqual(packet);
      expect([...used.data.subarray(0, 12)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    }
  });
});

describe("receive buffers", () => {
  test("a packet fills as many as it takes, which become used together", async () => {
    const { link, guest } = rig();
    const packet = packetTo(own, 250);
    const buffers = [100, 50, 100, 60].map((room) => guest.add(queue.receive, [], [room]));
    guest.kick(queue.receive);
    link.give(packet);
    const used = await Promise.all(
      buffers
        .slice(0, 4)
        .slice(0, 3)
        .concat(buffers[3] ?? []),
    );
    expect(used.map(({ written }) => written)).toEqual([100, 50, 100, 12]);
    expect(used[0]?.data[10]).toBe(4);
    const bytes = Buffer.concat(used.map(({ data, written }) => data.subarray(0, written)));
    expect(bytes.subarray(12).equals(packet)).toBe(true);
  });

  test("buffers that are taken and not enough are kept for when there are more", async () => {
    const { link, guest, card } = rig();
    const first = guest.post(queue.receive, [], [100]);
    link.give(packetTo(own, 200));
    expect(await isPending(first)).toBe(true);
    const second = guest.post(queue.receive, [], [200]);
    expect([(await first).written, (await second).written]).toEqual([100, 112]);
    expect(card.counts.received).toBe(1);
  });

  test("without MRG_RXBUF a packet takes one buffer, or is dropped", async () => {
    const { link, guest, card } = rig({ mergeable: false });
    const used = guest.post(queue.receive, [], [100]);
    link.give(packetTo(own, 200));
    expect([await isPending(used), card.counts.tooLong]).toEqual([true, 1]);
    link.give(packetTo(own, 88));
    expect((await used).written).toBe(100);
    expect(received(await used)).toEqual(packetTo(own, 88));
  });

  test("one that cannot take the header goes back empty", async () => {
    const { link, guest } = rig();
    const short = guest.post(queue.receive, [], [11]);
    const good = guest.post(queue.receive, [], [100]);
    link.give(packetTo(own, 64));
    expect([(await short).written, (await good).written]).toEqual([0, 76]);
  });

  test("packets wait for buffers, in order, and are dropped when too many wait", async () => {
    const { link, guest, card } = rig({ waitingPackets: 3 });
    const packets = [60, 61, 62, 63, 64].map((length) => packetTo(own, length));
    for (const packet of packets) link.give(packet);
    expect([card.counts.received, card.counts.unbuffered]).toEqual([0, 2]);
    const used = await Promise.all([1, 2, 3].map(() => guest.post(queue.receive, [], [200])));
    expect(used.map(({ written }) => written)).toEqual([72, 73, 74]);
    expect(card.counts.received).toBe(3);
  });

  test("a packet longer than all buffers that there can be is dropped, and those behind it get through", async () => {
    const { link, guest, card } = rig({}, { queueSize: 2 });
    const used = [guest.add(queue.receive, [], [100]), guest.add(queue.receive, [], [100])];
    guest.kick(queue.receive);
    link.give(packetTo(own, 300));
    expect(card.counts.tooLong).toBe(1);
    link.give(packetTo(own, 150));
    expect((await Promise.all(used)).map(({ written }) => written)).toEqual([100, 62]);
  });

  test("a reset forgets what waits and what is taken", async () => {
    const { link, guest } = rig();
    void guest.post(queue.receive, [], [20]);
    link.give(packetTo(own, 64));
    guest.reset();
    guest.start();
    const used = guest.post(queue.receive, [], [100]);
    expect(await isPending(used)).toBe(true);
    link.give(packetTo(own, 70));
    expect((await used).written).toBe(82);
  });
});

describe("sending", () => {
  test("a link that is slow keeps the guest's buffers", async () => {
    const { link, guest } = rig();
    const slow = new Deferred<void>();
    link.wait = slow.promise;
    const used = guest.post(queue.transmit, [header(), packetTo(own)], []);
    expect(await isPending(used)).toBe(true);
    slow.resolve();
    expect((await used).written).toBe(0);
    link.wait = Promise.reject(new Error("no carrier"));
    await guest.post(queue.transmit, [header(), packetTo(own)], []);
  });

  test.each([
    ["shorter than a header", header(), 13],
    ["longer than any", header(), 65_559],
    ["with segmentation", header({ gso_type: HDR_GSO.TCPV4, flags: HDR_F.NEEDS_CSUM }), 64],
    ["with a partial checksum", header({ flags: HDR_F.NEEDS_CSUM, csum_start: 14, csum_offset: 2 }), 64],
  ])("a packet %s is dropped", async (_what, head, length) => {
    const { link, guest, card } = rig();
    await guest.post(queue.transmit, [head, new Uint8Array(length)], []);
    expect([link.sent.length, card.counts.malformed, card.needsReset]).toEqual([0, 1, undefined]);
  });

  test("with CSUM the device completes checksums", async () => {
    const { link, guest, card } = rig({ checksum: true });
    const packet = packetTo(own, 20);
    packet.set([0x00, 0x01, 0xf2, 0x03, 0, 0], 14);
    await guest.post(queue.transmit, [header({ flags: HDR_F.NEEDS_CSUM, csum_start: 14, csum_offset: 4 }), packet], []);
    // The sum of the words is 0xf204.
    expect([...(link.sent[0]?.subarray(18) ?? [])]).toEqual([0x0d, 0xfb]);
    await guest.post(queue.transmit, [header({ flags: HDR_F.NEEDS_CSUM, csum_start: 14, csum_offset: 5 }), packet], []);
    expect([link.sent.length, card.counts.malformed]).toEqual([1, 1]);
  });
});

describe("the legacy interface", () => {
  test.each([
    ["little", true, 12],
    ["big", true, 12],
    ["big", false, 10],
  ] as const)("%s-endian, mergeable: %s", async (legacy, mergeable, length) => {
    const { link, guest } = rig({ mergeable }, { legacy });
    await guest.post(queue.transmit, [header({}, length), packetTo(own)], []);
    expect(link.sent).toEqual([packetTo(own)]);
    const used = guest.post(queue.receive, [], [200]);
    link.give(packetTo(own, 70));
    const { data, written } = await used;
    expect(written).toBe(length + 70);
    expect(data.subarray(length, written)).toEqual(packetTo(own, 70));
    if (mergeable) expect([data[10], data[11]]).toEqual(legacy === "big" ? [0, 1] : [1, 0]);
  });
});

const udp = (from: number, to: number): Uint8Array => {
  const packet = packetTo(own, 64, 8, 0, 0x45, 0, 0, 50, 0, 0, 0, 0, 64, 17, 0, 0);
  packet.set([10, 0, 0, from, 10, 0, 0, to], 26);
  packet.set(from < to ? [0, 53, 0, 99] : [0, 99, 0, 53], 34);
  return packet;
};

const command = async (guest: Guest, bytes: readonly number[], number = queue.control): Promise<number | undefined> =>
  (await guest.post(number, [Uint8Array.from(bytes)], [1])).data[0];

describe("the control queue", () => {
  const OK = net.Ack.OK;
  const ERR = net.Ack.ERR;
  const other = "52:54:00:00:00:09";

  test("receive modes and address tables", async () => {
    const { link, guest, card } = rig();
    const seen = async (packet: Uint8Array): Promise<boolean> => {
      const before = card.counts.filtered;
      link.give(packet);
      return card.counts.filtered === before;
    };
    expect(await seen(packetTo(other))).toBe(true);
    expect(await command(guest, [CTRL.RX, CTRL_RX.PROMISC, 0])).toBe(OK);
    expect([await seen(packetTo(other)), await seen(packetTo(own)), await seen(packetTo(broadcast))]).toEqual([
      false,
      true,
      true,
    ]);
    expect(await command(guest, [CTRL.RX, CTRL_RX.NOBCAST, 1])).toBe(OK);
    expect(await seen(packetTo(broadcast))).toBe(false);
    const group = Uint8Array.of(1, 0, 0x5e, 0, 0, 1);
    const table = [1, 0, 0, 0, ...macAddress(other), 1, 0, 0, 0, ...group];
    expect(await command(guest, [CTRL.MAC, CTRL_MAC.TABLE_SET, ...table])).toBe(OK);
    expect([await seen(packetTo(other)), await seen(packetTo(group))]).toEqual([true, true]);
    expect(await command(guest, [CTRL.RX, CTRL_RX.NOMULTI, 1])).toBe(OK);
    expect(await seen(packetTo(group))).toBe(false);
    for (const mode of [CTRL_RX.ALLMULTI, CTRL_RX.ALLUNI, CTRL_RX.NOUNI]) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await command(guest, [CTRL.RX, mode, 1])).toBe(OK);
    }
    expect(await seen(packetTo(own))).toBe(false);
  });

  test("the address", async () => {
    const { guest, card } = rig();
    expect(await command(guest, [CTRL.MAC, CTRL_MAC.ADDR_SET, ...macAddress(other)])).toBe(OK);
    expect([card.mac, guest.readConfig(4, 2), guest.configChanges]).toEqual([macAddress(other), 0x0900, 0]);
    expect(await command(guest, [CTRL.MAC, CTRL_MAC.ADDR_SET, 1, 0, 0, 0, 0, 0])).toBe(ERR);
    guest.reset();
    expect(card.mac).toEqual(macAddress(own));
  });

  test("VLANs", async () => {
    const { link, guest, card } = rig();
    const tagged = packetTo(own, 64, 0x81, 0, 0, 7);
    link.give(tagged);
    expect(card.counts.filtered).toBe(1);
    expect(await command(guest, [CTRL.VLAN, CTRL_VLAN.ADD, 7, 0])).toBe(OK);
    link.give(tagged);
    expect(card.counts.filtered).toBe(1);
    expect(await command(guest, [CTRL.VLAN, CTRL_VLAN.DEL, 7, 0])).toBe(OK);
    link.give(tagged);
    expect(card.counts.filtered).toBe(2);
    expect(await command(guest, [CTRL.VLAN, CTRL_VLAN.ADD, 0, 0x10])).toBe(ERR);
  });

  test("announcing, and the link", async () => {
    const { link, guest, card } = rig();
    expect(guest.readConfig(6, 2)).toBe(S.LINK_UP);
    expect(card.announce()).toBe(true);
    expect([guest.readConfig(6, 2), guest.configChanges]).toEqual([S.LINK_UP | S.ANNOUNCE, 1]);
    expect(await command(guest, [CTRL.ANNOUNCE, CTRL_ANNOUNCE.ACK])).toBe(OK);
    expect([guest.readConfig(6, 2), guest.configChanges]).toEqual([S.LINK_UP, 1]);
    card.setLink(false);
    expect([card.linkUp, guest.readConfig(6, 2), guest.configChanges, card.announce()]).toEqual([false, 0, 2, false]);
    link.give(packetTo(own));
    await guest.post(queue.transmit, [header(), packetTo(own)], []);
    expect([link.sent.length, card.counts.unlinked]).toEqual([0, 2]);
  });

  test("commands that are none", async () => {
    const { guest, card } = rig();
    expect(await command(guest, [99, 0])).toBe(ERR);
    expect(await command(guest, [CTRL.RX, 99, 1])).toBe(ERR);
    expect(await command(guest, [CTRL.RX, CTRL_RX.PROMISC, 2])).toBe(ERR);
    expect(await command(guest, [CTRL.RX, CTRL_RX.PROMISC])).toBe(ERR);
    expect(await command(guest, [CTRL.MAC, CTRL_MAC.TABLE_SET, 255, 255, 255, 255])).toBe(ERR);
    expect(await command(guest, [CTRL.MQ, CTRL_MQ.VQ_PAIRS_SET, 1, 0])).toBe(ERR);
    expect(card.needsReset).toBeUndefined();
  });

  test("several pairs of queues: a flow comes back where it was sent", async () => {
    const { link, guest } = rig({ queuePairs: 2 });
    const control = 4;
    const [first, second] = [guest.post(0, [], [100]), guest.post(2, [], [100])];
    await guest.post(3, [header(), udp(1, 2)], []);
    link.give(udp(2, 1));
    expect((await first).written).toBe(76);
    expect(await command(guest, [CTRL.MQ, CTRL_MQ.VQ_PAIRS_SET, 3, 0], control)).toBe(ERR);
    expect(await command(guest, [CTRL.MQ, CTRL_MQ.VQ_PAIRS_SET, 0, 0], control)).toBe(ERR);
    expect(await command(guest, [CTRL.MQ, CTRL_MQ.VQ_PAIRS_SET, 2, 0], control)).toBe(OK);
    await guest.post(3, [header(), udp(1, 2)], []);
    link.give(udp(2, 1));
    expect((await second).written).toBe(76);
    // What waits for a queue that is given up goes to the first one.
    link.give(udp(2, 1));
    expect(await command(guest, [CTRL.MQ, CTRL_MQ.VQ_PAIRS_SET, 1, 0], control)).toBe(OK);
    expect((await guest.post(0, [], [100])).written).toBe(76);
  });
});

test("configuration, and options that are none", () => {
  const { guest } = rig({ mtu: 9000, queuePairs: 3 });
  expect([guest.readConfig(0, 4), guest.readConfig(8, 2), guest.readConfig(10, 2)]).toEqual([0x0000_5452, 3, 9000]);
  expect(() => rig({ mtu: 60 })).toThrow("68 to 65535, not 60");
  expect(() => rig({ queuePairs: 0 })).toThrow("not 0");
  const { mac } = new NetCard({ link: new TestLink() });
  expect((mac[0] ?? 0) & 3).toBe(2);
});
