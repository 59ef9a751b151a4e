import type { Answer } from "virtgen/runtime";

/** Takes a packet: a whole Ethernet frame without its check sequence. The bytes are the receiver's to keep. */
export type PacketHandler = (packet: Uint8Array) => void;

/** What a network device is plugged into. */
export interface NetLink {
  /**
   * Takes a packet from the guest; the bytes are the link's from now on. Where it returns a promise, the guest's buffer
   * stays in use until then, and so a fast guest is slowed down. A packet that cannot be sent is dropped, never thrown.
   */
  send(packet: Uint8Array): Answer<void>;
  /** Whom packets for the guest go to from now on; undefined: to nobody. */
  attach(receive: PacketHandler | undefined): void;
}

/** One end of a cable between two devices. What nobody takes at the other end is gone. */
class PairEnd implements NetLink {
  other: PairEnd | undefined;
  private receive: PacketHandler | undefined;

  send(packet: Uint8Array): void {
    this.other?.receive?.(packet);
  }

  attach(receive: PacketHandler | undefined): void {
    this.receive = receive;
  }
}

/** The two ends of a cable, one for each of two devices. */
export function linkPair(): readonly [NetLink, NetLink] {
  const one = new PairEnd();
  const other = new PairEnd();
  one.other = other;
  other.other = one;
  return [one, other];
}
