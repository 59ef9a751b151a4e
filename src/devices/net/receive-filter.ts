import { macNumber } from "./mac-address.ts";

const broadcast = 0xffff_ffff_ffff;
/** In bytes: two addresses and a type. */
const ethernetHeader = 14;
const vlanTag = 0x8100;
/** More addresses than this are not looked up: the filter lets everything of that kind through. */
const longestTable = 64;

/** The receive modes that a driver sets: those of CTRL_RX by their names there. */
export interface ReceiveModes {
  promisc: boolean;
  allmulti: boolean;
  alluni: boolean;
  nomulti: boolean;
  nouni: boolean;
  nobcast: boolean;
}

/** Which packets get to the driver. Begins as the standard and other devices have it after a reset. */
export class ReceiveFilter {
  readonly modes: ReceiveModes;
  /** By address where the driver can say so (CTRL_RX), and by VLAN (CTRL_VLAN); otherwise everything passes. */
  private readonly byAddress: boolean;
  private readonly byVlan: boolean;
  private own: number;
  private unicast: ReadonlySet<number> | undefined = new Set();
  private multicast: ReadonlySet<number> | undefined = new Set();
  private readonly vlans: Set<number> = new Set();

  constructor(mac: Uint8Array, options: { readonly byAddress: boolean; readonly byVlan: boolean }) {
    this.own = macNumber(mac);
    this.byAddress = options.byAddress;
    this.byVlan = options.byVlan;
    this.modes = { promisc: true, allmulti: false, alluni: false, nomulti: false, nouni: false, nobcast: false };
  }

  setAddress(mac: Uint8Array): void {
    this.own = macNumber(mac);
  }

  /** @param unicast addresses of six bytes each, one behind the other */
  setTables(unicast: readonly Uint8Array[], multicast: readonly Uint8Array[]): void {
    this.unicast = tableOf(unicast);
    this.multicast = tableOf(multicast);
  }

  addVlan(id: number): void {
    this.vlans.add(id & 0xfff);
  }

  deleteVlan(id: number): void {
    this.vlans.delete(id & 0xfff);
  }

  /** Whether the driver gets this packet. What is shorter than a header is none. */
  passes(packet: Uint8Array): boolean {
    if (packet.length < ethernetHeader) return false;
    if (this.byVlan && word(packet, 12) === vlanTag && !this.vlans.has(word(packet, 14) & 0xfff)) return false;
    return !this.byAddress || this.modes.promisc || this.passesAddress(packet);
  }

  private passesAddress(packet: Uint8Array): boolean {
    const { modes } = this;
    const address = macNumber(packet);
    if (address === broadcast) return !modes.nobcast;
    if (((packet[0] ?? 0) & 1) !== 0) {
      return !modes.nomulti && (modes.allmulti || this.multicast?.has(address) !== false);
    }
    return !modes.nouni && (modes.alluni || address === this.own || this.unicast?.has(address) !== false);
  }
}

/** Undefined where it is too long: then everything is in it. */
function tableOf(addresses: readonly Uint8Array[]): ReadonlySet<number> | undefined {
  if (addresses.length > longestTable) return undefined;
  return new Set(addresses.map((address) => macNumber(address)));
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}
