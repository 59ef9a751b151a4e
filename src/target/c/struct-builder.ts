import type { Arm, BitWord, Dimension, Expression, Field, Group, Member, Variant, Window } from "../../ir/model.ts";
import { isFixed, keywordOf, type Catalogue } from "./catalogue.ts";
import type { CAggregate, CField, CMember, CStruct, Declaration } from "./declaration.ts";
import { alternative, describe, describeTags } from "./describe.ts";
import { isGuestOrder, type Dialect, type Orders } from "./dialect.ts";
import { furtherNames, memberName, publishedName, spelt } from "./identifiers.ts";
import type { Words } from "./words.ts";

/** What is known of the struct that members belong to. */
export interface Owner extends Orders {
  readonly tag: string;
  readonly comment: readonly string[];
  readonly packed: boolean;
  readonly legacy: boolean;
  /** A house's own shape: its arrays of structs of varying size stay what they are. */
  readonly view: boolean;
}

/** Members whose size is known, one behind the other; then perhaps an array that C can declare as a flexible one. */
interface Run {
  readonly members: Member[];
  flexible?: Field;
}

/**
 * Makes C structs of a struct of the description. C knows the place of a member only while all before it have a fixed
 * size, so a struct is cut behind each member that has none: the first piece has the struct's own tag and says what
 * follows it, a later one is called `TAG_after_MEMBER`. Members that are removed without a feature (`present if`) are
 * a piece of their own, called `TAG_FEATURE`, and so is each alternative of a `switch`: `TAG_ALTERNATIVE`. A piece of
 * one member needs no struct.
 */
export class StructBuilder {
  private readonly dialect: Dialect;
  private readonly catalogue: Catalogue;
  private readonly words: Words;
  /** Macros that are defined before the structs: arrays may use their names. */
  private readonly macros: ReadonlySet<string>;

  constructor(dialect: Dialect, words: Words, macros: ReadonlySet<string>) {
    this.dialect = dialect;
    this.catalogue = words.catalogue;
    this.words = words;
    this.macros = macros;
  }

  /** @param keepSingle whether a beginning of one member is a struct, too: the description has it as one */
  declarations(owner: Owner, members: readonly Member[], keepSingle: boolean): readonly Declaration[] {
    const found: Declaration[] = [];
    const { runs, followedBy, pieces } = this.cut(owner, members);
    const [first, ...later] = runs;
    const head =
      first === undefined || !this.deservesStruct(first.run, keepSingle)
        ? undefined
        : this.struct(owner, first.run, followedBy);
    if (head !== undefined) found.push(head);
    else if (keepSingle)
      found.push({ kind: "remark", tag: owner.tag, comment: owner.comment, followedBy, legacy: owner.legacy });
    for (const { run, after } of later) {
      if (this.deservesStruct(run, false))
        found.push(this.struct({ ...owner, tag: `${owner.tag}_after_${after}`, comment: [] }, run, []));
    }
    return [...found, ...pieces];
  }

  /** Whether one C struct can have all of the members, and nothing else is behind them. */
  isFixed(owner: Owner, members: readonly Member[]): boolean {
    return members.every((member) => this.isPlaced(member, owner));
  }

  /**
   * What members look like behind each other, in the standard's notation; the structs made of them by name.
   * @param keepSingle as it is for {@link declarations}
   */
  listing(owner: Owner, members: readonly Member[], keepSingle = false): readonly string[] {
    const { runs, followedBy } = this.cut(owner, members);
    const [first] = runs;
    if (first === undefined) return followedBy;
    return [...this.runListing(owner.tag, first.run, keepSingle), ...followedBy];
  }

