import type { Layout } from "./layout.ts";
import { Member, type Place } from "./member.ts";
import { evaluate, type Condition, type Formula, type Scope } from "./scope.ts";

/** A struct within a struct. */
export class NestedMember extends Member {
  readonly byteLength: number | undefined;
  private readonly layout: Layout;
  private readonly spreads: boolean;

  /** The layout's members have their places counted from the outer struct. */
  constructor(place: Place, layout: Layout, spread: boolean) {
    super(place);
    this.byteLength = layout.byteLength;
    this.layout = layout;
    this.spreads = spread;
  }

  override get open(): boolean {
    return this.layout.open;
  }

  override get spread(): boolean {
    return this.spreads;
  }

  override get isSimple(): boolean {
    return super.isSimple && this.layout.isSimple;
  }

  /** Also where its members are the outer struct's own: others may be valid by one of them. */
  override get standsAlone(): boolean {
    return this.place.overlay === undefined && this.layout.isSimple;
  }

  override sizeUnder(context: unknown): number | undefined {
    return this.layout.sizeUnder(context);
  }

  override longestUnder(context: unknown): number | undefined {
    return this.layout.longestUnder(context);
  }

  /** Its members by name, with offsets counted from the outer struct. */
  override accessor(): unknown {
    return Object.fromEntries<unknown>([
      ...accessorsOf(this.layout),
      ["byteOffset", this.byteOffset],
      ["byteLength", this.byteLength],
    ]);
  }

  /** The accessors of its members, where these are the outer struct's own. */
  get spreadAccessors(): readonly (readonly [name: string, accessor: unknown])[] {
    return this.spread ? accessorsOf(this.layout) : [];
  }

  override read(view: DataView, base: number, end: number, scope: Scope): unknown {
    const { layout } = this;
    if (layout.isSimple) {
      const value = layout.readSimple(view, base, end);
      scope.after = base + this.byteOffset + (this.byteLength ?? 0);
      return value;
    }
    const inner = layout.read(view, base, end, scope.context, scope, scope.row);
    scope.after = inner.after;
    return inner.value;
  }

  override write(view: DataView, base: number, end: number, value: unknown, scope: Scope): number {
    const { layout } = this;
    if (layout.isSimple) return layout.writeSimple(view, base, end, this.checked(value));
    return layout.write(view, base, end, this.checked(value), scope.context, scope, scope.row);
  }

  override measure(value: unknown, scope: Scope): number {
    return this.layout.measure(this.checked(value), scope.context, scope, scope.row);
  }

  override expect(scope: Scope): number {
    return this.layout.expect(scope.context, scope);
  }

  private checked(value: unknown): Record<string, unknown> {
    if (typeof value !== "object" || value === null) throw this.wrongType("an object", value);
    return value as Record<string, unknown>;
  }
}

/** The accessors of a layout by name; of alternatives with one name, the first. */
export function accessorsOf(layout: Layout): readonly (readonly [name: string, accessor: unknown])[] {
  const accessors = new Map<string, unknown>();
  for (const [name, member] of layout.members) {
    if (member instanceof NestedMember && member.spread)
      for (const [inner, accessor] of member.spreadAccessors) accessors.set(inner, accessor);
    else if (!accessors.has(name)) accessors.set(name, member.accessor());
  }
  return [...accessors];
}

/** A member that is filled up with zeroes to a size, unless a condition holds. */
export class PaddedMember extends Member {
  readonly byteLength: number | undefined;
  private readonly inner: Member;
  private readonly to: number | Formula<number>;
  private readonly unless: Condition | undefined;

  constructor(inner: Member, to: number | Formula<number>, unless: Condition | undefined) {
    super(inner.place);
    this.byteLength = typeof to === "number" && unless === undefined ? to : undefined;
    this.inner = inner;
    this.to = to;
    this.unless = unless;
  }

  override get isSimple(): boolean {
    return false;
  }

  override accessor(): unknown {
    return this.inner.accessor();
  }

  override read(view: DataView, base: number, end: number, scope: Scope): unknown {
    const size = this.sizeIn(scope);
    if (size === undefined) return this.inner.read(view, base, end, scope);
    const after = this.behind(base, size, end);
    const value = this.inner.read(view, base, after, scope);
    scope.after = after;
    return value;
  }

  override write(view: DataView, base: number, end: number, value: unknown, scope: Scope): number {
    const size = this.sizeIn(scope);
    if (size === undefined) return this.inner.write(view, base, end, value, scope);
    const after = this.behind(base, size, end);
    for (let address = this.inner.write(view, base, after, value, scope); address < after; address++)
      view.setUint8(address, 0);
    return after;
  }

  override measure(value: unknown, scope: Scope): number {
    const inner = this.inner.byteLength ?? this.inner.measure(value, scope);
    const size = this.sizeIn(scope) ?? inner;
    if (inner > size) throw this.fail("wrong-length", `${inner} bytes where ${size} are`, inner);
    return size;
  }

  override expect(scope: Scope): number {
    return this.sizeIn(scope) ?? this.inner.expect(scope);
  }

  private sizeIn(scope: Scope): number | undefined {
    if (this.unless?.holds(scope) === true) return undefined;
    return typeof this.to === "number" ? this.to : evaluate(this.to, scope);
  }
}
