import type { Finding } from "../diagnostic/diagnostic.ts";
import { coexist, overlap } from "../ir/availability.ts";
import { newestRevision, type Command } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { isCommand } from "../ir/item-kinds.ts";
import { spellRevisions } from "./survey/survey.ts";

export const numberTwice: Rule = {
  code: "V4009",
  name: "number-twice",
  severity: "error",
  summary: "two commands, capabilities, resource objects or device parts with one number",
  explanation: `CCW commands, ids of capabilities, types of resource objects and of device parts are each one space: those of the core
hold for every device, and a device adds its own.`,
  bad: `device nic = 61 "Nic" since 1.4;

capability FILTER = 0x0800 { le32 groups limit; }
capability ACTION = 0x0800 { le32 count; }
`,
  good: `device nic = 61 "Nic" since 1.4;

capability FILTER = 0x0800 { le32 groups limit; }
capability ACTION = 0x0801 { le32 count; }
`,
  *check(survey) {
    const commands = survey.modules.map((module) => ({
      module,
      commands: module.items.filter((item) => isCommand(item)),
    }));
    const shared = commands.filter((one) => one.module.kind !== "device");
    for (const [index, one] of shared.entries())
      yield* among(
        shared.slice(0, index).flatMap((other) => other.commands),
        one.commands,
      );
    for (const one of commands)
      if (one.module.kind === "device")
        yield* among(
          shared.flatMap((other) => other.commands),
          one.commands,
        );
  },
};

const words: Readonly<Record<Command["kind"], string>> = {
  ccw_command: "command",
  capability: "capability id",
  resource: "resource object type",
  device_part: "device part type",
};

function* among(before: readonly Command[], commands: readonly Command[]): Iterable<Finding> {
  const byNumber = new Map<string, Command[]>();
  const add = (command: Command): void => {
    const key = `${command.kind} ${command.number}`;
    byNumber.set(key, [...(byNumber.get(key) ?? []).slice(0, 8), command]);
  };
  for (const command of before) add(command);
  for (const command of commands) {
    const first =
      command.number === undefined
        ? undefined
        : byNumber.get(`${command.kind} ${command.number}`)?.find((other) => coexist(other, command));
    if (first !== undefined && command.number !== undefined)
      yield finding(first, command, command.number, [...before, ...commands]);
    add(command);
  }
}

function finding(first: Command, command: Command, number: number, all: readonly Command[]): Finding {
  const revisions = overlap(first, command);
  const taken = new Set(all.filter((other) => other.kind === command.kind).map((other) => other.number));
  let free = number;
  while (taken.has(free)) free++;
  const digits = command.kind === "ccw_command" ? 2 : 4;
  const hex = (value: number): string => `0x${value.toString(16).padStart(digits, "0")}`;
  return {
    message: `'${command.name}' and '${first.name}' have the same ${words[command.kind]} ${hex(number)}${revisions.includes(newestRevision) ? "" : ` in ${spellRevisions(revisions)}`}`,
    at: command.at,
    related: [{ at: first.at, message: `${hex(number)} first` }],
    help: `the next free one is ${hex(free)}`,
  };
}
