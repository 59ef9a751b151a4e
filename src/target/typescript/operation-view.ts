import { printExpression } from "../../ir/print-expression.ts";
import type { Expression, Module, Request, Struct, Tag, Type } from "../../ir/model.ts";
import { isSentBack, refusalMembers, refusalPlace } from "../../ir/refusal.ts";
import { flattened, isField, isWide } from "./catalogue.ts";
import { propertyAccess, propertyName } from "./identifiers.ts";
import { isSettled } from "./known-size.ts";
import { codecOfPart, messageSources, partsOf, type MessageSources } from "./message-view.ts";
import type { ModuleContext } from "./module-context.ts";
import { nameOperations, type NamedPath } from "./operation-names.ts";
import { operationPaths, type OperationPath } from "./operation-paths.ts";
import { OperationSides, singleType, type OperationSide } from "./operation-sides.ts";
import type { Section } from "./section.ts";

type StructType = Extract<Type, { readonly kind: "struct" }>;

/** One operation, as tables and classes need it. */
export interface DeviceOperation extends NamedPath {
  readonly sent: OperationSide;
  readonly answer: OperationSide;
  /** Type of the number that the answer is, where it is but one. */
  readonly single: string | undefined;
  /** The condition on features and configuration under which it exists. */
  readonly needs: Expression | undefined;
  readonly legacy: boolean;
  /** What is sent, where that is one alternative of the whole message: a type of its own. */
  readonly sentName: string | undefined;
  /** Tags that are members of what is sent, by property, with the number that the operation has there. */
  readonly fixedTags: readonly { readonly member: string; readonly value: string }[];
}

/** All operations of a device type, in the standard's order. */
export function deviceOperations(module: Module, context: ModuleContext): readonly DeviceOperation[] {
  const requests = module.items.filter(
    (item): item is Request => item.kind === "request" || item.kind === "message" || item.kind === "event",
  );
  const messages = requests.map((request) => ({ request, paths: pathsOf(request, context) }));
  const sides = new Map(
    requests.map((request) => [request, new OperationSides(request, messageSources(request, context), context)]),
  );
  return nameOperations(messages).map((named): DeviceOperation => {
    const { request, path, name } = named;
    const side = sides.get(request);
    if (side === undefined) throw new Error(`the message '${request.name}' is not one of '${module.name}'`);
    const answer = side.answer(path, name);
    const sent = side.sent(path, name);
    const fixedTags = path.tags.flatMap(({ by, tag }) =>
      tag.kind === "value" && by.op === "member" && by.path.length === 1
        ? [{ member: propertyName(by.path[0]?.name ?? ""), value: context.number(tag.value) }]
        : [],
    );
    return {
      ...named,
      sent,
      sentName:
        sent.isWhole && fixedTags.length > 0
          ? context.names.inner(`${name.charAt(0).toUpperCase()}${name.slice(1)}Sent`)
          : undefined,
      answer,
      single: request.kind === "event" ? undefined : singleType(answer, context),
      needs: needsOf(named, module),
      legacy: isLegacy(named, context),
      fixedTags,
    };
  });
}

/** The alternatives that a device can tell apart before it reads a message whole; else the message is one operation. */
function pathsOf(request: Request, context: ModuleContext): readonly OperationPath[] {
  const paths = operationPaths(request);
  if (tagReaders(request, paths, context) !== undefined || paths.every((path) => path.tags.length === 0)) return paths;
  return [{ tags: [], parts: partsOf(request.parts), arms: [] }];
}

/** How the tags are read: the codec in which they lie, and a function for each. */
interface TagReaders {
  readonly codec: string;
  readonly by: readonly string[];
}

function tagReaders(request: Request, paths: readonly OperationPath[], context: ModuleContext): TagReaders | undefined {
  const longest = paths.reduce((most, path) => (path.tags.length > most.tags.length ? path : most), paths[0] ?? noPath);
  const [head] = request.parts;
  if (longest.tags.length === 0 || head?.kind !== "part" || head.direction !== "device-readable") return undefined;
  const codec = codecOfPart(head, request, context);
  if (codec === undefined || head.layout?.size !== head.layout?.minSize) return undefined;
  const by = longest.tags.map(({ by: expression, values }) => {
    if (expression.op !== "member" || expression.scope !== "sibling") return undefined;
    const found = context.catalogue.member(flattened(head.members), expression.path);
    if (found === undefined || isWide(found) || !(isField(found) || "shift" in found)) return undefined;
    const path = expression.path.map(({ name }) => propertyAccess(name)).join("");
    const group = values === undefined ? undefined : context.catalogue.group(values);
    const masks = (group?.kind === "enum" ? group.constants.filter((constant) => constant.type === "mask") : []).map(
      (mask) => context.constant(values?.module ?? "", values?.group ?? "", mask.name),
    );
    const flags = masks.length > 1 ? `(${masks.join(" | ")})` : masks.join("");
    return `(head, view, at) => head${path}.get(view, at)${flags === "" ? "" : ` & ~${flags}`}`;
  });
  const known = by.filter((one) => one !== undefined);
  // A tag of an inner choice is read as well where an outer alternative has none: all have to be in the head.
  return known.length === by.length && sameTags(paths, longest) ? { codec, by: known } : undefined;
}

const noPath: OperationPath = { tags: [], parts: [], arms: [] };

/** Whether all alternatives are told apart by the same members. */
function sameTags(paths: readonly OperationPath[], longest: OperationPath): boolean {
  return paths.every((path) =>
    path.tags.every(({ by }, level) => {
      const other = longest.tags[level]?.by;
      return other !== undefined && printExpression(other) === printExpression(by);
    }),
  );
}