  private cut(
    owner: Owner,
    members: readonly Member[],
  ): { runs: readonly { run: Run; after: string }[]; followedBy: readonly string[]; pieces: readonly Declaration[] } {
    const runs: { run: Run; after: string }[] = [{ run: { members: [] }, after: "" }];
    const followedBy: string[] = [];
    const pieces: Declaration[] = [];
    for (const member of members) {
      const current = runs.at(-1) ?? { run: { members: [] }, after: "" };
      if (this.isPlaced(member, owner)) {
        current.run.members.push(member);
        continue;
      }
      const flexible = member.kind === "field" && this.isFlexible(member, owner) && current.run.members.length > 0;
      if (runs.length > 1)
        followedBy.push(
          ...this.runListing(
            `${owner.tag}_after_${current.after}`,
            flexible ? { ...current.run, flexible: member } : current.run,
          ),
        );
      if (flexible) current.run.flexible = member;
      else followedBy.push(...this.varying(owner, member, pieces));
      runs.push({ run: { members: [] }, after: this.shortName(member) });
    }
    const last = runs.at(-1);
    if (runs.length > 1 && last !== undefined)
      followedBy.push(...this.runListing(`${owner.tag}_after_${last.after}`, last.run));
    return { runs: runs.filter(({ run }, index) => index === 0 || run.members.length > 0), followedBy, pieces };
  }

  private deservesStruct(run: Run, keepSingle: boolean): boolean {
    if (run.members.length === 0) return false;
    return (
      keepSingle ||
      run.members.length > 1 ||
      run.flexible !== undefined ||
      run.members.some((member) => member.kind === "bits" || member.kind === "group")
    );
  }

  private runListing(tag: string, run: Run, keepSingle = false): readonly string[] {
    if (this.deservesStruct(run, keepSingle)) return [`struct ${tag}`];
    return run.members.map((member) => this.words.describeMember(member));
  }

  /** Its place is the same in every message, and so is that of what follows. */
  private isPlaced(member: Member, owner: Owner): boolean {
    if (owner.view && member.kind === "union") return member.arms.every((arm) => this.isBegun(arm.members, owner));
    if (member.position === undefined || member.position.size === null) return false;
    if (member.kind === "present") return false;
    if (member.kind === "switch")
      return member.arms.every((arm) => arm.members.every((one) => this.isPlaced(one, owner)));
    if (member.kind === "field" && member.type.kind === "struct") {
      const named = this.catalogue.named(member.type);
      return owner.view || (named !== undefined && named.kind !== "external" && isFixed(named.layout));
    }
    if (member.kind === "group") return member.members.every((one) => this.isPlaced(one, owner));
    if (member.kind === "union" || member.kind === "window")
      return member.arms.every((arm) => arm.members.every((one) => this.isPlaced(one, owner)));
    return true;
  }

  /** Placed but for an array at the end, with which C can end a struct in a union. */
  private isBegun(members: readonly Member[], owner: Owner): boolean {
    const last = members.at(-1);
    const rest = members.slice(0, -1).every((member) => this.isPlaced(member, owner));
    if (last === undefined || (rest && this.isPlaced(last, owner))) return true;
    if (last.kind === "group" && last.dimensions.length === 0) return rest && this.isBegun(last.members, owner);
    return rest && last.kind === "field" && members.length > 1 && this.isFlexible(last, owner);
  }

  /** C can declare it as `T name[]`. */
  private isFlexible(field: Field, owner: Owner): boolean {
    const [first, ...inner] = field.dimensions;
    if (first === undefined || first.kind === "fixed" || field.each !== undefined) return field.type.kind === "opaque";
    if (inner.some((dimension) => dimension.kind !== "fixed")) return false;
    if (field.type.kind !== "struct") return true;
    const named = this.catalogue.named(field.type);
    return named !== undefined && named.kind !== "external" && (owner.view || isFixed(named.layout));
  }

