import { walkExpression } from "../../ir/expression.ts";
import type { Arm, Dimension, Expression, Member, Type } from "../../ir/model.ts";
import { flattened, isWide, type Catalogue } from "./catalogue.ts";
import { Shape } from "./shape.ts";

/** What a struct has to be told from outside, so that it can be read. */
export class ContextNeeds {
  features = false;
  config = false;
  /** Parameters, members of other messages. */
  readonly others: Shape = new Shape();

  get none(): boolean {
    return !this.features && !this.config && this.others.isEmpty;
  }

  merge(other: ContextNeeds): void {
    this.features ||= other.features;
    this.config ||= other.config;
    this.others.merge(other.others);
  }
}

/** Finds what structs depend on, each once. */
export class ContextFinder {
  private readonly catalogue: Catalogue;
  private readonly known = new Map<string, ContextNeeds>();

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
  }

  /** @param module the description that the members stand in */
  ofMembers(members: readonly Member[], module: string): ContextNeeds {
    const needs = new ContextNeeds();
    for (const member of members) this.addMember(needs, member, module);
    return needs;
  }

  ofExpression(expression: Expression, module: string): ContextNeeds {
    const needs = new ContextNeeds();
    this.addExpression(needs, expression, module);
    return needs;
  }

  private addMember(needs: ContextNeeds, member: Member, module: string): void {
    if (member.if !== undefined) this.addExpression(needs, member.if, module);
    switch (member.kind) {
      case "field":
        this.addDimensions(needs, member.dimensions, module);
        this.addType(needs, member.type);
        if (member.pad !== undefined) this.addExpression(needs, member.pad.to, module);
        if (member.pad?.unless !== undefined) this.addExpression(needs, member.pad.unless, module);
        if (member.each !== undefined) needs.merge(this.ofMembers(member.each.members, module));
        if (member.each?.until !== undefined) this.addExpression(needs, member.each.until, module);
        break;
      case "bits":
        this.addDimensions(needs, member.dimensions, module);
        for (const group of member.bits) if (group.if !== undefined) this.addExpression(needs, group.if, module);
        break;
      case "group":
        this.addDimensions(needs, member.dimensions, module);
        needs.merge(this.ofMembers(member.members, module));
        break;
      case "present":
        this.addExpression(needs, member.condition, module);
        needs.merge(this.ofMembers(member.members, module));
        break;
      case "union":
      case "switch":
        if (member.by !== undefined) this.addExpression(needs, member.by, module);
        this.addArms(needs, member.arms, module);
        break;
      case "window":
        this.addArms(needs, member.arms, module);
        break;
    }
  }

  private addArms(needs: ContextNeeds, arms: readonly Arm[], module: string): void {
    for (const arm of arms) {
      if (arm.if !== undefined && arm.tags.length > 0) this.addExpression(needs, arm.if, module);
      needs.merge(this.ofMembers(arm.members, module));
    }
  }

  private addDimensions(needs: ContextNeeds, dimensions: readonly Dimension[], module: string): void {
    for (const dimension of dimensions)
      if (dimension.kind === "counted") this.addExpression(needs, dimension.length, module);
  }

  private addType(needs: ContextNeeds, type: Type): void {
    if (type.kind !== "struct") return;
    const key = `${type.module}.${type.name}`;
    let known = this.known.get(key);
    if (known === undefined) {
      this.known.set(key, new ContextNeeds());
      known = this.ofMembers(this.catalogue.struct(type)?.members ?? [], type.module);
      this.known.set(key, known);
    }
    needs.merge(known);
  }

  private addExpression(needs: ContextNeeds, expression: Expression, module: string): void {
    walkExpression(expression, (part) => {
      if (part.op === "feature") needs.features = true;
      if (part.op === "variable" && part.name !== "i")
        needs.others.add([{ name: part.name, indexed: false }], "number");
      if (part.op !== "member") return;
      const path = part.path.map((step) => ({ name: step.name, indexed: step.index !== undefined }));
      if (part.scope === "config") needs.config = true;
      if (part.scope === "request") needs.others.add([{ name: "request", indexed: false }, ...path], "number");
      if (part.scope === "message") {
        const [first, ...rest] = part.path;
        const found =
          first === undefined
            ? undefined
            : this.catalogue.member(flattened(this.catalogue.membersOf(module, first.name)), rest);
        needs.others.add(path, isWide(found) ? "bigint" : "number");
      }
    });
  }
}
