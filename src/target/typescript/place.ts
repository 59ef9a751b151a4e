import type { Layouts } from "../../ir/layout.ts";
import type { Member } from "../../ir/model.ts";
import type { Offset } from "./field-spec.ts";

/**
 * Members of a group or an alternative with a name, counted from the beginning of the struct that they become.
 * @param offset of what they stand in; null where only run time tells, and theirs say nothing
 */
export function rebased(members: readonly Member[], offset: number | null, layouts: Layouts): readonly Member[] {
  return offset === null ? layouts.place(members).members : moved(members, offset);
}

function moved(members: readonly Member[], by: number): readonly Member[] {
  return by === 0 ? members : members.map((member) => movedMember(member, by));
}

function movedMember(outer: Member, by: number): Member {
  const { position } = outer;
  const offset = position?.offset ?? null;
  const member: Member =
    position === undefined
      ? outer
      : { ...outer, position: { ...position, offset: offset === null ? null : offset - by } };
  switch (member.kind) {
    case "group":
      return member.dimensions.length > 0 ? member : { ...member, members: moved(member.members, by) };
    case "present":
      return { ...member, members: moved(member.members, by) };
    case "union":
    case "switch":
    case "window":
      return { ...member, arms: member.arms.map((arm) => ({ ...arm, members: moved(arm.members, by) })) };
    default:
      return member;
  }
}

/** Where members stand whose offsets count from one beginning: known until a part of varying size has passed. */
export class Place {
  private readonly base: Offset;
  private passed = 0;
  private fixed = true;

  /** @param base what the offsets of the members count from */
  constructor(base: Offset) {
    this.base = base;
  }

  /** Where the next part begins. */
  get offset(): Offset {
    return this.fixed && this.base !== undefined ? this.base + this.passed : undefined;
  }

  /** Where a member of the IR stands. */
  of(member: Member): Offset {
    const own = member.position?.offset ?? undefined;
    return this.base !== undefined && own !== undefined ? this.base + own : undefined;
  }

  /** For members whose offsets count from here. */
  begin(): Place {
    return new Place(this.offset);
  }

  /** @param size of a part; undefined where it varies */
  pass(size: number | undefined): void {
    if (size === undefined) this.fixed = false;
    else this.passed += size;
  }
}
