import type { BitGroup } from "../../ir/model.ts";
import type { BitGroupView, Block } from "./blocks.ts";
import { comment } from "./comment.ts";
import { leaves, type CStruct } from "./declaration.ts";
import { signature } from "./function-text.ts";
import type { Entry } from "./header.ts";
import { literal } from "./literal.ts";
import type { Words } from "./words.ts";

/** Masks, shifts and accessors of the bit groups of a struct. */
export function bitGroupEntries(struct: CStruct, words: Words): readonly Entry[] {
  return leaves(struct.members).flatMap((leaf): readonly Entry[] => {
    const { source } = leaf.field;
    if (source.kind !== "bits" || leaf.field.suffix !== "") return [];
    const groups = source.bits.filter((group) => group.reserved !== true);
    const type = `uint${source.type.size * 8}_t`;
    const block: Block = {
      shape: "bit_groups",
      word: leaf.path.cxx,
      type,
      groups: groups.map((group) => bitGroupView(struct, group, source.type.size, type, words)),
    };
    return groups.length === 0 ? [] : [{ block, legacy: struct.legacy, declares: [], uses: [struct.tag] }];
  });
}

function bitGroupView(struct: CStruct, group: BitGroup, bytes: number, type: string, words: Words): BitGroupView {
  const mask = ((1n << BigInt(group.width)) - 1n) << BigInt(group.shift);
  const all = (1n << BigInt(8 * bytes)) - 1n;
  return {
    macro: `${struct.tag}_${group.name}`.toUpperCase(),
    comment: comment(words.of(group)),
    shift: group.shift,
    mask: literal(mask, 16, 2 * bytes),
    others: literal(all ^ mask, 16, 2 * bytes),
    getter: signature(type, `${struct.tag}_get_${group.name}`, [`const struct ${struct.tag} *s`]),
    setter: signature("void", `${struct.tag}_set_${group.name}`, [`struct ${struct.tag} *s`, `${type} value`]),
  };
}
