import { expect, test } from "vitest";
import { macAddress, macNumber } from "../../../src/devices/net/mac-address.ts";
import { ReceiveFilter } from "../../../src/devices/net/receive-filter.ts";

const own = macAddress("52:54:00:12:34:56");
const other = macAddress("52:54:00:00:00:02");
const group = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);
const everybody = new Uint8Array(6).fill(255);

function packetTo(address: Uint8Array, ...behind: readonly number[]): Uint8Array {
  const packet = new Uint8Array(64);
  packet.set(address);
  packet.set(behind, 12);
  return packet;
}

function strict(): ReceiveFilter {
  const filter = new ReceiveFilter(own, { byAddress: true, byVlan: true });
  filter.modes.promisc = false;
  return filter;
}

test("before the driver says anything, everything passes that has a header", () => {
  const filter = new ReceiveFilter(own, { byAddress: true, byVlan: false });
  expect([own, other, group, everybody].map((to) => filter.passes(packetTo(to)))).toEqual([true, true, true, true]);
  expect(filter.passes(new Uint8Array(13))).toBe(false);
});

test("without promiscuous mode: its own address, broadcasts, and what is in the tables", () => {
  const filter = strict();
  const seen = (): boolean[] => [own, other, group, everybody].map((to) => filter.passes(packetTo(to)));
  expect(seen()).toEqual([true, false, false, true]);
  filter.setTables([other], []);
  expect(seen()).toEqual([true, true, false, true]);
  filter.setTables([], [group]);
  expect(seen()).toEqual([true, false, true, true]);
  filter.setAddress(other);
  expect(seen()).toEqual([false, true, true, true]);
});

test.each([
  ["allmulti", [true, false, true, true]],
  ["alluni", [true, true, false, true]],
  ["nouni", [false, false, false, true]],
  ["nobcast", [true, false, false, false]],
] as const)("%s", (mode, expected) => {
  const filter = strict();
  filter.modes[mode] = true;
  expect([own, other, group, everybody].map((to) => filter.passes(packetTo(to)))).toEqual(expected);
});

test("what suppresses goes before what allows, promiscuous mode before everything", () => {
  const filter = strict();
  Object.assign(filter.modes, { allmulti: true, nomulti: true, alluni: true, nouni: true });
  expect([own, group, everybody].map((to) => filter.passes(packetTo(to)))).toEqual([false, false, true]);
  filter.modes.promisc = true;
  expect([own, group].map((to) => filter.passes(packetTo(to)))).toEqual([true, true]);
});

test("a table that is too long lets all of its kind pass", () => {
  const filter = strict();
  filter.setTables(
    Array.from({ length: 65 }, (_, index) => Uint8Array.of(2, 0, 0, 0, 0, index)),
    [],
  );
  expect([other, group].map((to) => filter.passes(packetTo(to)))).toEqual([true, false]);
});

test("tagged packets pass with their VLAN only, others always", () => {
  const filter = strict();
  const tagged = packetTo(own, 0x81, 0x00, 0x60, 0x05);
  expect([filter.passes(tagged), filter.passes(packetTo(own))]).toEqual([false, true]);
  filter.addVlan(5);
  expect(filter.passes(tagged)).toBe(true);
  filter.deleteVlan(5);
  expect(filter.passes(tagged)).toBe(false);
});

test("addresses", () => {
  expect(macNumber(own)).toBe(0x5254_0012_3456);
  expect(() => macAddress("52:54:00:12:34")).toThrow('"52:54:00:12:34" is no MAC address');
  expect(() => macAddress("01:00:5e:00:00:01")).toThrow("multicast");
});
