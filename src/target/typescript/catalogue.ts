import { isConstantGroup } from "../../ir/item-kinds.ts";
import type {
  BitGroup,
  BitWord,
  Config,
  ConstantGroup,
  ExternalType,
  Feature,
  Field,
  GroupReference,
  Group,
  Ir,
  Item,
  Member,
  Module,
  PartItem,
  PathPart,
  Struct,
  Type,
  Variant,
} from "../../ir/model.ts";

/** A member that a path leads to. */
export type FoundMember = Field | BitWord | BitGroup | Group | Variant;

export function isField(member: FoundMember | undefined): member is Field {
  return member !== undefined && "kind" in member && member.kind === "field";
}

/** Whether it is one number of 64 bits. */
export function isWide(member: FoundMember | undefined): boolean {
  return isField(member) && member.type.kind === "scalar" && member.type.size === 8;
}

/** Finds what the IR refers to by name. */
export class Catalogue {
  private readonly modules: ReadonlyMap<string, Module>;

  constructor(ir: Ir) {
    this.modules = new Map(ir.modules.map((module) => [module.name, module]));
  }

  module(name: string): Module | undefined {
    return this.modules.get(name);
  }

  struct(type: Extract<Type, { kind: "struct" }>): Struct | undefined {
    return this.items(type.module).find((item): item is Struct => item.kind === "struct" && item.name === type.name);
  }

  external(type: Extract<Type, { kind: "external" }>): ExternalType | undefined {
    return this.items(type.module).find(
      (item): item is ExternalType => item.kind === "external" && item.name === type.name,
    );
  }

  group(reference: GroupReference): ConstantGroup | undefined {
    return this.items(reference.module).find(
      (item): item is ConstantGroup => isConstantGroup(item) && item.name === reference.group,
    );
  }

  config(module: string): Config | undefined {
    return this.items(module).find((item) => item.kind === "config");
  }

  feature(module: string, name: string): Feature | undefined {
    for (const item of this.items(module)) {
      const found = item.kind === "features" ? item.features.find((feature) => feature.name === name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The members of a request, a command or a struct, for a path that begins with its name. */
  membersOf(module: string, name: string): readonly Member[] {
    for (const item of this.items(module)) {
      if (!("name" in item) || item.name !== name) continue;
      if (item.kind === "struct" || item.kind === "response") return item.members;
      if (item.kind === "request" || item.kind === "message" || item.kind === "event") return partMembers(item.parts);
      if ("sections" in item) return item.sections.flatMap((section) => section.members);
    }
    return [];
  }

  /** Follows a path through members, structs and bit groups. */
  member(members: readonly Member[], path: readonly PathPart[]): FoundMember | undefined {
    const [first, ...rest] = path;
    if (first === undefined) return undefined;
    for (const member of flattened(members)) {
      if (member.kind === "bits") {
        const own = member.name === "" ? member.bits.find((group) => group.name === first.name) : undefined;
        if (own !== undefined) return own;
        if (member.name === first.name)
          return rest.length === 0 ? member : member.bits.find((group) => group.name === rest[0]?.name);
      }
      if (member.name !== first.name || member.kind === "present" || member.kind === "window") continue;
      if (rest.length === 0) return member;
      if (member.kind === "group") return this.member(member.members, rest);
      if (member.kind === "union" || member.kind === "switch")
        return this.member(
          member.arms.flatMap((arm) => arm.members),
          rest,
        );
      if (member.kind === "field" && member.type.kind === "struct")
        return this.member(this.struct(member.type)?.members ?? [], rest);
    }
    return undefined;
  }

  private items(module: string): readonly Item[] {
    return this.modules.get(module)?.items ?? [];
  }
}

/** The members that a struct has by name: those of members without a name are its own. */
export function flattened(members: readonly Member[]): readonly Member[] {
  return members.flatMap((member): readonly Member[] => {
    if (member.kind === "present") return flattened(member.members);
    if (member.name !== "") return [member];
    if (member.kind === "group") return flattened(member.members);
    if (member.kind === "union" || member.kind === "switch" || member.kind === "window")
      return member.arms.flatMap((arm) => flattened(arm.members));
    return [member];
  });
}

/** The members of all parts. */
export function partMembers(parts: readonly PartItem[]): readonly Member[] {
  return parts.flatMap((part) =>
    part.kind === "part" ? part.members : part.arms.flatMap((arm) => partMembers(arm.parts)),
  );
}

/** Whether the bytes of a member can be more or fewer. A member that may be invalid keeps its place, but a struct that ends with it may be cut. */
export function varies(member: Member, catalogue: Catalogue): boolean {
  switch (member.kind) {
    case "bits":
      return member.dimensions.some((dimension) => dimension.kind !== "fixed");
    case "field": {
      if (member.pad !== undefined && member.pad.unless === undefined) return member.pad.to.op !== "number";
      if (
        member.pad !== undefined ||
        member.each !== undefined ||
        member.dimensions.some((dimension) => dimension.kind !== "fixed")
      )
        return true;
      if (member.type.kind === "struct") return structVaries(catalogue.struct(member.type));
      if (member.type.kind === "external") return catalogue.external(member.type)?.size === undefined;
      return member.type.kind === "opaque";
    }
    case "group":
      return (
        member.dimensions.some((dimension) => dimension.kind !== "fixed") ||
        member.members.some((inner) => varies(inner, catalogue))
      );
    case "union":
    case "window":
      return member.arms.some((arm) => arm.members.some((inner) => varies(inner, catalogue)));
    case "switch":
    case "present":
      return true;
  }
}

function structVaries(struct: Struct | undefined): boolean {
  const layout = struct?.layout;
  return layout === undefined || layout.size === null || layout.size !== layout.minSize;
}
