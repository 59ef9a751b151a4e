import { printExpression } from "../../ir/print-expression.ts";
import type { Expression, GroupReference, Part, PartArm, PartItem, Request, Tag } from "../../ir/model.ts";

/** One of a message's tags, and what it is in one alternative. */
export interface PathTag {
  readonly by: Expression;
  readonly values: GroupReference | undefined;
  readonly tag: Tag;
  /** The alternative that has it. */
  readonly arm: PartArm;
}

/** One alternative of a message: what its tags are, and the parts that it has then. */
export interface OperationPath {
  /** The outermost first; none where the message has no alternatives. */
  readonly tags: readonly PathTag[];
  readonly parts: readonly Part[];
  /** The alternatives that it went through, each with its documentation and condition. */
  readonly arms: readonly PartArm[];
}

/** All alternatives of a message, one for each tag, in the order of the description. */
export function operationPaths(request: Request): readonly OperationPath[] {
  return follow(request.parts, [{ tags: [], parts: [], arms: [] }]);
}

function follow(items: readonly PartItem[], before: readonly OperationPath[]): readonly OperationPath[] {
  return items.reduce<readonly OperationPath[]>((paths, item) => {
    if (item.kind === "part") return paths.map((path) => ({ ...path, parts: [...path.parts, item] }));
    return paths.flatMap((path) => {
      const known = path.tags.find((one) => printExpression(one.by) === printExpression(item.by));
      if (known !== undefined) {
        // A later choice by the same tag is no choice any more.
        const arm = armOf(item.arms, known.tag);
        return arm === undefined ? [path] : follow(arm.parts, [{ ...path, arms: [...path.arms, arm] }]);
      }
      return item.arms.flatMap((arm) =>
        arm.tags.flatMap((tag) => {
          const tags = [...path.tags, { by: item.by, values: item.values, tag, arm }];
          return follow(arm.parts, [{ ...path, tags, arms: [...path.arms, arm] }]);
        }),
      );
    });
  }, before);
}

function armOf(arms: readonly PartArm[], tag: Tag): PartArm | undefined {
  const wanted = tagText(tag);
  return (
    arms.find((arm) => arm.tags.some((one) => tagText(one) === wanted)) ??
    arms.find((arm) => arm.tags.some((one) => one.kind === "default"))
  );
}

function tagText(tag: Tag): string {
  switch (tag.kind) {
    case "default":
      return "default";
    case "value":
      return printExpression(tag.value);
    case "range":
      return `${printExpression(tag.from)}..${printExpression(tag.to)}`;
  }
}