  /** Lines that say what a member of varying size is; the structs of its alternatives go to `pieces`. */
  private varying(owner: Owner, member: Member, pieces: Declaration[]): readonly string[] {
    const piece = (name: string, members: readonly Member[]): readonly string[] => {
      const inner: Owner = { ...owner, tag: `${owner.tag}_${name}`, comment: [] };
      pieces.push(...this.declarations(inner, members, false));
      return this.listing(inner, members);
    };
    if (member.kind === "present") {
      const lines = piece(this.shortName(member), member.members);
      return lines.map((line) => `${line}, only with ${describe(member.condition, this.catalogue)}`);
    }
    if (member.kind === "switch" || member.kind === "union" || member.kind === "window") {
      const by =
        member.kind === "window"
          ? member.by.join(", ")
          : member.by === undefined
            ? ""
            : describe(member.by, this.catalogue);
      return [
        by === "" ? "one of:" : `by ${by}:`,
        ...member.arms.flatMap((arm) => {
          const tags = describeTags(arm.tags, this.catalogue);
          return alternative(tags.length === 0 ? [arm.name] : tags, piece(armName(arm), arm.members));
        }),
      ];
    }
    const each = member.kind === "field" ? member.each?.members : member.kind === "group" ? member.members : undefined;
    if (each !== undefined) {
      const lines = piece(this.shortName(member), each);
      return [`${this.words.describeMember(member)}, each:`, ...lines.map((line) => `\t${line}`)];
    }
    return [this.words.describeMember(member)];
  }

  private shortName(member: Member): string {
    if (member.kind === "present") return conditionName(member.condition);
    const name = publishedName(member, this.catalogue.house);
    if (name !== "") return memberName(member, this.catalogue.house).cxx;
    if ((member.kind === "switch" || member.kind === "union") && member.by?.op === "member")
      return member.by.path.at(-1)?.name ?? "rest";
    return "rest";
  }

  private struct(owner: Owner, run: Run, followedBy: readonly string[]): CStruct {
    const declared = this.members(run.members, 0, owner);
    const size = sizeOf(run.members);
    const members = run.flexible === undefined ? declared : [...declared, this.field(run.flexible, size, owner)];
    const { tag, comment, packed, legacy } = owner;
    return { kind: "struct", keyword: "struct", tag, comment, members, followedBy, packed, legacy, size };
  }

  private members(members: readonly Member[], start: number, owner: Owner): readonly CMember[] {
    let offset = start;
    let unnamed = 0;
    return members.map((member) => {
      const at = offset;
      offset += extent(member);
      switch (member.kind) {
        case "field":
          return this.field(member, at, owner);
        case "bits":
          return this.field(member, at, owner, member.name === "" ? wordName(member, unnamed++) : undefined);
        case "group":
          return this.aggregate(
            "struct",
            member,
            this.members(member.members, member.dimensions.length === 0 ? at : 0, owner),
            at,
            member.dimensions,
          );
        default:
          return this.variant(member, at, owner);
      }
    });
  }

  private field(field: Field | BitWord, offset: number, owner: Owner, name?: string): CMember {
    const base = {
      kind: "field" as const,
      ...this.type(field, owner),
      suffix: this.suffix(field),
      comment: this.words.ofMember(field),
      offset,
      size:
        field.dimensions.some((dimension) => dimension.kind !== "fixed") || field.type.kind === "opaque"
          ? null
          : (field.position?.size ?? null),
      source: field,
    };
    const own: CField = { ...base, name: name === undefined ? memberName(field, this.dialect.house) : spelt(name) };
    const others = furtherNames(field, this.dialect.house);
    if (others.length === 0 || own.size === null) return own;
    const fields = [own, ...others.map((other): CField => ({ ...base, comment: [], name: spelt(other) }))];
    return { kind: "aggregate", keyword: "union", suffix: "", comment: [], members: fields, offset, size: own.size };
  }

