import type { Place } from "../diagnostic/diagnostic.ts";
import type { Expression, Integer } from "./expression-model.ts";
import type { Rule } from "./rule-model.ts";
import type { House } from "./house-model.ts";

export type { House, View } from "./house-model.ts";
export type { Arithmetic, Comparison, Expression, Integer, MemberScope, PathPart } from "./expression-model.ts";
export type { HeldBy, Rule } from "./rule-model.ts";

/**
 * The intermediate representation: plain JSON, what `virtgen ir` prints and all that a target sees.
 *
 * There are two states of it. As built it holds every revision at once (`revision: 'all'`) and no layout. {@link cut}
 * makes one revision's of it: what does not exist there is gone, names are that revision's, members have offsets.
 */
export interface Ir {
  readonly format: "virtgen-ir";
  readonly version: 1;
  readonly revision: Revision | "all";
  readonly modules: readonly Module[];
}

/** `0.9.5` is the legacy interface. */
export type Revision = "0.9.5" | "1.0" | "1.1" | "1.2" | "1.3" | "1.4";

/** From the oldest to the newest. */
export const revisions: readonly Revision[] = ["0.9.5", "1.0", "1.1", "1.2", "1.3", "1.4"];
export const newestRevision: Revision = "1.4";

/** What every element of a description carries. */
export interface Element {
  /** As the standard has it, at the revision that the IR is cut at. */
  readonly name: string;
  /** The complete C identifier (of a member: the member's name), by rule or by `c_name`/`c_prefix`. */
  readonly cName: string;
  /** Markdown in our own words, lines separated by `\n`; empty where there is none. */
  readonly doc: string;
  readonly at: Place;
  /** The first revision that has it; inherited. */
  readonly since: Revision;
  /** The first revision that no longer has it. */
  readonly until?: Revision;
  /** Only for the legacy interface; inherited. */
  readonly legacy?: true;
  /** Older names, oldest first; `until` is the first revision with the next one. */
  readonly was?: readonly { readonly name: string; readonly cName: string; readonly until: Revision }[];
  readonly aliases?: readonly Alias[];
  /** The LaTeX label of the subsection or block that describes it. */
  readonly label?: string;
  readonly errata?: readonly Erratum[];
  /** The condition under which it is there or valid: features, config fields, other members. */
  readonly if?: Expression;
}

/** What another house calls the element. */
export interface Alias {
  readonly house: string;
  /** The complete C identifier; of a member the member's name. */
  readonly name: string;
  /** `also`: in addition to the element's own (or its first alias'); otherwise instead of it. */
  readonly also?: true;
  /** The house gives the constant as another kind. */
  readonly as?: ConstantKind;
}

export interface Erratum {
  readonly id: string;
  readonly text: string;
  readonly meant: string;
  readonly because: string;
  /** Files and lines of the standard's LaTeX, in its newest revision that has it. */
  readonly places?: readonly string[];
}

// --- modules ---------------------------------------------------------------------------------------------------

/** One file of a description: a device type, a transport, a part of the core. */
export interface Module extends Element {
  readonly kind: "device" | "transport" | "core";
  /** The device id. */
  readonly id?: number;
  /** The title of the standard's chapter. */
  readonly title: string;
  /** Path of the description as it was given. */
  readonly file: string;
  /** Beginning of its constants' C names, with the underscore: `VIRTIO_BLK_`. */
  readonly cPrefix: string;
  /** What the legacy interface keeps in the guest's byte order: `config`, `requests`, names of structs. */
  readonly legacyNative: readonly string[];
  /** In the order of the description, which is the standard's. */
  readonly items: readonly Item[];
}

export type Item =
  | Features
  | FeatureRanges
  | Queues
  | Config
  | ConstantGroup
  | Constant
  | Struct
  | ExternalType
  | Parameter
  | Request
  | Response
  | Registers
  | Command
  | Rule
  | ErratumItem
  | House;

export type ItemKind = Item["kind"];

