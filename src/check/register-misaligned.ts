import type { Rule } from "./rule.ts";

export const registerMisaligned: Rule = {
  code: "V4011",
  name: "register-misaligned",
  severity: "error",
  summary: "a register whose offset is no multiple of its size",
  explanation: `Registers are accessed whole, and a bus has no access across its words: the offset of a 32-bit register is a multiple of 4.
A 64-bit value is two registers of 32 bits, Low and High. Registers that are \`numbered\` have no place in bytes.`,
  bad: `transport bus "Bus";

registers bus {
  0x012 read le32 DeviceFeatures;
}
`,
  good: `transport bus "Bus";

registers bus {
  0x014 read le32 DeviceFeatures;
}
`,
  *check(survey) {
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (item.kind !== "registers") continue;
        for (const register of item.registers) {
          const { offset, type, name, at } = register;
          if (offset < 0)
            yield {
              message: `'${name}' has the negative offset ${offset}`,
              at,
              help: "offsets count from the beginning of the registers",
            };
          else if (item.numbered !== true && offset % type.size !== 0) {
            const below = offset - (offset % type.size);
            yield {
              message: `'${name}' is ${type.name} at ${hex(offset)}, which is no multiple of ${type.size}`,
              at,
              help: `the nearest offsets are ${hex(below)} and ${hex(below + type.size)}`,
            };
          }
        }
      }
    }
  },
};

function hex(value: number): string {
  return `0x${value.toString(16).padStart(3, "0")}`;
}
