import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { F as core } from "../../../generated/typescript/config.ts";
import * as vsock from "../../../generated/typescript/vsock.ts";
import { backEnd } from "../../../scripts/back-ends.mjs";
import { pattern } from "../../suite/computer.ts";
import { answeredOver } from "./lost-notification.ts";
import { acrossQemu, type Bench } from "./machine.ts";
import { hasInOrder } from "./places.ts";

const { OP, SHUTDOWN_F, TYPE } = vsock;
const { program } = await backEnd("vhost-device-vsock");
const guest = 42n;
const host = 2n;
const waiting = { timeout: 5000, interval: 2 };
/** Of a buffer for what comes in. */
const roomIn = 4096 + 44;
const nothing = new Uint8Array();

/** What the guest says of its own room in every packet. */
const roomTold = 1 << 16;

type Connecting = Pick<Bench<vsock.VsockDriver>, "place"> & { readonly driver: vsock.VsockDriver };

/** The guest's side of one connection, as it has to be kept: who, how much has come, how much may go. */
class Connection {
  readonly port: number;
  readonly theirs: number;
  readonly operations: number[] = [];
  readonly flags: number[] = [];
  private readonly driver: vsock.VsockDriver;
  private readonly came: Uint8Array[] = [];
  private taken = 0;
  private sent = 0;
  private theirRoom = 0;
  private theyTook = 0;

  constructor(driver: vsock.VsockDriver, port: number, theirs: number) {
    this.driver = driver;
    this.port = port;
    this.theirs = theirs;
  }

  get data(): Buffer {
    return Buffer.concat(this.came);
  }

  hear({ hdr, data }: vsock.Packet): void {
    expect(hdr).toMatchObject({ src_cid: host, dst_cid: guest, type: TYPE.STREAM, len: data.length });
    this.operations.push(hdr.op);
    this.flags.push(hdr.flags);
    this.theirRoom = hdr.buf_alloc;
    this.theyTook = hdr.fwd_cnt;
    if (hdr.op === OP.RW) {
      this.came.push(data.slice());
      this.taken += data.length;
    }
  }

  /** Bytes that the other end has room for. */
  get room(): number {
    return this.theirRoom - (this.sent - this.theyTook);
  }

  async say(op: vsock.OP, data: Uint8Array = nothing, flags = 0): Promise<void> {
    const addresses = { src_cid: guest, dst_cid: host, src_port: this.port, dst_port: this.theirs };
    const counts = { buf_alloc: roomTold, fwd_cnt: this.taken };
    const hdr = { ...addresses, ...counts, len: data.length, type: TYPE.STREAM, op, flags };
    await this.driver.transmitted({ packet: { hdr, data } });
  }

  /** Sends bytes as they have room there, and asks how much there is where there is none. */
  async send(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length;) {
      const length = Math.min(this.room, 4096, data.length - at);
      if (length > 0) {
        this.sent += length;
        await this.say(OP.RW, data.subarray(at, at + length));
        at += length;
      } else {
        const before = this.operations.length;
        await this.say(OP.CREDIT_REQUEST);
        await vi.waitFor(() => expect(this.operations.length).toBeGreaterThan(before), waiting);
      }
    }
  }

  async heard(op: vsock.OP): Promise<void> {
    await vi.waitFor(() => expect(this.operations).toContain(op), waiting);
  }
}

/** All connections of a guest. */
class Sockets {
  readonly asked: vsock.Packet[] = [];
  private readonly connections: Connection[] = [];
  private readonly driver: vsock.VsockDriver;

  constructor(driver: vsock.VsockDriver) {
    this.driver = driver;
    driver.onReceived(
      ({ packet }) => {
        const { hdr } = packet;
        if (hdr.op === OP.REQUEST) this.asked.push(packet);
        else
          this.connections.find(({ port, theirs }) => port === hdr.dst_port && theirs === hdr.src_port)?.hear(packet);
      },
      { answerLength: roomIn, buffers: 32 },
    );
  }

  add(port: number, theirs: number): Connection {
    const connection = new Connection(this.driver, port, theirs);
    this.connections.push(connection);
    return connection;
  }
}

let ports = 1000;