// --- features --------------------------------------------------------------------------------------------------

export interface Features extends Element {
  readonly kind: "features";
  readonly features: readonly Feature[];
}

export interface Feature extends Element {
  readonly bit: number;
  /** It is another name of this feature's bit. */
  readonly aliasOf?: string;
  /** Each must hold when the feature is negotiated. */
  readonly requires: readonly Expression[];
}

export interface FeatureRanges extends Element {
  readonly kind: "feature_ranges";
  readonly ranges: readonly (Element & { readonly owner: string; readonly from: number; readonly to: number })[];
}

// --- queues ----------------------------------------------------------------------------------------------------

export interface Queues extends Element {
  readonly kind: "queues";
  readonly queues: readonly Queue[];
  /** `where N = …`, for the formulas. */
  readonly where: readonly { readonly name: string; readonly value: Expression }[];
}

export interface Queue extends Element {
  /** The queue number; may use the index variable and the names of `where`. */
  readonly number: Expression;
  /** One queue for each value of `variable` in the range. */
  readonly each?: { readonly variable: string; readonly from: Expression; readonly to: Expression };
  /** Houses that number only the queues that exist. */
  readonly compact?: readonly string[];
}

// --- constants -------------------------------------------------------------------------------------------------

/** A number, a bit number (the mask is 1 << n), a mask. */
export type ConstantKind = "number" | "bit" | "mask";

export interface ConstantGroup extends Element {
  readonly kind: "enum" | "flags" | "bits" | "shared_memory";
  /** Beginning of its constants' C names: `VIRTIO_BLK_T_`. `name` is empty for a group without one. */
  readonly cPrefix: string;
  readonly constants: readonly Constant[];
}

export interface Constant extends Element {
  readonly kind: "constant";
  readonly type: ConstantKind;
  readonly value: Integer;
  /** As it was written: `0x20`, `bit 46`, `TCP | UDP`. */
  readonly text: string;
  /** It is another name of this constant. */
  readonly aliasOf?: string;
  /** A C program may define it first. */
  readonly overridable?: true;
}

// --- structs and members ---------------------------------------------------------------------------------------

export interface Struct extends Element {
  readonly kind: "struct";
  readonly members: readonly Member[];
  readonly layout?: Layout;
  /** Houses that pack it. */
  readonly packed?: readonly string[];
  /** The legacy interface has its members in the guest's byte order. */
  readonly legacyNative?: true;
  /** Defined where it is used, as a member of this struct. */
  readonly definedIn?: string;
  readonly orders?: readonly HouseOrder[];
}

export interface Config extends Element {
  readonly kind: "config";
  readonly members: readonly Member[];
  readonly layout?: Layout;
  readonly packed?: readonly string[];
  readonly legacyNative?: true;
  readonly orders?: readonly HouseOrder[];
}

/** A house types it as this byte order although the legacy interface has it in the guest's. */
export interface HouseOrder {
  readonly house: string;
  readonly order: "little" | "guest";
}

/** Sizes in bytes, of a sequence of members without padding and as a C compiler lays it out. */
export interface Layout {
  /** Packed size with all members; null where it is known only at run time. */
  readonly size: number | null;
  /** Packed size without what may be absent: conditional members at the end, flexible arrays. */
  readonly minSize: number;
  /** Packed size up to the first member of varying size; what follows that has no fixed place. */
  readonly fixedSize: number;
  /** As a C compiler lays it out without `packed`; flexible arrays count nothing. */
  readonly natural: { readonly size: number; readonly align: number };
  /** The compiler's layout without `packed` differs from the standard's. */
  readonly needsPacked: boolean;
}

/**
 * Where a member lies. `offset` and `size` are null where they are known only at run time. Of a struct that ends with its
 * last member that exists `size` counts all of them, and what stands behind it in a message has no fixed `offset`.
 */
export interface Position {
  readonly offset: number | null;
  readonly size: number | null;
  /** As a C compiler lays it out without `packed`. */
  readonly natural: { readonly offset: number | null; readonly size: number | null; readonly align: number };
}

