import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import { revisions, type Register, type Registers, type Revision } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { satisfiable } from "./survey/solver.ts";
import { revisionsOf, spellRevisions } from "./survey/survey.ts";

export const registersOverlap: Rule = {
  code: "V4010",
  name: "registers-overlap",
  severity: "error",
  summary: "two registers that share bytes",
  explanation: `Each register has its own bytes. Two may share an offset where one is only read and the other only written, and have the
same size, or where their conditions exclude each other: \`if MSIX\` and \`unless MSIX\`. The map of the legacy interface,
what is marked \`legacy\` and what exists in 0.9.5, and the current map count apart: the current one uses offsets of the
legacy one again. Registers that are \`numbered\` take one number each, of whatever size they are.`,
  bad: `transport bus "Bus";

registers bus {
  0x030 write le32 QueueSel;
  0x032 read  le16 QueueSize bank QueueSel;
}
`,
  good: `transport bus "Bus";

registers bus {
  0x030 write le32 QueueSel;
  0x034 read  le16 QueueSize bank QueueSel;
}
`,
  *check(survey) {
    for (const module of survey.modules)
      for (const item of module.items) if (item.kind === "registers") yield* inMap(item);
  },
};

function* inMap({ registers, numbered }: Registers): Iterable<Finding> {
  const byByte = new Map<number, Register[]>();
  for (const second of registers) {
    const length = numbered === true ? 1 : second.type.size;
    const bytes = Array.from({ length }, (_, index) => second.offset + index);
    for (const first of new Set(bytes.flatMap((byte) => byByte.get(byte) ?? []))) {
      if (!meet(first, second, numbered === true)) continue;
      const shared = revisions.filter(
        (revision) =>
          (inLegacyMap(first, revision) && inLegacyMap(second, revision)) ||
          (inCurrentMap(first, revision) && inCurrentMap(second, revision)),
      );
      if (shared.length === 0) continue;
      yield finding(first, second, shared, numbered === true);
      break;
    }
    for (const byte of bytes) {
      const there = byByte.get(byte);
      if (there === undefined) byByte.set(byte, [second]);
      else if (there.length < 8) there.push(second);
    }
  }
}

function inLegacyMap(register: Register, revision: Revision): boolean {
  return existsAt(register, revision) && (register.legacy === true || existsAt(register, "0.9.5"));
}

function inCurrentMap(register: Register, revision: Revision): boolean {
  return revision !== "0.9.5" && register.legacy !== true && existsAt(register, revision);
}

function meet(a: Register, b: Register, numbered: boolean): boolean {
  if (!numbered && (a.offset >= b.offset + b.type.size || b.offset >= a.offset + a.type.size)) return false;
  const pair = (a.access === "read" && b.access === "write") || (a.access === "write" && b.access === "read");
  if (pair && a.offset === b.offset && a.type.size === b.type.size) return false;
  return satisfiable(
    [a, b].flatMap((register) => register.if ?? []),
    () => true,
  );
}

function finding(first: Register, second: Register, shared: readonly Revision[], numbered: boolean): Finding {
  const same = first.offset === second.offset;
  const always = shared.length === revisionsOf(second).length;
  if (numbered)
    return {
      message: `'${second.name}' and '${first.name}' both have the number ${second.offset}${always ? "" : ` in ${spellRevisions(shared)}`}`,
      at: second.at,
      related: [{ at: first.at, message: "the first one" }],
      help: "only one to read and one to write may share a number, or two whose conditions exclude each other",
    };
  const bytes = `0x${Math.max(first.offset, second.offset).toString(16).padStart(3, "0")}`;
  return {
    message: same
      ? `'${second.name}' and '${first.name}' are both at ${bytes}${always ? "" : ` in ${spellRevisions(shared)}`}`
      : `'${second.name}' and '${first.name}' share the byte ${bytes}${always ? "" : ` in ${spellRevisions(shared)}`}`,
    at: second.at,
    related: [
      {
        at: first.at,
        message: `${first.type.size} byte${first.type.size === 1 ? "" : "s"} from 0x${first.offset.toString(16).padStart(3, "0")}`,
      },
    ],
    help:
      same && first.access !== second.access && first.access !== "rw" && second.access !== "rw"
        ? "a register to read and one to write at one offset have the same size"
        : "give one of them another offset",
  };
}
