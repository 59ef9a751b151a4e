import type { CConstant, CHeader, CPlace, CStruct } from "../c-header/header-model.ts";
import { knownTypes, type ByteOrder } from "../c-header/known-types.ts";
import type { Module } from "../ir/model.ts";
import { bytes, compareStructs, type OrdersSaid, type StructDifference } from "./compare-structs.ts";
import { departures } from "./departures.ts";
import type { Expectation, Naming } from "./expectation.ts";
import type { Ground } from "./ground.ts";
import type { Origin } from "./origins.ts";
import { bitReason, described, reasons, sinceReason } from "./reasons.ts";
import type { Difference, HeaderReport, Subject } from "./report-model.ts";

/** What a call compares one header with. */
export interface Comparison {
  readonly ground: Ground;
  readonly header: CHeader;
  /** The descriptions that it has to agree with in whole: nothing of them may be missing. */
  readonly about: readonly Module[];
  /** Everything that the headers of the call declare, with what they include: none of it is missing. */
  readonly provided: ReadonlySet<string>;
}

/** Holds a header against descriptions. */
export function compareHeader(comparison: Comparison): HeaderReport {
  return new HeaderComparer(comparison).report();
}

/** The names that a header and what it includes declare; tags as `struct TAG` and `enum TAG`. */
export function providedNames(header: CHeader): readonly string[] {
  return [
    ...header.constants.keys(),
    ...[...header.structs.keys()].map((tag) => `struct ${tag}`),
    ...[...header.enums.keys()].map((tag) => `enum ${tag}`),
    ...[...header.typedefs.keys()].map((name) => `typedef ${name}`),
    ...header.others.keys(),
  ];
}

class HeaderComparer {
  private readonly comparison: Comparison;
  private readonly naming: Naming;
  private readonly expected: Expectation;
  private readonly other: Expectation;
  private readonly found: Difference[] = [];
  private readonly compared = { constants: 0, structs: 0, fields: 0 };
  private readonly agreeing = { constants: 0, structs: 0, fields: 0 };
  private readonly ordersSaid: OrdersSaid;
  private withoutByteOrder = 0;

  constructor(comparison: Comparison) {
    const { ground, header } = comparison;
    this.comparison = comparison;
    this.naming = ground.namingOf(header);
    this.expected = ground.expectation(this.naming);
    this.other = ground.other(this.naming);
    const orders = new Set(
      [...header.structs.values()].filter((one) => this.isOwn(one)).flatMap((one) => ordersIn(one)),
    );
    this.ordersSaid = {
      fixed: orders.has("little") || orders.has("big"),
      guest: orders.has("guest"),
    };
  }

  report(): HeaderReport {
    const { ground, header, about } = this.comparison;
    this.constants();
    this.structs();
    this.types();
    this.missing();
    const notComparable = [...header.others].filter(([, one]) => this.isOwn(one)).map(([name]) => name);
    return {
      file: header.file,
      naming: this.naming,
      devices: about.map((module) => module.name),
      differences: this.found,
      departures: this.naming === "linux" ? departures(ground, header, this.found) : [],
      summary: {
        compared: this.compared,
        agreeing: this.agreeing,
        notComparable,
        unreadable: header.notes.map(({ message, file, line }) => ({ says: message, file, line })),
        inactiveLines: header.inactiveLines,
        missingIncludes: header.missingIncludes,
        withoutByteOrder: this.withoutByteOrder,
      },
    };
  }

  private isOwn(one: CPlace): boolean {
    return one.file === this.comparison.header.file;
  }

  private constants(): void {
    const { ground, header } = this.comparison;
    for (const one of header.constants.values()) {
      if (!this.isOwn(one) || isGuard(one)) continue;
      const expected = this.expected.constants.get(one.name) ?? this.other.constants.get(one.name);
      const origin = ground.origin(one.name, this.naming);
      if (expected === undefined) {
        this.unknown("constant", one.name, valueText(one), one);
        continue;
      }
      this.compared.constants++;
      if (expected.value === one.value) {
        this.agreeing.constants++;
        continue;
      }
      const elsewhere = this.other.constants.get(ground.standardName(one.name));
      const same =
        elsewhere?.value === one.value ? [`so has ${this.naming === "linux" ? "the standard" : "Linux"}`] : [];
      this.add("value", "constant", one.name, one, valueText(one), expected.value.toString(), origin, [
        ...same,
        ...(same.length === 0 && origin !== undefined && isBit(origin) ? bitReason(one.value, expected.value) : []),
      ]);
    }
  }

  private structs(): void {
    const { ground, header } = this.comparison;
    for (const [tag, struct] of header.structs) {
      if (!this.isOwn(struct)) continue;
      const own = this.expected.structs.get(tag);
      const expected = own ?? this.other.structs.get(tag);
      if (expected === undefined) {
        this.unknown("struct", `struct ${tag}`, bytes(struct.size), struct);
        continue;
      }
      this.compared.structs++;
      const result = compareStructs(struct, expected, {
        ordersSaid: this.ordersSaid,
        alignment: this.naming === "linux" && own !== undefined,
        same: (theirs, ours) => theirs === ours,
      });
      this.compared.fields += result.fields;
      this.withoutByteOrder += result.withoutByteOrder;
      const wrong = new Set(result.differences.flatMap(({ theirs, path }) => (theirs === undefined ? [] : [path])));
      this.agreeing.fields += Math.max(0, result.fields - wrong.size);
      if (result.differences.length === 0) this.agreeing.structs++;
      const owner = ground.origin(tag, this.naming) ?? ground.originOfTag(tag, this.naming);
      for (const one of result.differences) this.structDifference(tag, struct, one, owner);
    }
  }

