import { CodecError } from "../codec-error.ts";
import type { Member } from "./member.ts";
import { hasValue } from "./same-value.ts";
import type { Scope } from "./scope.ts";

/** One of the given alternatives of a union. */
interface Alternative {
  readonly member: Member;
  readonly base: number;
  readonly value: unknown;
}

/** For members that need to know nothing around them. */
const nowhere: Scope = { struct: "", value: {}, context: undefined, outer: undefined, after: 0, row: 0 };

/** Whether a tag decides about it, which may stand behind it. */
function isChosen(member: Member): boolean {
  return member.place.guards.length > 0;
}

/**
 * The members of one struct in their places, and what they are together. Members with a fixed offset come first;
 * behind one of varying size they float, each behind the one before it.
 *
 * A member that is not valid keeps its place, but the struct ends with its last valid one.
 */
export class Layout {
  readonly struct: string;
  /** Path of the struct in the one around it, with a dot; empty for the outermost. */
  readonly path: string;
  /** Where the struct begins, counted from the base that its members have. */
  readonly origin: number;
  readonly members: readonly (readonly [name: string, member: Member])[];
  /** In the order of reading: a tag may stand behind the union that it decides. */
  private readonly order: readonly (readonly [name: string, member: Member])[];
  /** Bytes that are there whatever the values, if no member is cut off. */
  private readonly fixedEnd: number;
  /** Bytes that no member writes, or that several do, are zeroed first. */
  private readonly gaps: boolean;
  /** The size, where it never varies. */
  readonly byteLength: number | undefined;
  /** Every member is always there, of one size and with its bytes to itself: `readSimple` and `writeSimple` will do. */
  readonly isSimple: boolean;
  /** The members that have values. */
  private readonly valued: readonly { readonly name: string; readonly member: Member }[];
  private readonly reserved: readonly Member[];
  /** A value with all names and nothing in it: its copy is filled sooner than an empty object. */
  private readonly blank: Readonly<Record<string, unknown>>;

  constructor(
    struct: string,
    path: string,
    origin: number,
    members: readonly (readonly [name: string, member: Member])[],
  ) {
    this.struct = struct;
    this.path = path;
    this.origin = origin;
    this.members = members;
    const fixed = members.filter(([, member]) => !member.place.floating);
    this.order = [
      ...fixed.filter(([, member]) => !isChosen(member) && member.standsAlone),
      // What stands in them may be decided by a member behind them.
      ...fixed.filter(([, member]) => !isChosen(member) && !member.standsAlone),
      ...fixed.filter(([, member]) => isChosen(member)),
      ...members.filter(([, member]) => member.place.floating),
    ];
    const certain = fixed.filter(
      ([, { place }]) => place.present === undefined && (place.guards.length === 0 || place.overlay !== undefined),
    );
    this.fixedEnd = Math.max(0, ...certain.map(([, member]) => this.lastByte(member)));
    const used = certain.reduce((sum, [, member]) => sum + (member.byteLength ?? 0), 0);
    this.gaps =
      used !== this.fixedEnd ||
      certain.some(([, { place, partial }]) => partial || place.valid !== undefined || place.overlay !== undefined);
    const varies =
      certain.length < members.length ||
      members.some(([, { place, byteLength }]) => byteLength === undefined || place.valid !== undefined);
    this.byteLength = varies ? undefined : this.fixedEnd;
    this.isSimple = !varies && members.every(([, member]) => member.isSimple);
    this.valued = members.flatMap(([name, member]) => (member.reserved ? [] : [{ name, member }]));
    this.reserved = members.flatMap(([, member]) => (member.reserved ? [member] : []));
    this.blank = Object.fromEntries(this.valued.map(({ name }) => [name, undefined]));
  }

  /** Whether its last bytes are all that is left. */
  get open(): boolean {
    return this.members.some(([, member]) => member.open);
  }

  /** A value of a simple layout, all of which lies before `end`. */
  readSimple(view: DataView, base: number, end: number): Record<string, unknown> {
    const value: Record<string, unknown> = { ...this.blank };
    // Not taken apart in the head of the loop: that would make an iterator of each.
    for (const one of this.valued) value[one.name] = one.member.read(view, base, end, nowhere);
    this.checkEnd(base + this.origin + this.fixedEnd, end);
    return value;
  }

