import { isConstantGroup } from "../../ir/item-kinds.ts";
import type { Dimension, Element, Expression, Field, Member } from "../../ir/model.ts";
import type { Catalogue } from "./catalogue.ts";
import { paragraphs } from "./comment.ts";
import { describe, describeDimension } from "./describe.ts";
import { publishedName } from "./identifiers.ts";

/** What the comments of a header say of an element beside its own words. */
export class Words {
  readonly catalogue: Catalogue;
  /** What only the legacy interface has stands behind a switch that says so. */
  private readonly legacyHidden: boolean;

  constructor(catalogue: Catalogue, legacyHidden: boolean) {
    this.catalogue = catalogue;
    this.legacyHidden = legacyHidden;
  }

  /** The paragraphs of a comment: words, unit, values, when it exists. */
  of(element: Element, additions: readonly string[] = []): readonly string[] {
    const [first = "", ...rest] = paragraphs(element.doc);
    const said = [first, ...additions, this.availability(element)].filter((text) => text !== "");
    return said.length === 0 ? [] : [said.join(" "), ...rest];
  }

  ofMember(member: Member): readonly string[] {
    if (member.kind !== "field") return this.of(member);
    const more = [
      member.value === undefined ? "" : `Always ${describe(member.value, this.catalogue)}.`,
      this.seeValues(member),
    ];
    if (member.unit === undefined || member.doc.includes(member.unit)) return this.of(member, more);
    // One phrase takes the unit in, several get a phrase more.
    const phrase = /^[^.;:]+\.$/.test(member.doc)
      ? `${member.doc.slice(0, -1)}, in ${member.unit}.`
      : [member.doc, `In ${member.unit}.`].filter((text) => text !== "").join(" ");
    return this.of({ ...member, doc: phrase }, more);
  }

  /** When an element exists. */
  availability(element: Element): string {
    const legacy = element.legacy === true && !this.legacyHidden ? ["Legacy interface only."] : [];
    return [...legacy, ...(element.if === undefined ? [] : [`Only ${this.condition(element.if)}.`])].join(" ");
  }

  /** `with VIRTIO_NET_F_MQ`, `without VIRTIO_NET_F_MQ`. */
  private condition(expression: Expression): string {
    return expression.op === "not"
      ? `without ${describe(expression.operand, this.catalogue)}`
      : `with ${describe(expression, this.catalogue)}`;
  }

  private seeValues(field: Field): string {
    if (field.values === undefined) return "";
    const { module, group } = field.values;
    const found = this.catalogue
      .module(module)
      ?.items.filter((item) => isConstantGroup(item))
      .find((item) => item.name === group);
    const names = (found?.constants ?? []).map((constant) => publishedName(constant, this.catalogue.house));
    const [only] = names;
    if (names.length === 1 && only !== undefined) return `See ${only}.`;
    const prefix = sharedPrefix(names);
    // `VIRTIO_` alone would say nothing.
    return /_.*_$/.test(prefix) ? `See ${prefix}*.` : "";
  }

  /** A member as the standard writes it, for what C cannot declare: `u8 data[]`, `struct virtio_net_hdr hdr, only with …`. */
  describeMember(member: Member): string {
    const condition = member.if === undefined ? "" : `, only ${this.condition(member.if)}`;
    return `${this.bare(member)}${condition}`;
  }

  private bare(member: Member): string {
    const { catalogue } = this;
    const name = publishedName(member, catalogue.house);
    switch (member.kind) {
      case "field": {
        const { pad } = member;
        const without = pad?.unless === undefined ? "" : ` without ${describe(pad.unless, catalogue)}`;
        const padding = pad === undefined ? "" : `, padded to ${describe(pad.to, catalogue)}${without}`;
        return `${this.typeText(member)} ${name}${this.dimensions(member.dimensions)}${padding}`;
      }
      case "bits":
        return `${member.type.name} ${name}${this.dimensions(member.dimensions)}`;
      case "group":
        return `struct ${name}${this.dimensions(member.dimensions)}`;
      case "union":
      case "switch":
      case "window":
        return `one of ${member.arms.map((arm) => arm.name).join(", ")}`;
      case "present":
        return `only with ${describe(member.condition, catalogue)}: ${member.members.map((one) => this.bare(one)).join("; ")}`;
    }
  }

  private dimensions(dimensions: readonly Dimension[]): string {
    return dimensions.map((dimension) => describeDimension(dimension, this.catalogue)).join("");
  }

  private typeText(field: Field): string {
    if (field.type.kind === "scalar") return field.type.name;
    if (field.type.kind === "opaque") return field.each === undefined ? "opaque" : "variable";
    const named = this.catalogue.named(field.type);
    const name = named === undefined ? field.type.name : publishedName(named, this.catalogue.house);
    return field.type.kind === "struct" ? `struct ${name}` : name;
  }
}

/** `VIRTIO_BLK_S_` of names that all begin with it. */
function sharedPrefix(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  let length = first.lastIndexOf("_") + 1;
  while (length > 0 && !rest.every((name) => name.startsWith(first.slice(0, length))))
    length = first.lastIndexOf("_", length - 2) + 1;
  return first.slice(0, length);
}
