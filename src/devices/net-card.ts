// Two network cards on one cable:
//
//   const [left, right] = linkPair();
//   const first = new NetCard({ link: left, mac: "52:54:00:00:00:01" });
//   const second = new NetCard({ link: right, mac: "52:54:00:00:00:02" });
//
// Out of the process: `link: await StreamLink.connect("/run/net.sock")`, from "virtgen/devices/node".

import type { Answer, Incoming, QueuePlace } from "virtgen/runtime";
import * as net from "../../generated/typescript/net.ts";
import { completeChecksum } from "./net/checksum.ts";
import { FlowTable } from "./net/flow-table.ts";
import type { NetLink } from "./net/link.ts";
import { macAddress } from "./net/mac-address.ts";
import { ReceiveFilter, type ReceiveModes } from "./net/receive-filter.ts";
import { ReceiveRing } from "./net/receive-ring.ts";
import { ringFeatures, type RingOptions } from "./ring-features.ts";

export interface NetCardOptions extends RingOptions {
  readonly link: NetLink;
  /** `52:54:00:12:34:56`; a local one made at random if absent. */
  readonly mac?: string;
  /** In bytes, without the Ethernet header; the driver is told none if absent. */
  readonly mtu?: number;
  /** Pairs of queues; 1 if absent. */
  readonly queuePairs?: number;
  /** A packet may fill several receive buffers; it may if absent. */
  readonly mergeable?: boolean;
  /** The driver may leave checksums to the device, which completes them itself. */
  readonly checksum?: boolean;
  /** Packets for each receive queue that wait for buffers; those that come then are dropped. 256 if absent. */
  readonly waitingPackets?: number;
}

/** Packets so far. */
export interface PacketCounts {
  /** From the guest, and to it. */
  sent: number;
  received: number;
  /** To the guest: neither a buffer nor a place to wait. */
  unbuffered: number;
  /** To the guest: its filters kept them away, or it has not set the device up. */
  filtered: number;
  /** To the guest: longer than its buffers. */
  tooLong: number;
  /** From the guest: no packet, or one that asks for what was not negotiated. */
  malformed: number;
  /** Either way, while the link was down; and what the link itself refused. */
  unlinked: number;
}

const { F, S, Ack, HDR_F, HDR_GSO } = net;
/** What costs nobody anything. */
const always: readonly net.F[] = [
  F.MAC,
  F.STATUS,
  F.CTRL_VQ,
  F.CTRL_RX,
  F.CTRL_RX_EXTRA,
  F.CTRL_VLAN,
  F.GUEST_ANNOUNCE,
  F.CTRL_MAC_ADDR,
];
/** In bytes: two addresses and a type. */
const ethernetHeader = 14;
/** In bytes: no packet without segmentation offload is longer, whatever tags it has. */
const longestPacket = 65_550 + 8;
const emptyHeader = { flags: 0, gso_type: 0, hdr_len: 0, gso_size: 0, csum_start: 0, csum_offset: 0 };

/** One receive queue: what waits, and the buffers that are taken. */
interface Receiver {
  readonly ring: ReceiveRing;
  waiting: Uint8Array[];
}

/**
 * A network device on a link, with receive filters, VLANs, several queues and link state; without segmentation and, if
 * it is not asked for, without checksum offload.
 */
export class NetCard extends net.NetDevice {
  readonly counts: PacketCounts = {
    sent: 0,
    received: 0,
    unbuffered: 0,
    filtered: 0,
    tooLong: 0,
    malformed: 0,
    unlinked: 0,
  };
  private readonly link: NetLink;
  private readonly hardwareAddress: Uint8Array;
  private readonly mostWaiting: number;
  private readonly receivers: readonly Receiver[];
  private readonly flows: FlowTable = new FlowTable();
  private filter: ReceiveFilter;
  /** The header's accessors, and an empty header, as they are now. */
  private header: ReturnType<typeof net.Hdr.withContext> | undefined;
  private headerBytes: Uint8Array = new Uint8Array(0);
  private headerView: DataView = new DataView(new ArrayBuffer(0));
  private mergeable = false;
  private pairs = 1;
  private linkIsUp = true;

