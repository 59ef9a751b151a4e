import type { Chain, DeviceQueue } from "virtgen/runtime";
import { nextBuffer } from "../next-buffer.ts";

/** What became of a packet. */
export type Delivery =
  | "delivered"
  /** There are not enough buffers now. */
  | "no-buffers"
  /** It can never fit: buffers are too short for it. */
  | "too-long";

/** Fills the buffers of one receive queue. Those that it has taken and not filled are kept for the next packet. */
export class ReceiveRing {
  private held: Chain[] = [];

  /**
   * Puts a packet behind its header into one buffer, or with `mergeable` into as many as it takes, each but the last
   * filled completely; they become used together.
   * @param setCount stores the number of buffers in the header
   */
  deliver(
    queue: DeviceQueue,
    header: Uint8Array,
    packet: Uint8Array,
    mergeable: boolean,
    setCount: (buffers: number) => void,
  ): Delivery {
    const total = header.length + packet.length;
    for (let room = this.room; room < total; room = this.room) {
      if (!mergeable && this.held.length > 0) return "too-long";
      // All that the queue can hold is held, and more does not come.
      if (this.held.reduce((sum, { ringEntries }) => sum + ringEntries, 0) >= queue.size) return "too-long";
      const chain = nextBuffer(queue);
      if (chain === undefined) return "no-buffers";
      if (this.isUsable(chain, header.length)) this.held.push(chain);
      else {
        queue.push(chain, 0);
        queue.publish();
      }
    }
    this.fill(queue, header, packet, setCount);
    return "delivered";
  }

  /** The queue was reset: nothing that was taken from it is there any more. */
  reset(): void {
    this.held = [];
  }

  private get room(): number {
    let room = 0;
    for (const { writableLength } of this.held) room += writableLength;
    return room;
  }

  /** A buffer without room, or one that cannot take the header, goes back empty. */
  private isUsable(chain: Chain, headerLength: number): boolean {
    return chain.writableLength >= (this.held.length === 0 ? headerLength : 1);
  }

  private fill(queue: DeviceQueue, header: Uint8Array, packet: Uint8Array, setCount: (buffers: number) => void): void {
    const total = header.length + packet.length;
    let count = 0;
    for (let room = 0; room < total; count++) room += this.held[count]?.writableLength ?? total;
    setCount(count);
    let done = 0;
    for (const [index, chain] of this.held.splice(0, count).entries()) {
      const front = index === 0 ? chain.write(0, header) : 0;
      const behind = chain.write(front, packet, done);
      done += behind;
      queue.push(chain, front + behind);
    }
    queue.publish();
  }
}
