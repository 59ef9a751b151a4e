import { rules } from "../check/rules.ts";
import type { Rule } from "../check/rule.ts";
import { nearest } from "../diagnostic/suggest.ts";
import { CallError, callErrors } from "./call-error.ts";
import { palette } from "./report.ts";

/** `virtgen explain [CODE]`: prints a rule's page, or the list of all. */
export function explain(code: string | undefined): number {
  if (code === undefined) {
    const lines = rules.map((rule) => `${rule.code}  ${rule.severity === "error" ? " " : "w"}  ${rule.summary}`);
    const calls = Object.entries(callErrors).map(([call, summary]) => `${call}     ${summary}`);
    process.stdout.write(`${[...lines, ...calls].join("\n")}\n`);
    return 0;
  }
  const wanted = code.toUpperCase();
  const rule = rules.find((one) => one.code === wanted || one.name === code);
  if (rule !== undefined) {
    process.stdout.write(`${page(rule)}\n`);
    return 0;
  }
  const call = Object.entries(callErrors).find(([one]) => one === wanted);
  if (call !== undefined) {
    process.stdout.write(
      `${call[0]}: ${call[1]}\n\nThis is about the call, not about a description; the message itself says what to do.\n`,
    );
    return 0;
  }
  const meant = nearest(
    wanted,
    rules.map((one) => one.code),
  );
  throw new CallError(
    "V9006",
    `there is no code '${code}'`,
    meant === undefined
      ? "'virtgen explain' lists them all"
      : `did you mean ${meant}? 'virtgen explain' lists them all`,
  );
}

function page(rule: Rule): string {
  const colours = palette(process.stdout);
  const parts = [
    `${colours.bold(`${rule.code} ${rule.name}`)} (${rule.severity}): ${rule.summary}`,
    rule.explanation.trim(),
  ];
  if (rule.bad !== "") parts.push("Reported:", indent(rule.bad));
  if (rule.good !== "") parts.push("Right:", indent(rule.good));
  return parts.filter((part) => part !== "").join("\n\n");
}

function indent(text: string): string {
  return text.trim().replaceAll(/^(?=.)/gm, "    ");
}
