import type { Constant, ConstantGroup, Module } from "../../ir/model.ts";
import { revisionOf, sinceSentence } from "./availability.ts";
import { condition } from "./expression-words.ts";
import { groupHeading, singleConstantsHeading } from "./headings.ts";
import { code, joined, table, type TableView } from "./markdown.ts";
import { meaningOf } from "./meaning.ts";

export interface ConstantsView {
  readonly heading: string;
  readonly doc: string;
  readonly facts: string;
  readonly table: TableView | null;
}

const groupFacts: Readonly<Record<ConstantGroup["kind"], string>> = {
  enum: "Numbers.",
  flags: "Masks, which can be combined.",
  bits: "Bit numbers: the mask is 1 shifted left by the number.",
  shared_memory: "Ids of shared memory regions.",
};

/** Every group of the module, then the constants without one. */
export function constantsViews(module: Module): readonly ConstantsView[] {
  const groups = module.items.flatMap((item) =>
    item.kind === "enum" || item.kind === "flags" || item.kind === "bits" || item.kind === "shared_memory"
      ? [groupView(item, module)]
      : [],
  );
  const single = module.items.filter((item) => item.kind === "constant");
  if (single.length === 0) return groups;
  return [...groups, { heading: singleConstantsHeading, doc: "", facts: "", table: constantTable(single, module) }];
}

function groupView(group: ConstantGroup, module: Module): ConstantsView {
  const mixed = group.kind === "enum" && group.constants.some((constant) => constant.type === "mask");
  const only = group.if === undefined ? "" : `Only if ${condition(group.if)}.`;
  return {
    heading: groupHeading(group),
    doc: meaningOf({ ...group, was: [] }),
    facts: joined(
      [
        mixed ? "Numbers in the low bits, with masks that can be added." : groupFacts[group.kind],
        only,
        sinceSentence(group, module),
      ],
      " ",
    ),
    table: constantTable(group.constants, group),
  };
}

function constantTable(constants: readonly Constant[], outer: Module | ConstantGroup): TableView | null {
  return table(constants, [
    { title: "Value", align: "right", cell: (constant) => valueText(constant) },
    { title: "Name", cell: (constant) => code(constant.cName) },
    { title: "Kind", cell: (constant) => constant.type },
    { title: "Only if", cell: (constant) => (constant.if === undefined ? "" : condition(constant.if)) },
    { title: "Since", cell: (constant) => revisionOf(constant, outer) },
    {
      title: "Meaning",
      cell: (constant) =>
        constant.aliasOf !== undefined && constant.doc === ""
          ? `The same as ${code(constant.aliasOf)}.`
          : meaningOf(constant),
    },
  ]);
}

/** As it was written; what is no plain number is followed by its value, a bit number by its mask. */
function valueText(constant: Constant): string {
  const { text, type } = constant;
  const value = BigInt(constant.value);
  if (type === "bit") return `${value} (${hexadecimal(1n << value)})`;
  if (/^-?[0-9]/.test(text))
    return /^\d+$/.test(text) && type === "mask" && value > 9n ? `${text} (${hexadecimal(value)})` : text;
  return constant.aliasOf === undefined
    ? `${type === "mask" ? hexadecimal(value) : value} (${code(text)})`
    : String(type === "mask" ? hexadecimal(value) : value);
}

function hexadecimal(value: bigint): string {
  return value < 0n ? String(value) : `0x${value.toString(16)}`;
}
