import { createSocket, type Socket } from "node:dgram";
import type { NetLink, PacketHandler } from "../net/link.ts";

export interface UdpLinkOptions {
  /** Where packets come in. Port 0 takes any that is free: see `UdpLink.port`. */
  readonly local: { readonly port: number; readonly address?: string };
  /** Where packets go. */
  readonly remote: { readonly port: number; readonly address?: string };
}

const loopback = "127.0.0.1";

/** Packets in UDP datagrams, one each, as QEMU's `-netdev dgram` and `-netdev socket,udp=` have them. */
export class UdpLink implements NetLink {
  /** Packets that were not sent: the system had no room, or they are longer than a datagram. */
  unsent = 0;
  private readonly socket: Socket;
  private readonly remote: { readonly port: number; readonly address: string };
  private receive: PacketHandler | undefined;

  private constructor(socket: Socket, options: UdpLinkOptions) {
    const { port, address = loopback } = options.remote;
    this.socket = socket;
    this.remote = { port, address };
    socket.on("message", (packet, from) => {
      // Anybody on this host can send here; only the other end of the link is listened to.
      if (from.port === port && from.address === address) this.receive?.(new Uint8Array(packet));
    });
    // Datagrams that nobody took are reported here; the link goes on.
    socket.on("error", () => {
      this.unsent += 1;
    });
  }

  /** @throws the socket's error where the local address cannot be had */
  static async open(options: UdpLinkOptions): Promise<UdpLink> {
    const socket = createSocket("udp4");
    const { port, address = loopback } = options.local;
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, address, () => {
        socket.off("error", reject);
        resolve();
      });
    });
    return new UdpLink(socket, options);
  }

  /** The local port. */
  get port(): number {
    return this.socket.address().port;
  }

  send(packet: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.socket.send(packet, this.remote.port, this.remote.address, (error) => {
        if (error !== null) this.unsent += 1;
        resolve();
      });
    });
  }

  attach(receive: PacketHandler | undefined): void {
    this.receive = receive;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.close(() => resolve());
    });
  }
}