  /** @throws DeviceError, RangeError where the options are not allowed */
  constructor(options: NetCardOptions) {
    const { link, mtu, queuePairs = 1, mergeable = true, checksum = false, queueSize } = options;
    const mac = options.mac === undefined ? randomAddress() : macAddress(options.mac);
    if (mtu !== undefined && !(mtu >= 68 && mtu <= 65_535)) throw new RangeError(`an MTU is 68 to 65535, not ${mtu}`);
    if (!Number.isInteger(queuePairs) || queuePairs < 1 || queuePairs > 0x7fff) {
      throw new RangeError(`there are 1 to 32767 pairs of queues, not ${queuePairs}`);
    }
    super({
      features: [
        ...(options.ringFeatures ?? ringFeatures),
        ...always,
        ...(mergeable ? [F.MRG_RXBUF] : []),
        ...(checksum ? [F.CSUM] : []),
        ...(mtu === undefined ? [] : [F.MTU]),
        ...(queuePairs === 1 ? [] : [F.MQ]),
      ],
      config: {
        mac,
        status: S.LINK_UP,
        ...(queuePairs === 1 ? {} : { max_virtqueue_pairs: queuePairs }),
        ...(mtu === undefined ? {} : { mtu }),
      },
      ...(queueSize === undefined ? {} : { queueSize }),
    });
    this.link = link;
    this.hardwareAddress = mac;
    this.mostWaiting = options.waitingPackets ?? 256;
    this.receivers = Array.from({ length: queuePairs }, () => ({ ring: new ReceiveRing(), waiting: [] }));
    this.filter = new ReceiveFilter(mac, { byAddress: false, byVlan: false });
    link.attach((packet) => this.take(packet));
  }

  /** The address that packets to this device have: its own, or the one that the driver has set. */
  get mac(): Uint8Array {
    return this.config.mac ?? this.hardwareAddress;
  }

  get linkUp(): boolean {
    return this.linkIsUp;
  }

  /** Plugs the cable in or out: the driver is told, and nothing goes through while it is out. */
  setLink(up: boolean): void {
    this.linkIsUp = up;
    this.changeConfig({ status: up ? S.LINK_UP : 0 });
  }

  /** Asks the driver to announce itself in the network, as after a move. @returns false where it cannot */
  announce(): boolean {
    if (!this.running || !this.linkIsUp || !this.features.has(F.GUEST_ANNOUNCE)) return false;
    this.changeConfig({ status: S.LINK_UP | S.ANNOUNCE });
    return true;
  }

  override transmit(request: Incoming<net.Hdr>): Answer<void> {
    const { input, queue } = request;
    if (input.length < ethernetHeader || input.length > longestPacket) {
      this.counts.malformed += 1;
      return undefined;
    }
    const packet = input.toBytes();
    if (!this.isOrdinary(request, packet)) {
      this.counts.malformed += 1;
      return undefined;
    }
    if (!this.linkIsUp) {
      this.counts.unlinked += 1;
      return undefined;
    }
    if (this.pairs > 1) this.flows.learn(packet, queue.index);
    this.counts.sent += 1;
    const refused = (): void => {
      this.counts.unlinked += 1;
    };
    try {
      const done = this.link.send(packet);
      return done instanceof Promise ? done.catch(refused) : undefined;
    } catch {
      refused();
      return undefined;
    }
  }

  override ctrlRxPromisc({ value }: Incoming<{ on: number }>): net.Ack {
    return this.setMode("promisc", value.on);
  }

  override ctrlRxAllmulti({ value }: Incoming<{ on: number }>): net.Ack {
    return this.setMode("allmulti", value.on);
  }

  override ctrlRxAlluni({ value }: Incoming<{ on: number }>): net.Ack {
    return this.setMode("alluni", value.on);
  }

  override ctrlRxNomulti({ value }: Incoming<{ on: number }>): net.Ack {
    return this.setMode("nomulti", value.on);
  }

  override ctrlRxNouni({ value }: Incoming<{ on: number }>): net.Ack {
    return this.setMode("nouni", value.on);
  }

  override ctrlRxNobcast({ value }: Incoming<{ on: number }>): net.Ack {
    return this.setMode("nobcast", value.on);
  }

  override ctrlMacTableSet({ value }: Incoming<{ unicast: net.CtrlMac; multicast: net.CtrlMac }>): net.Ack {
    this.filter.setTables(value.unicast.macs, value.multicast.macs);
    return Ack.OK;
  }

  override ctrlMacAddrSet({ value }: Incoming<{ mac: Uint8Array }>): net.Ack {
    if (((value.mac[0] ?? 0) & 1) !== 0) return Ack.ERR;
    this.changeConfig({ mac: value.mac }, false);
    this.filter.setAddress(value.mac);
    return Ack.OK;
  }

  override ctrlVlanAdd({ value }: Incoming<{ vlan_id: number }>): net.Ack {
    if (value.vlan_id > 0xfff) return Ack.ERR;
    this.filter.addVlan(value.vlan_id);
    return Ack.OK;
  }

  override ctrlVlanDel({ value }: Incoming<{ vlan_id: number }>): net.Ack {
    if (value.vlan_id > 0xfff) return Ack.ERR;
    this.filter.deleteVlan(value.vlan_id);
    return Ack.OK;
  }

