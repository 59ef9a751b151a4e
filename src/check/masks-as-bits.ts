import type { ConstantGroup } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isConstantGroup } from "../ir/item-kinds.ts";

export const masksAsBits: Rule = {
  code: "V2017",
  name: "masks-as-bits",
  severity: "warning",
  summary: "bit numbers that look like masks",
  explanation: `The constants of \`bits\` are numbers of bits: 0, 1, 2, 3. Those of \`flags\` are masks: 1, 2, 4, 8. A group of \`bits\` with
1, 2, 4 leaves out the bits 0 and 3, which is rarely meant.`,
  bad: `device nic = 61 "Nic";

bits S {
  LINK_UP  = 1;
  ANNOUNCE = 2;
  STANDBY  = 4;
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
      for (const group of module.items) {
        if (!isConstantGroup(group) || group.kind !== "bits" || !looksLikeMasks(group)) continue;
        const values = group.constants.map((constant) => constant.value);
        yield {
          message: `the bits ${values.join(", ")} of '${group.name}' look like masks`,
          at: group.at,
          help: `masks are declared by 'flags'; if these are bit numbers, say what bit 0 is`,
        };
      }
    }
  },
};

/** 1, 2, 4, each twice the one before, without a gap. */
function looksLikeMasks(group: ConstantGroup): boolean {
  const { constants } = group;
  return (
    constants.length > 1 &&
    constants.every((constant, index) => BigInt(constant.value) === 1n << BigInt(index) && constant.type === "bit")
  );
}
