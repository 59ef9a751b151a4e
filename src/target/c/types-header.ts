import type { Ir } from "../../ir/model.ts";
import type { TargetInput } from "../target.ts";
import { banner } from "./banner.ts";
import type { Comment } from "./comment.ts";

/** What the template of the types' header prints: C types made of bytes, and what converts them. */
export interface TypesView {
  readonly banner: Comment;
  /** Words of 32 bits that hold all feature bits. */
  readonly featureWords: number;
  readonly integers: readonly IntegerView[];
  /** The widths that the legacy interface has in the guest's order. */
  readonly natives: readonly WidthView[];
  /** The widths of what both sides may access at once; every processor loads and stores these at once. */
  readonly atomics: readonly WidthView[];
}

interface WidthView {
  readonly bits: number;
  readonly value: string;
}

interface IntegerView {
  /** `virtio_le32`. */
  readonly name: string;
  /** The type of its value: `uint32_t`. */
  readonly value: string;
  readonly bits: number;
  /** How the order of its bytes is called in a comment. */
  readonly order: string;
  /** In the order of the memory: how far each byte is shifted. */
  readonly bytes: readonly { readonly index: number; readonly shift: number; readonly last: boolean }[];
}

/** The spec profile's `virtio_types.h`. */
export function typesView(input: Pick<TargetInput, "ir" | "revision" | "command">): TypesView {
  return {
    banner: banner("Integers of VIRTIO, and sets of feature bits.", [], input.revision, input.command),
    featureWords: featureWords(input.ir),
    integers: (["le", "be"] as const).flatMap((order) => ([16, 32, 64] as const).map((bits) => integer(order, bits))),
    natives: widths(16, 32, 64),
    atomics: widths(16, 32),
  };
}

function widths(...bits: readonly number[]): readonly WidthView[] {
  return bits.map((width) => ({ bits: width, value: `uint${width}_t` }));
}

function integer(order: "le" | "be", bits: 16 | 32 | 64): IntegerView {
  const count = bits / 8;
  return {
    name: `virtio_${order}${bits}`,
    value: `uint${bits}_t`,
    bits,
    order: order === "le" ? "little-endian" : "big-endian",
    bytes: Array.from({ length: count }, (_, index) => ({
      index,
      shift: 8 * (order === "le" ? index : count - 1 - index),
      last: index === count - 1,
    })),
  };
}

/** As many words as the bits that the standard hands out fill, used or not. */
function featureWords(ir: Ir): number {
  const bits = ir.modules.flatMap((module) =>
    module.items.flatMap((item) =>
      item.kind === "features"
        ? item.features.map((feature) => feature.bit)
        : item.kind === "feature_ranges"
          ? item.ranges.map((range) => range.to)
          : [],
    ),
  );
  return Math.ceil((Math.max(0, ...bits) + 1) / 32);
}

export function linuxTypesView(input: Pick<TargetInput, "revision" | "command">): { readonly banner: Comment } {
  return {
    banner: banner(
      "Integers that are in the guest's byte order for a legacy driver: drop-in for <linux/virtio_types.h>.",
      [],
      input.revision,
      input.command,
    ),
  };
}
