import type { NormativeBlock } from "../../../src/standard/coverage.ts";
import { moduleOf } from "./chapters.ts";
import { linesOf, type Line, type ReadTex } from "./document.ts";
import { StandardLayouts, type Placed } from "./layout.ts";
import { readListing, type Declared, type Define, type Enumerator } from "./listing.ts";
import { outlineOf, spaced, type Piece } from "./outline.ts";
import { Values } from "./values.ts";

/** What one revision of the standard says, by module. */
export interface Facts {
  readonly modules: ReadonlyMap<string, ModuleFacts>;
  readonly blocks: readonly NormativeBlock[];
  /** Every label, without what stands before its first colon, in the order of the text. */
  readonly labels: readonly string[];
}

export interface ModuleFacts {
  /** Numbers by complete C name, features among them; more than one where the text gives more. */
  readonly constants: ReadonlyMap<string, readonly bigint[]>;
  /** Names without a number that can be worked out. */
  readonly unknown: readonly string[];
  readonly features: ReadonlyMap<string, Feature>;
  readonly structs: ReadonlyMap<string, StructFacts>;
  /** Numbers as they are written (`2(N-1)+1`), by the queue's name. */
  readonly queues: ReadonlyMap<string, string>;
  readonly registers: ReadonlyMap<string, RegisterFacts>;
  readonly legacyRegisters: ReadonlyMap<string, RegisterFacts>;
  /** Bits of the device status, which have no prefix. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Of the tables of device ids: what the standard calls the device. */
  readonly ids: ReadonlyMap<number, string>;
}

export interface Feature {
  readonly bit: number;
  /** The features that it requires, in any combination. */
  readonly requires: readonly string[];
  readonly legacy: boolean;
}

export interface StructFacts {
  readonly size: number | null;
  readonly members: readonly Placed[];
}

export interface RegisterFacts {
  readonly offset: number;
  readonly access: string;
}

/** Everything that the reader knows to find in a revision's text. */
export function factsOf(read: ReadTex): Facts {
  const lines = linesOf(read, "content.tex");
  const pieces = outlineOf(lines);
  const modules = new Map<string, Collector>();
  for (const piece of pieces) {
    // The words of notifications stand in files of their own that several transports show.
    const name = piece.file.endsWith(".tex") ? moduleOf(piece.section) : "ring";
    if (name === undefined || piece.kind === "block") continue;
    let collector = modules.get(name);
    if (collector === undefined) modules.set(name, (collector = new Collector()));
    collector.add(piece);
  }
  const declared = new Map([...modules.values()].flatMap((one) => [...one.structs]));
  return {
    modules: new Map([...modules].map(([name, one]) => [name, one.facts(declared)])),
    blocks: pieces.flatMap((piece) => (piece.kind === "block" ? [blockOf(piece)] : [])),
    labels: labelsIn(lines),
  };
}

class Collector {
  readonly structs = new Map<string, Declared>();
  private readonly values = new Values();
  private readonly constants = new Map<string, bigint[]>();
  private readonly unknown: string[] = [];
  private readonly features = new Map<string, Feature>();
  private readonly statuses = new Map<string, number>();
  private readonly queues = new Map<string, string>();
  private readonly registers = { modern: new Map<string, RegisterFacts>(), legacy: new Map<string, RegisterFacts>() };
  private readonly ids = new Map<number, string>();

  add(piece: Piece): void {
    switch (piece.kind) {
      case "listing":
        this.listing(piece.text, piece.file);
        break;
      case "item":
        this.item(piece.key, piece.text, piece.section);
        break;
      case "row":
        this.row(piece.cells, piece.section);
        break;
      case "register":
        this.register(piece.args, piece.section);
        break;
      case "block":
    }
  }

  facts(declared: ReadonlyMap<string, Declared>): ModuleFacts {
    const layouts = new StandardLayouts(declared, (text) => {
      const value = this.values.evaluate(text);
      return value === undefined || !/^\s*(?:\w+|\d+)\s*$/.test(text) ? undefined : Number(value);
    });
    return {
      constants: this.constants,
      unknown: this.unknown,
      features: this.features,
      structs: new Map([...this.structs].map(([tag, struct]) => [tag, layouts.place(struct)])),
      statuses: this.statuses,
      queues: this.queues,
      registers: this.registers.modern,
      legacyRegisters: this.registers.legacy,
      ids: this.ids,
    };
  }

  private listing(text: string, file: string): void {
    const { defines, enums, structs, words } = readListing(text);
    for (const define of defines) this.define(define);
    for (const one of enums) this.enumeration(one);
    for (const struct of structs) this.structs.set(struct.tag, struct);
    if (file.endsWith(".tex")) return;
    // All the name that they have is their file's: notifications-data-le.c.
    const tag = file.replace(
      /^notifications-(.*)\.c$/,
      (_name, rest: string) => `notification_${rest.replace("-", "_")}`,
    );
    for (const word of words) this.structs.set(tag, { tag, members: [word] });
  }

