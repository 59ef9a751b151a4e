import type { Arm, BitWord, Field, Member, PartItem, Tag } from "../model.ts";
import { printExpression } from "../print-expression.ts";
import type { EntryMaker } from "./entry-maker.ts";
import type { Extent } from "./entry.ts";
import { accessText, conditionText, rangeText, sizeText, tagText, typeText, valuesText } from "./fact-text.ts";

/** What members stand in. */
export interface Surroundings {
  readonly module: string;
  /** The configuration space, of which the driver may write some members. */
  readonly config: boolean;
  /** Of the names in the block: `IN.`. */
  readonly prefix: string;
  /** What offsets count from, where that is not the block. */
  readonly base: string;
}

export function membersOf(members: readonly Member[], below: EntryMaker, around: Surroundings): void {
  for (const member of members) ofMember(member, below, around);
}

function ofMember(member: Member, below: EntryMaker, around: Surroundings): void {
  const named = member.name !== "";
  const name = around.prefix + (named ? member.name : member.kind);
  // Without a name its members are the outer struct's own.
  const inner: Surroundings = named ? { ...around, prefix: `${name}.` } : around;
  const element = named ? member : { ...member, name: member.kind, cName: "" };
  const extent = extentOf(member, around);
  switch (member.kind) {
    case "field":
      fieldEntry(member, below, around, name);
      break;
    case "bits":
      wordEntry(member, below, around, name);
      break;
    case "group": {
      const array = typeText({ kind: "opaque" }, member.dimensions, around.module).replace("opaque", "struct");
      below.add(
        {
          subject: "member",
          element,
          name,
          facts: { type: array, offset: offsetText(extent.offset) },
          extent,
          summary: located(array, extent),
        },
        (inside) => membersOf(member.members, inside, member.dimensions.length > 0 ? { ...inner, base: name } : inner),
      );
      break;
    }
    case "present":
      below.add(
        {
          subject: "member",
          element,
          name,
          facts: { kind: "present", offset: offsetText(extent.offset) },
          extent,
          conditions: [...(member.if === undefined ? [] : [member.if]), member.condition],
          summary: located("bytes that may be removed", extent),
        },
        (inside) => membersOf(member.members, inside, inner),
      );
      break;
    case "union":
    case "switch":
    case "window": {
      const by =
        member.kind === "window" ? member.by.join(", ") : member.by === undefined ? "" : printExpression(member.by);
      below.add(
        {
          subject: "member",
          element,
          name,
          facts: { kind: member.kind, by, offset: offsetText(extent.offset) },
          extent,
          summary: located(by === "" ? member.kind : `${member.kind} by ${by}`, extent),
        },
        (inside) => {
          for (const arm of member.arms) memberArm(arm, inside, inner);
        },
      );
      break;
    }
  }
}

function memberArm(arm: Arm, below: EntryMaker, around: Surroundings): void {
  if (arm.tags.length === 0) {
    membersOf(arm.members, below, around);
    return;
  }
  alternative(arm, below, around, (inside, inner) => membersOf(arm.members, inside, inner));
}

function alternative(
  arm: Arm | (Omit<Arm, "members"> & { readonly tags: readonly Tag[] }),
  below: EntryMaker,
  around: Surroundings,
  inside: (below: EntryMaker, around: Surroundings) => void,
): void {
  const tags = arm.tags.map((tag) => tagText(tag));
  const name = around.prefix + (tags[0] ?? arm.name);
  below.add(
    {
      subject: "alternative",
      element: { ...arm, name: tags[0] ?? arm.name },
      name,
      keyed: tags[0] ?? arm.name,
      place: tags.join(", "),
      facts: { tags: tags.join(", ") },
      summary: tags.length > 1 ? tags.join(", ") : "",
    },
    (made) => inside(made, { ...around, prefix: `${name}.` }),
  );
}

