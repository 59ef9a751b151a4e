import type { Finding } from "../diagnostic/diagnostic.ts";
import { coexist } from "../ir/availability.ts";
import type { Constant, ConstantGroup, Dimension, Element, GroupReference } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isConstantGroup } from "../ir/item-kinds.ts";
import type { Survey } from "./survey/survey.ts";

export const constantTooWide: Rule = {
  code: "V2016",
  name: "constant-too-wide",
  severity: "error",
  summary: "a constant that does not fit the members that hold it",
  explanation: `\`u8 status : S;\` says that the member's values are the constants of \`S\`, so each of them fits into eight bits: a number is
less than 256, a mask has no bit above the seventh, a bit number is at most 7. No constant has more than 64 bits.`,
  bad: `device nic = 61 "Nic";

config {
  u8 status : S;
}
flags S {
  LINK_UP  = 1;
  ANNOUNCE = 0x100;
}
`,
  good: `device nic = 61 "Nic";

config {
  le16 status : S;
}
flags S {
  LINK_UP  = 1;
  ANNOUNCE = 0x100;
}
`,
  *check(survey) {
    yield* wholeConstants(survey);
    for (const { member } of survey.sites) {
      if (member.kind === "field" && member.values !== undefined && member.type.kind === "scalar") {
        yield* holder(survey, member, member.values, member.type.size * 8, `is ${member.type.name}`, member.dimensions);
      }
      if (member.kind !== "bits") continue;
      for (const bits of member.bits)
        if (bits.values !== undefined)
          yield* holder(
            survey,
            bits,
            bits.values,
            bits.width,
            `has ${bits.width} bit${bits.width === 1 ? "" : "s"}`,
            [],
          );
    }
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (item.kind !== "registers") continue;
        for (const register of item.registers) {
          if (register.values !== undefined)
            yield* holder(survey, register, register.values, register.type.size * 8, `is ${register.type.name}`, []);
        }
      }
    }
  },
};

/** Numbers and masks that nothing can hold. */
function* wholeConstants(survey: Survey): Iterable<Finding> {
  for (const module of survey.modules) {
    for (const item of module.items) {
      const constants = isConstantGroup(item) ? item.constants : item.kind === "constant" ? [item] : [];
      for (const constant of constants) {
        if (fits(constant, 64, 128)) continue;
        yield {
          message: `'${constant.name}' = ${constant.text} has more than 64 bits`,
          at: constant.at,
          help: "the widest member is le64",
        };
      }
    }
  }
}

function* holder(
  survey: Survey,
  member: Element,
  reference: GroupReference,
  width: number,
  type: string,
  dimensions: readonly Dimension[],
): Iterable<Finding> {
  const words = dimensions.reduce(
    (product, dimension) => (dimension.kind === "fixed" ? product * dimension.length : Infinity),
    1,
  );
  for (const group of survey.groupsOf(reference)) {
    // An array of words is one long row of bits for flags, and several numbers for an enum.
    const wide = group.constants.filter(
      (constant) =>
        coexist(constant, member) && !fits(constant, constant.type === "number" ? width : width * words, width * words),
    );
    const [first] = wide;
    if (first === undefined) continue;
    const others =
      wide.length === 1
        ? ""
        : `, nor ${wide.length === 2 ? `does '${wide[1]?.name}'` : `do ${wide.length - 1} others`}`;
    yield {
      message: `${described(first, group)} does not fit '${member.name}', which ${type}${others}`,
      at: member.at,
      related: [{ at: first.at, message: `'${first.name}' = ${first.text}` }],
      help:
        first.type === "bit"
          ? "take a wider type, or, if the constants are masks, 'flags' instead of 'bits'"
          : `take a wider type, or another group behind ':'`,
    };
  }
}

function described(constant: Constant, group: ConstantGroup): string {
  const kind = { number: "the number", bit: "the bit", mask: "the mask" }[constant.type];
  return `${kind} '${group.name === "" ? "" : `${group.name}.`}${constant.name}' = ${constant.text}`;
}

/** A negative number takes one bit for its sign. */
function fits(constant: Constant, width: number, bits: number): boolean {
  const value = BigInt(constant.value);
  if (constant.type === "bit") return value >= 0n && value < bits;
  // Wider than any constant; it may have been counted wrong, but that is another rule's matter.
  if (!(width <= 128)) return true;
  return value < 1n << BigInt(width) && value >= -(1n << BigInt(Math.max(width - 1, 0)));
}
