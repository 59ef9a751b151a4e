import { describe, expect, it } from "vitest";
import {
  be16,
  be32,
  be64,
  bytes,
  CodecError,
  ConfigMemory,
  configSnapshot,
  consistently,
  le16,
  le32,
  le64,
  struct,
  u8,
  type Codec,
} from "../../src/runtime/index.ts";

interface Space {
  a: number;
  b: number;
  c: number;
  d: bigint;
  e: number;
  f: number;
  g: bigint;
  mac: Uint8Array;
}

const writable = { writable: "always" } as const;
const Space: Codec<Space> = struct("space", {
  a: u8(0).in(0, 1).access(writable),
  b: le16(1).access(writable),
  c: le32(3).access(writable),
  d: le64(7).access(writable),
  e: be16(15).access(writable),
  f: be32(17).access(writable),
  g: be64(21).access(writable),
  mac: bytes(29, 6),
});

function memory(): ConfigMemory {
  return new ConfigMemory(new DataView(new ArrayBuffer(35)));
}

describe("members of a configuration space", () => {
  it("are written and read in their byte orders, as they lie in memory", () => {
    const config = memory();
    Space.a.store(config, 1);
    Space.b.store(config, 0x0203);
    Space.c.store(config, 0x04050607);
    Space.d.store(config, 0x08090a0b0c0d0e0fn);
    Space.e.store(config, 0x1011);
    Space.f.store(config, 0x12131415);
    Space.g.store(config, 0x161718191a1b1c1dn);
    expect(Buffer.from(config.view.buffer).toString("hex")).toBe(
      "01 0302 07060504 0f0e0d0c0b0a0908 1011 12131415 161718191a1b1c1d 000000000000".replaceAll(" ", ""),
    );
    const { mac, ...numbers } = Space.readFrom(config.view);
    expect({
      a: Space.a.load(config),
      b: Space.b.load(config),
      c: Space.c.load(config),
      d: Space.d.load(config),
      e: Space.e.load(config),
      f: Space.f.load(config),
      g: Space.g.load(config),
    }).toEqual(numbers);
    expect(Space.mac.load(config)).toEqual(mac);
  });

  it("cannot be written without the right to, or with what they cannot be", () => {
    const config = memory();
    expect(() => Space.mac.store(config, new Uint8Array(6))).toThrow("space.mac: the driver may not write it");
    expect(() => Space.a.store(config, 2)).toThrow("space.a: 2 is not from 0 to 1");
    expect(() => Space.b.store(config, 0x10000)).toThrow(CodecError);
    config.view.setUint8(0, 7);
    expect(() => Space.a.load(config)).toThrow("space.a: 7 is not from 0 to 1");
  });
});

describe("consistently", () => {
  /** A device that changes its space in the middle of the first reads. */
  class Changing extends ConfigMemory {
    left = 2;

    override read32(offset: number): number {
      const value = super.read32(offset);
      if (this.left > 0) {
        this.left--;
        this.view.setBigUint64(7, this.view.getBigUint64(7, true) + 0x1_0000_0001n, true);
        this.changed();
      }
      return value;
    }
  }

  it("reads again until the generation stays", () => {
    const config = new Changing(new DataView(new ArrayBuffer(35)));
    expect(Space.d.load(config)).toBe(0x2_0000_0002n);
    expect(config.left).toBe(0);
  });

  it("gives up where a device never stops", () => {
    const config = new Changing(new DataView(new ArrayBuffer(35)));
    config.left = Infinity;
    expect(() => consistently(config, (space) => space.read32(0))).toThrow(
      "the configuration space changed during each of 1000 reads",
    );
  });

  it("a snapshot is the bytes of one moment", () => {
    const config = memory();
    config.view.setUint32(3, 0x01020304, true);
    const view = configSnapshot(config, 7);
    config.view.setUint32(3, 0);
    expect(Space.c.get(view, 0)).toBe(0x01020304);
    expect(view.byteLength).toBe(7);
  });
});