  private type(field: Field | BitWord, owner: Owner): { readonly type: string; readonly uses?: string } {
    const { type } = field;
    if (type.kind === "scalar")
      return { type: this.dialect.scalar(type, isGuestOrder(this.dialect.house, field, owner)) };
    const named = this.catalogue.named(type);
    if (type.kind !== "struct" || named === undefined) return { type: this.dialect.byte };
    const tag = publishedName(named, this.dialect.house);
    return { type: `${keywordOf(named)} ${tag}`, uses: tag };
  }

  private suffix(field: Field | BitWord): string {
    const inner = field.dimensions.map((dimension) => this.dimension(dimension)).join("");
    if (field.type.kind === "opaque") return inner === "" ? "[]" : inner;
    const named = field.type.kind === "external" ? this.catalogue.named(field.type) : undefined;
    return named?.kind === "external" && named.size !== undefined ? `${inner}[${named.size}]` : inner;
  }

  private dimension(dimension: Dimension): string {
    if (dimension.kind === "rest") return "[]";
    if (dimension.kind === "counted") return `[/* ${describe(dimension.length, this.catalogue)} */]`;
    const { expression } = dimension;
    const macro =
      expression.op === "constant"
        ? this.catalogue.constantName(expression.module, expression.group, expression.name)
        : undefined;
    return macro !== undefined && this.macros.has(macro) ? `[${macro}]` : `[${dimension.length}]`;
  }

  private variant(member: Variant | Window | Member, offset: number, owner: Owner): CAggregate {
    const arms = "arms" in member ? member.arms : [];
    const members = arms.flatMap((arm): readonly CMember[] => {
      const inner = this.members(arm.members, offset, owner);
      // One member stands for itself; several are a struct that has the alternative's name, or none if it is unnamed.
      if (inner.length < 2) return inner;
      const name = arm.tags.length === 0 ? undefined : spelt(armName(arm));
      return [
        {
          kind: "aggregate",
          keyword: "struct",
          ...(name === undefined ? {} : { name }),
          suffix: "",
          comment: this.words.of(arm),
          members: inner,
          offset,
          size: sizeOf(arm.members),
        },
      ];
    });
    return this.aggregate("union", member, members, offset, []);
  }

  private aggregate(
    keyword: "struct" | "union",
    member: Group | Variant | Window | Member,
    members: readonly CMember[],
    offset: number,
    dimensions: readonly Dimension[],
  ): CAggregate {
    const name = publishedName(member, this.dialect.house) === "" ? undefined : memberName(member, this.dialect.house);
    return {
      kind: "aggregate",
      keyword,
      ...(name === undefined ? {} : { name }),
      suffix: dimensions.map((dimension) => this.dimension(dimension)).join(""),
      comment: this.words.ofMember(member),
      members,
      offset,
      size: extent(member),
    };
  }
}

function sizeOf(members: readonly Member[]): number {
  return members.reduce((sum, member) => sum + extent(member), 0);
}

/** In bytes, without an array at its end. */
function extent(member: Member): number {
  const size = member.position?.size ?? null;
  if (size !== null) return size;
  if (member.kind === "union") return Math.max(...member.arms.map((arm) => sizeOf(arm.members)));
  return member.kind === "group" ? sizeOf(member.members) : 0;
}

function armName(arm: Arm): string {
  return arm.name.toLowerCase();
}

/** A word of bit groups without a name is called as its only group is, or `bits`. */
function wordName(word: BitWord, before: number): string {
  const names = word.bits.filter((group) => group.reserved !== true).map((group) => group.name);
  const [only] = names;
  if (names.length === 1 && only !== undefined) return only;
  return before === 0 ? "bits" : `bits${before + 1}`;
}

function conditionName(condition: Expression): string {
  switch (condition.op) {
    case "feature":
      return condition.name.toLowerCase();
    case "not":
      return `not_${conditionName(condition.operand)}`;
    case "|":
      return `${conditionName(condition.left)}_or_${conditionName(condition.right)}`;
    case "&":
      return `${conditionName(condition.left)}_and_${conditionName(condition.right)}`;
    default:
      return "present";
  }
}
