import type { Finding, Place } from "../../diagnostic/diagnostic.ts";
import { newestRevision, type Member, type Module, type Revision, type View } from "../../ir/model.ts";
import type { HouseLayouts } from "./house-layouts.ts";
import type { Seen } from "./viewed.ts";
import { called, counted } from "./words.ts";

/** A member of a view as it lies there, those of views inside of it included. */
interface Leaf {
  readonly member: Member;
  readonly offset: number | null;
  readonly size: number | null;
  /** Of an own union: its alternatives all lie over the same bytes. */
  readonly overlaid: boolean;
}

/** Holds one view in one revision against what it views. */
export class ViewComparison {
  private readonly module: Module;
  private readonly view: View;
  private readonly house: string;
  private readonly seen: readonly Seen[];
  private readonly layouts: HouseLayouts;
  private readonly revision: Revision;
  private readonly packed: boolean;
  private readonly byPlace: ReadonlyMap<Place, Seen>;
  private readonly byPath: ReadonlyMap<string, Seen>;

  constructor(
    module: Module,
    view: View,
    house: string,
    seen: readonly Seen[],
    layouts: HouseLayouts,
    revision: Revision,
  ) {
    this.module = module;
    this.view = view;
    this.house = house;
    this.seen = seen;
    this.layouts = layouts;
    this.revision = revision;
    this.packed = view.packed?.includes(house) === true;
    this.byPlace = new Map(seen.toReversed().map((one) => [one.element.at, one]));
    this.byPath = new Map(seen.toReversed().map((one) => [one.path, one]));
  }

  finding(): Finding | undefined {
    let last: { readonly leaf: Leaf; readonly seen: Seen } | undefined;
    let shift: number | undefined;
    let covered = 0;
    for (const leaf of this.leaves(this.members(), 0, false)) {
      if (leaf.member.errata !== undefined && this.match(leaf)?.element.at !== leaf.member.at) return undefined;
      const match = this.match(leaf);
      if (match === undefined) {
        const outside = this.outside(leaf, last?.seen.base ?? this.seen[0]?.base ?? "", shift ?? 0);
        if (outside !== undefined) return outside;
        covered = Math.max(covered, (leaf.offset ?? 0) + (leaf.size ?? 0));
        continue;
      }
      if (leaf.offset === null) return undefined;
      if (leaf.offset > covered && last !== undefined) {
        const hidden = this.hidden(leaf, last.seen, match, covered);
        if (hidden !== undefined) return hidden;
      }
      covered = Math.max(covered, leaf.offset + (leaf.size ?? 0));
      if (last !== undefined && !leaf.overlaid) {
        const wrong =
          this.seen.indexOf(match) < this.seen.indexOf(last.seen)
            ? this.disorder(last.seen, match, leaf)
            : this.skipped(last.seen, match, leaf);
        if (wrong !== undefined) return wrong;
      }
      const own = leaf.offset - match.offset;
      if (last !== undefined && last.seen.base === match.base) {
        if (shift !== undefined && own !== shift) return this.displaced(leaf, match, leaf.offset, match.offset + shift);
      } else if (
        last !== undefined &&
        !leaf.overlaid &&
        last.leaf.offset !== null &&
        last.leaf.size !== null &&
        leaf.offset !== last.leaf.offset + last.leaf.size
      ) {
        return this.displaced(leaf, match, leaf.offset, last.leaf.offset + last.leaf.size);
      }
      shift = own;
      if (leaf.size !== null && match.size !== null && leaf.size !== match.size)
        return this.otherSize(leaf, match, leaf.size, match.size);
      last = { leaf, seen: match };
    }
    return undefined;
  }

  private *leaves(members: readonly Member[], from: number | null, overlaid: boolean): Iterable<Leaf> {
    for (const member of members) {
      const place = this.packed ? member.position : member.position?.natural;
      const offset =
        from === null || place?.offset === null || place?.offset === undefined ? null : from + place.offset;
      const inner = this.viewIn(member);
      if (this.match({ member }) === undefined && inner !== undefined)
        yield* inner.leaves(inner.members(), offset, overlaid);
      else if (
        this.match({ member }) === undefined &&
        (member.kind === "group" || member.kind === "present") &&
        !("dimensions" in member && member.dimensions.length > 0)
      )
        yield* this.leaves(member.members, from, overlaid);
      else if (this.match({ member }) === undefined && member.kind === "union") {
        for (const [index, arm] of member.arms.entries()) yield* this.leaves(arm.members, from, overlaid || index > 0);
      } else yield { member, offset, size: place?.size ?? null, overlaid };
    }
  }

  private members(): readonly Member[] {
    return this.layouts.membersOf(this.module.name, this.house, this.view.name) ?? [];
  }

  /** The view of the house that the member is. */
  private viewIn(member: Member): ViewComparison | undefined {
    if (member.kind !== "field" || member.type.kind !== "struct" || member.type.house === undefined) return undefined;
    const { name, house } = member.type;
    const inner = this.module.items
      .flatMap((item) => (item.kind === "house" && item.name === house ? item.views : []))
      .find((view) => view.name === name);
    return inner === undefined
      ? undefined
      : new ViewComparison(this.module, inner, this.house, this.seen, this.layouts, this.revision);
  }

