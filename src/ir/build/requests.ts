import type * as Ast from "../../../grammar/ast.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Part, PartItem, Request, Response } from "../model.ts";
import { emptyEnvironment, present, type Context, type Environment, type Inherited } from "./context.ts";
import { element, inheritedBy } from "./element.ts";
import { conditionOf, resolve } from "./expressions.ts";
import { find } from "./find-attribute.ts";
import { buildMembers } from "./members.ts";
import { buildTags, reference, switchGroup, tagName } from "./tags.ts";
import { refusesByNothing } from "./refuse.ts";
import { isNative, partsOf } from "./scope.ts";

export function buildRequest(context: Context, item: Ast.Request, outer: Inherited): Request {
  const cName = (name: string): string => context.scope.cPrefix.toLowerCase() + name;
  const base = element(
    context,
    "request",
    item.name.text,
    item,
    outer,
    cName,
    conditionOf(context, item.attributes, emptyEnvironment),
  );
  for (const queue of item.queues) {
    if (context.scope.queues.has(queue.text)) continue;
    const meant = nearest(queue.text, context.scope.queues.keys());
    context.report(unknownName, {
      message: `there is no queue '${queue.text}'`,
      at: queue.at,
      help: meant === undefined ? `declare it: queues { ${queue.text} = 0; }` : `did you mean '${meant}'?`,
    });
  }
  const names = new PartNames();
  // A part may name what stands in any part before it, so all of them are in sight.
  const environment: Environment = {
    ...emptyEnvironment,
    members: [partsOf(item.parts).flatMap((part) => part.members)],
  };
  return {
    kind: item.kind,
    ...base,
    queues: item.queues.map((queue) => queue.text),
    parts: item.parts.map((part, index) =>
      buildPart(context, part, base, environment, names, { base: base.cName, first: index === 0 }),
    ),
    ...present({
      legacyNative: isNative(context.scope, "requests", item.name.text),
      anyLength: find(item.attributes, "any_length") === undefined ? undefined : (true as const),
      unwritten: refusesByNothing(context, item.attributes),
    }),
  };
}

/** C name of what a part stands in, and whether it is the first there and takes that name for itself. */
interface Around {
  readonly base: string;
  readonly first: boolean;
}

/** C names of the parts: the first is the request's own, others say their alternative and direction. */
class PartNames {
  private readonly taken = new Set<string>();

  next(part: Ast.Part, around: Around): string {
    const own = part.name?.text;
    const direction = part.direction === "device-readable" ? "out" : "in";
    const base =
      own !== undefined ? `${around.base}_${own}` : around.first ? around.base : `${around.base}_${direction}`;
    let name = base;
    for (let count = 2; this.taken.has(name); count++) name = `${base}${count}`;
    this.taken.add(name);
    return name;
  }
}

function buildPart(
  context: Context,
  item: Ast.PartItem,
  outer: Inherited,
  environment: Environment,
  names: PartNames,
  around: Around,
): PartItem {
  const condition = conditionOf(context, item.attributes, environment);
  const inherited = inheritedBy(context, item.attributes, outer);
  if (item.kind === "part") {
    const cName = names.next(item, around);
    const base = element(context, "part", item.name?.text ?? "", item, outer, () => cName, condition);
    const part: Part = {
      kind: "part",
      ...base,
      direction: item.direction,
      members: buildMembers(context, item.members, inherited, environment),
      ...present({
        byAddress: find(item.attributes, "by_address") === undefined ? undefined : (true as const),
        ownStruct: find(item.attributes, "c_name") === undefined ? undefined : (true as const),
      }),
    };
    return part;
  }
  const by = resolve(context, item.by, environment) ?? { op: "number", value: 0, text: "0" };
  const group = switchGroup(context, item.enum, item.by, environment);
  return {
    kind: "part switch",
    ...element(context, "variant", "", item, outer, (name) => name, condition),
    by,
    ...present({ values: reference(group) }),
    arms: item.arms.map((arm) => {
      const tag = tagName(arm.tags);
      const inner = inheritedBy(context, arm.attributes, inherited);
      const cName = find(arm.attributes, "c_name")?.name.text;
      return {
        ...element(
          context,
          "arm",
          tag,
          arm,
          inherited,
          (name) => name,
          conditionOf(context, arm.attributes, environment),
        ),
        tags: buildTags(context, arm.tags, group),
        parts: arm.parts.map((part) =>
          buildPart(context, part, inner, environment, names, {
            base: cName ?? `${around.base}_${tag.toLowerCase()}`,
            first: false,
          }),
        ),
      };
    }),
  };
}

export function buildResponse(context: Context, item: Ast.Response, outer: Inherited): Response {
  const target = context.scope.requests.get(item.to.text);
  if (target === undefined) {
    const meant = nearest(item.to.text, context.scope.requests.keys());
    context.report(unknownName, {
      message: `there is no request '${item.to.text}'`,
      at: item.to.at,
      ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
    });
  }
  const request =
    target === undefined
      ? []
      : "parts" in target
        ? partsOf(target.parts).flatMap((part) => part.members)
        : target.sections.flatMap((section) => section.members);
  const base = element(
    context,
    "response",
    `${item.to.text}_response`,
    item,
    outer,
    (name) => context.scope.cPrefix.toLowerCase() + name,
  );
  return {
    kind: "response",
    ...base,
    to: item.to.text,
    members: buildMembers(context, item.members, base, { ...emptyEnvironment, request }),
  };
}