/** A connection that the guest has asked for, and the host's end of it. */
async function connected(bench: Connecting, sockets: Sockets, folder: string): Promise<[Connection, Socket, Server]> {
  const port = ++ports;
  const server = createServer();
  server.listen(join(folder, `host.sock_${port}`));
  await once(server, "listening");
  const taken = once(server, "connection") as Promise<[Socket]>;
  const connection = sockets.add(port + 50_000, port);
  await answeredOver(bench, Promise.all([connection.say(OP.REQUEST), connection.heard(OP.RESPONSE)]));
  return [connection, (await taken)[0], server];
}

/** All that comes out of a socket from here on. */
function collected(socket: Socket): () => Buffer {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

acrossQemu(
  {
    description: vsock.device,
    Driver: vsock.VsockDriver,
    modernOnly: true,
    ringBits: [core.EVENT_IDX],
    setUp: (place, folder) => {
      const socket = join(folder, "vsock.sock");
      const words = ["--guest-cid", String(guest), "--socket", socket, "--uds-path", join(folder, "host.sock")];
      return {
        beside: [{ program, arguments: words, socket, log: join(folder, "vsock.log") }],
        arguments: ["-chardev", `socket,id=vsock,path=${socket}`],
        // QEMU would offer rings that this back end does not have.
        devices: [
          {
            model: "vhost-user-vsock",
            properties: { chardev: "vsock", packed: false, ...(hasInOrder(place) ? { in_order: false } : {}) },
          },
        ],
      };
    },
  },
  (subject) => {
    subject.eachRing("connects to the host: bytes both ways, as there is room, and an end", async (bench) => {
      const { driver, folder } = bench;
      expect(driver.readConfig()).toEqual({ guest_cid: guest });
      const sockets = new Sockets(driver);
      const [connection, socket, server] = await connected(bench, sockets, folder);
      const got = collected(socket);
      // Several times what either side has room for.
      const [there, back] = [pattern(300_000, 1), pattern(200_000, 2)];
      await connection.send(there);
      await vi.waitFor(() => expect(got()).toHaveLength(there.length), waiting);
      expect(Buffer.compare(got(), there)).toBe(0);
      socket.write(back);
      // The host sends on as it is told that there is room.
      await vi.waitFor(async () => {
        await connection.say(OP.CREDIT_UPDATE);
        expect(connection.data).toHaveLength(back.length);
      }, waiting);
      expect(Buffer.compare(connection.data, back)).toBe(0);
      await connection.say(OP.SHUTDOWN, nothing, (1 << SHUTDOWN_F.RECEIVE) | (1 << SHUTDOWN_F.SEND));
      await connection.heard(OP.RST);
      await vi.waitFor(() => expect(socket.readableEnded || socket.destroyed).toBe(true), waiting);
      socket.destroy();
      server.close();
    });

    subject.eachRing("is connected to by the host, which ends it", async (bench) => {
      const { driver, folder } = bench;
      const sockets = new Sockets(driver);
      const socket = createConnection(join(folder, "host.sock"));
      await once(socket, "connect");
      const got = collected(socket);
      // One that has ended the back end keeps for a while.
      const port = ++ports;
      socket.write(`CONNECT ${port}\n`);
      const asked = vi.waitFor(() => expect(sockets.asked).toHaveLength(1), waiting);
      await answeredOver(bench, asked);
      const { hdr } = sockets.asked[0] ?? expect.fail();
      expect(hdr).toMatchObject({ src_cid: host, dst_cid: guest, dst_port: port, type: TYPE.STREAM, len: 0 });
      const connection = sockets.add(port, hdr.src_port);
      await connection.say(OP.RESPONSE);
      await vi.waitFor(() => expect(got().toString()).toBe(`OK ${port}\n`), waiting);
      socket.write("hello");
      await vi.waitFor(() => expect(connection.data.toString()).toBe("hello"), waiting);
      await connection.say(OP.CREDIT_REQUEST);
      await connection.heard(OP.CREDIT_UPDATE);
      socket.destroy();
      await connection.heard(OP.SHUTDOWN);
      expect(connection.flags.at(-1)).toBe((1 << SHUTDOWN_F.RECEIVE) | (1 << SHUTDOWN_F.SEND));
      await connection.say(OP.RST);
    });
  },
);
