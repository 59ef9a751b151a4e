/** What `virtgen refine --format json` prints: how C headers differ from a description. */
export interface RefineReport {
  readonly format: "virtgen-refine";
  readonly version: 1;
  /** Of the standard that the headers are held against. */
  readonly revision: string;
  readonly headers: readonly HeaderReport[];
}

/** What was found out about one header. */
export interface HeaderReport {
  readonly file: string;
  /** Whose names it uses: those of Linux, or those of the standard. */
  readonly naming: "linux" | "spec";
  /** The descriptions that it is held against; what it says of others is compared, too, but not asked for. */
  readonly devices: readonly string[];
  readonly differences: readonly Difference[];
  /** What agrees with Linux where Linux differs from the standard, or from the letter of its text. */
  readonly departures: readonly Difference[];
  readonly summary: Summary;
}

export type DifferenceKind =
  /** The description has a name that the header lacks, or the other way round, or the header has another. */
  | "missing"
  | "unknown"
  | "name"
  | "value"
  | "size"
  | "alignment"
  | "offset"
  | "length"
  | "type"
  | "byte order"
  | "sign"
  /** Of departures only: the text of the standard says other than what is meant. */
  | "erratum";

export type Subject = "constant" | "struct" | "field" | "type" | "enum";

/** One thing that a header and a description say differently. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly subject: Subject;
  /** `VIRTIO_BLK_F_MQ`, `struct virtio_blk_config`, `struct virtio_blk_config.num_queues`. */
  readonly name: string;
  /** The description that it belongs to; empty for what no description knows. */
  readonly device: string;
  /** Absent where it has nothing to say. */
  readonly header?: Side;
  readonly description?: Side;
  /** What is known about the reason. */
  readonly why: readonly string[];
  /** How many members behind it are moved by as much. */
  readonly movedBehind?: number;
}

/** What one side says, and where. */
export interface Side {
  readonly says: string;
  /** Absent where no single line says it. */
  readonly file?: string;
  readonly line?: number;
}

/** How much of a header was compared, and what was not. */
export interface Summary {
  readonly compared: { readonly constants: number; readonly structs: number; readonly fields: number };
  /** Of what was compared, what agrees in everything. */
  readonly agreeing: { readonly constants: number; readonly structs: number; readonly fields: number };
  /** Functions, macros with parameters, macros that are no integer. */
  readonly notComparable: readonly string[];
  /** What could not be read, and why. */
  readonly unreadable: readonly Side[];
  /** Lines that conditions of the preprocessor leave out. */
  readonly inactiveLines: number;
  /** Included headers that were not found. */
  readonly missingIncludes: readonly string[];
  /** Fields whose type says nothing of a byte order, in a header that says it nowhere. */
  readonly withoutByteOrder: number;
}
