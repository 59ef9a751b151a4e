import type { HouseOrder, Scalar } from "../../ir/model.ts";

/** How a profile writes types and names. */
export interface Dialect {
  /** The house whose names, views and packing are taken; empty for the standard's own. */
  readonly house: string;
  /** The C type of a scalar. `guest` where the legacy interface has it in the guest's byte order. */
  scalar(scalar: Scalar, guest: boolean): string;
  /** One byte, for what has no type of its own. */
  readonly byte: string;
  /** Types are made of bytes: the compiler never pads, and no struct needs `packed`. */
  readonly unpadded: boolean;
  /** A width in columns that comments behind a line may reach. */
  readonly widest: number;
}

/** `<linux/virtio_*.h>`: `__le32`, and `__virtio32` where the legacy interface has the guest's byte order. */
export const linuxDialect: Dialect = {
  house: "linux",
  scalar(scalar, guest) {
    const bits = scalar.size * 8;
    if (scalar.order === "none" || scalar.order === "native") return `__u${bits}`;
    if (scalar.order === "big") return `__be${bits}`;
    return guest ? `__virtio${bits}` : `__le${bits}`;
  },
  byte: "__u8",
  unpadded: false,
  widest: 100,
};

/** The standard's names with types made of bytes: `virtio_le32`. */
export const specDialect: Dialect = {
  house: "",
  scalar(scalar) {
    return scalar.order === "none" ? "uint8_t" : `virtio_${scalar.name}`;
  },
  byte: "uint8_t",
  unpadded: true,
  widest: 100,
};

/** What a struct says about the byte order of its members. */
export interface Orders {
  readonly legacyNative?: true;
  readonly orders?: readonly HouseOrder[];
}

/** Whether the house types a little-endian member as being in the guest's order. The member's word counts most. */
export function isGuestOrder(house: string, member: Orders, owner: Orders): boolean {
  const said = [member, owner]
    .map(({ orders }) => orders?.find((order) => order.house === house)?.order)
    .find((order) => order !== undefined);
  return said === undefined ? owner.legacyNative === true : said === "guest";
}
