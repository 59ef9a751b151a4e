import { printExpression } from "../../ir/print-expression.ts";
import type { Field } from "../../ir/model.ts";
import { sentences } from "./doc-comment.ts";
import { typeName } from "./identifiers.ts";
import type { ModuleContext } from "./module-context.ts";
import type { DeviceOperation } from "./operation-view.ts";

/** What the description says of an operation: of its tag, its alternative or its message. */
export function operationSentences(one: DeviceOperation, context: ModuleContext): string {
  const { path, request, needs } = one;
  const tags = path.tags.flatMap(({ tag, values }) => {
    if (tag.kind !== "value" || tag.value.op !== "constant" || values === undefined) return [];
    const { name } = tag.value;
    const found = context.catalogue.group(values)?.constants.find((constant) => constant.name === name);
    return found === undefined ? [] : [sentences({ doc: found.doc })];
  });
  const last = tags.at(-1) ?? "";
  const arms = path.arms.map((arm) => sentences({ doc: arm.doc }));
  const parts = path.parts.filter((part) => !request.parts.includes(part)).map((part) => sentences({ doc: part.doc }));
  const own = [...new Set([last, ...arms, ...parts])].filter((text) => text !== "");
  return [
    ...(path.tags.length === 0 || own.length === 0 ? [sentences({ doc: request.doc })] : own),
    ...(one.legacy ? ["Legacy interface only."] : []),
    ...(needs === undefined ? [] : [`Only if \`${printExpression(needs)}\`.`]),
  ]
    .filter((text) => text !== "")
    .join(" ");
}

/** What a method gets as the value of what was sent; undefined where that is nothing. */
export function sentType({ sent, sentName }: DeviceOperation): string | undefined {
  return sentName ?? sent.codec;
}

/** That type, where it is one alternative of a message: the message with its tags. */
export function alternativeType(one: DeviceOperation): string {
  return `${one.sent.codec ?? ""} & { ${one.fixedTags.map(({ member, value }) => `${member}: ${/^\d/.test(value) ? value : `typeof ${value}`}`).join("; ")} }`;
}

/** What a method answers. */
export function answerType(one: DeviceOperation): string {
  return one.single ?? one.answer.codec ?? "void";
}

/** What bytes beside a codec are made of: `` `pi_out`, then `dataout` ``. */
export function bytesWords(fields: readonly Field[]): string {
  if (fields.length === 0) return "the rest";
  return fields
    .map(({ name, type }) => `\`${name}\`${type.kind === "struct" ? `, a \`${typeName(type.name)}\`` : ""}`)
    .join(", then ");
}
