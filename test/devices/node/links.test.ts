import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { StreamLink } from "../../../src/devices/node/stream-link.ts";
import { UdpLink } from "../../../src/devices/node/udp-link.ts";
import { patterned } from "../patterned.ts";

const folder = mkdtempSync(join(tmpdir(), "virtgen-links-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function listen(path: string): Promise<{ server: Server; accepted: Promise<Socket> }> {
  const server = createServer();
  const accepted = once(server, "connection").then(([socket]) => socket as Socket);
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return { server, accepted };
}

test("packets go through a Unix socket, in QEMU's framing", async () => {
  const path = join(folder, "a");
  const { server, accepted } = await listen(path);
  const link = await StreamLink.connect(path);
  const socket = await accepted;
  await link.send(Uint8Array.of(0xaa, 0xbb, 0xcc));
  const [piece] = (await once(socket, "data")) as [Buffer];
  expect([...piece]).toEqual([0, 0, 0, 3, 0xaa, 0xbb, 0xcc]);
  const got = new Promise<Uint8Array>((resolve) => {
    link.attach(resolve);
  });
  socket.write(Uint8Array.of(0, 0, 0, 2, 7));
  socket.write(Uint8Array.of(8));
  expect([...(await got)]).toEqual([7, 8]);
  await link.close();
  await link.send(Uint8Array.of(1));
  expect(link.unsent).toBe(1);
  server.close();
});

test("where the other end does not read, the sender waits, and nothing is lost", async () => {
  const path = join(folder, "b");
  const { server, accepted } = await listen(path);
  const link = await StreamLink.connect(path);
  const other = await accepted;
  other.pause();
  const packet = patterned(60_000, 1);
  let sent = 0;
  const sending = (async () => {
    // oxlint-disable-next-line no-await-in-loop
    for (let count = 0; count < 100; count++) await link.send(packet).then(() => (sent += 1));
  })();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sent).toBeLessThan(100);
  const far = new StreamLink(other);
  let bytes = 0;
  const all = new Promise<void>((resolve) => {
    far.attach((one) => {
      bytes += one.length;
      if (bytes === 6_000_000) resolve();
    });
  });
  other.resume();
  await Promise.all([sending, all]);
  expect([sent, bytes]).toEqual([100, 6_000_000]);
  await link.close();
  await far.close();
  server.close();
});

test("a stream out of step ends the connection", async () => {
  const path = join(folder, "c");
  const { server, accepted } = await listen(path);
  const link = await StreamLink.connect(path);
  const socket = await accepted;
  socket.write(Uint8Array.of(255, 0, 0, 0));
  socket.on("error", () => {});
  await once(socket, "close");
  expect(link.failure?.message).toContain("out of step");
  server.close();
});

test("nobody listens", async () => {
  await expect(StreamLink.connect(join(folder, "none"))).rejects.toThrow("ENOENT");
});

test("packets go through UDP sockets, and strangers are not heard", async () => {
  const placeholder = await UdpLink.open({ local: { port: 0 }, remote: { port: 9 } });
  const { port } = placeholder;
  const second = await UdpLink.open({ local: { port: 0 }, remote: { port } });
  const stranger = await UdpLink.open({ local: { port: 0 }, remote: { port: second.port } });
  await placeholder.close();
  const third = await UdpLink.open({ local: { port }, remote: { port: second.port } });
  const got = new Promise<Uint8Array>((resolve) => {
    second.attach(resolve);
  });
  await stranger.send(Uint8Array.of(6, 6, 6));
  const packet = patterned(1514, 4);
  await third.send(packet);
  expect(Buffer.compare(await got, packet)).toBe(0);
  await third.send(new Uint8Array(70_000));
  expect(third.unsent).toBe(1);
  await Promise.all([second.close(), stranger.close(), third.close()]);
});
