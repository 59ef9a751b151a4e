import type { Element, Expression, GroupReference, Module, PartItem, Tag } from "../../ir/model.ts";
import { armGuard, guardsOf, type Guard } from "./bodies.ts";
import { isRequest } from "../../ir/item-kinds.ts";
import type { Survey } from "./survey.ts";
import { constantValue } from "./values.ts";

export interface Alternative extends Element {
  readonly tags: readonly Tag[];
}

/** Something whose alternatives have tags: a `switch`, a `union by`, a `window`, a switch among parts. */
export interface Choice {
  readonly kind: "switch" | "union" | "window" | "part switch";
  readonly element: Element;
  readonly module: Module;
  readonly by: Expression | undefined;
  readonly values: GroupReference | undefined;
  readonly arms: readonly Alternative[];
  /** What surrounds its alternatives, itself included. */
  readonly guards: readonly Guard[];
}

export function choicesOf(survey: Survey): readonly Choice[] {
  const choices: Choice[] = [];
  for (const { member, body, guards } of survey.sites) {
    if (member.kind !== "union" && member.kind !== "switch" && member.kind !== "window") continue;
    if (member.arms.every((arm) => arm.tags.length === 0)) continue;
    const chosen =
      member.kind === "window" ? { by: undefined, values: undefined } : { by: member.by, values: member.values };
    choices.push({
      kind: member.kind,
      element: member,
      module: body.module,
      ...chosen,
      arms: member.arms,
      guards: [...guards, ...guardsOf(member)],
    });
  }
  for (const module of survey.modules) {
    for (const item of module.items) if (isRequest(item)) inParts(module, item.parts, guardsOf(item), choices);
  }
  return choices;
}

function inParts(module: Module, parts: readonly PartItem[], guards: readonly Guard[], choices: Choice[]): void {
  for (const part of parts) {
    if (part.kind === "part") continue;
    const inner = [...guards, ...guardsOf(part)];
    choices.push({
      kind: part.kind,
      element: part,
      module,
      by: part.by,
      values: part.values,
      arms: part.arms,
      guards: inner,
    });
    for (const arm of part.arms) inParts(module, arm.parts, [...inner, armGuard(arm, part, part.by)], choices);
  }
}

/** The values that a tag stands for, both ends included; undefined for `default` and for what is no number. */
export function spanOf(tag: Tag): { readonly from: bigint; readonly to: bigint } | undefined {
  if (tag.kind === "default") return undefined;
  const from = constantValue(tag.kind === "value" ? tag.value : tag.from);
  const to = tag.kind === "value" ? from : constantValue(tag.to);
  return from === undefined || to === undefined ? undefined : { from, to };
}