  override ctrlAnnounceAck(): net.Ack {
    this.changeConfig({ status: this.linkIsUp ? S.LINK_UP : 0 }, false);
    return Ack.OK;
  }

  override ctrlMqVqPairsSet({ value }: Incoming<{ mq: net.CtrlMqPairsSet }>): net.Ack {
    const { virtqueue_pairs: pairs } = value.mq;
    if (pairs < 1 || pairs > this.receivers.length) return Ack.ERR;
    this.pairs = pairs;
    // What waits for a queue that is not used any more goes to the first one.
    for (const receiver of this.receivers.slice(pairs)) {
      for (const packet of receiver.waiting.splice(0)) this.queue(0, packet);
    }
    return Ack.OK;
  }

  protected override started(): void {
    const { features } = this;
    const header = net.Hdr.withContext({ features }).guestOrder(this.order);
    this.header = header;
    this.headerBytes = header.toBytes({ ...emptyHeader, ...(header.byteLength === 10 ? {} : { num_buffers: 1 }) });
    this.headerView = new DataView(this.headerBytes.buffer, this.headerBytes.byteOffset);
    this.mergeable = features.has(F.MRG_RXBUF);
    this.filter = new ReceiveFilter(this.mac, {
      byAddress: features.has(F.CTRL_RX),
      byVlan: features.has(F.CTRL_VLAN),
    });
  }

  protected override buffersAdded({ name, index }: QueuePlace): void {
    const receiver = this.receivers[index];
    if (name !== "receiveq" || receiver === undefined) return;
    while (receiver.waiting.length > 0) {
      const [packet] = receiver.waiting;
      if (packet === undefined || !this.deliver(index, packet)) return;
      receiver.waiting.shift();
    }
  }

  protected override wasReset(queue?: QueuePlace): void {
    if (queue !== undefined) {
      if (queue.name === "receiveq") this.receivers[queue.index]?.ring.reset();
      return;
    }
    for (const receiver of this.receivers) {
      receiver.ring.reset();
      receiver.waiting = [];
    }
    this.pairs = 1;
    this.flows.forget();
    this.changeConfig({ mac: this.hardwareAddress, status: this.linkIsUp ? S.LINK_UP : 0 });
  }

  private setMode(mode: keyof ReceiveModes, on: number): net.Ack {
    this.filter.modes[mode] = on === 1;
    return Ack.OK;
  }

  /** Whether a packet asks for nothing that was not negotiated. Completes its checksum where it asks for that. */
  private isOrdinary({ view, at }: Incoming<net.Hdr>, packet: Uint8Array): boolean {
    const { header } = this;
    if (header === undefined || header.gso_type.get(view, at) !== HDR_GSO.NONE) return false;
    if ((header.flags.get(view, at) & HDR_F.NEEDS_CSUM) === 0) return true;
    if (!this.features.has(F.CSUM)) return false;
    return completeChecksum(packet, header.csum_start.get(view, at), header.csum_offset.get(view, at));
  }

  /** A packet from the link. */
  private take(packet: Uint8Array): void {
    if (!this.linkIsUp) {
      this.counts.unlinked += 1;
    } else if (!this.running || !this.filter.passes(packet)) {
      this.counts.filtered += 1;
    } else {
      const pair = this.pairs > 1 ? this.flows.pairOf(packet, this.pairs) : 0;
      this.queue(pair, packet);
    }
  }

  /** Gives the packet to the guest, or lets it wait behind those that do. */
  private queue(pair: number, packet: Uint8Array): void {
    const receiver = this.receivers[pair];
    if (receiver === undefined) return;
    if (receiver.waiting.length === 0 && this.deliver(pair, packet)) return;
    if (receiver.waiting.length < this.mostWaiting) receiver.waiting.push(packet);
    else this.counts.unbuffered += 1;
  }

  /** @returns false where the packet has to wait for buffers */
  private deliver(pair: number, packet: Uint8Array): boolean {
    const queue = this.queueOf("receiveq", pair);
    const receiver = this.receivers[pair];
    if (queue === undefined || receiver === undefined) return false;
    const delivery = receiver.ring.deliver(queue, this.headerBytes, packet, this.mergeable, (buffers) => {
      if (this.headerBytes.length > 10) this.header?.num_buffers.set(this.headerView, 0, buffers);
    });
    if (delivery === "delivered") this.counts.received += 1;
    if (delivery === "too-long") this.counts.tooLong += 1;
    return delivery !== "no-buffers";
  }
}

/** A locally administered address of one station. */
function randomAddress(): Uint8Array {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return bytes;
}