  private structDifference(tag: string, struct: CStruct, one: StructDifference, owner: Origin | undefined): void {
    const { path, kind, theirs, header, description, movedBehind } = one;
    const last = path.slice(path.lastIndexOf(".") + 1);
    const member = owner === undefined || last === "" ? undefined : this.comparison.ground.origins.member(owner, last);
    const origin = member ?? owner;
    const name = path === "" ? `struct ${tag}` : `struct ${tag}.${path}`;
    const side = theirs ?? struct;
    this.found.push({
      kind,
      subject: path === "" ? "struct" : "field",
      name,
      device: origin?.module.name ?? "",
      header: { says: header === "" ? "no such member" : header, file: side.file, line: side.line },
      ...(description === "" ? {} : { description: described(description, origin) }),
      why: [
        ...reasons(this.comparison.ground, name, this.naming, origin),
        ...(kind === "missing" ? sinceReason(member) : []),
      ],
      ...(movedBehind === undefined ? {} : { movedBehind }),
    });
  }

  private types(): void {
    const { header, ground } = this.comparison;
    for (const [name, one] of header.typedefs) {
      if (!this.isOwn(one) || header.structs.has(name) || isInteger(name)) continue;
      const expected = this.expected.typedefs.get(name) ?? this.other.typedefs.get(name);
      if (expected === undefined) {
        this.unknown("type", `typedef ${name}`, bytes(one.size), one);
        continue;
      }
      const origin = ground.origin(name, this.naming);
      const say = ({ size, align }: typeof one): string => `${bytes(size)}, aligned to ${align}`;
      if (expected.size !== one.size || expected.align !== one.align)
        this.add("size", "type", `typedef ${name}`, one, say(one), say(expected), origin);
    }
    for (const [tag, one] of header.enums)
      if (this.isOwn(one) && !this.expected.enums.has(tag) && !this.other.enums.has(tag))
        this.unknown("enum", `enum ${tag}`, "an enumeration", one);
  }

  /** What the description has and no header of the call. */
  private missing(): void {
    const { ground, about, provided } = this.comparison;
    const files = new Set(about.flatMap((module) => ground.headersOf(module)));
    const { constants, structs, typedefs, enums } = this.expected;
    const lack = (subject: Subject, name: string, key: string, place: CPlace, says: string): void => {
      if (!files.has(place.file) || provided.has(key) || isInteger(name)) return;
      const origin = ground.origin(name, this.naming) ?? ground.originOfTag(name, this.naming);
      if (origin !== undefined && !about.includes(origin.module)) return;
      if (subject !== "enum" && ground.names(name, this.naming).some((other) => provided.has(key.replace(name, other))))
        return;
      this.found.push({
        kind: "missing",
        subject,
        name: key,
        device: origin?.module.name ?? "",
        description: described(says, origin),
        why: sinceReason(origin),
      });
    };
    for (const [name, one] of constants) lack("constant", name, name, one, one.value.toString());
    for (const [tag, one] of structs) lack("struct", tag, `struct ${tag}`, one, bytes(one.size));
    for (const [name, one] of typedefs) lack("type", name, `typedef ${name}`, one, bytes(one.size));
    for (const [tag, one] of enums) lack("enum", tag, `enum ${tag}`, one, "an enumeration");
  }

  private unknown(subject: Subject, name: string, says: string, place: CPlace): void {
    const { ground } = this.comparison;
    const { file, line } = place;
    const why = reasons(ground, name.replace(/^\w+ /, ""), this.naming, undefined);
    this.found.push({ kind: "unknown", subject, name, device: "", header: { says, file, line }, why });
  }

  private add(
    kind: Difference["kind"],
    subject: Subject,
    name: string,
    place: CPlace,
    header: string,
    description: string,
    origin: Origin | undefined,
    why: readonly string[] = [],
  ): void {
    const { file, line } = place;
    this.found.push({
      kind,
      subject,
      name,
      device: origin?.module.name ?? "",
      header: { says: header, file, line },
      description: described(description, origin),
      why: [...why, ...reasons(this.comparison.ground, name, this.naming, origin)],
    });
  }
}

function valueText(one: CConstant): string {
  const value = one.value >= 1n << 63n ? BigInt.asIntN(64, one.value).toString() : one.value.toString();
  return one.enumerator || one.text === value ? value : `${value} (${one.text})`;
}

/** `#define VIRTIO_BLK_H 1`: what keeps a header from being read twice. */
function isGuard({ name, value }: CConstant): boolean {
  return value <= 1n && /_H_*$/.test(name);
}

/** Integers that each house has in a header of its own, or takes from elsewhere. */
function isInteger(name: string): boolean {
  return knownTypes.has(name);
}

function isBit({ element }: Origin): boolean {
  return "bit" in element || ("type" in element && element.type !== "number");
}

function ordersIn(struct: CStruct): readonly ByteOrder[] {
  return struct.fields.flatMap(({ type }) =>
    type.kind === "integer"
      ? [type.order]
      : type.kind === "struct" && type.struct.tag === undefined
        ? ordersIn(type.struct)
        : [],
  );
}
