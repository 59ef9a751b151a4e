/** Who a unit says that it is. */
export interface UnitIdentity {
  /** At most 8, 16 and 4 ASCII characters. */
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
  /** Unique among the units that a driver sees. */
  readonly serial: string;
  readonly removable: boolean;
}

/** What a unit says of its blocks and of what it can do with many of them at once. */
export interface UnitLimits {
  /** In blocks, of one UNMAP or WRITE SAME. */
  readonly maxUnmapBlocks: number;
  readonly maxUnmapRanges: number;
  readonly maxWriteSameBlocks: number;
}

/** Byte 0 where the target has no such unit: qualifier 3, type 31. */
export const noUnit = 0x7f;

const spc4 = 0x06;
const responseFormat = 0x02;
const hierarchical = 0x10;
const commandQueueing = 0x02;

/** The standard answer, 36 bytes. @param type byte 0 */
export function standardInquiry(type: number, identity: UnitIdentity): Uint8Array {
  const bytes = new Uint8Array(36);
  bytes[0] = type;
  bytes[1] = identity.removable ? 0x80 : 0;
  bytes[2] = spc4;
  bytes[3] = responseFormat | hierarchical;
  bytes[4] = bytes.length - 5;
  bytes[7] = commandQueueing;
  bytes.set(ascii(identity.vendor, 8), 8);
  bytes.set(ascii(identity.product, 16), 16);
  bytes.set(ascii(identity.revision, 4), 32);
  return bytes;
}

/** Pages of vital product data, by their codes; undefined where there is no such page. */
export function vitalProductData(page: number, identity: UnitIdentity, limits: UnitLimits): Uint8Array | undefined {
  switch (page) {
    case 0x00:
      return pageOf(page, Uint8Array.of(0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2));
    case 0x80:
      return pageOf(page, ascii(identity.serial, identity.serial.length));
    case 0x83:
      return pageOf(page, deviceIdentification(identity));
    case 0xb0:
      return pageOf(page, blockLimits(limits));
    case 0xb1:
      // Medium rotation rate 1: it does not rotate.
      return pageOf(
        page,
        bytesWith(60, (view) => view.setUint16(0, 1)),
      );
    case 0xb2:
      // Blocks can be unmapped, by UNMAP and by WRITE SAME of both sizes; they read as zeroes then.
      return pageOf(page, Uint8Array.of(0, 0xe4, 0x02, 0));
    default:
      return undefined;
  }
}

/** One designator: vendor and serial number, in ASCII, of the logical unit. */
function deviceIdentification(identity: UnitIdentity): Uint8Array {
  const vendor = ascii(identity.vendor, 8);
  const serial = ascii(identity.serial, Math.min(identity.serial.length, 240));
  const length = vendor.length + serial.length;
  const bytes = new Uint8Array(4 + length);
  bytes.set([0x02, 0x01, 0, length]);
  bytes.set(vendor, 4);
  bytes.set(serial, 4 + vendor.length);
  return bytes;
}

function blockLimits(limits: UnitLimits): Uint8Array {
  return bytesWith(60, (view) => {
    // WRITE SAME of 0 blocks does not mean all.
    view.setUint8(0, 1);
    view.setUint32(16, limits.maxUnmapBlocks);
    view.setUint32(20, limits.maxUnmapRanges);
    view.setUint32(32, 0);
    view.setUint32(36, limits.maxWriteSameBlocks);
  });
}

function pageOf(page: number, contents: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + contents.length);
  bytes[1] = page;
  new DataView(bytes.buffer).setUint16(2, contents.length);
  bytes.set(contents, 4);
  return bytes;
}

function bytesWith(length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  return bytes;
}

/** Filled up with blanks. */
function ascii(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(0x20);
  for (let at = 0; at < Math.min(length, text.length); at++) {
    const code = text.charCodeAt(at);
    bytes[at] = code >= 0x20 && code < 0x7f ? code : 0x20;
  }
  return bytes;
}
