import { describe, expect, it } from "vitest";
import { bitNames, flagNames, nameOf } from "../../src/runtime/index.ts";

const S = { OK: 0, IOERR: 1, UNSUPP: 2 };
const GSO = { NONE: 0, TCPV4: 1, TCPV6: 4, ECN: 0x80 };
const LINK = { LINK_UP: 1, ANNOUNCE: 2 };
const WIDE = { LOW: 1n, HIGH: 1n << 46n };

describe("names for traces", () => {
  it("a number has its name, or stands in hexadecimal", () => {
    expect([nameOf(S, 1), nameOf(S, 3)]).toEqual(["IOERR", "0x3"]);
  });

  it("flags may stand beside a number", () => {
    expect([nameOf(GSO, 0x84, GSO.ECN), nameOf(GSO, 0x80, GSO.ECN), nameOf(GSO, 0x87, GSO.ECN)]).toEqual([
      "TCPV6 | ECN",
      "NONE | ECN",
      "0x7 | ECN",
    ]);
  });

  it("masks are joined, and what has no name follows", () => {
    expect([flagNames(LINK, 3), flagNames(LINK, 0), flagNames(LINK, 9)]).toEqual([
      "LINK_UP | ANNOUNCE",
      "0",
      "LINK_UP | 0x8",
    ]);
    expect(flagNames(WIDE, (1n << 46n) | 1n)).toBe("LOW | HIGH");
  });

  it("bit numbers name the bits of a mask", () => {
    expect([bitNames({ RX: 0, TX: 1, FAR: 40 }, 3), bitNames({ RX: 0, FAR: 40 }, 2 ** 40)]).toEqual(["RX | TX", "FAR"]);
  });
});