/** The lines of a message that say which operation it is. */
export function tagsField(request: Request, context: ModuleContext): readonly string[] {
  const paths = operationPaths(request);
  const readers = tagReaders(request, paths, context);
  if (readers === undefined) return [];
  return [`tags: ${context.imports.value("messageTags")}(${[readers.codec, ...readers.by].join(", ")})`];
}

/** The line of a message that says what a device answers to what it does not know. */
export function refusalField(request: Request, sources: MessageSources, context: ModuleContext): readonly string[] {
  if (request.unwritten === true) return ["refusal: 'nothing'"];
  const structOf = (type: StructType): Struct | undefined => context.catalogue.struct(type);
  const members = request.kind === "request" ? refusalMembers(request, structOf) : [];
  const [member] = members;
  if (member === undefined) return [];
  const { field, part, struct } = member;
  const placed = field.position !== undefined && field.position.offset !== null;
  const layout = struct === undefined ? part.layout : structOf(struct)?.layout;
  const place = refusalPlace(request, member, placed, placed && layout?.size === layout?.minSize);
  const codec =
    struct === undefined ? (codecOfPart(part, request, context) ?? sources.writable) : context.struct(struct);
  if (place === undefined || codec === undefined) return [];
  const values = members.flatMap(({ field: { name, refuse } }) =>
    refuse === undefined ? [] : [`${propertyName(name)}: ${context.number(refuse)}`],
  );
  const parts = [
    `codec: ${codec}`,
    `values: { ${values.join(", ")} }`,
    `atEnd: ${place === "end"}`,
    ...(struct === undefined ? [] : ["alone: true"]),
    ...(isSentBack(request, member) ? ["sentBack: true"] : []),
  ];
  return [`refusal: { ${parts.join(", ")} }`];
}

/** The table of a device's operations. */
export function operationSection(operations: readonly DeviceOperation[], context: ModuleContext): Section {
  const { imports, names } = context;
  const call = imports.value("operation");
  const { written, uses } = context.collect(() =>
    operations.map((one) => {
      const message = context.reference(context.module.name, names.message(one.request).message);
      const parts = operationParts(one, context);
      return {
        name: one.name,
        call: `${call}(${message}, ${parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`})`,
      };
    }),
  );
  const view = {
    type: `${imports.type("Operations")}<${operations.map(({ name }) => `'${name}'`).join(" | ")}>`,
    operations: written,
  };
  return { template: "operations", view, declares: ["operations"], uses };
}

function operationParts(one: DeviceOperation, context: ModuleContext): readonly string[] {
  const { path, sent, answer } = one;
  const codec = (name: string): string => context.reference(context.module.name, name);
  const levels = [flattened(partsOf(one.request.parts).flatMap((part) => part.members))];
  const terms = one.needs === undefined ? [] : context.terms(one.needs, levels);
  return [
    ...(path.tags.length === 0
      ? []
      : [`tags: [${path.tags.map(({ tag }) => `[${tagNumbers(tag, context)}]`).join(", ")}]`]),
    ...(terms.length === 0 ? [] : [`needs: [${terms.join(", ")}]`]),
    ...(one.legacy ? ["legacy: true"] : []),
    ...(sent.codec === undefined ? [] : [`sent: ${codecName(sent, codec)}`]),
    ...(sent.bytes === undefined ? [] : ["input: true"]),
    ...(answer.codec === undefined ? [] : [`answer: ${codecName(answer, codec)}`]),
    ...(answer.bytes === undefined ? [] : [`output: '${answer.bytes}'`]),
    ...(one.single === undefined || answer.only === undefined ? [] : [`single: '${answer.only.name}'`]),
  ];
}

/** A codec of another module has its name with it. */
function codecName(side: OperationSide, codec: (name: string) => string): string {
  const name = side.codec ?? "";
  return name.includes(".") ? name : codec(name);
}

function tagNumbers(tag: Tag, context: ModuleContext): string {
  switch (tag.kind) {
    case "default":
      return "";
    case "value":
      return context.number(tag.value);
    case "range":
      return `[${context.number(tag.from)}, ${context.number(tag.to)}]`;
  }
}

/** What governs an operation: the conditions of its alternative, else that of the queue that carries it. */
function needsOf({ request, path }: NamedPath, module: Module): Expression | undefined {
  const own = [request.if, ...path.arms.map((arm) => arm.if)].filter(
    (condition) => condition !== undefined && isSettled(condition),
  );
  const queues = module.items
    .flatMap((item) => (item.kind === "queues" ? item.queues : []))
    .filter((queue) => request.queues.includes(queue.name));
  const queue = queues.every((one) => one.if !== undefined && isSettled(one.if)) ? queues[0]?.if : undefined;
  const conditions = own.length === 0 ? [queue] : own;
  const once = new Map(conditions.flatMap((one) => (one === undefined ? [] : [[printExpression(one), one] as const])));
  return [...once.values()].reduce<Expression | undefined>(
    (left, right) => (left === undefined ? right : { op: "&", left, right }),
    undefined,
  );
}

function isLegacy({ request, path }: NamedPath, context: ModuleContext): boolean {
  if (request.legacy === true || path.arms.some((arm) => arm.legacy === true)) return true;
  return path.tags.some(({ tag, values }) => {
    if (tag.kind !== "value" || tag.value.op !== "constant" || values === undefined) return false;
    const { name } = tag.value;
    return context.catalogue.group(values)?.constants.some((one) => one.name === name && one.legacy === true) === true;
  });
}