export function partsOf(parts: readonly PartItem[], below: EntryMaker, around: Surroundings): void {
  for (const part of parts) {
    if (part.kind === "part") {
      const size = sizeText(part.layout, false);
      below.add(
        {
          subject: "part",
          element: part,
          name: around.prefix + (part.name === "" ? part.direction : part.name),
          keyed: part.name === "" ? part.direction : part.name,
          facts: { direction: part.direction, size, kind: part.byAddress === true ? "by address" : "" },
          summary: [part.name === "" ? "" : part.direction, size].filter((text) => text !== "").join(", "),
        },
        (inside) =>
          membersOf(
            part.members,
            inside,
            part.name === "" ? around : { ...around, prefix: `${around.prefix}${part.name}.` },
          ),
      );
      continue;
    }
    const by = printExpression(part.by);
    below.add(
      {
        subject: "part",
        element: { ...part, name: "switch" },
        name: `${around.prefix}switch`,
        keyed: "switch",
        facts: { by },
        summary: `switch by ${by}`,
      },
      (inside) => {
        for (const arm of part.arms) alternative(arm, inside, around, (made, inner) => partsOf(arm.parts, made, inner));
      },
    );
  }
}

function fieldEntry(field: Field, below: EntryMaker, around: Surroundings, name: string): void {
  const type = typeText(field.type, field.dimensions, around.module);
  const extent = extentOf(field, around);
  const value = conditionText(field.value);
  below.add(
    {
      subject: "member",
      element: field,
      name,
      // What is reserved has no name to speak of, and so no other one.
      place: field.reserved === true || extent.offset === null ? undefined : `${extent.base} ${extent.offset} ${type}`,
      facts: {
        type,
        "offset": offsetText(extent.offset),
        value,
        "range": rangeText(field.range),
        "values": valuesText(field.values, around.module),
        "access": around.config ? accessText(field.access) : "",
        "unit": field.unit ?? "",
        "reserved": field.reserved === true ? "reserved" : "",
        "padding":
          field.pad === undefined
            ? ""
            : `to ${printExpression(field.pad.to)}${field.pad.unless === undefined ? "" : ` unless ${printExpression(field.pad.unless)}`}`,
        "end-mark": conditionText(field.each?.until),
        "negotiation": field.negotiation ?? "",
        "refuse": conditionText(field.refuse),
      },
      extent,
      value: value === "" ? undefined : value,
      summary: located(
        [
          type,
          value === "" ? "" : `= ${value}`,
          around.config && accessText(field.access) !== "read-only" ? accessText(field.access) : "",
          field.unit === undefined ? "" : `in ${field.unit}`,
        ]
          .filter((text) => text !== "")
          .join(", "),
        extent,
      ),
    },
    (inside) => {
      if (field.each !== undefined)
        membersOf(field.each.members, inside, { ...around, prefix: `${name}.`, base: name });
    },
  );
}

function wordEntry(word: BitWord, below: EntryMaker, around: Surroundings, name: string): void {
  const type = typeText(word.type, word.dimensions, around.module);
  const extent = extentOf(word, around);
  const named = word.name !== "";
  below.add(
    {
      subject: "member",
      element: named ? word : { ...word, name: "bits", cName: "" },
      name,
      place: named && extent.offset !== null ? `${extent.base} ${extent.offset} ${type}` : undefined,
      facts: {
        type,
        offset: offsetText(extent.offset),
        access: around.config ? accessText(word.access) : "",
      },
      extent,
      summary: located(type, extent),
    },
    (inside) => {
      for (const group of word.bits) {
        const bits = `${group.shift} to ${group.shift + group.width - 1}`;
        const value = conditionText(group.value);
        inside.add({
          subject: "member",
          element: group,
          name: (named ? `${name}.` : around.prefix) + group.name,
          place: group.reserved === true ? undefined : `bits ${bits}`,
          facts: {
            bits: group.width === 1 ? String(group.shift) : bits,
            value,
            values: valuesText(group.values, around.module),
            reserved: group.reserved === true ? "reserved" : "",
          },
          extent: {
            offset: extent.offset,
            size: null,
            base: extent.base,
            ...(extent.offset === null
              ? {}
              : { bits: { from: extent.offset * 8 + group.shift, count: group.width, shift: group.shift } }),
          },
          value: value === "" ? undefined : value,
          summary: group.width === 1 ? `bit ${group.shift}` : `bits ${bits}`,
        });
      }
    },
  );
}

function extentOf(member: Member, around: Surroundings): Extent {
  return {
    offset: member.position?.offset ?? null,
    size: member.position?.size ?? null,
    base: around.base,
  };
}

function offsetText(offset: number | null): string {
  return offset === null ? "known at run time" : String(offset);
}

/** `le16 at 10`, without a place where only run time tells. */
function located(text: string, extent: Extent): string {
  return extent.offset === null ? text : `${text} at ${extent.offset}`;
}
