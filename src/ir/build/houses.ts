import type * as Ast from "../../../grammar/ast.ts";
import { unknownName } from "../../check/unknown-name.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Constant, ConstantGroup, House, View } from "../model.ts";
import { emptyEnvironment, present, type Context, type Environment, type Inherited } from "./context.ts";
import { element, houseLayout } from "./element.ts";
import { find } from "./find-attribute.ts";
import { membersOfNamed } from "./expressions.ts";
import { buildConstant, buildGroup } from "./groups.ts";
import { buildMembers } from "./members.ts";
import { buildType } from "./types.ts";
import { isNative, partsOf, partsOfAlternative } from "./scope.ts";

const same = (name: string): string => name;

export function buildHouse(context: Context, item: Ast.House, outer: Inherited): House {
  const base = element(context, "house", item.name.text, item, outer, same);
  const house = item.name.text;
  return {
    kind: "house",
    ...base,
    includes: item.includes,
    ...present({ header: item.header, noLegacy: item.noLegacy?.text }),
    views: item.views.map((view) => buildView(context, view, house, base)),
    typedefs: item.typedefs.flatMap((typedef) => {
      const type = buildType(context, typedef.type, house);
      if (type === undefined) return [];
      const aligned = find(typedef.attributes, "aligned");
      const align =
        aligned === undefined
          ? undefined
          : context.constants.evaluate(context.scope, undefined, aligned.value, new Map());
      return [
        {
          ...element(context, "typedef", typedef.name.text, typedef, base, same),
          type,
          ...present({ align: align === undefined ? undefined : Number(align) }),
        },
      ];
    }),
    constants: item.groups.flatMap((group): readonly (Constant | ConstantGroup)[] =>
      group.kind === "constant"
        ? buildConstant(context, undefined, group, "number", base)
        : [buildGroup(context, group, base)],
    ),
    omitted: item.omitted.map((path) => path.map((part) => part.text).join(".")),
  };
}

function buildView(context: Context, view: Ast.View, house: string, outer: Inherited): View {
  const base = element(context, "view", view.name.text, view, outer, same);
  const of = view.of.map((part) => part.text).join(".");
  const viewed = viewedMembers(context, view);
  const environment: Environment = {
    ...emptyEnvironment,
    members: viewed === undefined ? [] : [viewed],
    view: { house, members: viewed ?? [] },
  };
  return {
    kind: "view",
    ...base,
    of,
    // Of what is not there nothing can be taken over, which has been said.
    members: viewed === undefined ? [] : buildMembers(context, view.members, base, environment),
    ...present({ legacyNative: isNative(context.scope, of, of === "config" ? "config" : "requests") }),
    ...houseLayout(context, view.attributes),
    ...present({ union: view.union ? (true as const) : undefined }),
  };
}

/** As the C names of parts have it. */
const directions: Readonly<Record<string, Ast.Part["direction"] | undefined>> = {
  out: "device-readable",
  in: "device-writable",
};

/**
 * What the view shows: a struct, the configuration space, the parts of a request one after the other, all or those of
 * one alternative, of both directions or of one.
 */
function viewedMembers(context: Context, view: Ast.View): readonly Ast.Member[] | undefined {
  const [first, second, third] = view.of;
  const request = second === undefined ? undefined : context.scope.requests.get(first?.text ?? "");
  if (request !== undefined && "parts" in request && second !== undefined) {
    const seen = viewedParts(request.parts, second.text, third?.text);
    if (seen !== undefined && seen.length > 0) return seen.flatMap((part) => part.members);
  }
  const scope = second === undefined ? context.scope : context.scopes.get(first?.text ?? "");
  const name = (second ?? first)?.text ?? "";
  const members = scope === undefined ? [] : name === "config" ? scope.config : membersOfNamed(scope, name);
  if (members.length > 0) return members;
  const names = scope === undefined ? [] : ["config", ...scope.structs.keys(), ...scope.requests.keys()];
  const meant = nearest(name, names);
  context.report(unknownName, {
    message: `there is no struct or request '${view.of.map((part) => part.text).join(".")}' to view`,
    at: view.of[0]?.at ?? view.at,
    ...(meant === undefined ? {} : { help: `did you mean '${meant}'?` }),
  });
  return undefined;
}

/** The parts of one alternative, of both directions or of one; `alternative` may be a direction itself. */
function viewedParts(
  parts: readonly Ast.PartItem[],
  alternative: string,
  direction: string | undefined,
): readonly Ast.Part[] | undefined {
  if (direction === undefined && directions[alternative] !== undefined)
    return partsOf(parts).filter((part) => part.direction === directions[alternative]);
  const found = partsOfAlternative(parts, alternative);
  return direction === undefined ? found : found?.filter((part) => part.direction === directions[direction]);
}
