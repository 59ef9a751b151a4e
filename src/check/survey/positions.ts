import { existsAt } from "../../ir/availability.ts";
import type { Dimension, Element, Member, Revision } from "../../ir/model.ts";
import type { Survey } from "./survey.ts";
import { called, counted } from "./words.ts";

/** Where something lies: so many bytes behind the end of the last member whose size only run time tells. */
export interface Spot {
  /** That member, or empty for the beginning. */
  readonly base: string;
  readonly offset: number;
}

export interface Entry extends Spot {
  readonly element: Element;
  /** Names from the outside in, by which another revision's entry is found. */
  readonly path: string;
  /** Null where only run time tells. */
  readonly size: number | null;
}

/**
 * Where members lie on the wire in one revision. The IR of all revisions is looked at as it is: cutting it six times to
 * compare offsets would cost more than everything else that is checked.
 */
export class Positions {
  private readonly survey: Survey;
  private readonly revision: Revision;
  private readonly structs = new Map<string, number | null>();

  constructor(survey: Survey, revision: Revision) {
    this.survey = survey;
    this.revision = revision;
  }

  exists(element: Element): boolean {
    return existsAt(element, this.revision);
  }

  /** Members with their places; what is inside of alternatives and groups included. */
  entriesOf(members: readonly Member[]): { readonly entries: readonly Entry[]; readonly end: Spot } {
    const entries: Entry[] = [];
    const end = this.walk(members, { base: "", offset: 0 }, "", entries);
    return { entries, end };
  }

  private walk(members: readonly Member[], start: Spot, prefix: string, entries: Entry[]): Spot {
    let spot = start;
    for (const [index, member] of members.entries()) {
      if (!existsAt(member, this.revision)) continue;
      const path = `${prefix}${member.name === "" ? `${member.kind} ${index}` : member.name}`;
      const size = this.sizeOf(member);
      if (member.name !== "" || member.kind === "bits")
        entries.push({ base: spot.base, offset: spot.offset, element: member, path, size });
      this.inside(member, spot, path, entries);
      spot = size === null ? { base: path, offset: 0 } : { base: spot.base, offset: spot.offset + size };
    }
    return spot;
  }

  private inside(member: Member, spot: Spot, path: string, entries: Entry[]): void {
    switch (member.kind) {
      case "field":
        if (member.each !== undefined)
          this.walk(member.each.members, { base: `${path}[]`, offset: 0 }, `${path}.`, entries);
        break;
      case "bits":
        for (const group of member.bits) {
          if (existsAt(group, this.revision))
            entries.push({
              base: `${path} bits`,
              offset: group.shift,
              element: group,
              path: `${path}.${group.name}`,
              size: group.width,
            });
        }
        break;
      case "group":
        // An element of an array has its own beginning; members of a group without a name are the struct's own.
        this.walk(
          member.members,
          member.dimensions.length > 0 ? { base: `${path}[]`, offset: 0 } : spot,
          member.name === "" ? "" : `${path}.`,
          entries,
        );
        break;
      case "present":
        this.walk(member.members, spot, "", entries);
        break;
      default:
        for (const arm of member.arms) {
          if (existsAt(arm, this.revision))
            this.walk(
              arm.members,
              spot,
              `${member.name === "" ? "" : `${path}.`}${arm.tags.length === 0 ? "" : `${arm.name}:`}`,
              entries,
            );
        }
    }
  }

  /** The bytes of a member; null where they depend on run time, as those of a struct do whose end may be missing. */
  sizeOf(member: Member): number | null {
    switch (member.kind) {
      case "field": {
        if (member.each !== undefined) return null;
        if (member.pad !== undefined)
          return member.pad.unless === undefined && member.pad.to.op === "number" ? Number(member.pad.to.value) : null;
        return times(this.ofType(member), member.dimensions);
      }
      case "bits":
        return times(member.type.size, member.dimensions);
      case "group":
        return times(this.sum(member.members), member.dimensions);
      case "present":
        return null;
      case "switch": {
        const sizes = this.ofArms(member.arms);
        return sizes.every((size) => size === sizes[0]) ? (sizes[0] ?? 0) : null;
      }
      default:
        return this.ofArms(member.arms).reduce<number | null>(
          (most, size) => (most === null || size === null ? null : Math.max(most, size)),
          0,
        );
    }
  }

  private ofArms(arms: readonly (Element & { readonly members: readonly Member[] })[]): readonly (number | null)[] {
    return arms.filter((arm) => existsAt(arm, this.revision)).map((arm) => this.sum(arm.members));
  }

  private ofType({ type }: Extract<Member, { kind: "field" }>): number | null {
    if (type.kind === "scalar") return type.size;
    if (type.kind === "opaque") return null;
    if (type.kind === "external") return this.survey.externalSize(type);
    const key = `${type.module}.${type.name}@${type.house ?? ""}`;
    let size = this.structs.get(key);
    if (size === undefined) {
      // Until it is known it has none, so that a struct in itself comes to an end.
      this.structs.set(key, null);
      const struct = this.survey.structsOf(type).find((one) => existsAt(one, this.revision));
      size = struct === undefined || endMayBeMissing(struct.members, this.revision) ? null : this.sum(struct.members);
      this.structs.set(key, size);
    }
    return size;
  }

  private sum(members: readonly Member[]): number | null {
    let sum = 0;
    for (const member of members) {
      if (!existsAt(member, this.revision)) continue;
      const size = this.sizeOf(member);
      if (size === null) return null;
      sum += size;
    }
    return sum;
  }
}

/** A struct ends with its last member that exists, so a condition at the last one makes its size depend on it. */
function endMayBeMissing(members: readonly Member[], revision: Revision): boolean {
  return members.findLast((member) => existsAt(member, revision))?.if !== undefined;
}

function times(one: number | null, dimensions: readonly Dimension[]): number | null {
  let size = one;
  for (const dimension of dimensions)
    size = size === null || dimension.kind !== "fixed" ? null : size * dimension.length;
  return size;
}

/** As a message says it: `at byte 12`, `2 bytes behind 'table'`. */
export function spelledSpot(entry: Entry): string {
  if (entry.base.endsWith(" bits")) return `at bit ${entry.offset}`;
  if (entry.base === "") return `at byte ${entry.offset}`;
  const anchor = entry.base.replace(/\[\]$/, "").split(/[.:]/).at(-1) ?? entry.base;
  if (entry.base.endsWith("[]")) return `at byte ${entry.offset} of an element of '${anchor}'`;
  return entry.offset === 0 ? `right behind '${anchor}'` : `${counted(entry.offset, "byte")} behind '${anchor}'`;
}

export function nameOf(entry: Entry): string {
  return called(entry.element);
}