  /** Writes a value of a simple layout and returns the address behind it. */
  writeSimple(view: DataView, base: number, end: number, value: Readonly<Record<string, unknown>>): number {
    const after = base + this.origin + this.fixedEnd;
    this.checkEnd(after, end);
    if (this.gaps) this.skip(view, base + this.origin, after);
    for (const member of this.reserved) member.write(view, base, end, undefined, nowhere);
    for (const one of this.valued) one.member.write(view, base, end, value[one.name], nowhere);
    return after;
  }

  read(view: DataView, base: number, end: number, context: unknown, outer: Scope | undefined, row: number): Scope {
    const start = base + this.origin;
    const scope: Scope = { struct: this.struct, value: {}, context, outer, after: start, row };
    let floor = start + this.fixedEnd;
    let after = start;
    for (const [name, member] of this.order) {
      if (!member.exists(scope)) continue;
      const { floating, valid, overlay } = member.place;
      const memberBase = floating ? floor : base;
      if (valid !== undefined && !valid.holds(scope)) {
        if (floating) floor += member.expect(scope);
        continue;
      }
      const value = member.read(
        view,
        memberBase,
        member.byteLength === undefined ? this.boundOf(member, end, scope) : end,
        scope,
      );
      if (member.spread) Object.assign(scope.value, value);
      else if (!member.reserved) scope.value[name] = value;
      const memberEnd = overlay === undefined ? scope.after : base + overlay.byteOffset + overlay.byteLength;
      this.checkEnd(memberEnd, end);
      floor = floating ? memberEnd : Math.max(floor, memberEnd);
      after = Math.max(after, memberEnd);
    }
    scope.after = after;
    return scope;
  }

  write(
    view: DataView,
    base: number,
    end: number,
    value: Record<string, unknown>,
    context: unknown,
    outer: Scope | undefined,
    row: number,
  ): number {
    const start = base + this.origin;
    const scope: Scope = { struct: this.struct, value, context, outer, after: start, row };
    const size = this.sizeIn(scope);
    this.checkEnd(start + size, end);
    if (this.gaps) this.skip(view, start, start + Math.min(size, this.fixedEnd));
    const alternatives: Alternative[] = [];
    let floor = start + this.fixedEnd;
    for (const [name, member] of this.order) {
      const { floating, valid, overlay, guards } = member.place;
      if (!member.exists(scope)) {
        if (value[name] !== undefined && !this.hasOther(name, member, scope))
          throw member.fail("wrong-member", "it does not exist here");
        continue;
      }
      const memberBase = floating ? floor : base;
      if (valid !== undefined && !valid.holds(scope)) {
        if (value[name] !== undefined && !member.reserved)
          throw member.fail("wrong-member", "it is not valid without its feature");
        if (floating) floor = this.skip(view, floor, Math.min(floor + member.expect(scope), start + size));
        continue;
      }
      const own = member.spread ? value : value[name];
      // Of the alternatives of a union without a tag, those are written that there are.
      if (own === undefined && overlay !== undefined && guards.length === 0) continue;
      const after = member.write(view, memberBase, end, own, scope);
      if (overlay !== undefined && guards.length === 0) alternatives.push({ member, base: memberBase, value: own });
      floor = floating ? after : Math.max(floor, after);
    }
    if (alternatives.length > 1) this.agree(view, end, alternatives, scope);
    return start + size;
  }

  measure(value: Record<string, unknown>, context: unknown, outer: Scope | undefined, row: number): number {
    return this.byteLength ?? this.sizeIn({ struct: this.struct, value, context, outer, after: 0, row });
  }

  /** Bytes that it has at least, where nothing of it is known yet. */
  expect(context: unknown, outer: Scope | undefined): number {
    if (this.byteLength !== undefined) return this.byteLength;
    const scope: Scope = { struct: this.struct, value: {}, context, outer, after: 0, row: 0 };
    const certain = this.members.filter(
      ([, { place, byteLength }]) =>
        byteLength !== undefined &&
        place.present === undefined &&
        place.guards.length === 0 &&
        (place.valid === undefined || place.valid.holds(scope)),
    );
    return certain.reduce(
      (size, [, member]) =>
        member.place.floating ? size + (member.byteLength ?? 0) : Math.max(size, this.lastByte(member)),
      0,
    );
  }

