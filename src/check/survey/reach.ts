import type { Item, Member } from "../../ir/model.ts";
import { membersInside } from "./paths.ts";
import type { Survey } from "./survey.ts";

/** The structs that stand, at any depth, in items of this kind; by the object that the IR has for each. */
export function structsWithin(survey: Survey, belongs: (item: Item) => boolean): ReadonlySet<object> {
  const found = new Set<object>();
  const visit = (members: readonly Member[]): void => {
    for (const member of members) {
      if (member.kind === "field" && member.type.kind === "struct") {
        for (const struct of survey.structsOf(member.type)) {
          if (found.has(struct)) continue;
          found.add(struct);
          visit(struct.members);
        }
      } else visit(membersInside(survey, member));
    }
  };
  for (const body of survey.bodies) if (belongs(body.item)) visit(body.members);
  return found;
}
