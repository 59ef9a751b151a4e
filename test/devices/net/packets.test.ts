import { expect, test } from "vitest";
import { completeChecksum } from "../../../src/devices/net/checksum.ts";
import { FlowTable } from "../../../src/devices/net/flow-table.ts";
import { linkPair } from "../../../src/devices/net/link.ts";
import { framed, longestPacket, PacketReader, StreamOutOfStep } from "../../../src/devices/net/packet-stream.ts";
import { patterned } from "../patterned.ts";

test("a checksum is completed: RFC 1071's example", () => {
  const packet = Uint8Array.of(9, 9, 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7, 0, 0);
  expect(completeChecksum(packet, 2, 8)).toBe(true);
  // The sum of the four words is 0xddf2.
  expect([...packet.subarray(10)]).toEqual([0x22, 0x0d]);
});

test("an odd last byte counts, and a sum of 0 becomes 0xffff", () => {
  const odd = Uint8Array.of(0, 0, 0x12);
  completeChecksum(odd, 0, 0);
  expect([...odd]).toEqual([0xed, 0xff, 0x12]);
  const zero = Uint8Array.of(0xff, 0xff, 0, 0);
  completeChecksum(zero, 0, 2);
  expect([...zero]).toEqual([0xff, 0xff, 0xff, 0xff]);
});

test("a checksum outside of the packet is left", () => {
  const packet = new Uint8Array(8);
  expect(completeChecksum(packet, 6, 1)).toBe(false);
  expect(packet).toEqual(new Uint8Array(8));
});

function ipv4(from: number, to: number, source: number, target: number, fragment = 0): Uint8Array {
  const packet = new Uint8Array(60);
  const view = new DataView(packet.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(20, fragment);
  view.setUint8(23, 17);
  view.setUint32(26, from);
  view.setUint32(30, to);
  view.setUint16(34, source);
  view.setUint16(36, target);
  return packet;
}

test("a flow comes back by the pair that it was sent by", () => {
  const flows = new FlowTable();
  expect(flows.pairOf(ipv4(1, 2, 3, 4), 4)).toBe(0);
  flows.learn(ipv4(0x0a00_0001, 0x0a00_0002, 1000, 53), 3);
  const back = ipv4(0x0a00_0002, 0x0a00_0001, 53, 1000);
  expect(flows.pairOf(back, 4)).toBe(3);
  // The driver uses fewer pairs now.
  expect(flows.pairOf(back, 2)).toBe(0);
  expect(flows.pairOf(ipv4(0x0a00_0002, 0x0a00_0001, 53, 1001), 4)).toBe(0);
  flows.forget();
  expect(flows.pairOf(back, 4)).toBe(0);
});

test("what is no IP, or cut short, has no flow", () => {
  const flows = new FlowTable();
  const arp = new Uint8Array(60);
  arp.set([8, 6], 12);
  for (const packet of [arp, ipv4(1, 2, 3, 4).subarray(0, 20), new Uint8Array(0)]) {
    flows.learn(packet, 1);
    expect(flows.pairOf(packet, 2)).toBe(0);
  }
});

test("packets come out of a stream however it is cut", () => {
  const packets = [1, 1514, 0, 60, longestPacket].map((length, index) => patterned(length, index));
  const stream = Buffer.concat(packets.map((packet) => framed(packet)));
  for (const step of [1, 3, 1000, stream.length]) {
    const reader = new PacketReader();
    const seen: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += step) {
      reader.take(stream.subarray(at, at + step), (packet) => seen.push(packet));
    }
    expect(seen.map((packet) => packet.length)).toEqual([1, 1514, 60, longestPacket]);
    expect(Buffer.compare(Buffer.concat(seen), Buffer.concat(packets))).toBe(0);
  }
});

test("a length that no packet has", () => {
  const reader = new PacketReader();
  expect(() => reader.take(Uint8Array.of(0, 1, 0x10, 1), () => {})).toThrow(StreamOutOfStep);
});

test("a pair", () => {
  const [one, other] = linkPair();
  const seen: string[] = [];
  one.attach((packet) => seen.push(`one ${packet.join()}`));
  other.attach((packet) => seen.push(`other ${packet.join()}`));
  void one.send(Uint8Array.of(1));
  void other.send(Uint8Array.of(2));
  other.attach(undefined);
  void one.send(Uint8Array.of(3));
  expect(seen).toEqual(["other 1", "one 2"]);
});