  private define(define: Define): void {
    this.constant(define.name, this.values.add(define), define.parameters !== undefined);
  }

  private enumeration(enumerators: readonly Enumerator[]): void {
    for (const [name, value] of this.values.addEnum(enumerators)) this.constant(name, value);
  }

  private constant(name: string, value: bigint | undefined, isMacro = false): void {
    if (value === undefined) {
      if (!isMacro) this.unknown.push(name);
      return;
    }
    const known = this.constants.get(name);
    if (known === undefined) this.constants.set(name, [value]);
    else if (!known.includes(value)) known.push(value);
  }

  private item(key: string, text: string, section: string): void {
    const [, name, number] =
      /^\s*(?:\\field\{)?([A-Z][A-Z0-9_]+)\}?\s*\(\s*(0x[0-9a-fA-F]+|\d+)\s*\)\s*$/.exec(key) ?? [];
    if (name !== undefined && number !== undefined) {
      if (section.endsWith("Device Status Field")) this.statuses.set(name, Number(number));
      else if (/^VIRTIO_(?:[A-Z0-9]+_)?F_/.test(name) || section.startsWith("Reserved Feature Bits"))
        this.feature(name, Number(number), section, text);
      else this.constant(name, BigInt(number));
      return;
    }
    const [, featureName] = /^\s*(VIRTIO_\w*?F_\w+)\s*$/.exec(key) ?? [];
    const feature = featureName === undefined ? undefined : this.features.get(featureName);
    if (featureName !== undefined && feature !== undefined) {
      this.features.set(featureName, { ...feature, requires: requiredIn(text) });
      return;
    }
    if (section.endsWith(" / Virtqueues") && section.startsWith("Device Types")) this.queue(key, text);
  }

  private feature(name: string, bit: number, section: string, text: string): void {
    this.constant(name, BigInt(bit));
    this.features.set(name, { bit, requires: requiredIn(text), legacy: section.includes("Legacy Interface") });
  }

  private queue(key: string, text: string): void {
    const number = key.replace(/\\ldots/g, "…").replace(/\s+/g, "");
    if (number === "…") return;
    const [name = ""] = text.trim().split(/ - |\n/);
    this.queues.set(name.replace(/\.$/, "").trim(), number);
  }

  private row(cells: readonly string[], section: string): void {
    const [number = "", name = ""] = cells;
    if (!/^(?:0x[0-9a-fA-F]+|\d+)$/.test(number)) return;
    if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(name)) this.constant(name, BigInt(number.replace(/^0+(?=\d)/, "")));
    else if (section === "Device Types" || /Device Discovery/.test(section)) this.ids.set(Number(number), name);
  }

  private register(args: readonly string[], section: string): void {
    const into = section.includes("Legacy") ? this.registers.legacy : this.registers.modern;
    const isDouble = args[4]?.startsWith("0x") === true;
    const [name = "", second = ""] = args;
    const [offset, high, access] = isDouble ? [args[3], args[4], args[5]] : [args[2], undefined, args[3]];
    if (offset === undefined || !offset.startsWith("0x") || access === undefined) return;
    into.set(name, { offset: Number.parseInt(offset, 16), access });
    if (high !== undefined) into.set(second, { offset: Number.parseInt(high, 16), access });
  }
}

/** Sections have them by `\label` or, once, by a second argument; normative blocks by their third one. */
function labelsIn(lines: readonly Line[]): readonly string[] {
  const text = lines.map((line) => line.text).join("\n");
  const label =
    /\\label\s*\{\w+:([^}]*)\}|\\\w*section\{[^}]*\}\{(Device Types \/ [^}]*)\}|\\(?:driver|device)normative\s*\{[^}]*\}\s*\{(?:[^{}]|\{[^}]*\})*\}\s*\{([^}]*)\}/g;
  return [...new Set([...text.matchAll(label)].map(([, a, b, c]) => spaced(a ?? b ?? c ?? "").replace(/^sec:/, "")))];
}

/** The features that the sentence after `Requires` names. */
function requiredIn(text: string): readonly string[] {
  const [, sentence = ""] = /\bRequires\b([^.]*)/.exec(text) ?? [];
  return [...new Set(sentence.match(/VIRTIO_\w*?F_\w+/g))].toSorted();
}

function blockOf(piece: Piece & { readonly kind: "block" }): NormativeBlock {
  const { role, label, text, file, line } = piece;
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return {
    role,
    label,
    module: moduleOf(label) ?? "",
    at: `${file}:${line}`,
    must: count(/\bMUST\b(?!\s+NOT\b)/g),
    mustNot: count(/\bMUST\s+NOT\b/g),
    should: count(/\bSHOULD\b(?!\s+NOT\b)/g),
    shouldNot: count(/\bSHOULD\s+NOT\b/g),
    may: count(/\bMAY\b/g),
  };
}