  /** The size, where it depends on nothing but the context. */
  sizeUnder(context: unknown): number | undefined {
    if (this.byteLength !== undefined) return this.byteLength;
    const scope: Scope = { struct: this.struct, value: {}, context, outer: undefined, after: 0, row: 0 };
    const known = this.members.every(([, member]) => {
      const { valid, present, guards, overlay } = member.place;
      if (valid?.known === false || present?.known === false || (guards.length > 0 && overlay === undefined))
        return false;
      return member.byteLength !== undefined || member.sizeUnder(context) !== undefined;
    });
    return known ? this.sizeIn(scope) : undefined;
  }

  /** The most bytes that it can take, with all that may be valid; undefined where there is no bound. */
  longestUnder(context: unknown): number | undefined {
    let size = this.byteLength;
    if (size !== undefined) return size;
    size = this.fixedEnd;
    for (const [, member] of this.order) {
      const { floating, overlay } = member.place;
      const length = overlay?.byteLength ?? member.longestUnder(context);
      if (length === undefined) return undefined;
      size = floating ? size + length : Math.max(size, (overlay ?? member).byteOffset - this.origin + length);
    }
    return size;
  }

  private sizeIn(scope: Scope): number {
    let floor = this.fixedEnd;
    let size = 0;
    for (const [name, member] of this.order) {
      const { floating, valid, overlay } = member.place;
      // A union has its bytes whichever alternative is chosen.
      if (overlay === undefined && !member.exists(scope)) continue;
      const holds = valid === undefined || valid.holds(scope);
      if (!floating) {
        if (!holds) continue;
        const offset = (overlay ?? member).byteOffset - this.origin;
        const last = offset + (overlay?.byteLength ?? member.byteLength ?? this.measured(name, member, scope));
        size = Math.max(size, last);
        floor = Math.max(floor, last);
      } else {
        floor += holds ? (member.byteLength ?? this.measured(name, member, scope)) : member.expect(scope);
        if (holds) size = floor;
      }
    }
    return size;
  }

  /** Zeroes what keeps its place, as far as the struct reaches. Returns where it ends. */
  private skip(view: DataView, from: number, to: number): number {
    for (let address = from; address < to; address++) view.setUint8(address, 0);
    return Math.max(from, to);
  }

  private measured(name: string, member: Member, scope: Scope): number {
    const known = member.sizeUnder(scope.context);
    if (known !== undefined) return known;
    return member.measure(member.spread ? scope.value : scope.value[name], scope);
  }

  /** Where a member of varying size has to end, so that those behind it have their bytes. */
  private boundOf(member: Member, end: number, scope: Scope): number {
    let bound = end;
    let behind = false;
    for (const [, other] of this.order) {
      if (other === member) behind = true;
      else if (behind && other.place.floating && other.exists(scope)) {
        if (member.open && other.open)
          throw member.fail(
            "ambiguous",
            `where it ends and '${other.place.field}' begins cannot be told from the bytes`,
          );
        if (member.open) bound -= other.expect(scope);
      }
    }
    return bound;
  }

  private lastByte(member: Member): number {
    const { overlay } = member.place;
    return (overlay ?? member).byteOffset - this.origin + ((overlay ?? member).byteLength ?? 0);
  }

  /** Whether another alternative has a member of the same name. */
  private hasOther(name: string, member: Member, scope: Scope): boolean {
    return this.members.some(([otherName, other]) => otherName === name && other !== member && other.exists(scope));
  }

  /**
   * Leaves the bytes so that each alternative of a union that was given reads as it was. One may have reserved bytes
   * where another has values, so each is tried as the last to be written.
   * @throws CodecError where two contradict each other
   */
  private agree(view: DataView, end: number, alternatives: readonly Alternative[], scope: Scope): void {
    const reads = ({ member, base, value }: Alternative): boolean =>
      hasValue(member.read(view, base, end, scope), value);
    for (const last of alternatives) {
      last.member.write(view, last.base, end, last.value, scope);
      if (alternatives.every((one) => one === last || reads(one))) return;
    }
    const [first] = alternatives;
    if (first !== undefined)
      throw first.member.fail("wrong-member", "it contradicts another alternative of the same union");
  }

  private checkEnd(after: number, end: number): void {
    if (after <= end) return;
    throw new CodecError(
      "past-end",
      { struct: this.struct, field: this.path.replace(/\.$/, ""), value: after - end, at: end },
      `it would end at ${after}, behind the end at ${end}`,
    );
  }
}
