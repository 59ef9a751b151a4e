/** In bytes, of the length in front of each packet. */
const prefix = 4;
/** In bytes: QEMU takes no longer ones either. */
export const longestPacket = 69_632;

/** A packet with its length in front, in 4 bytes, big-endian. */
export function framed(packet: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix + packet.length);
  new DataView(bytes.buffer).setUint32(0, packet.length);
  bytes.set(packet, prefix);
  return bytes;
}

/** Thrown where a stream announces a packet longer than any is: what follows cannot be understood. */
export class StreamOutOfStep extends Error {
  constructor(length: number) {
    super(`the stream announces a packet of ${length} bytes, more than ${longestPacket}: it is out of step`);
    this.name = "StreamOutOfStep";
  }
}

/** Takes packets out of a stream of bytes that comes in pieces of any size. */
export class PacketReader {
  private readonly head: Uint8Array = new Uint8Array(prefix);
  /** Bytes of the length that have come; then those of the packet. */
  private headDone = 0;
  private packet: Uint8Array | undefined;
  private packetDone = 0;

  /** Calls `found` for each packet that is whole now. @throws StreamOutOfStep */
  take(piece: Uint8Array, found: (packet: Uint8Array) => void): void {
    for (let at = 0; at < piece.length;) {
      if (this.packet === undefined) {
        this.head[this.headDone] = piece[at] ?? 0;
        at += 1;
        this.headDone += 1;
        if (this.headDone === prefix) this.begin(found);
        continue;
      }
      const count = Math.min(this.packet.length - this.packetDone, piece.length - at);
      this.packet.set(piece.subarray(at, at + count), this.packetDone);
      this.packetDone += count;
      at += count;
      this.finish(found);
    }
  }

  private begin(found: (packet: Uint8Array) => void): void {
    this.headDone = 0;
    const length = new DataView(this.head.buffer).getUint32(0);
    if (length > longestPacket) throw new StreamOutOfStep(length);
    this.packet = new Uint8Array(length);
    this.packetDone = 0;
    this.finish(found);
  }

  private finish(found: (packet: Uint8Array) => void): void {
    const { packet } = this;
    if (packet === undefined || this.packetDone < packet.length) return;
    this.packet = undefined;
    if (packet.length > 0) found(packet);
  }
}
