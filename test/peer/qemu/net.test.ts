import { join } from "node:path";
import { expect, vi } from "vitest";
import { F as core } from "../../../generated/typescript/config.ts";
import * as net from "../../../generated/typescript/net.ts";
import type { NetLink } from "../../../src/devices/net/link.ts";
import { StreamLink } from "../../../src/devices/node/stream-link.ts";
import { UdpLink } from "../../../src/devices/node/udp-link.ts";
import type { QemuMachine } from "../../../src/qtest/index.ts";
import { pattern } from "../../suite/computer.ts";
import { acrossQemu, type SetUp } from "./machine.ts";

const { Ack, F, S } = net;

const mac = [0x52, 0x54, 0, 0x12, 0x34, 0x56];
const peerMac = [0x52, 0x54, 0, 0, 0, 2];
const mtu = 1500;
const waiting = { timeout: 3000, interval: 2 };

type Properties = Record<string, string | number | boolean>;

/** A card that QEMU's back end puts on a cable. */
function card(backEnd: string, properties: Properties = {}): SetUp {
  const address = mac.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  return {
    arguments: ["-netdev", `${backEnd},id=cable`],
    devices: [{ model: "virtio-net", properties: { id: "card", netdev: "cable", mac: address, ...properties } }],
  };
}

/** Two cards. */
function hub(): SetUp {
  const ports = ["near", "far"];
  return {
    arguments: ports.flatMap((id) => ["-netdev", `hubport,id=${id},hubid=0`]),
    devices: ports.map((netdev) => ({ model: "virtio-net", properties: { netdev } })),
  };
}

/** On a Unix socket, whose other end is a test. */
function onSocket(folder: string, properties: Properties = {}): SetUp {
  return card(`stream,server=on,addr.type=unix,addr.path=${join(folder, "cable")}`, properties);
}

/** The other end of the cable: what comes out of it. */
class Cable {
  readonly got: Uint8Array[] = [];
  private readonly link: NetLink & { close(): Promise<void> };

  constructor(link: NetLink & { close(): Promise<void> }) {
    this.link = link;
    link.attach((packet) => void this.got.push(packet.slice()));
  }

  /** To the socket of `onSocket`. QEMU drops what is sent before it has taken the connection. */
  static async plugIn({ machine, folder }: { machine: QemuMachine; folder: string }): Promise<Cable> {
    const taken = new Promise<void>((resolve) => {
      const end = machine.qmp.onEvent(({ event }) => {
        if (event !== "NETDEV_STREAM_CONNECTED") return;
        end();
        resolve();
      });
    });
    // QEMU answers on its other ways a moment before it listens here.
    const link = await vi.waitFor(() => StreamLink.connect(join(folder, "cable")), waiting);
    const cable = new Cable(link);
    await taken;
    return cable;
  }

  async send(packet: Uint8Array): Promise<void> {
    await this.link.send(packet);
  }

  pullOut(): Promise<void> {
    return this.link.close();
  }
}

/** An Ethernet frame of this length. */
function frame(length: number, seed: number, to: readonly number[], from: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = pattern(length, seed);
  bytes.set([...to, ...from, 0x88, 0xb5]);
  return bytes;
}

/** Lengths from the shortest frame to the longest. */
const lengths = Array.from({ length: 40 }, (_, index) => 60 + ((index * 397) % 1455));
const outgoing = lengths.map((length, index) => frame(length, index, peerMac, mac));
const incoming = lengths.map((length, index) => frame(length, index + 100, mac, peerMac));

/** Without any offload. `num_buffers` is part of every header, but on the legacy interface. */
function headerOf(driver: net.NetDriver): net.Hdr {
  const plain: net.Hdr = { flags: 0, gso_type: 0, hdr_len: 0, gso_size: 0, csum_start: 0, csum_offset: 0 };
  const counts = driver.features.has(core.VERSION_1) || driver.features.has(F.MRG_RXBUF);
  return counts ? { ...plain, num_buffers: 0 } : plain;
}

/** The frames that a driver receives, and the headers before them. */
interface Received {
  readonly frames: Uint8Array[];
  readonly headers: net.Hdr[];
}

