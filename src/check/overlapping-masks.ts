import type { Finding } from "../diagnostic/diagnostic.ts";
import { coexist } from "../ir/availability.ts";
import type { Constant, ConstantGroup } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isConstantGroup } from "../ir/item-kinds.ts";

export const overlappingMasks: Rule = {
  code: "V2015",
  name: "overlapping-masks",
  severity: "error",
  summary: "two masks that share bits, or a number that reaches into the bits of a flag",
  explanation: `The constants of \`flags\` are masks that can be combined, so each has bits of its own; a mask of several bits is fine. What
is made of others names them: \`ANY = IPV4 | IPV6\`. The flags inside of an \`enum\` lie above its numbers. Where a constant is
a bit number and no mask, the group is \`bits\`, or the constant is written \`bit 3\`: virtio has all three kinds under
names that look alike.`,
  bad: `device nic = 61 "Nic";

flags S {
  LINK_UP  = 1;
  ANNOUNCE = 2;
  STANDBY  = 3;
}
`,
  good: `device nic = 61 "Nic";

flags S {
  LINK_UP  = 1;
  ANNOUNCE = 2;
  STANDBY  = 4;
}
`,
  *check(survey) {
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (isConstantGroup(item)) yield* inGroup(item);
        if (item.kind === "house")
          for (const group of item.constants) if (group.kind !== "constant") yield* inGroup(group);
      }
    }
  },
};

function* inGroup(group: ConstantGroup): Iterable<Finding> {
  const masks = group.constants.filter((constant) => constant.type === "mask" && !isComposed(constant));
  if (masks.length === 0) return;
  let all = 0n;
  for (const [index, mask] of masks.entries()) {
    const value = BigInt(mask.value);
    const shares = (other: Constant): boolean =>
      value === 0n ? BigInt(other.value) === 0n : (BigInt(other.value) & value) !== 0n;
    const first =
      (all & value) === 0n && value !== 0n
        ? undefined
        : masks.find((other, earlier) => earlier < index && shares(other) && coexist(other, mask));
    all |= value;
    if (first !== undefined) yield shared(group, first, mask);
  }
  for (const constant of group.constants) {
    if (constant.type !== "number" || (BigInt(constant.value) & all) === 0n) continue;
    const flag = masks.find((mask) => (BigInt(constant.value) & BigInt(mask.value)) !== 0n && coexist(constant, mask));
    if (flag === undefined) continue;
    yield {
      message: `the number '${constant.name}' = ${constant.text} reaches into the bits of the flag '${flag.name}' = ${flag.text}`,
      at: constant.at,
      related: [{ at: flag.at, message: "the flag" }],
      help: "flags inside of an enum lie above all of its numbers",
    };
  }
}

function shared(group: ConstantGroup, first: Constant, second: Constant): Finding {
  const a = BigInt(first.value);
  const b = BigInt(second.value);
  const related = [{ at: first.at, message: `'${first.name}' = ${first.text}` }];
  if (a === b)
    return {
      message: `'${second.name}' is the same mask as '${first.name}'`,
      at: second.at,
      related,
      help: `give it bits of its own, or, if both mean the same, write '${second.name} = ${first.name}'`,
    };
  const values = group.constants.map((constant) => Number(constant.value));
  const counts = values.every((value, index) => value === index || value === index + 1);
  return {
    message: `'${second.name}' = ${second.text} shares the bits 0x${(a & b).toString(16)} with '${first.name}' = ${first.text}`,
    at: second.at,
    related,
    help: counts
      ? "these count up: bit numbers are declared by 'bits', numbers that exclude each other by 'enum'"
      : "give it bits of its own, or name what it is made of: 'A | B'",
  };
}

/** Whether it is written with the names of others, or as another name. */
function isComposed(constant: Constant): boolean {
  // `0x20`, `bit 3`
  if (constant.aliasOf === undefined && /^(?:bit )?\d\w*$/.test(constant.text)) return false;
  return (
    constant.aliasOf !== undefined ||
    /[A-Za-z_]\w*/.test(constant.text.replaceAll(/\bbit\b|0[xX][0-9A-Fa-f]+|0[bB][01]+/g, ""))
  );
}
