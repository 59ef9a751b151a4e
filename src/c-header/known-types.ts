/** In whose byte order an integer is; `guest` is the guest's on the legacy interface and little-endian else. */
export type ByteOrder = "none" | "native" | "little" | "big" | "guest";

/** A type with a size of its own, on a 64-bit machine. */
export interface KnownType {
  readonly size: number;
  readonly align: number;
  readonly order: ByteOrder;
  readonly signed: boolean;
  /**
   * Whether the name says in which order the bytes are. `__u16` beside `__le16` is native; `uint16_t` says nothing,
   * unless the header has other types that say it.
   */
  readonly saysOrder: boolean;
}

function integer(bits: number, order: ByteOrder, settings: Partial<KnownType> = {}): KnownType {
  const size = bits / 8;
  return { size, align: size, order: size === 1 ? "none" : order, signed: false, saysOrder: true, ...settings };
}

/** Types that headers take from elsewhere: C's own words, <stdint.h>, <linux/types.h>, EDK II, BSD, virtgen. */
export const knownTypes: ReadonlyMap<string, KnownType> = new Map([
  ...[8, 16, 32, 64].flatMap((bits): [string, KnownType][] => [
    [`__u${bits}`, integer(bits, "native")],
    [`u${bits}`, integer(bits, "native")],
    [`__s${bits}`, integer(bits, "native", { signed: true })],
    [`s${bits}`, integer(bits, "native", { signed: true })],
    [`uint${bits}_t`, integer(bits, "native", { saysOrder: false })],
    [`u_int${bits}_t`, integer(bits, "native", { saysOrder: false })],
    [`int${bits}_t`, integer(bits, "native", { saysOrder: false, signed: true })],
    [`UINT${bits}`, integer(bits, "native", { saysOrder: false })],
    [`INT${bits}`, integer(bits, "native", { saysOrder: false, signed: true })],
  ]),
  ...[16, 32, 64].flatMap((bits): [string, KnownType][] => [
    [`__le${bits}`, integer(bits, "little")],
    [`le${bits}`, integer(bits, "little")],
    [`le${bits}_t`, integer(bits, "little")],
    [`__be${bits}`, integer(bits, "big")],
    [`be${bits}`, integer(bits, "big")],
    [`be${bits}_t`, integer(bits, "big")],
    [`__virtio${bits}`, integer(bits, "guest")],
    // Structs of bytes: they lie at any address.
    [`virtio_le${bits}`, integer(bits, "little", { align: 1 })],
    [`virtio_be${bits}`, integer(bits, "big", { align: 1 })],
    [`virtio_native${bits}`, integer(bits, "native", { align: 1 })],
  ]),
  ["__sum16", integer(16, "native")],
  ["__wsum", integer(32, "native")],
  ["size_t", integer(64, "native", { saysOrder: false })],
  ["uintptr_t", integer(64, "native", { saysOrder: false })],
  ["ssize_t", integer(64, "native", { saysOrder: false, signed: true })],
  ["__aligned_u64", integer(64, "native")],
  ["UCHAR", integer(8, "none")],
  ["USHORT", integer(16, "native", { saysOrder: false })],
  ["ULONG", integer(32, "native", { saysOrder: false })],
  ["ULONGLONG", integer(64, "native", { saysOrder: false })],
  ["BOOLEAN", integer(8, "none")],
]);

/** What C's own words for types mean together: `unsigned long int`. Undefined where they mean nothing. */
export function basicType(words: readonly string[]): KnownType | undefined {
  const has = (word: string): boolean => words.includes(word);
  const signed = !has("unsigned");
  const plain = { saysOrder: false, signed };
  const longs = words.filter((word) => word === "long").length;
  if (has("void")) return { size: 1, align: 1, order: "none", signed: false, saysOrder: false };
  if (has("char")) return integer(8, "none", { saysOrder: false, signed: has("signed") });
  if (has("_Bool") || has("bool")) return integer(8, "none");
  if (has("float")) return integer(32, "native", plain);
  if (has("double")) return longs > 0 ? integer(128, "native", plain) : integer(64, "native", plain);
  if (has("short")) return integer(16, "native", plain);
  if (longs > 0) return integer(64, "native", plain);
  if (has("int") || has("signed") || has("__signed__") || has("unsigned")) return integer(32, "native", plain);
  return undefined;
}

/** An address, and what an enumeration is. */
export const pointer: KnownType = integer(64, "native", { saysOrder: false });
export const enumeration: KnownType = integer(32, "native", { saysOrder: false });

/** Headers whose content is known without reading them. */
export const knownHeaders: ReadonlySet<string> = new Set([
  "stddef.h",
  "stdint.h",
  "stdbool.h",
  "inttypes.h",
  "string.h",
  "sys/types.h",
  "sys/ioccom.h",
  "linux/types.h",
  "linux/const.h",
  "linux/stddef.h",
  "linux/ioctl.h",
  "linux/if_ether.h",
  "asm/types.h",
  "standard-headers/linux/types.h",
  "standard-headers/linux/const.h",
  "standard-headers/linux/if_ether.h",
]);

/** What those headers define and virtio's use. The numbers of ioctl are those of most machines. */
export const knownMacros = `
#define __CHAR_BIT__ 8
#define __SIZEOF_POINTER__ 8
#define __LP64__ 1
#define __x86_64__ 1
#define __GNUC__ 12
#define __STDC_VERSION__ 201112L
#define __ORDER_LITTLE_ENDIAN__ 1234
#define __ORDER_BIG_ENDIAN__ 4321
#define __BYTE_ORDER__ __ORDER_LITTLE_ENDIAN__
#define ETH_ALEN 6
#define ETHER_ADDR_LEN 6
#define _AC(X, Y) X##Y
#define _UL(x) x##UL
#define _ULL(x) x##ULL
#define _BITUL(x) (1UL << (x))
#define _BITULL(x) (1ULL << (x))
#define __KERNEL_DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define BIT(x) (1UL << (x))
#define BIT_ULL(x) (1ULL << (x))
#define __DECLARE_FLEX_ARRAY(TYPE, NAME) struct { struct { } __empty_ ## NAME; TYPE NAME[]; }
#define DECLARE_FLEX_ARRAY(TYPE, NAME) __DECLARE_FLEX_ARRAY(TYPE, NAME)
#define __struct_group(TAG, NAME, ATTRS, ...) union { struct { __VA_ARGS__ } ATTRS; struct TAG { __VA_ARGS__ } ATTRS NAME; }
#define _IOC(dir, type, nr, size) ((dir) << 30 | (type) << 8 | (nr) << 0 | (size) << 16)
#define _IO(type, nr) _IOC(0U, type, nr, 0)
#define _IOR(type, nr, size) _IOC(2U, type, nr, sizeof(size))
#define _IOW(type, nr, size) _IOC(1U, type, nr, sizeof(size))
#define _IOWR(type, nr, size) _IOC(3U, type, nr, sizeof(size))
`;