export type Member = Field | BitWord | Group | Variant | Present | Window;

interface MemberBase extends Element {
  readonly position?: Position;
}

export type ScalarName = "u8" | "u16" | "u32" | "u64" | "le16" | "le32" | "le64" | "be16" | "be32" | "be64";

export interface Scalar {
  readonly kind: "scalar";
  readonly name: ScalarName;
  readonly size: 1 | 2 | 4 | 8;
  readonly order: "none" | "little" | "big" | "native";
}

export type Type =
  | Scalar
  /** `house` where it is not a struct but a view of that house, by its tag. */
  | { readonly kind: "struct"; readonly module: string; readonly name: string; readonly house?: string }
  | { readonly kind: "external"; readonly module: string; readonly name: string }
  | { readonly kind: "opaque" };

/** A number, an expression over siblings, config and other messages, or the rest of its part. */
export type Dimension =
  | { readonly kind: "fixed"; readonly length: number; readonly text: string; readonly expression: Expression }
  | { readonly kind: "counted"; readonly length: Expression }
  | { readonly kind: "rest" };

export interface Field extends MemberBase {
  readonly kind: "field";
  readonly type: Type;
  /** Outermost first; empty for a single value. */
  readonly dimensions: readonly Dimension[];
  /** The constants that its values are. */
  readonly values?: GroupReference;
  /** It always has this value. */
  readonly value?: Expression;
  readonly range?: { readonly from: Expression; readonly to: Expression };
  /** Written as zero and not looked at: `reserved`, `padding`, `unused`, `pad`. */
  readonly reserved?: true;
  readonly access?: Access;
  readonly unit?: string;
  readonly orders?: readonly HouseOrder[];
  /** Elements of varying size and the mark that ends the list. */
  readonly each?: { readonly members: readonly Member[]; readonly until?: Expression };
  /** Padded with zeroes to this size, unless the condition holds. */
  readonly pad?: { readonly to: Expression; readonly unless?: Expression };
  /** Of a capability: the driver's value is at most, or a subset of, the device's. */
  readonly negotiation?: "limit" | "bitmap";
  /** Of a request's answer: the constant that a device answers to a request that it does not know. */
  readonly refuse?: Expression;
}

/** What the driver may do with a member of the configuration space. */
export interface Access {
  readonly writable: "never" | "always" | "any_time" | { readonly before: string };
  /** A one written here clears the bit in this other member. */
  readonly writeClears?: string;
  readonly keptOverReset?: true;
  readonly reset?: Integer;
}

export interface GroupReference {
  readonly module: string;
  readonly group: string;
}

export interface BitWord extends MemberBase {
  readonly kind: "bits";
  /** `name` is empty where the word has none: its groups are the struct's own. */
  readonly type: Scalar;
  readonly dimensions: readonly Dimension[];
  readonly bits: readonly BitGroup[];
  readonly orders?: readonly HouseOrder[];
  readonly access?: Access;
}

export interface BitGroup extends Element {
  /** Of its least significant bit, counted from the word's least significant bit. */
  readonly shift: number;
  readonly width: number;
  readonly values?: GroupReference;
  readonly value?: Expression;
  readonly reserved?: true;
  /** Groups of one union lie over each other; they are numbered from 0 within a word. */
  readonly union?: number;
}

/** `struct { … } csum;`, or, with an empty name, members that are the outer struct's own. */
export interface Group extends MemberBase {
  readonly kind: "group";
  readonly dimensions: readonly Dimension[];
  readonly members: readonly Member[];
}

export interface Variant extends MemberBase {
  /** A union is as long as its longest arm, a switch as long as the one chosen. `name` may be empty. */
  readonly kind: "union" | "switch";
  /** What decides; absent in a plain union. */
  readonly by?: Expression;
  readonly values?: GroupReference;
  readonly arms: readonly Arm[];
}

