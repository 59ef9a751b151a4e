import type { Expression, Member, Part, PartArm, PartItem } from "../../ir/model.ts";

/** A message that the standard has a name for: one alternative of a request's switch, with everything around it. */
export interface NamedMessage {
  /** The alternative; its C name is the message's. */
  readonly arm: PartArm;
  readonly by: Expression;
  /** In their order on the wire. */
  readonly parts: readonly PartItem[];
}

/** The messages of a request that have a name of their own, in the order of the description. */
export function namedMessages(items: readonly PartItem[]): readonly NamedMessage[] {
  return items.flatMap((item, index) => {
    if (item.kind === "part") return [];
    const whole = (message: NamedMessage): NamedMessage => ({
      ...message,
      parts: [...items.slice(0, index), ...message.parts, ...items.slice(index + 1)],
    });
    return item.arms.flatMap((arm) => {
      const inner = namedMessages(arm.parts);
      return (hasOwnName(arm) ? [{ arm, by: item.by, parts: arm.parts }, ...inner] : inner).map((message) =>
        whole(message),
      );
    });
  });
}

export function hasOwnName(arm: PartArm): boolean {
  return arm.cName !== arm.name;
}

/**
 * Puts neighbouring parts of one direction together: a driver places them in one descriptor. A part that has a name is
 * a descriptor of its own, one that has a condition is not always there; one with a struct of its own keeps it.
 */
export function joined(parts: readonly PartItem[]): readonly PartItem[] {
  const found: PartItem[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (
      last !== undefined &&
      canJoin(last) &&
      canJoin(part) &&
      last.direction === part.direction &&
      areDistinct([...last.members, ...part.members])
    ) {
      found[found.length - 1] = { ...last, doc: "", members: [...last.members, ...part.members] };
    } else {
      found.push(part);
    }
  }
  return found;
}

function canJoin(part: PartItem): part is Part {
  return (
    part.kind === "part" &&
    part.name === "" &&
    part.if === undefined &&
    part.byAddress !== true &&
    part.ownStruct !== true
  );
}

/** Whether members can be those of one struct. */
export function areDistinct(members: readonly Member[]): boolean {
  const names = namesOf(members);
  return new Set(names).size === names.length;
}

/** The names of members, those of aggregates without a name included, as they are the outer struct's own. */
function namesOf(members: readonly Member[]): readonly string[] {
  return members.flatMap((member): readonly string[] => {
    if (member.name !== "") return [member.cName];
    switch (member.kind) {
      case "group":
      case "present":
        return namesOf(member.members);
      case "union":
      case "switch":
      case "window":
        return member.arms.flatMap((arm) => namesOf(arm.members));
      default:
        return [];
    }
  });
}
