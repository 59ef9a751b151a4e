import type { Place } from "../src/diagnostic/diagnostic.ts";

/**
 * The syntax tree of one description, before any name is looked up. Everything carries its place; every element
 * carries its doc comment and its attributes in the order written. Which attribute may stand where is a check's
 * business, not the grammar's, so that a misplaced one gets an explanation instead of a syntax error.
 */
export interface File {
  readonly path: string;
  readonly header: Header | undefined;
  readonly items: readonly Item[];
}

interface Node {
  readonly at: Place;
}

/** A word of the description together with where it stands. */
export interface Word extends Node {
  readonly text: string;
}

export interface Element extends Node {
  /** `at` marks the name, or the keyword where there is none. */
  readonly doc: string;
  readonly attributes: readonly Attribute[];
}

export interface Header extends Element {
  readonly kind: "device" | "transport" | "core";
  readonly name: Word;
  readonly id: Expression | undefined;
  readonly title: string;
}

// --- expressions -----------------------------------------------------------------------------------------------

export type BinaryOperator =
  "->" | "|" | "&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "<<" | ">>" | "+" | "-" | "*" | "/" | "%";
export type UnaryOperator = "not" | "-" | "~" | "bit";

export type Expression =
  | (Node & { readonly op: "number"; readonly value: bigint; readonly text: string })
  | (Node & { readonly op: "name"; readonly path: readonly PathPart[] })
  | (Node & { readonly op: "call"; readonly callee: Word; readonly arguments: readonly Expression[] })
  | (Node & { readonly op: "unary"; readonly operator: UnaryOperator; readonly operand: Expression })
  | (Node & {
      readonly op: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Node & {
      readonly op: "choice";
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    });

/** One step of `selectors[i].length`. */
export interface PathPart extends Word {
  readonly index: Expression | undefined;
}

export interface Range extends Node {
  readonly from: Expression;
  readonly to: Expression;
}

// --- attributes ------------------------------------------------------------------------------------------------

export type Attribute = Node &
  (
    | { readonly kind: "since" | "until"; readonly revision: string }
    | { readonly kind: "transport_revision"; readonly revision: string }
    | { readonly kind: "was"; readonly name: Word; readonly until: string }
    | { readonly kind: "alias" | "also"; readonly house: Word; readonly name: Word; readonly as: Word | undefined }
    | { readonly kind: "c_name" | "c_prefix" | "bank"; readonly name: Word }
    | { readonly kind: "refuse"; readonly path: readonly Word[] }
    | { readonly kind: "if" | "unless" | "requires" | "reset" | "size" | "aligned"; readonly value: Expression }
    | { readonly kind: "in"; readonly range: Range }
    | { readonly kind: "writable"; readonly when: "always" | "any_time" | "before"; readonly before: Word | undefined }
    | { readonly kind: "write_clears"; readonly name: Word }
    | {
        readonly kind:
          "kept" | "legacy" | "overridable" | "any_length" | "numbered" | "by_address" | "limit" | "bitmap";
      }
    | { readonly kind: "pad"; readonly to: Expression; readonly unless: Expression | undefined }
    | { readonly kind: "label" | "unit" | "from"; readonly text: string }
    | { readonly kind: "packed" | "natural" | "compact"; readonly house: Word }
    | { readonly kind: "order"; readonly house: Word; readonly order: Word }
    | { readonly kind: "refers" | "given"; readonly names: readonly Word[] }
    | { readonly kind: "erratum"; readonly erratum: Erratum }
  );

/** `text` is what the standard says, `meant` what is taken, `because` why, `places` where it says so. */
export interface Erratum extends Node {
  readonly id: string;
  readonly text: string;
  readonly meant: string;
  readonly because: string;
  /** `file.tex:line`, as they were written; empty where the erratum does not say. */
  readonly places: readonly string[];
  /** Words that are none of these. */
  readonly unknown: readonly Word[];
}

// --- members of structs, config space, requests ----------------------------------------------------------------

export type Type =
  | (Node & { readonly kind: "scalar"; readonly name: string })
  | (Node & { readonly kind: "struct"; readonly path: readonly Word[] })
  | (Node & { readonly kind: "external"; readonly name: Word })
  | (Node & { readonly kind: "opaque" });

export type Dimension = Node & { readonly length: Expression | undefined };

export type Member = Field | BitWord | Group | Variant | Present | Window | IfBlock | Pick;

export interface Field extends Element {
  readonly kind: "field";
  readonly type: Type;
  /** Absent in an arm such as `PLUG: struct plug;`. */
  readonly name: Word | undefined;
  readonly dimensions: readonly Dimension[];
  readonly enum: Word | undefined;
  readonly value: Expression | undefined;
  /** `struct property properties[] each { … } until type == 0`: the element's shape and the mark that ends the list. */
  readonly each: { readonly members: readonly Member[]; readonly until: Expression | undefined } | undefined;
}

/** A word cut into bit groups, numbered from the least significant bit. */
export interface BitWord extends Element {
  readonly kind: "bits";
  readonly type: Type;
  readonly name: Word | undefined;
  readonly dimensions: readonly Dimension[];
  readonly bits: readonly BitItem[];
}

export type BitItem = BitGroup | BitUnion;

export interface BitGroup extends Element {
  readonly kind: "bit group";
  readonly name: Word;
  readonly width: Expression;
  readonly enum: Word | undefined;
  readonly value: Expression | undefined;
}

export interface BitUnion extends Element {
  readonly kind: "bit union";
  readonly bits: readonly BitItem[];
}

/** `struct geometry { … } geometry;` (tagged, becomes a struct of the module) or `struct { … } csum;`. */
export interface Group extends Element {
  readonly kind: "group";
  readonly tag: Word | undefined;
  readonly name: Word | undefined;
  readonly dimensions: readonly Dimension[];
  readonly members: readonly Member[];
}

export interface Variant extends Element {
  /** A union is as long as its longest arm, a switch as long as the one chosen. */
  readonly kind: "union" | "switch";
  readonly by: Expression | undefined;
  /** `switch command : CTRL_RX`: the constants that the tags name, where the member does not say it. */
  readonly enum: Word | undefined;
  readonly name: Word | undefined;
  readonly arms: readonly Arm[];
}

export interface Arm extends Element {
  /** Empty for a plain union's members, which have no tag. */
  readonly tags: readonly Tag[];
  readonly members: readonly Member[];
}

export type Tag =
  Expression | (Node & { readonly op: "range"; readonly range: Range }) | (Node & { readonly op: "default" });

/** The only members whose bytes really go away: what follows moves. */
export interface Present extends Element {
  readonly kind: "present";
  readonly condition: Expression;
  readonly members: readonly Member[];
}

export interface Window extends Element {
  readonly kind: "window";
  readonly name: Word | undefined;
  readonly by: readonly Word[];
  readonly arms: readonly Arm[];
}

/** `if F { … }`, which does not exist in the language; kept so that a check can explain why. */
export interface IfBlock extends Element {
  readonly kind: "if block";
  readonly members: readonly Member[];
}

/** In a view: `a;`, `a as b;`, `a..b;` take members over from the struct that is viewed. */
export interface Pick extends Element {
  readonly kind: "pick";
  readonly path: readonly Word[];
  readonly to: readonly Word[] | undefined;
  readonly as: Word | undefined;
}

// --- items -----------------------------------------------------------------------------------------------------

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
  | LegacyNative
  | House;

export interface Features extends Element {
  readonly kind: "features";
  readonly features: readonly Feature[];
}

export interface Feature extends Element {
  readonly kind: "feature";
  readonly name: Word;
  readonly value: Expression;
}

/** Which bits may be allocated by whom; the standard's own exceptions stand here as ranges with an erratum. */
export interface FeatureRanges extends Element {
  readonly kind: "feature_ranges";
  readonly ranges: readonly FeatureRange[];
}

export interface FeatureRange extends Element {
  readonly kind: "feature range";
  readonly owner: Word;
  readonly range: Range;
}

export interface Queues extends Element {
  readonly kind: "queues";
  readonly queues: readonly Queue[];
  readonly where: readonly Where[];
}

export interface Queue extends Element {
  readonly kind: "queue";
  readonly name: Word;
  readonly index: Word | undefined;
  readonly number: Expression;
  readonly variable: Word | undefined;
  readonly range: Range | undefined;
}

export interface Where extends Node {
  readonly name: Word;
  readonly parameters: readonly Word[];
  readonly value: Expression;
}

export interface Config extends Element {
  readonly kind: "config";
  readonly members: readonly Member[];
}

export interface ConstantGroup extends Element {
  readonly kind: "enum" | "flags" | "bits" | "shared_memory";
  readonly name: Word | undefined;
  readonly constants: readonly Constant[];
  /** `enum GSO { … flags { … } }`: low bits a number, high bits flags. */
  readonly flags: readonly Constant[];
  readonly where: readonly Where[];
}

export interface Constant extends Element {
  readonly kind: "constant";
  readonly name: Word;
  readonly value: Expression;
}

export interface Struct extends Element {
  readonly kind: "struct";
  readonly name: Word;
  readonly members: readonly Member[];
}

export interface ExternalType extends Element {
  readonly kind: "external";
  readonly name: Word;
}

/** A number that is settled at run time, outside of any message: the size of a queue. */
export interface Parameter extends Element {
  readonly kind: "parameter";
  readonly name: Word;
}

export interface Request extends Element {
  readonly kind: "request" | "message" | "event";
  readonly name: Word;
  readonly queues: readonly Word[];
  readonly parts: readonly PartItem[];
}

export type PartItem = Part | PartSwitch;

export interface Part extends Element {
  readonly kind: "part";
  readonly direction: "device-readable" | "device-writable";
  readonly name: Word | undefined;
  readonly members: readonly Member[];
}

export interface PartSwitch extends Element {
  readonly kind: "part switch";
  readonly by: Expression;
  readonly enum: Word | undefined;
  readonly arms: readonly PartArm[];
}

export interface PartArm extends Element {
  readonly tags: readonly Tag[];
  readonly parts: readonly PartItem[];
}

export interface Response extends Element {
  readonly kind: "response";
  readonly to: Word;
  readonly members: readonly Member[];
}

export interface Registers extends Element {
  readonly kind: "registers";
  readonly name: Word;
  readonly title: string;
  readonly registers: readonly Register[];
}

export interface Register extends Element {
  readonly kind: "register";
  readonly offset: Expression;
  readonly access: "read" | "write" | "rw";
  readonly type: Type;
  readonly name: Word;
  readonly enum: Word | undefined;
  readonly value: Expression | undefined;
}

/** What is numbered and carries members: a CCW command, a capability, a resource object, a device part. */
export interface Command extends Element {
  readonly kind: "ccw_command" | "capability" | "resource" | "device_part";
  readonly name: Word;
  readonly number: Expression | undefined;
  readonly direction: "in" | "out" | undefined;
  readonly sections: readonly Section[];
}

/** `create { … } modify { … }`; the name is empty where the members stand in the braces themselves. */
export interface Section extends Node {
  readonly name: Word | undefined;
  readonly members: readonly Member[];
}

export interface Rule extends Element {
  readonly kind: "rule";
  readonly form: "requires" | "at_least_one" | "conflicts" | "offers" | "must" | "should" | "may";
  readonly negated: boolean;
  readonly role: "driver" | "device" | undefined;
  readonly source: string | undefined;
  readonly features: readonly Word[];
  readonly expression: Expression | undefined;
  readonly range: Range | undefined;
  readonly sentence: string | undefined;
  /** `by events_read, req.type`: the elements that hold the role to the sentence. */
  readonly heldBy: readonly (readonly Word[])[];
}

export interface ErratumItem extends Element {
  readonly kind: "erratum";
  readonly erratum: Erratum;
}

/** `legacy native config, requests;`: what the legacy interface has in the guest's byte order. */
export interface LegacyNative extends Element {
  readonly kind: "legacy native";
  readonly names: readonly Word[];
}

/** How another house (Linux) names, shapes and files what is described here. */
export interface House extends Element {
  readonly kind: "house";
  readonly name: Word;
  readonly header: string | undefined;
  readonly includes: readonly string[];
  readonly noLegacy: Word | undefined;
  readonly views: readonly View[];
  readonly typedefs: readonly Typedef[];
  readonly groups: readonly (ConstantGroup | Constant)[];
  readonly omitted: readonly (readonly Word[])[];
}

/** A struct in the house's own shape; its bytes are checked against the struct that it views. */
export interface View extends Element {
  readonly kind: "view";
  /** A union of C; its only member is that union, without a name. */
  readonly union: boolean;
  readonly name: Word;
  readonly of: readonly Word[];
  readonly members: readonly Member[];
}

export interface Typedef extends Element {
  readonly kind: "typedef";
  readonly type: Type;
  readonly name: Word;
}
