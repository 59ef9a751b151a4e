import type {
  Access,
  Alias,
  Constant,
  Dimension,
  Element,
  Erratum,
  Expression,
  GroupReference,
  Layout,
  Rule,
  Tag,
  Type,
} from "../model.ts";
import { printExpression } from "../print-expression.ts";

/** How the facts of elements are written, so that two sides can be held against each other and read. */

export function typeText(type: Type, dimensions: readonly Dimension[], module: string): string {
  return `${plainType(type, module)}${dimensions.map((one) => `[${lengthText(one)}]`).join("")}`;
}

function plainType(type: Type, module: string): string {
  switch (type.kind) {
    case "scalar":
      return type.name;
    case "opaque":
      return "opaque";
    case "struct":
    case "external":
      return `struct ${type.module === module ? "" : `${type.module}.`}${type.name}`;
  }
}

function lengthText(dimension: Dimension): string {
  switch (dimension.kind) {
    case "fixed":
      return String(dimension.length);
    case "counted":
      return printExpression(dimension.length);
    case "rest":
      return "";
  }
}

export function tagText(tag: Tag): string {
  switch (tag.kind) {
    case "value":
      return tag.value.op === "constant" ? tag.value.name : printExpression(tag.value);
    case "range":
      return `${printExpression(tag.from)}..${printExpression(tag.to)}`;
    case "default":
      return "default";
  }
}

export function rangeText(range: { readonly from: Expression; readonly to: Expression } | undefined): string {
  return range === undefined ? "" : `${printExpression(range.from)}..${printExpression(range.to)}`;
}

/** The group of constants that a value is one of. */
export function valuesText(values: GroupReference | undefined, module: string): string {
  if (values === undefined) return "";
  return values.module === module ? values.group : `${values.module}.${values.group}`;
}

/** `read-only`, `writable`, `writable before DRIVER_OK, reset 96`. */
export function accessText(access: Access | undefined): string {
  if (access === undefined) return "read-only";
  const { writable } = access;
  const written =
    writable === "never"
      ? "read-only"
      : writable === "always"
        ? "writable"
        : writable === "any_time"
          ? "writable at any time"
          : `writable before ${writable.before}`;
  return [
    written,
    ...(access.writeClears === undefined ? [] : [`clears ${access.writeClears}`]),
    ...(access.keptOverReset === true ? ["kept over reset"] : []),
    ...(access.reset === undefined ? [] : [`reset ${access.reset}`]),
  ].join(", ");
}

/** Of the configuration space all its bytes count, whatever is negotiated. */
export function sizeText(layout: Layout | undefined, config: boolean): string {
  if (layout === undefined) return "";
  if (layout.size === null) return `${layout.minSize} bytes and more`;
  if (config || layout.minSize === layout.size) return bytes(layout.size);
  return `${layout.minSize} to ${bytes(layout.size)}`;
}

export function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

export function aliasesText(aliases: readonly Alias[] | undefined): string {
  return (aliases ?? [])
    .map((alias) =>
      [alias.also === true ? "also" : "", alias.house, alias.name, alias.as === undefined ? "" : `as ${alias.as}`]
        .filter((part) => part !== "")
        .join(" "),
    )
    .join(", ");
}

export function erratumText(erratum: Erratum): string {
  return `${erratum.id}: "${erratum.text}" means "${erratum.meant}", because ${erratum.because}`;
}

/** A constant as a description has it: what it is written as says whether it is a number, a bit or a mask. */
export function constantText(constant: Constant): string {
  const value = constant.type === "mask" ? `0x${BigInt(constant.value).toString(16)}` : String(constant.value);
  return constant.type === "bit" ? `bit ${value}` : value;
}

/** `must not driver: …` */
export function ruleText(rule: Rule): string {
  return `${ruleHead(rule)}: ${ruleBody(rule)}`;
}

export function ruleHead(rule: Rule): string {
  return [rule.form, rule.not === true ? "not" : "", rule.role ?? ""].filter((part) => part !== "").join(" ");
}

function ruleBody(rule: Rule): string {
  if (rule.sentence !== undefined) return rule.sentence;
  const features = (rule.features ?? []).join(", ");
  const expression = rule.expression === undefined ? "" : printExpression(rule.expression);
  const range = rule.range === undefined ? "" : ` in ${rangeText(rule.range)}`;
  return `${features}${expression}${range}`;
}

/** From when to when it exists, where it says so. */
export function existsText(element: Element): string {
  return `since ${element.since}${element.until === undefined ? "" : ` until ${element.until}`}`;
}

export function conditionText(condition: Expression | undefined): string {
  return condition === undefined ? "" : printExpression(condition);
}

/** All must hold. */
export function conjunction(conditions: readonly Expression[]): Expression | undefined {
  return conditions.reduce<Expression | undefined>(
    (all, one) => (all === undefined ? one : { op: "&", left: all, right: one }),
    undefined,
  );
}
