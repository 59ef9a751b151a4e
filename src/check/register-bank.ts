import type { Finding } from "../diagnostic/diagnostic.ts";
import { nearest } from "../diagnostic/suggest.ts";
import { existsAt } from "../ir/availability.ts";
import type { Register } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { revisionsOf, spellRevisions, type Survey } from "./survey/survey.ts";

export const registerBank: Rule = {
  code: "V4012",
  name: "register-bank",
  severity: "error",
  summary: "a 'bank' that names no register, or one that cannot select",
  explanation: `\`bank QueueSel\` says that the register is there once for each queue, and that a write to \`QueueSel\` chooses which. So
\`QueueSel\` is another register of the same map, it can be written, and it exists as long as what it selects.`,
  bad: `transport bus "Bus";

registers bus {
  0x030 read  le32 QueueSel;
  0x034 read  le32 QueueSize bank QueueSel;
}
`,
  good: `transport bus "Bus";

registers bus {
  0x030 write le32 QueueSel;
  0x034 read  le32 QueueSize bank QueueSel;
}
`,
  *check(survey) {
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (item.kind === "registers")
          for (const register of item.registers)
            if (register.bank !== undefined) yield* ofRegister(survey, item.registers, register, register.bank);
      }
    }
  },
};

function* ofRegister(
  survey: Survey,
  registers: readonly Register[],
  register: Register,
  bank: string,
): Iterable<Finding> {
  const at = survey.placeOf(register, "bank");
  const found = registers.filter((other) => other.name === bank);
  const [first] = found;
  if (first === undefined) {
    const older = registers.find((other) => other.was?.some((one) => one.name === bank) === true);
    const meant =
      older?.name ??
      nearest(
        bank,
        registers.map((other) => other.name),
      );
    yield {
      message: `there is no register '${bank}' to select '${register.name}'`,
      at,
      help:
        meant === undefined
          ? "a bank is another register of the same map"
          : older === undefined
            ? `did you mean '${meant}'?`
            : `'${bank}' is the older name of '${meant}': write that`,
    };
  } else if (first === register) {
    yield { message: `'${register.name}' selects itself`, at, help: "a bank is another register" };
  } else if (found.every((other) => other.access === "read")) {
    yield {
      message: `'${bank}' cannot select '${register.name}': it is only read`,
      at,
      related: [{ at: first.at, message: "read-only" }],
      help: "a register that selects is written: write or rw",
    };
  } else {
    const missing = revisionsOf(register).filter((revision) => !found.some((other) => existsAt(other, revision)));
    if (missing.length === 0) return;
    yield {
      message: `'${bank}' does not exist in ${spellRevisions(missing)}, where it would select '${register.name}'`,
      at,
      related: [
        {
          at: first.at,
          message: `exists since ${first.since}${first.until === undefined ? "" : ` until ${first.until}`}`,
        },
      ],
      help: `let both exist in the same revisions`,
    };
  }
}
