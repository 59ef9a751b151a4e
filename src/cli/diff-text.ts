import type { Palette } from "../diagnostic/draw.ts";
import type { Breakage, Change, Differences, ModuleChanges } from "../ir/diff/model.ts";
import { count } from "./report.ts";

/** A longer text says no more than that there is much of it; `--format json` has all. */
const longest = 96;
/** Names of more columns than this stand out of their column. */
const widest = 44;

/** The comparison for a terminal: a line a change, those that break somebody first in each device. */
export function comparisonText(comparison: Differences, title: string, colours: Palette): string {
  const all = comparison.modules.flatMap((module) => module.changes);
  if (all.length === 0) return `${title}: no changes\n`;
  const breaking = all.filter(breaks).length;
  const head = `${title}: ${count(all.length, "change")}, ${breakingCount(breaking)}`;
  return `${[colours.bold(head), ...comparison.modules.map((module) => moduleText(module, colours))].join("\n\n")}\n`;
}

function breakingCount(breaking: number): string {
  return breaking === 0 ? "none breaking" : `${breaking} breaking`;
}

function breaks(change: Change): boolean {
  return change.breaks.length > 0;
}

function moduleText({ name, title, changes }: ModuleChanges, colours: Palette): string {
  const rows = [...changes.filter(breaks), ...changes.filter((change) => !breaks(change))].map((change) => ({
    change,
    where: whereOf(change, name),
  }));
  const width = Math.min(widest, Math.max(...rows.map(({ where }) => where.length)));
  const lines = rows.map(({ change, where }) => {
    const words = breakageText(change.breaks);
    const line = [
      `${breaks(change) ? "!" : " "}${markOf(change)}`,
      change.category.padEnd("documentation".length),
      where.padEnd(width),
      whatOf(change),
    ]
      .join(" ")
      .trimEnd();
    return words === "" ? line : `${line}  ${colours.error(`breaks ${words}`)}`;
  });
  const head = `${colours.bold(name)} ${title}: ${count(changes.length, "change")}, ${breakingCount(changes.filter(breaks).length)}`;
  return [head, ...lines].join("\n");
}

/** `config/mtu`; of a rule or an erratum, which have no names, only where they stand. */
function whereOf({ subject, path, name }: Change, module: string): string {
  const inside = path.slice(module.length + 1);
  if (subject === "module") return "";
  return subject === "rule" || subject === "erratum" ? inside.slice(0, -name.length - 1) : inside;
}

function markOf({ what }: Change): string {
  if (what === "added") return "+";
  return what === "removed" ? "-" : "~";
}

function whatOf(change: Change): string {
  const { what, subject, name, before, after } = change;
  if (what === "added" || what === "removed") {
    const { text = "" } = after ?? before ?? {};
    return (
      shortened(subject === "erratum" ? name : subject === "rule" ? `${name} ${text}`.trimEnd() : text) +
      (change.takesReserved === true ? ", in reserved bytes" : "")
    );
  }
  if (before === null || after === null) return "";
  const [was, is] = differing(before.text, after.text);
  const fact = `${what.replaceAll("-", " ")}: ${shortened(was)} → ${shortened(is)}`;
  return subject === "rule" ? `${shortened(name)}: ${fact}` : fact;
}

/** Long lists without what is the same at their beginning and end. */
function differing(before: string, after: string): readonly [string, string] {
  if (before.length + after.length <= longest) return [orNothing(before), orNothing(after)];
  const [was, is] = [before.split(/(?<=\s)/), after.split(/(?<=\s)/)];
  let same = 0;
  while (same < Math.min(was.length, is.length) && was[same] === is[same]) same++;
  const part = (words: readonly string[]): string => (same === 0 ? "" : "… ") + words.slice(same).join("");
  return [orNothing(part(was)), orNothing(part(is))];
}

function orNothing(text: string): string {
  return text === "" ? "nothing" : text;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** `driver, device if MQ`. */
function breakageText(all: readonly Breakage[]): string {
  const peers = new Map<string | null, string[]>();
  for (const { peer, when } of all) peers.set(when, [...(peers.get(when) ?? []), peer]);
  return [...peers].map(([when, names]) => names.join(" and ") + (when === null ? "" : ` if ${when}`)).join("; ");
}
