import type { Member } from "../../ir/model.ts";
import { varies, type Catalogue } from "./catalogue.ts";
import type { Offset } from "./field-spec.ts";

/** Members counted from the beginning of the struct that they become. */
export function rebased(members: readonly Member[], by: number): readonly Member[] {
  return by === 0 ? members : members.map((member) => rebasedMember(member, by));
}

export function rebasedMember<M extends Member>(member: M, by: number): M {
  const { position } = member;
  const offset = position?.offset ?? null;
  const moved =
    position === undefined
      ? member
      : { ...member, position: { ...position, offset: offset === null ? null : offset - by } };
  if (moved.kind === "group" && moved.dimensions.length === 0) return { ...moved, members: rebased(moved.members, by) };
  if (moved.kind === "present") return { ...moved, members: rebased(moved.members, by) };
  if (moved.kind === "union" || moved.kind === "switch" || moved.kind === "window")
    return { ...moved, arms: moved.arms.map((arm) => ({ ...arm, members: rebased(arm.members, by) })) };
  return moved;
}

/** Where the next member stands: known until something of varying size has passed. */
export class Place {
  private readonly base: number | undefined;
  private passed: number;
  private fixed: boolean;

  /** @param base what the offsets of the members count from */
  constructor(base: number | undefined, passed = 0, fixed: boolean = base !== undefined) {
    this.base = base;
    this.passed = passed;
    this.fixed = fixed;
  }

  get offset(): Offset {
    return this.fixed && this.base !== undefined ? this.base + this.passed : undefined;
  }

  /** The offset of a member, which then has passed. */
  take(member: Member, catalogue: Catalogue): Offset {
    const offset = this.peek(member);
    if (varies(member, catalogue)) this.fixed = false;
    return offset;
  }

  peek(member: Member): Offset {
    const own = member.position?.offset ?? undefined;
    return this.fixed && this.base !== undefined && own !== undefined ? this.base + own : undefined;
  }

  /** For members whose offsets count from here. */
  begin(): Place {
    return new Place(this.offset);
  }

  /** For members inside one of the members, whose offsets count from the same beginning. */
  within(_member: Member): Place {
    return new Place(this.base, this.passed, this.fixed);
  }

  /** After members that were taken with another place. */
  follow(inner: Place): void {
    this.fixed = inner.fixed;
  }

  pass(size: number | undefined): void {
    if (size === undefined) this.fixed = false;
    else this.passed += size;
  }

  vary(): void {
    this.fixed = false;
  }
}
