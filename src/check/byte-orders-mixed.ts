import type { Finding } from "../diagnostic/diagnostic.ts";
import type { Element, Scalar } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { called } from "./survey/words.ts";

export const byteOrdersMixed: Rule = {
  code: "V3017",
  name: "byte-orders-mixed",
  severity: "warning",
  summary: "little-endian and big-endian members in one struct",
  explanation: `Virtio is little-endian, but for a few structs that are big-endian as a whole: those of channel I/O and of replay
protected memory. No struct, part of a message or map of registers of the standard has both, so one member that differs
from the others is most likely a slip: \`be\` for \`le\`.`,
  bad: `device disk = 60 "Disk";

struct range {
  le64 sector;
  be32 num_sectors;
}
`,
  good: `device disk = 60 "Disk";

struct range {
  le64 sector;
  le32 num_sectors;
}
`,
  *check(survey) {
    for (const body of survey.bodies) {
      if (body.kind === "view") continue;
      yield* among(
        survey
          .sitesIn(body)
          .flatMap(({ member }) =>
            "type" in member && member.type.kind === "scalar" ? [{ element: member, type: member.type }] : [],
          ),
        body.title,
      );
    }
    for (const module of survey.modules) {
      for (const item of module.items) {
        if (item.kind === "registers")
          yield* among(
            item.registers.map((register) => ({ element: register, type: register.type })),
            `the registers '${item.name}'`,
          );
      }
    }
  },
};

interface Ordered {
  readonly element: Element;
  readonly type: Scalar;
}

function* among(all: readonly Ordered[], title: string): Iterable<Finding> {
  const little = all.filter((one) => one.type.order === "little");
  const big = all.filter((one) => one.type.order === "big");
  const [odd, usual] = little.length < big.length ? [little[0], big[0]] : [big[0], little[0]];
  if (odd === undefined || usual === undefined) return;
  yield {
    message: `${called(odd.element)} of ${title} is ${odd.type.name}, but other members are ${usual.type.order === "big" ? "big-endian" : "little-endian"}`,
    at: odd.element.at,
    related: [{ at: usual.element.at, message: `${usual.type.name} here` }],
    help: `write '${usual.type.order === "big" ? "be" : "le"}${odd.type.size * 8}'`,
  };
}
