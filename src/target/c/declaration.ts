import type { BitWord, Field } from "../../ir/model.ts";
import type { MemberName } from "./identifiers.ts";

/** What a header declares for a struct of the description: C structs, and a comment where C has no struct for it. */
export type Declaration = CStruct | CRemark;

export interface CStruct {
  readonly kind: "struct";
  /** A house may have a union of its shapes. */
  readonly keyword: "struct" | "union";
  readonly tag: string;
  /** Paragraphs. */
  readonly comment: readonly string[];
  readonly members: readonly CMember[];
  /** What comes behind it on the wire, in the standard's notation: one line each. */
  readonly followedBy: readonly string[];
  readonly packed: boolean;
  readonly legacy: boolean;
  /** Bytes that its members take without padding, a flexible array not counted. */
  readonly size: number;
}

/** A struct of the standard that has no beginning of fixed size. */
export interface CRemark {
  readonly kind: "remark";
  readonly tag: string;
  readonly comment: readonly string[];
  readonly followedBy: readonly string[];
  readonly legacy: boolean;
}

export type CMember = CField | CAggregate;

export interface CField {
  readonly kind: "field";
  readonly name: MemberName;
  /** As C writes it: `__le32`, `struct virtio_blk_geometry`. */
  readonly type: string;
  /** The tag of the struct that it is. */
  readonly uses?: string;
  /** `[6]`, `[][6]`, `[VIRTIO_SCSI_CDB_SIZE]`. */
  readonly suffix: string;
  readonly comment: readonly string[];
  /** From the beginning of the C struct, without padding. */
  readonly offset: number;
  /** Null for a flexible array. */
  readonly size: number | null;
  readonly source: Field | BitWord;
}

/** A struct or union without a tag; without a name its members are the outer one's own. */
export interface CAggregate {
  readonly kind: "aggregate";
  readonly keyword: "struct" | "union";
  readonly name?: MemberName;
  readonly suffix: string;
  readonly comment: readonly string[];
  readonly members: readonly CMember[];
  readonly offset: number;
  readonly size: number;
}

/** A value of a struct, and where it is: what asserts and self-tests look at. */
export interface Leaf {
  /** `csum.start`, in C and in C++. */
  readonly path: MemberName;
  readonly offset: number;
  readonly field: CField;
}

/** Every field of a struct, those of its aggregates with the path to them. Arrays of aggregates give nothing. */
export function leaves(members: readonly CMember[]): readonly Leaf[] {
  return members.flatMap((member): readonly Leaf[] => {
    if (member.kind === "field") return [{ path: member.name, offset: member.offset, field: member }];
    if (member.suffix !== "") return [];
    const { name } = member;
    const inner = leaves(member.members);
    if (name === undefined) return inner;
    return inner.map((leaf) => ({
      ...leaf,
      path: { c: `${name.c}.${leaf.path.c}`, cxx: `${name.cxx}.${leaf.path.cxx}` },
    }));
  });
}

/** Whether C++ takes the struct only as an extension: flexible arrays, structs and types in unions without a name. */
export function needsExtension(members: readonly CMember[]): boolean {
  return members.some((member) => {
    if (member.kind === "field") return member.size === null;
    const hasTypes = member.keyword === "struct" || member.members.some((inner) => inner.kind === "aggregate");
    return (member.name === undefined && hasTypes) || needsExtension(member.members);
  });
}

/** The tags that must be complete before these members. */
export function usedTags(members: readonly CMember[]): readonly string[] {
  return members.flatMap((member) =>
    member.kind === "aggregate" ? usedTags(member.members) : member.uses === undefined ? [] : [member.uses],
  );
}
