import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import type { NetLink, PacketHandler } from "../net/link.ts";
import { framed, longestPacket, PacketReader } from "../net/packet-stream.ts";

/**
 * Packets over a stream socket, each behind its length in 4 bytes, big-endian: as QEMU's `-netdev stream`, passt and
 * others have them. Where the other end does not read, the guest has to wait.
 */
export class StreamLink implements NetLink {
  /** Packets that were not sent: too long, or the connection has ended. */
  unsent = 0;
  /** Why the connection has ended, where that was an error. */
  failure: Error | undefined;
  private readonly socket: Socket;
  private readonly reader: PacketReader = new PacketReader();
  private receive: PacketHandler | undefined;

  /** @param socket a connected one, of a Unix socket or TCP */
  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (piece) => this.take(piece));
    socket.on("error", (error) => {
      this.failure ??= error;
    });
  }

  /** Connects to a Unix socket. @throws the socket's error where nobody listens there */
  static async connect(path: string): Promise<StreamLink> {
    const socket = createConnection(path);
    await once(socket, "connect");
    return new StreamLink(socket);
  }

  async send(packet: Uint8Array): Promise<void> {
    if (packet.length > longestPacket || !this.socket.writable) {
      this.unsent += 1;
      return;
    }
    if (this.socket.write(framed(packet))) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.socket.off("drain", done);
        this.socket.off("close", done);
        resolve();
      };
      this.socket.once("drain", done);
      this.socket.once("close", done);
    });
  }

  attach(receive: PacketHandler | undefined): void {
    this.receive = receive;
  }

  /** Sends what is left, and ends the connection. */
  async close(): Promise<void> {
    if (this.socket.closed) return;
    await new Promise<void>((resolve) => {
      this.socket.once("close", () => resolve());
      this.socket.destroySoon();
    });
  }

  private take(piece: Uint8Array): void {
    try {
      this.reader.take(piece, (packet) => this.receive?.(packet));
    } catch (error) {
      this.socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
