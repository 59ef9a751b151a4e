import type { Difference, HeaderReport, RefineReport, Side } from "./report-model.ts";

/** A report for a terminal. */
export function renderText(report: RefineReport): string {
  return report.headers.map((header) => headerText(header)).join("\n");
}

function headerText(header: HeaderReport): string {
  const { differences, departures, naming, devices } = header;
  const lines = [
    `${header.file}: ${counted(differences.length, "difference")} from ${devices.join(", ") || "no description"}, in the names of ${naming === "linux" ? "Linux" : "the standard"}`,
  ];
  for (const one of differences) lines.push(...differenceLines(one));
  if (departures.length > 0) {
    lines.push("", "  As Linux has it, where Linux and the standard's text differ:");
    for (const one of departures) lines.push(...differenceLines(one, "Linux", "the standard"));
  }
  lines.push("", ...summaryLines(header), "");
  return lines.join("\n");
}

function differenceLines(one: Difference, theirs = "here", ours = "described"): readonly string[] {
  const { header, description, why } = one;
  // One side says all of it: so does one line.
  if (header === undefined || (description === undefined && why.length === 0))
    return [`  ${placeText(header ?? description)}${[sentence(one, theirs, ours), ...why].join("; ")}`];
  return [
    `  ${placeText(header)}${sentence(one, theirs, ours)}`,
    ...(description === undefined ? [] : [`      ${ours} at ${placeText(description).replace(/: $/, "")}`]),
    ...why.map((why) => `      ${why}`),
  ];
}

function placeText(side: Side | undefined): string {
  if (side?.file === undefined) return "";
  return `${side.file}${side.line === undefined ? "" : `:${side.line}`}: `;
}

/** What differs, in words; without places. */
export function sentence(one: Difference, theirs = "here", ours = "described"): string {
  const { kind, name, header, description, movedBehind } = one;
  const [here = "", there = ""] = [header?.says, description?.says];
  const both = `${theirs} ${here}, ${ours} ${there}`;
  switch (kind) {
    case "missing":
      return `${name} is missing (${there})`;
    case "unknown":
      return `${name} is not described (${here})`;
    case "name":
      return `${name} is called ${here}`;
    case "offset":
      return `${name} has another place: ${both}${movedBehind === undefined ? "" : `; so have ${counted(movedBehind, "member")} behind it`}`;
    case "erratum":
      return `${name}: the text is not followed`;
    case "alignment":
      return `${name} is packed differently: ${both}`;
    default:
      return `${name} has another ${kind}: ${both}`;
  }
}

/** What was compared and what was not: nothing is left out without a word. */
export function summaryLines({ summary }: HeaderReport): readonly string[] {
  const { compared, agreeing, notComparable, unreadable, inactiveLines, missingIncludes, withoutByteOrder } = summary;
  const of = (key: keyof typeof compared, noun: string): string =>
    `${agreeing[key]} of ${counted(compared[key], noun)}`;
  return [
    `  Agreeing: ${of("constants", "constant")}, ${of("structs", "struct")}, ${of("fields", "field")}.`,
    ...(withoutByteOrder === 0
      ? []
      : [
          `  ${counted(withoutByteOrder, "field")} with plain integers: this header says no byte order anywhere, so only sizes were compared.`,
        ]),
    ...(notComparable.length === 0 ? [] : [`  Nothing to compare in: ${notComparable.join(", ")}.`]),
    ...(inactiveLines === 0 ? [] : [`  Not looked at: ${counted(inactiveLines, "line")} that #if leaves out.`]),
    ...(missingIncludes.length === 0 ? [] : [`  Not found: ${missingIncludes.map((name) => `<${name}>`).join(", ")}.`]),
    ...(unreadable.length === 0 ? [] : [`  Could not be read:`]),
    ...unreadable.map((side) => `    ${placeText(side)}${side.says}`),
  ];
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
