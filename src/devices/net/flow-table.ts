const slots = 1024;
const ipv4 = 0x0800;
const ipv6 = 0x86dd;
const vlanTag = 0x8100;
const tcp = 6;
const udp = 17;

/**
 * Remembers by which queue pair a driver sends the packets of a flow, so that what belongs to the flow comes back by
 * the same. Flows of equal hash share a place: that costs order between queues, never a packet.
 */
export class FlowTable {
  private readonly pairs: Uint16Array = new Uint16Array(slots);

  /** The driver has sent this packet by this pair. */
  learn(packet: Uint8Array, pair: number): void {
    const slot = slotOf(packet);
    if (slot !== undefined) this.pairs[slot] = pair;
  }

  /** The pair for a packet that comes in; 0 where nothing of its flow was sent. @param count pairs in use */
  pairOf(packet: Uint8Array, count: number): number {
    const slot = slotOf(packet);
    const pair = slot === undefined ? 0 : (this.pairs[slot] ?? 0);
    return pair < count ? pair : 0;
  }

  forget(): void {
    this.pairs.fill(0);
  }
}

/** The same for both directions of a flow: addresses and ports are added up. Undefined for what is no IP. */
function slotOf(packet: Uint8Array): number | undefined {
  let at = 12;
  let type = word(packet, at);
  if (type === vlanTag) {
    at += 4;
    type = word(packet, at);
  }
  const ip = at + 2;
  let sum: number;
  let protocol: number;
  let transport: number;
  if (type === ipv4 && packet.length >= ip + 20) {
    sum = long(packet, ip + 12) + long(packet, ip + 16);
    protocol = packet[ip + 9] ?? 0;
    // A fragment behind the first one has no ports.
    transport = (word(packet, ip + 6) & 0x1fff) === 0 ? ip + ((packet[ip] ?? 0) & 0xf) * 4 : packet.length;
  } else if (type === ipv6 && packet.length >= ip + 40) {
    sum = 0;
    for (let from = ip + 8; from < ip + 40; from += 4) sum += long(packet, from);
    protocol = packet[ip + 6] ?? 0;
    transport = ip + 40;
  } else return undefined;
  if ((protocol === tcp || protocol === udp) && packet.length >= transport + 4) {
    sum += word(packet, transport) + word(packet, transport + 2);
  }
  const low = (sum + protocol) >>> 0;
  return (Math.imul(low ^ (low >>> 15), 0x2c1b_3c6d) >>> 0) % slots;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}

function long(bytes: Uint8Array, at: number): number {
  return word(bytes, at) * 0x1_0000 + word(bytes, at + 2);
}