function following({ num_buffers = 1 }: net.Hdr): number {
  return num_buffers - 1;
}

/** @param outputLength of a buffer; a frame that is longer comes in several, where that was negotiated */
function receive(driver: net.NetDriver, outputLength = 2048, buffers = 32): Received {
  const received: Received = { frames: [], headers: [] };
  driver.onReceive(
    (header, bytes) => {
      received.headers.push(header);
      received.frames.push(bytes.slice());
    },
    { outputLength, buffers, ...(driver.features.has(F.MRG_RXBUF) ? { following } : {}) },
  );
  return received;
}

async function expectFrames(got: readonly Uint8Array[], wanted: readonly Uint8Array[]): Promise<void> {
  await vi.waitFor(() => expect(got.length).toBeGreaterThanOrEqual(wanted.length), waiting);
  expect(got.map((one) => one.length)).toEqual(wanted.map((one) => one.length));
  for (const [index, one] of wanted.entries()) expect(Buffer.compare(got[index] ?? new Uint8Array(), one)).toBe(0);
}

async function exchange(driver: net.NetDriver, cable: Cable): Promise<Received> {
  const received = receive(driver);
  await Promise.all(outgoing.map((packet) => driver.transmit(headerOf(driver), packet)));
  await expectFrames(cable.got, outgoing);
  for (const packet of incoming) await cable.send(packet);
  await expectFrames(received.frames, incoming);
  return received;
}

/** What the card lets in, as QEMU sees it. */
interface RxFilter {
  readonly "promiscuous": boolean;
  readonly "multicast": string;
  readonly "unicast": string;
  readonly "vlan": string;
  readonly "main-mac": string;
  readonly "vlan-table": readonly number[];
  readonly "unicast-table": readonly string[];
  readonly "multicast-table": readonly string[];
}

async function rxFilter({ qmp }: QemuMachine): Promise<RxFilter> {
  const [filter] = (await qmp.execute("query-rx-filter", { name: "card" })) as RxFilter[];
  if (filter === undefined) throw new Error("QEMU has no filter of the card");
  return filter;
}

const subject = {
  description: net.device,
  Driver: net.NetDriver,
  setUp: (_place: unknown, folder: string) => onSocket(folder, { host_mtu: mtu, speed: 1000, duplex: "full" }),
};

