import type { GeneratedFile } from "../../src/target/target.ts";

/** Types that the compiler tells apart, where the kernel leaves that to sparse. Sizes and alignments are the same. */
const types = [
  "#ifndef _LINUX_TYPES_H",
  "#define _LINUX_TYPES_H",
  "#include <asm/types.h>",
  "#define __bitwise",
  "#define __counted_by_le(member)",
  ...["le", "be"].flatMap((order) =>
    [16, 32, 64].map((bits) => `typedef struct { __u${bits} ${order}; } __${order}${bits};`),
  ),
  "typedef struct { __u16 sum; } __sum16;",
  "typedef struct { __u32 sum; } __wsum;",
  "#endif",
  "",
].join("\n");
const virtioTypes = [
  "#ifndef _LINUX_VIRTIO_TYPES_H",
  "#define _LINUX_VIRTIO_TYPES_H",
  "#include <linux/types.h>",
  ...[16, 32, 64].map((bits) => `typedef struct { __u${bits} guest; } __virtio${bits};`),
  "#endif",
  "",
].join("\n");

/** Headers with these types, for a compiler to find below `distinct/` before Linux' own. */
export const distinctTypes: readonly GeneratedFile[] = [
  { path: "distinct/linux/types.h", text: types },
  { path: "distinct/linux/virtio_types.h", text: virtioTypes },
];
