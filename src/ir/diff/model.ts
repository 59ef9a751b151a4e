import type { Place } from "../../diagnostic/diagnostic.ts";
import type { ItemKind, Revision } from "../model.ts";

/** What differs between two descriptions, each cut at a revision: plain JSON, what `virtgen diff --format json` prints. */
export interface Differences {
  readonly format: "virtgen-diff";
  readonly version: 1;
  readonly before: Compared;
  readonly after: Compared;
  /** Those with changes, in the order of the later description; what it has no longer comes last. */
  readonly modules: readonly ModuleChanges[];
}

/** One side. */
export interface Compared {
  readonly revision: Revision;
}

export interface ModuleChanges {
  readonly kind: "device" | "transport" | "core";
  readonly name: string;
  readonly title: string;
  /** In the order of the description. */
  readonly changes: readonly Change[];
}

/** One fact that is another now, or an element that came or went; what stands inside such an element is not listed. */
export interface Change {
  /** Stays the same as long as the change does: subject, what, and the element's path. */
  readonly id: string;
  readonly subject: Subject;
  readonly what: "added" | "removed" | Aspect;
  readonly category: Category;
  /** `net/config/mtu`, `blk/request req/IN.data`: module, block, and the element in it. */
  readonly path: string;
  /** The block of the description that it is in, or is; absent of the module itself. */
  readonly block?: Block;
  /** Within the block; empty for the block itself. */
  readonly name: string;
  /** Null of what was added. */
  readonly before: State | null;
  /** Null of what was removed. */
  readonly after: State | null;
  /** Whom it breaks; empty where both sides go on working together. */
  readonly breaks: readonly Breakage[];
  /** What was added lies in bytes or bits that were reserved before. */
  readonly takesReserved?: true;
}

export interface Block {
  readonly kind: ItemKind;
  /** As the side has it that the block is shown from: the later one, where it is there. */
  readonly name: string;
}

/** An element on one side. */
export interface State {
  readonly name: string;
  readonly cName: string;
  /** What the change is about, as text: of an added element all that matters, else the one fact. */
  readonly text: string;
  /** In bytes, of a member or a register; null where only run time tells. */
  readonly offset?: number | null;
  /** In bytes; null where only run time tells. */
  readonly size?: number | null;
  /** Of a bit group: its least significant bit in the word, and how many there are. */
  readonly shift?: number;
  readonly width?: number;
  /** `le16`, `u8[6]`, `struct blk.geometry`. */
  readonly type?: string;
  /** Of a constant, a feature (its bit), a command, a fixed member: a number as it is written in decimal. */
  readonly value?: string;
  readonly at: Place;
}

/**
 * A peer that was written for the earlier side and does not work with one that was written for the later side.
 * `when` is the condition under which the two meet the change, as the language writes it; null: always.
 */
export interface Breakage {
  readonly peer: Peer;
  readonly when: string | null;
}

export type Peer = "driver" | "device";

/**
 * wire: what bytes mean and where they are. negotiation: features and what they depend on. name: what programs call it.
 * requirement: what drivers and devices must, should and may do. documentation: nothing that a program sees.
 */
export type Category = "wire" | "negotiation" | "name" | "requirement" | "documentation";

export type Subject =
  | "module"
  | "feature"
  | "feature-range"
  | "queue"
  | "config"
  | "struct"
  | "constants"
  | "constant"
  | "external"
  | "parameter"
  | "message"
  | "part"
  | "alternative"
  | "member"
  | "registers"
  | "register"
  | "command"
  | "section"
  | "rule"
  | "erratum"
  | "house"
  | "view"
  | "typedef";

/** A fact of an element that can change while the element stays. */
export type Aspect =
  | "name"
  | "c-name"
  | "aliases"
  | "id"
  | "number"
  | "bit"
  | "bits"
  | "value"
  | "kind"
  | "type"
  | "offset"
  | "size"
  | "byte-order"
  | "condition"
  | "requires"
  | "tags"
  | "by"
  | "queues"
  | "direction"
  | "access"
  | "range"
  | "values"
  | "unit"
  | "reserved"
  | "padding"
  | "end-mark"
  | "negotiation"
  | "refuse"
  | "held-by"
  | "bank"
  | "refers"
  | "members"
  | "header"
  | "legacy"
  | "since"
  | "title"
  | "label"
  | "documentation"
  | "errata";
