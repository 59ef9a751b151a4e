import type { Finding, Place } from "../diagnostic/diagnostic.ts";
import type { Rule } from "./rule.ts";
import type { Step } from "./survey/growth.ts";
import { nameOf, spelledSpot, type Entry } from "./survey/positions.ts";
import { counted } from "./survey/words.ts";

export const memberMoves: Rule = {
  code: "V5005",
  name: "member-moves",
  severity: "error",
  summary: "a member that lies elsewhere in the next revision",
  explanation: `A new revision appends members, or gives a meaning to bytes that were reserved; it never moves what is there, as old
drivers and devices would read something else. The structs, the parts of messages and the configuration space of each
two revisions are laid out and compared. A member that takes over reserved bytes is written behind them, which end:
\`u8 unused[3] until 1.2; u8 unused since 1.2; le16 num_queues since 1.2;\`.`,
  bad: `device disk = 60 "Disk";

config {
  u8   writeback;
  u8   unused[3];
  le16 num_queues since 1.2;
  le32 max_discard since 1.1;
}
`,
  good: `device disk = 60 "Disk";

config {
  u8   writeback;
  u8   unused[3] until 1.2;
  u8   unused since 1.2;
  le16 num_queues since 1.2;
  le32 max_discard since 1.1;
}
`,
  needsAll: true,
  *check(survey) {
    for (const step of survey.growth) {
      const moved = step.after.entries.flatMap((after) => {
        const before = step.before.find(after);
        return before === undefined || before.base !== after.base || before.offset === after.offset
          ? []
          : [{ before, after }];
      });
      const [first] = moved;
      if (first !== undefined) yield finding(step, first.before, first.after, moved.length - 1);
    }
  },
};

function finding(step: Step, before: Entry, after: Entry, others: number): Finding {
  const { from, to, title } = step;
  const cause = causeOf(step, before, after);
  return {
    message: `${nameOf(after)} of ${title} lies ${spelledSpot(before)} in ${from} and ${spelledSpot(after)} in ${to}${others === 0 ? "" : `; ${others === 1 ? "another member moves" : `${others} others move`} with it`}`,
    at: after.element.at,
    label: "a member never moves",
    ...(cause === undefined ? {} : { related: [cause] }),
    help: adviceFor(step, before, after, cause),
  };
}

interface Cause {
  readonly kind: "new" | "gone" | "grown";
  readonly entry: Entry;
  readonly at: Place;
  readonly message: string;
}

/** What came in front of it, or went away there. */
function causeOf(step: Step, before: Entry, after: Entry): Cause | undefined {
  const added = step.after.entries.filter(
    (entry) => entry.base === after.base && entry.offset < after.offset && step.before.find(entry) === undefined,
  );
  const removed = step.before.entries.filter(
    (entry) => entry.base === before.base && entry.offset < before.offset && step.after.find(entry) === undefined,
  );
  const grown = step.after.entries.filter((entry) => {
    const earlier = step.before.find(entry);
    return (
      entry.base === after.base && entry.offset < after.offset && earlier !== undefined && earlier.size !== entry.size
    );
  });
  const [first] = after.offset > before.offset ? [...added, ...grown, ...removed] : [...removed, ...grown, ...added];
  if (first === undefined) return undefined;
  const bytes = first.size === null ? "" : `, ${counted(first.size, after.base.endsWith(" bits") ? "bit" : "byte")}`;
  if (added.includes(first))
    return { kind: "new", entry: first, at: first.element.at, message: `new in ${step.to}${bytes}` };
  if (removed.includes(first))
    return { kind: "gone", entry: first, at: first.element.at, message: `gone in ${step.to}${bytes}` };
  return {
    kind: "grown",
    entry: first,
    at: first.element.at,
    message: `${first.size ?? "another number of"} bytes in ${step.to}, ${step.before.find(first)?.size ?? "another number"} before`,
  };
}

function adviceFor(step: Step, before: Entry, after: Entry, cause: Cause | undefined): string {
  if (cause?.kind === "grown" && "type" in cause.entry.element)
    return `${nameOf(cause.entry)} keeps its size in all revisions: add what is new at the end of ${step.title}`;
  const reserved = step.before.entries.find(
    (entry) =>
      "reserved" in entry.element &&
      entry.element.reserved === true &&
      entry.base === before.base &&
      entry.offset < before.offset,
  );
  const moved = after.offset - before.offset;
  if (reserved !== undefined && moved > 0) {
    const unit = after.base.endsWith(" bits") ? "bit" : "byte";
    const ended = !step.after.entries.some((entry) => entry.element.at === reserved.element.at);
    return ended
      ? `what took over the ${unit}s of '${reserved.element.name}' is ${counted(moved, unit)} too long`
      : `if the new member takes over ${unit}s of '${reserved.element.name}', end that: 'until ${step.to}', and write what is left of it 'since ${step.to}'`;
  }
  return moved > 0
    ? "append what is new at the end"
    : "what a revision no longer uses keeps its bytes: 'u8 reserved[…]' in its place";
}
