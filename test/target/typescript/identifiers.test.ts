import { describe, expect, it } from "vitest";
import {
  Names,
  propertyAccess,
  propertyName,
  typeName,
  valueName,
} from "../../../src/target/typescript/identifiers.ts";

describe("names", () => {
  it("of types are in Pascal case, but what the standard has in capitals stays so", () => {
    expect(
      ["discard_write_zeroes", "hdr", "T", "HDR_GSO", "req_in", "vq_index_1_16"].map((name) => typeName(name)),
    ).toEqual(["DiscardWriteZeroes", "Hdr", "T", "HDR_GSO", "ReqIn", "VqIndex116"]);
  });

  it("of values are in camel case", () => {
    expect(["control_receive", "req", "FF_RESOURCE"].map((name) => valueName(name))).toEqual([
      "controlReceive",
      "req",
      "ffResource",
    ]);
  });

  it("of properties are the standard's, in quotes where they have to be", () => {
    expect(["class", "in", "default", "command-specific-data"].map((name) => propertyName(name))).toEqual([
      "class",
      "in",
      "default",
      "'command-specific-data'",
    ]);
    expect(["class", "command-specific-data"].map((name) => propertyAccess(name))).toEqual([
      ".class",
      "['command-specific-data']",
    ]);
  });
});

describe("Names", () => {
  it("gives each name once, with the module's in front where it is taken", () => {
    const names = new Names("net", ["Message"]);
    expect([
      names.take("Ctrl"),
      names.take("Ctrl"),
      names.take("Ctrl"),
      names.take("Message"),
      names.take("list"),
    ]).toEqual(["Ctrl", "NetCtrl", "Ctrl2", "NetMessage", "list"]);
  });

  it("gives no reserved word", () => {
    const names = new Names("rtc", []);
    expect([names.take("delete"), names.take("default"), names.take("Uint8Array")]).toEqual([
      "rtcDelete",
      "rtcDefault",
      "RtcUint8Array",
    ]);
  });
});
