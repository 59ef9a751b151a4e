import type { Constant, ConstantGroup, Item, Member, Module } from "../../ir/model.ts";
import { partMembers } from "./catalogue.ts";
import { docComment, sentences } from "./doc-comment.ts";
import { propertyName } from "./identifiers.ts";
import type { ModuleNames } from "./module-names.ts";
import type { Section } from "./section.ts";

/** A group as an object, or constants that stand alone. */
export function constantSections(item: ConstantGroup | Constant, names: ModuleNames): readonly Section[] {
  if (item.kind === "constant") return [alone(item, names, false)];
  if (item.constants.length === 0) return [];
  const wide = isWideGroup(item, names.module);
  if (item.name === "" && item.kind !== "shared_memory")
    return item.constants.map((constant) => alone(constant, names, wide));
  const name = names.group(item.name);
  const view = {
    doc: docComment([sentences(item)]),
    name,
    constants: item.constants.map((constant) => ({
      doc: docComment([sentences(constant, undefined, item.legacy === true)], "  "),
      name: propertyName(constant.name),
      value: literal(constant, wide),
    })),
  };
  return [{ template: "constants", view, declares: [name], uses: [], early: true }];
}

function alone(constant: Constant, names: ModuleNames, wide: boolean): Section {
  const name = names.constant(constant.name);
  return {
    template: "constant",
    view: { doc: docComment([sentences(constant)]), name, value: literal(constant, wide) },
    declares: [name],
    uses: [],
    early: true,
  };
}

/**
 * Whether a group's constants are bigints: where a number would not be exact, and where one is a mask of more than 32
 * bits, since JavaScript's bit operators cut numbers off there. All of a group are of one kind.
 */
function isWideGroup(group: ConstantGroup, module: Module): boolean {
  const isMask = group.kind === "flags";
  if (
    group.constants.some(
      (constant) => typeof constant.value === "string" || (constant.type === "mask" && constant.value > 0xffffffff),
    )
  )
    return true;
  return isMask && isOfWords(group, module);
}

/** Whether it is only members of 64 bits that have these masks: a number could not be joined with their values. */
function isOfWords(group: ConstantGroup, module: Module): boolean {
  const sizes = module.items
    .flatMap((item) => membersOf(item))
    .flatMap((member) => sizesWith(member, group, module.name));
  return sizes.length > 0 && sizes.every((size) => size === 8);
}

function membersOf(item: Item): readonly Member[] {
  if ("members" in item) return item.members;
  if ("parts" in item) return partMembers(item.parts);
  return "sections" in item ? item.sections.flatMap((section) => section.members) : [];
}

function sizesWith(member: Member, group: ConstantGroup, module: string): readonly number[] {
  const within = (members: readonly Member[]): readonly number[] =>
    members.flatMap((inner) => sizesWith(inner, group, module));
  switch (member.kind) {
    case "field": {
      const own =
        member.values?.module === module && member.values.group === group.name && member.type.kind === "scalar"
          ? [member.type.size]
          : [];
      return [...own, ...within(member.each?.members ?? [])];
    }
    case "bits":
      return member.bits.some((bits) => bits.values?.module === module && bits.values.group === group.name) ? [4] : [];
    case "group":
    case "present":
      return within(member.members);
    default:
      return member.arms.flatMap((arm) => within(arm.members));
  }
}

/** A constant's value as it was written, as far as that is a number; masks in hexadecimal. */
function literal(constant: Constant, wide: boolean): string {
  const written = /^(?:0x[\da-f]+|\d+)$/i.test(constant.text) ? constant.text : undefined;
  const negative = String(constant.value).startsWith("-");
  const text =
    written ??
    (constant.type === "mask" && !negative ? `0x${BigInt(constant.value).toString(16)}` : String(constant.value));
  return wide ? `${text}n` : text;
}