acrossQemu(subject, (cases) => {
  cases.eachRing("sends and receives frames of all lengths, many at a time", async (bench) => {
    const { driver } = bench;
    const cable = await Cable.plugIn(bench);
    const { headers } = await exchange(driver, cable);
    for (const header of headers) expect(header).toEqual({ ...headerOf(driver), num_buffers: 1 });
    await cable.pullOut();
  });

  cases.eachRing("receives frames that fill several buffers, and waits for no more than there are", async (bench) => {
    const { driver } = bench;
    const cable = await Cable.plugIn(bench);
    expect(driver.features.has(F.MRG_RXBUF)).toBe(true);
    const room = 188;
    const headerLength = 12;
    // The longest frame takes 8 of them: others come in only as these are given back.
    const received = receive(driver, room, 16);
    for (const packet of incoming) await cable.send(packet);
    await expectFrames(received.frames, incoming);
    expect(received.headers.map(({ num_buffers }) => num_buffers)).toEqual(
      lengths.map((length) => Math.ceil((length + headerLength) / (room + headerLength))),
    );
    await cable.pullOut();
  });

  cases.eachRing("takes every command for what comes in", async ({ driver, machine }) => {
    const on = async (): Promise<RxFilter> => rxFilter(machine);
    expect(await on()).toMatchObject({ "promiscuous": true, "main-mac": "52:54:00:12:34:56" });
    expect(await driver.ctrlRxPromisc({ on: 0 })).toBe(Ack.OK);
    expect(await driver.ctrlRxAllmulti({ on: 1 })).toBe(Ack.OK);
    expect(await driver.ctrlRxAlluni({ on: 1 })).toBe(Ack.OK);
    expect(await on()).toMatchObject({ promiscuous: false, multicast: "all", unicast: "all" });
    expect(await driver.ctrlRxAllmulti({ on: 0 })).toBe(Ack.OK);
    expect(await driver.ctrlRxAlluni({ on: 0 })).toBe(Ack.OK);
    expect(await driver.ctrlRxNomulti({ on: 1 })).toBe(Ack.OK);
    expect(await driver.ctrlRxNouni({ on: 1 })).toBe(Ack.OK);
    expect(await driver.ctrlRxNobcast({ on: 1 })).toBe(Ack.OK);
    // What it says of broadcasts is the opposite of what it does: see the frames below.
    expect(await on()).toMatchObject({ multicast: "none", unicast: "none" });
    const multicast = [1, 0, 0x5e, 0, 0, 1];
    const table = {
      unicast: { entries: 2, macs: [Uint8Array.of(2, 0, 0, 0, 0, 7), Uint8Array.of(2, 0, 0, 0, 0, 8)] },
      multicast: { entries: 1, macs: [Uint8Array.from(multicast)] },
    };
    expect(await driver.ctrlMacTableSet(table)).toBe(Ack.OK);
    const filter = await on();
    expect(filter["unicast-table"].toSorted()).toEqual(["02:00:00:00:00:07", "02:00:00:00:00:08"]);
    expect(filter["multicast-table"]).toEqual(["01:00:5e:00:00:01"]);
    for (const id of [5, 4095, 17]) expect(await driver.ctrlVlanAdd({ vlan_id: id })).toBe(Ack.OK);
    expect(await driver.ctrlVlanDel({ vlan_id: 5 })).toBe(Ack.OK);
    expect((await on())["vlan-table"].toSorted((a, b) => a - b)).toEqual([17, 4095]);
    expect(await driver.ctrlVlanAdd({ vlan_id: 4096 })).toBe(Ack.ERR);
    expect(await driver.ctrlMacAddrSet({ mac: Uint8Array.of(2, 0, 0, 0, 0, 9) })).toBe(Ack.OK);
    expect((await on())["main-mac"]).toBe("02:00:00:00:00:09");
    expect([...(driver.readConfig().mac ?? [])]).toEqual([2, 0, 0, 0, 0, 9]);
    // Nobody has asked for an announcement.
    expect(await driver.ctrlAnnounceAck()).toBe(Ack.ERR);
  });

  cases.everywhere("lets in what its filters have, and nothing else", async (bench) => {
    const driver = await bench.drive().start();
    const cable = await Cable.plugIn(bench);
    const received = receive(driver);
    expect(await driver.ctrlRxPromisc({ on: 0 })).toBe(Ack.OK);
    const other = [2, 0, 0, 0, 0, 7];
    const multicast = [1, 0, 0x5e, 0, 0, 1];
    const everyone = [255, 255, 255, 255, 255, 255];
    const tagged = frame(90, 4, mac, peerMac);
    tagged.set([0x81, 0, 0, 5], 12);
    const sent = [mac, other, multicast, everyone].map((to, index) => frame(80 + index, index, to, peerMac));
    const [own, unicast, group, broadcast] = sent;
    const round = async (wanted: readonly (Uint8Array | undefined)[]): Promise<void> => {
      received.frames.length = 0;
      for (const packet of [...sent, tagged]) await cable.send(packet);
      // The last comes in whatever the filters are: all before it have come by then.
      const last = frame(70, 9, mac, peerMac);
      await cable.send(last);
      await vi.waitFor(() => expect(received.frames.at(-1)).toHaveLength(70), waiting);
      await expectFrames(received.frames, [...wanted.filter((one) => one !== undefined), last]);
    };
    await round([own, broadcast]);
    await driver.ctrlMacTableSet({
      unicast: { entries: 1, macs: [Uint8Array.from(other)] },
      multicast: { entries: 1, macs: [Uint8Array.from(multicast)] },
    });
    await driver.ctrlVlanAdd({ vlan_id: 5 });
    await round([own, unicast, group, broadcast, tagged]);
    await driver.ctrlRxNomulti({ on: 1 });
    await driver.ctrlRxNobcast({ on: 1 });
    await driver.ctrlVlanDel({ vlan_id: 5 });
    await round([own, unicast]);
    await driver.ctrlRxPromisc({ on: 1 });
    await round([own, unicast, group, broadcast, tagged]);
    await cable.pullOut();
  });

  cases.everywhere("tells of its link, its speed and its largest frame", async ({ drive, machine, place }) => {
    const driver = await drive().start();
    const told = vi.fn<() => void>();
    driver.onConfigChange(told);
    // The feature that has the speed is beyond what the legacy interface can tell.
    const speed = place.legacy ? {} : { speed: 1000, duplex: 1 };
    expect(driver.readConfig()).toEqual({ mac: Uint8Array.from(mac), status: S.LINK_UP, mtu, ...speed });
    for (const [times, up] of [false, true].entries()) {
      await machine.qmp.execute("set_link", { name: "card", up });
      await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(times + 1), waiting);
      expect(driver.readConfig().status).toBe(up ? S.LINK_UP : 0);
    }
  });

  cases.everywhere("announces itself when it is asked to", async ({ drive, machine }) => {
    const driver = await drive().start();
    const told = vi.fn<() => void>();
    driver.onConfigChange(told);
    await machine.qmp.execute("announce-self", { initial: 5, max: 5, rounds: 1, step: 5 });
    await vi.waitFor(() => expect(told).toHaveBeenCalled(), waiting);
    expect(driver.readConfig().status).toBe(S.LINK_UP | S.ANNOUNCE);
    expect(await driver.ctrlAnnounceAck()).toBe(Ack.OK);
    expect(driver.readConfig().status).toBe(S.LINK_UP);
    expect(await driver.ctrlAnnounceAck()).toBe(Ack.ERR);
  });

  cases.everywhere("takes only the header and the frame where nothing else is negotiated", async (bench) => {
    const driver = await bench.drive({ features: [F.MAC] as readonly number[] as readonly never[] }).start();
    expect(driver.queuePlaces.map(({ number }) => number)).toEqual([0, 1]);
    const cable = await Cable.plugIn(bench);
    const { headers } = await exchange(driver, cable);
    await cable.pullOut();
    // `num_buffers` has to be 1 where it is: QEMU writes 0 or nothing there, and no driver looks at it without MRG_RXBUF.
    const plain = headerOf(driver);
    const count = plain.num_buffers === undefined ? {} : { num_buffers: plain.num_buffers };
    for (const header of headers) expect({ ...header, ...count }).toEqual(plain);
  });

  cases.everywhere(
    "talks to another card on a hub",
    async ({ drive, machine }) => {
      const driver = await drive().start();
      const other = await machine.device(1).drive(net.NetDriver).start();
      // As many buffers as frames: where a hub finds none it lets later frames pass earlier ones.
      const [near, far] = [receive(driver, 2048, 64), receive(other, 2048, 64)];
      const there = Promise.all(outgoing.map((packet) => driver.transmit(headerOf(driver), packet)));
      await Promise.all(incoming.map((packet) => other.transmit(headerOf(other), packet)));
      await there;
      await expectFrames(far.frames, outgoing);
      await expectFrames(near.frames, incoming);
      await other.stop();
    },
    { setUp: () => hub() },
  );

  cases.everywhere(
    "takes as many pairs of queues as it has, and no offloads: the back end has none",
    async (bench) => {
      const driver = await bench.drive().start();
      expect(driver.readConfig().max_virtqueue_pairs).toBe(1);
      expect(driver.queuePlaces.map(({ number }) => number)).toEqual([0, 1, 2]);
      const answers: number[] = [];
      for (const virtqueue_pairs of [0, 2, 1]) answers.push(await driver.ctrlMqVqPairsSet({ mq: { virtqueue_pairs } }));
      expect(answers).toEqual([Ack.ERR, Ack.ERR, Ack.OK]);
      expect(driver.features.has(F.CSUM)).toBe(false);
      expect(await driver.ctrlGuestOffloadsSet({ offloads: 0n })).toBe(Ack.ERR);
      const cable = await Cable.plugIn(bench);
      await exchange(driver, cable);
      await cable.pullOut();
    },
    { setUp: (_place, folder) => onSocket(folder, { mq: true }) },
  );

  cases.once(
    "takes a table for the steering of what comes in, and refuses one that is wrong",
    async (bench) => {
      const driver = await bench.drive({ required: [F.RSS] as readonly number[] as readonly never[] }).start();
      const { rss_max_key_size: keyLength = 0, rss_max_indirection_table_length: most } = driver.readConfig();
      expect([keyLength, most, driver.readConfig().supported_hash_types]).toEqual([40, 128, 0x1ff]);
      const rss: net.RssConfig = {
        hash_types: net.HASH_TYPE.IPv4 | net.HASH_TYPE.TCPv4,
        indirection_table_mask: 127,
        unclassified_queue: { vq_index_1_16: 0 },
        indirection_table: Array.from({ length: 128 }, () => ({ vq_index_1_16: 0 })),
        max_tx_vq: 1,
        hash_key_length: keyLength,
        hash_key_data: pattern(keyLength, 7),
      };
      const wrong: readonly Partial<net.RssConfig>[] = [
        { indirection_table_mask: 2, indirection_table: rss.indirection_table.slice(0, 3) },
        { unclassified_queue: { vq_index_1_16: 1 } },
        { hash_key_length: 41, hash_key_data: pattern(41, 7) },
        { max_tx_vq: 0 },
      ];
      for (const part of wrong) expect(await driver.ctrlMqRssConfig({ rss: { ...rss, ...part } })).toBe(Ack.ERR);
      expect(await driver.ctrlMqRssConfig({ rss })).toBe(Ack.OK);
      const cable = await Cable.plugIn(bench);
      await exchange(driver, cable);
      await cable.pullOut();
    },
    {
      setUp: (_place, folder) => onSocket(folder, { mq: true, rss: true }),
      // Where the kernel does not let it, QEMU steers by itself.
      words: /^(?:\S+: warning: [^\n]*eBPF RSS[^\n]*\n?)*$/,
    },
  );

  cases.everywhere(
    "talks to a router that is QEMU's own",
    async ({ drive }) => {
      const driver = await drive().start();
      const received = receive(driver);
      const question = new Uint8Array(60);
      const [ours, theirs] = [
        [10, 0, 2, 15],
        [10, 0, 2, 2],
      ] as const;
      // ARP: who has 10.0.2.2?
      question.set([...Array<number>(6).fill(255), ...mac, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1]);
      question.set([...mac, ...ours, 0, 0, 0, 0, 0, 0, ...theirs], 22);
      await driver.transmit(headerOf(driver), question);
      await vi.waitFor(() => expect(received.frames).toHaveLength(1), waiting);
      const router = [0x52, 0x55, 10, 0, 2, 2];
      const answer = [...mac, ...router, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, ...router, ...theirs, ...mac, ...ours];
      expect([...(received.frames[0] ?? [])].slice(0, 42)).toEqual(answer);
    },
    { setUp: () => card("user,net=10.0.2.0/24,restrict=on") },
  );

  cases.everywhere(
    "sends datagrams",
    async ({ drive, machine }) => {
      const [, address = "", near = "", far = ""] =
        /local.host=([\d.]+),local.port=(\d+).*remote.port=(\d+)/.exec(machine.commandLine) ?? [];
      const link = await UdpLink.open({
        local: { address, port: Number(far) },
        remote: { address, port: Number(near) },
      });
      const driver = await drive().start();
      const cable = new Cable(link);
      await exchange(driver, cable);
      await cable.pullOut();
    },
    { setUp: () => card(datagrams()) },
  );
});

/** A back end on an address of loopback that no other process takes. */
function datagrams(): string {
  const { pid } = process;
  const host = `127.${64 + ((pid >> 16) & 63)}.${(pid >> 8) & 255}.${pid & 255}`;
  const [local, remote] = ["local", "remote"].map((end, index) =>
    [`${end}.type=inet`, `${end}.host=${host}`, `${end}.port=${20_000 + index}`].join(","),
  );
  return `dgram,${local},${remote}`;
}
