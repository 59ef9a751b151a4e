import type { Module } from "../../ir/model.ts";
import { parameters } from "./code.ts";
import { tab } from "./comment.ts";

/** The parameter of functions that look at what was negotiated. */
export const featuresParameter: string = `const struct virtio_features *${parameters.features}`;

/** The prefix of a module's functions: `virtio_blk_`. */
export function functionPrefix(module: Module): string {
  return module.cPrefix.toLowerCase();
}

const widest = 80;

/** `static inline TYPE NAME(PARAMETERS)`, broken as the kernel does where it is longer than a line. */
export function signature(type: string, name: string, given: readonly string[]): string {
  const space = type.endsWith("*") ? "" : " ";
  const whole = `static inline ${type}${space}${name}(${given.join(", ")})`;
  if (whole.length <= widest) return whole;
  const second = `${name}(${given.join(", ")})`;
  // Further parameters stand below the first.
  const column = name.length + 1;
  const indent = `${"\t".repeat(Math.floor(column / tab))}${" ".repeat(column % tab)}`;
  return `static inline ${type}\n${second.length <= widest ? second : `${name}(${given.join(`,\n${indent}`)})`}`;
}

/** A choice that is broken behind its question mark where it is long. */
export function choiceLines(text: string): string {
  return text.length + 2 * tab <= widest ? text : text.replaceAll(" ? ", " ?\n\t\t");
}

/** A condition that is broken behind its operators where it is long. */
export function conditionLines(text: string): string {
  return text.length + tab + "if ()".length <= widest ? text : text.replaceAll(/ (\|\||&&) /g, " $1\n\t    ");
}
