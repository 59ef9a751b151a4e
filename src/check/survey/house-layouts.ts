import { existsAt } from "../../ir/availability.ts";
import { Layouts } from "../../ir/layout.ts";
import type { Element, Ir, Member, Module, Revision, View } from "../../ir/model.ts";
import { structsWithin } from "./reach.ts";
import type { Survey } from "./survey.ts";

/** The structs that lie in views of houses. */
export function viewStructs(survey: Survey): ReadonlySet<object> {
  return structsWithin(survey, (item) => item.kind === "house");
}

/** Lays out the views of houses in one revision as their compilers do. Nothing else of the revision is made. */
export class HouseLayouts {
  private readonly views = new Map<string, View>();
  private readonly layouts: Layouts;

  constructor(survey: Survey, revision: Revision, inside: ReadonlySet<object>) {
    const modules = survey.modules.map((module): Module => ({
      ...module,
      items: module.items.flatMap((item): Module["items"] => {
        if (item.kind === "house")
          return [
            {
              ...item,
              views: trimmed(item.views, revision, (view) => ({ ...view, members: members(view.members, revision) })),
            },
          ];
        if (item.kind === "struct")
          return inside.has(item) && existsAt(item, revision)
            ? [{ ...item, members: members(item.members, revision) }]
            : [];
        return item.kind === "external" ? [item] : [];
      }),
    }));
    const ir: Ir = { ...survey.ir, modules };
    this.layouts = new Layouts(ir);
    for (const module of modules) {
      for (const item of module.items)
        if (item.kind === "house")
          for (const view of item.views) this.views.set(`${module.name}.${view.name}@${item.name}`, view);
    }
  }

  /** The members of a view with their positions; undefined where the revision does not have it. */
  membersOf(module: string, house: string, view: string): readonly Member[] | undefined {
    const found = this.views.get(`${module}.${view}@${house}`);
    return found === undefined ? undefined : this.layouts.place(found.members).members;
  }
}

function trimmed<E extends Element>(
  elements: readonly E[],
  revision: Revision,
  inside: (element: E) => E,
): readonly E[] {
  return elements.filter((element) => existsAt(element, revision)).map((element) => inside(element));
}

function members(all: readonly Member[], revision: Revision): readonly Member[] {
  return trimmed(all, revision, (member): Member => {
    switch (member.kind) {
      case "field":
      case "bits":
        return member;
      case "group":
      case "present":
        return { ...member, members: members(member.members, revision) };
      default:
        return {
          ...member,
          arms: trimmed(member.arms, revision, (arm) => ({ ...arm, members: members(arm.members, revision) })),
        };
    }
  });
}
