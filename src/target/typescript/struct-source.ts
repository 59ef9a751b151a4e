import type { Arm, Expression, GroupReference, Member } from "../../ir/model.ts";

/** A struct, part or section that becomes an interface and a codec. */
export interface StructSource {
  /** In TypeScript. */
  readonly name: string;
  /** The standard's, for errors and traces: `virtio_blk_config`. */
  readonly cName: string;
  /** Paragraphs. */
  readonly doc: readonly string[];
  readonly members: readonly SourceMember[];
  /** Members of the struct around it, for formulas; empty for one that stands alone. */
  readonly around: readonly Member[];
  /** Its little-endian members take the guest's order on the legacy interface. */
  readonly native: boolean;
  /** Only the legacy interface has it, so that its members need not say so. */
  readonly legacy: boolean;
}

/** A part that has a codec of its own, and whose members are the message's. */
export interface SpreadPart {
  readonly kind: "spread";
  /** Its codec. */
  readonly codec: string;
  readonly members: readonly Member[];
  readonly size: number;
}

/** Members of a part, whose offsets count from the part's beginning. */
export interface InlinePart {
  readonly kind: "inline";
  readonly members: readonly SourceMember[];
  /** Undefined where it varies. */
  readonly size: number | undefined;
}

/** Parts that have bytes only under a condition. */
export interface ConditionalPart {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly members: readonly SourceMember[];
  /** The same as a member of the IR, without places. */
  readonly plain: Member;
}

/** Parts of which a tag chooses. */
export interface ChosenPart {
  readonly kind: "chosen";
  readonly by: Expression;
  readonly values: GroupReference | undefined;
  readonly arms: readonly ArmSource[];
  readonly plain: Member;
}

/** One alternative, of members or of parts. */
export type ArmSource = Omit<Arm, "members"> & { readonly members: readonly SourceMember[] };

export type SourceMember = Member | SpreadPart | InlinePart | ConditionalPart | ChosenPart;

/** The members of a source as the IR has them, for paths and conditions; their places mean nothing. */
export function plainMembers(members: readonly SourceMember[]): readonly Member[] {
  return members.flatMap((member) => {
    switch (member.kind) {
      case "spread":
        return member.members;
      case "inline":
        return plainMembers(member.members);
      case "conditional":
      case "chosen":
        return [member.plain];
      default:
        return [member];
    }
  });
}