export interface Arm extends Element {
  /** Empty in a plain union. `name` is the first tag's, or the member's. */
  readonly tags: readonly Tag[];
  readonly members: readonly Member[];
}

export type Tag =
  | { readonly kind: "value"; readonly value: Expression }
  | { readonly kind: "range"; readonly from: Expression; readonly to: Expression }
  | { readonly kind: "default" };

/** Bytes that are removed where the condition does not hold. */
export interface Present extends MemberBase {
  readonly kind: "present";
  readonly condition: Expression;
  readonly members: readonly Member[];
}

/** Bytes of the configuration space that show what other members select. */
export interface Window extends MemberBase {
  readonly kind: "window";
  readonly by: readonly string[];
  readonly arms: readonly Arm[];
}

export interface ExternalType extends Element {
  readonly kind: "external";
  readonly size?: number;
  /** The document or header that defines it. */
  readonly from?: string;
}

/** A number that is settled at run time, outside of any message: the size of a queue. */
export interface Parameter extends Element {
  readonly kind: "parameter";
}

// --- requests --------------------------------------------------------------------------------------------------

export interface Request extends Element {
  /** A request is answered, a message goes one way, for an event the driver posts buffers that the device fills. */
  readonly kind: "request" | "message" | "event";
  readonly queues: readonly string[];
  readonly parts: readonly PartItem[];
  readonly legacyNative?: true;
  /** Both directions may have other lengths than given: what is missing is zero, what is too much is not looked at. */
  readonly anyLength?: true;
  /** A request that it does not know a device gives back without having written anything. */
  readonly unwritten?: true;
}

export type PartItem = Part | PartSwitch;

export interface Part extends Element {
  readonly kind: "part";
  /** By rule `<request>_<name>`; the first readable part and the first writable part of a message have short names. */
  readonly direction: "device-readable" | "device-writable";
  readonly members: readonly Member[];
  readonly layout?: Layout;
  /** The address of the buffer is the message, its bytes are not looked at. */
  readonly byAddress?: true;
  /** `c_name` gives its C name: the standard has a struct for this part alone. */
  readonly ownStruct?: true;
}

export interface PartSwitch extends Element {
  readonly kind: "part switch";
  readonly by: Expression;
  readonly values?: GroupReference;
  readonly arms: readonly PartArm[];
}

/** `cName` differs from `name` where the standard has a name for the whole message with this alternative. */
export interface PartArm extends Element {
  readonly tags: readonly Tag[];
  readonly parts: readonly PartItem[];
}

/** The shape of the answer to another message. */
export interface Response extends Element {
  readonly kind: "response";
  readonly to: string;
  readonly members: readonly Member[];
  readonly layout?: Layout;
}

// --- registers and commands ------------------------------------------------------------------------------------

export interface Registers extends Element {
  readonly kind: "registers";
  readonly title: string;
  /** They have numbers, as those of a processor, and no places in bytes: `offset` is the number. */
  readonly numbered?: true;
  readonly registers: readonly Register[];
}

export interface Register extends Element {
  readonly offset: number;
  readonly access: "read" | "write" | "rw";
  readonly type: Scalar;
  readonly values?: GroupReference;
  readonly value?: Expression;
  /** The register that selects which instance is accessed. */
  readonly bank?: string;
}

export interface Command extends Element {
  readonly kind: "ccw_command" | "capability" | "resource" | "device_part";
  readonly number?: number;
  readonly direction?: "in" | "out";
  readonly refers?: readonly string[];
  /** CCW: members that the driver writes although the payload comes from the device. */
  readonly given?: readonly string[];
  /** CCW: the transport revision that has it. */
  readonly transportRevision?: number;
  readonly sections: readonly {
    readonly name: string;
    readonly members: readonly Member[];
    readonly layout?: Layout;
  }[];
}

// --- errata ---------------------------------------------------------------------------------------------------------

export interface ErratumItem extends Element {
  readonly kind: "erratum";
}
