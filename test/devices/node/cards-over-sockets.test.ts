import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { NetLink } from "../../../src/devices/net/link.ts";
import { NetCard } from "../../../src/devices/net-card.ts";
import { StreamLink } from "../../../src/devices/node/stream-link.ts";
import { UdpLink } from "../../../src/devices/node/udp-link.ts";
import { Guest } from "../guest.ts";
import { patterned } from "../patterned.ts";

const folder = mkdtempSync(join(tmpdir(), "virtgen-cards-"));
afterAll(() => rmSync(folder, { recursive: true }));

const macs = ["52:54:00:00:00:01", "52:54:00:00:00:02"] as const;

/** Sends packets of many lengths from one guest to the other, and holds them against what comes. */
async function exchange(left: NetLink, right: NetLink): Promise<void> {
  const from = new Guest(new NetCard({ link: left, mac: macs[0] }));
  const to = new Guest(new NetCard({ link: right, mac: macs[1] }));
  const packets = [60, 1514, 14, 9000, 700].map((length) => {
    const packet = patterned(length, length);
    packet.set([0x52, 0x54, 0, 0, 0, 2]);
    return packet;
  });
  const buffers = packets.map(() => to.post(0, [], [9012]));
  for (const packet of packets) {
    // One after the other: UDP promises no order.
    // oxlint-disable-next-line no-await-in-loop
    await from.post(1, [new Uint8Array(12), packet], []);
  }
  for (const [index, { data, written }] of (await Promise.all(buffers)).entries()) {
    expect(data.subarray(12, written)).toEqual(packets[index]);
  }
}

test("two cards over a Unix socket", async () => {
  const path = join(folder, "wire");
  const server = createServer();
  const accepted = once(server, "connection") as Promise<[Socket]>;
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  const near = await StreamLink.connect(path);
  const far = new StreamLink((await accepted)[0]);
  await exchange(near, far);
  await exchange(far, near);
  await near.close();
  await far.close();
  server.close();
});

test("two cards over UDP", async () => {
  const placeholder = await UdpLink.open({ local: { port: 0 }, remote: { port: 9 } });
  const { port } = placeholder;
  const right = await UdpLink.open({ local: { port: 0 }, remote: { port } });
  await placeholder.close();
  const left = await UdpLink.open({ local: { port }, remote: { port: right.port } });
  await exchange(left, right);
  await left.close();
  await right.close();
});
