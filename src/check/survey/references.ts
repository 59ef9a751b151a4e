import type { Place } from "../../diagnostic/diagnostic.ts";
import { walkExpression } from "../../ir/expression.ts";
import type { Element, Expression, Module, Request } from "../../ir/model.ts";
import type { Guard } from "./bodies.ts";
import { isCommand, isConstantGroup, isRequest } from "../../ir/item-kinds.ts";
import { membersAt } from "./paths.ts";
import { constantsNamed } from "./presence.ts";
import type { Survey } from "./survey.ts";
import type { Use } from "./uses.ts";

/** One element names another. */
export interface Reference {
  readonly element: Element;
  readonly guards: readonly Guard[];
  /** What is named; several elements of one name exist in different revisions. */
  readonly targets: readonly Element[];
  readonly name: string;
  /** As in "there is no …": `struct`, `queue`. */
  readonly what: string;
  readonly at: Place;
}

/** What expressions do not say: types, groups of constants, queues, what is answered or viewed. */
export function* plainReferences(survey: Survey): Iterable<Reference> {
  for (const { member, guards } of survey.sites) {
    if (member.kind === "field") {
      const { type } = member;
      if (type.kind === "struct")
        yield {
          element: member,
          guards,
          targets: survey.structsOf(type),
          name: type.name,
          what: "struct",
          at: member.at,
        };
      if (type.kind === "external")
        yield {
          element: member,
          guards,
          targets: externals(survey, type),
          name: type.name,
          what: "type",
          at: member.at,
        };
    }
    const holders = member.kind === "bits" ? member.bits : [member];
    for (const holder of holders) {
      if (!("values" in holder) || holder.values === undefined || holder.values.group === "") continue;
      yield {
        element: holder,
        guards,
        targets: survey.groupsOf(holder.values),
        name: holder.values.group,
        what: "enum",
        at: holder.at,
      };
    }
  }
  for (const module of survey.modules) yield* ofItems(survey, module);
}

function externals(survey: Survey, type: { readonly module: string; readonly name: string }): readonly Element[] {
  return survey.module(type.module)?.items.filter((item) => item.kind === "external" && item.name === type.name) ?? [];
}

function* ofItems(survey: Survey, module: Module): Iterable<Reference> {
  const queues = module.items.flatMap((item) => (item.kind === "queues" ? item.queues : []));
  for (const item of module.items) {
    if (isRequest(item) && item.queues.length > 0) {
      const targets = queues.filter((queue) => item.queues.includes(queue.name));
      yield { element: item, guards: [], targets, name: item.queues.join("' or '"), what: "queue", at: item.at };
    } else if (item.kind === "response") {
      const targets = module.items.filter((other): other is Request => isRequest(other) && other.name === item.to);
      yield { element: item, guards: [], targets, name: item.to, what: "message", at: item.at };
    } else if (item.kind === "registers") {
      for (const register of item.registers) {
        if (register.values !== undefined)
          yield {
            element: register,
            guards: [],
            targets: survey.groupsOf(register.values),
            name: register.values.group,
            what: "enum",
            at: register.at,
          };
      }
    } else if (isCommand(item)) {
      for (const [index, name] of (item.refers ?? []).entries()) {
        const targets = survey.modules.flatMap((other) =>
          other.items.filter((one) => one.kind === "resource" && one.name === name),
        );
        yield {
          element: item,
          guards: [],
          targets,
          name,
          what: "resource object",
          at: index === 0 ? survey.placeOf(item, "refers") : item.at,
        };
      }
    } else if (item.kind === "house") {
      for (const view of item.views)
        yield {
          element: view,
          guards: [],
          targets: viewed(module, view.of),
          name: view.of,
          what: "struct or message",
          at: view.at,
        };
    } else if (item.kind === "rule" && item.form === "at_least_one") {
      const features = item.features ?? [];
      const targets = survey
        .featuresFor(module)
        .filter((one) => features.includes(one.feature.name))
        .map((one) => one.feature);
      yield { element: item, guards: [], targets, name: features.join("' or '"), what: "feature", at: item.at };
    } else if (item.kind === "rule") {
      for (const name of item.features ?? []) {
        const targets = survey
          .featuresFor(module)
          .filter((one) => one.feature.name === name)
          .map((one) => one.feature);
        yield { element: item, guards: [], targets, name, what: "feature", at: item.at };
      }
    } else if (isConstantGroup(item)) {
      // Constants name each other by value, which a revision does not change.
    }
  }
}

function viewed(module: Module, of: string): readonly Element[] {
  const name = of.split(".")[0] ?? of;
  return module.items.filter(
    (item) =>
      item.name === name && (item.kind === "config" || item.kind === "struct" || isRequest(item) || isCommand(item)),
  );
}

/** The names in an expression and what each can mean. */
export function expressionReferences(survey: Survey, use: Use, expression: Expression): readonly Reference[] {
  const found: Reference[] = [];
  walkExpression(expression, (part) => {
    const { element, guards } = use;
    if (part.op === "feature")
      found.push({
        element,
        guards,
        targets: survey.featuresNamed(part.module, part.name),
        name: part.name,
        what: "feature",
        at: part.at,
      });
    if (part.op === "constant")
      found.push({
        element,
        guards,
        targets: constantsNamed(survey, part),
        name: part.name,
        what: "constant",
        at: part.at,
      });
    if (part.op === "member") {
      const targets = membersAt(survey, use.module, use.levels, part);
      found.push({
        element,
        guards,
        targets,
        name: part.path.map((one) => one.name).join("."),
        what: "member",
        at: part.at,
      });
    }
  });
  return found;
}