  /** What the member was taken from, or what has its name. */
  private match({ member }: Pick<Leaf, "member">): Seen | undefined {
    return this.byPlace.get(member.at) ?? (member.name === "" ? undefined : this.byPath.get(member.name));
  }

  private when(): string {
    return this.revision === newestRevision ? "" : ` in ${this.revision}`;
  }

  private displaced(leaf: Leaf, match: Seen, offset: number, right: number): Finding {
    const gap = offset > right && !this.packed && leaf.member.position?.offset !== leaf.member.position?.natural.offset;
    return {
      message: `${called(leaf.member)} lies at byte ${offset} of '${this.view.name}'${this.when()}, but what it views has it at byte ${right}`,
      at: leaf.member.at === match.element.at ? this.view.at : leaf.member.at,
      related: [{ at: match.element.at, message: `${called(match.element)} in what is viewed` }],
      help: gap
        ? `a C compiler leaves a gap of ${counted(offset - right, "byte")} before it: write 'packed ${this.house}' behind the view`
        : `${offset < right ? `${counted(right - offset, "byte")} are missing before it` : `${counted(offset - right, "byte")} before it are too many`}: a view has the bytes of what it views`,
    };
  }

  private disorder(before: Seen, match: Seen, leaf: Leaf): Finding {
    return {
      message: `${called(leaf.member)} stands behind ${called(before.element)} in '${this.view.name}', but before it in what it views`,
      at: leaf.member.at === match.element.at ? this.view.at : leaf.member.at,
      related: [
        { at: match.element.at, message: "comes first here" },
        { at: before.element.at, message: "comes later" },
      ],
      help: "a view has the order of what it views",
    };
  }

  /** What a C compiler's gap would lie over: it has the right size by chance, and no name. */
  private hidden(leaf: Leaf, before: Seen, match: Seen, covered: number): Finding | undefined {
    const between =
      before.base === match.base
        ? this.seen
            .slice(this.seen.indexOf(before) + 1, this.seen.indexOf(match))
            .find((one) => one.base === match.base && one.offset >= before.offset + (before.size ?? 0))
        : undefined;
    if (between === undefined || leaf.offset === null || match.offset - between.offset !== leaf.offset - covered)
      return undefined;
    return {
      message: `'${this.view.name}' has a gap of ${counted(leaf.offset - covered, "byte")} before ${called(leaf.member)}, where ${called(between.element)} lies in what it views`,
      at: leaf.member.at === match.element.at ? this.view.at : leaf.member.at,
      related: [{ at: between.element.at, message: "this is left out" }],
      help: `take it over, too: '${between.element.name};'`,
    };
  }

  /** What lies between two members that the view puts side by side. */
  private skipped(before: Seen, match: Seen, leaf: Leaf): Finding | undefined {
    // Within one stretch of known size the offsets tell.
    if (before.base === match.base) return undefined;
    const between = this.seen
      .slice(this.seen.indexOf(before) + 1, this.seen.indexOf(match))
      .find(
        (one) =>
          !one.mayBeAbsent &&
          !one.path.startsWith(`${before.path}.`) &&
          one.lane === match.lane &&
          this.isBetween(one, match),
      );
    if (between === undefined) return undefined;
    return {
      message: `'${this.view.name}' puts ${called(leaf.member)} right behind ${called(before.element)}, but ${called(between.element)} lies between them in what it views`,
      at: leaf.member.at === match.element.at ? this.view.at : leaf.member.at,
      related: [{ at: between.element.at, message: "this is left out" }],
      help: `take it over, or write it with the length that the house gives it`,
    };
  }

  /** Only what the place of the later one counts from is certainly in between. */
  private isBetween(one: Seen, match: Seen): boolean {
    return one.path === match.base;
  }

  private outside(leaf: Leaf, base: string, shift: number): Finding | undefined {
    if (leaf.offset === null || leaf.size === null) return undefined;
    const from = leaf.offset - shift;
    const stretch = this.seen.filter((one) => one.base === base && !one.base.endsWith(" bits"));
    const end = stretch.reduce((most, one) => Math.max(most, one.offset + (one.size ?? Number.POSITIVE_INFINITY)), 0);
    if (from + leaf.size <= end) return undefined;
    const last = stretch.at(-1);
    return {
      message: `${called(leaf.member)} of '${this.view.name}' lies over bytes that what it views does not have${this.when()}: it has ${end} there`,
      at: leaf.member.at,
      ...(last === undefined ? {} : { related: [{ at: last.element.at, message: `ends at byte ${end}` }] }),
      help: "a member of the house lies over members of what is viewed, or has the name of one",
    };
  }

  private otherSize(leaf: Leaf, match: Seen, size: number, right: number): Finding {
    return {
      message: `${called(leaf.member)} has ${counted(size, "byte")} in '${this.view.name}'${this.when()}, but ${right} in what it views`,
      at: leaf.member.at === match.element.at ? this.view.at : leaf.member.at,
      related: [{ at: match.element.at, message: counted(right, "byte") }],
      help:
        leaf.member.at === match.element.at
          ? `a C compiler pads it: write 'packed ${this.house}' at its struct`
          : "give it the same size, or another name if it is only a part",
    };
  }
}
