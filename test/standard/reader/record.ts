import { textRevisions, type TextRevision } from "./document.ts";
import type { NormativeBlock } from "../../../src/standard/coverage.ts";
import type { Facts, ModuleFacts } from "./facts.ts";
import type { Placed } from "./layout.ts";

/** What is the same in some revisions one after the other, by those (`1.1-1.4`) and by name. */
export type Spans<V> = Readonly<Record<string, Readonly<Record<string, V>>>>;

/** The facts of a module in all revisions, as they are checked in. */
export interface ModuleRecord {
  /** `9 requires VIRTIO_NET_F_GUEST_TSO4 VIRTIO_NET_F_GUEST_TSO6`, `6 legacy`. */
  readonly features?: Spans<string>;
  readonly statuses?: Spans<number>;
  /** A list where the text gives one name several numbers, null where it gives none that can be worked out. */
  readonly constants?: Spans<ConstantRecord>;
  readonly structs?: Spans<StructRecord>;
  readonly queues?: Spans<string>;
  /** `0x010 R` */
  readonly registers?: Spans<string>;
  readonly legacyRegisters?: Spans<string>;
  readonly ids?: Spans<string>;
}

export type ConstantRecord = number | string | null | readonly (number | string)[];

export interface StructRecord {
  readonly size: number | null;
  /** See {@link memberText}. */
  readonly members: readonly string[];
}

/** `8 le64 sector`, `? u8 data[]`, `12:0 le32 flags.:unmap/1`: offset, bit, type, path, lengths, width. */
export function memberText({ offset, type, path, lengths, bits }: Placed): string {
  const place = `${offset === null ? "?" : String(offset)}${bits === undefined ? "" : `:${String(bits.shift)}`}`;
  const length = lengths.map((one) => `[${one === null ? "" : String(one)}]`).join("");
  return `${place} ${type} ${path}${length}${bits === undefined ? "" : `/${String(bits.width)}`}`;
}

/** @throws Error for a text that {@link memberText} does not write */
export function memberOf(text: string): Placed {
  const match = /^(\?|\d+)(?::(\d+))? (.+) (\S+?)((?:\[\d*\])*)(?:\/(\d+))?$/.exec(text);
  if (match === null) throw new Error(`no member: ${text}`);
  const [, offset = "?", shift, type = "", path = "", lengths = "", width] = match;
  return {
    offset: offset === "?" ? null : Number(offset),
    type,
    path,
    lengths: [...lengths.matchAll(/\[(\d*)\]/g)].map(([, one = ""]) => (one === "" ? null : Number(one))),
    ...(shift === undefined || width === undefined ? {} : { bits: { shift: Number(shift), width: Number(width) } }),
  };
}

/** The records of all modules, by module. */
export function recordsOf(facts: ReadonlyMap<TextRevision, Facts>): ReadonlyMap<string, ModuleRecord> {
  const names = new Set([...facts.values()].flatMap(({ modules }) => [...modules.keys()]));
  return new Map(
    [...names]
      .toSorted()
      .map((name) => [name, moduleRecord(new Map([...facts].map(([at, one]) => [at, one.modules.get(name)])))]),
  );
}

type ModuleByRevision = ReadonlyMap<TextRevision, ModuleFacts | undefined>;

function moduleRecord(facts: ModuleByRevision): ModuleRecord {
  const record = {
    ids: spans(facts, ({ ids }) => [...ids].map(([id, title]) => [String(id), title])),
    features: spans(facts, ({ features }) =>
      [...features].map(([name, { bit, requires, legacy }]) => [
        name,
        `${String(bit)}${legacy ? " legacy" : ""}${requires.length > 0 ? ` requires ${requires.join(" ")}` : ""}`,
      ]),
    ),
    statuses: spans(facts, ({ statuses }) => [...statuses]),
    queues: spans(facts, ({ queues }) => [...queues]),
    registers: spans(facts, ({ registers }) => registerTexts(registers)),
    legacyRegisters: spans(facts, ({ legacyRegisters }) => registerTexts(legacyRegisters)),
    constants: spans<ConstantRecord>(facts, ({ constants, features, unknown }) => [
      ...[...constants]
        .map(([name, values]): [string, readonly bigint[]] => {
          // A feature's own number is told above.
          const bit = features.get(name)?.bit;
          return [name, values.filter((value) => bit === undefined || value !== BigInt(bit))];
        })
        .filter(([, values]) => values.length > 0)
        .map(([name, values]): [string, ConstantRecord] => {
          const [first, ...more] = values.map(integer);
          return [name, more.length > 0 ? values.map(integer) : (first ?? null)];
        }),
      ...unknown.map((name): [string, ConstantRecord] => [name, null]),
    ]),
    structs: spans<StructRecord>(facts, ({ structs }) =>
      [...structs].map(([tag, { size, members }]) => [tag, { size, members: members.map(memberText) }]),
    ),
  };
  return Object.fromEntries(Object.entries(record).filter(([, found]) => Object.keys(found).length > 0));
}

function registerTexts(registers: ModuleFacts["registers"]): readonly (readonly [string, string])[] {
  return [...registers].map(([name, { offset, access }]) => [
    name,
    `0x${offset.toString(16).padStart(3, "0")} ${access}`,
  ]);
}

/** Beyond what a double holds, in decimal digits. */
function integer(value: bigint): number | string {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}

/** The order is that of the newest revision in which something is as it is there. */
function spans<V>(
  facts: ModuleByRevision,
  entriesOf: (module: ModuleFacts) => readonly (readonly [string, V])[],
): Spans<V> {
  const at = textRevisions.map((revision) => {
    const module = facts.get(revision);
    return new Map<string, V>(module === undefined ? [] : entriesOf(module));
  });
  const found: Record<string, Record<string, V>> = {};
  for (const [first, entries] of at.entries())
    for (const [name, value] of entries) {
      const same = (index: number): boolean => JSON.stringify(at[index]?.get(name)) === JSON.stringify(value);
      if (same(first - 1)) continue;
      let last = first;
      while (same(last + 1)) last++;
      const span = `${textRevisions[first] ?? ""}-${textRevisions[last] ?? ""}`;
      (found[span] ??= {})[name] = value;
    }
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a span such as `1.1-1.3` has a revision. */
export function covers(span: string, revision: string): boolean {
  const [from = "", to = ""] = span.split("-");
  return from <= revision && revision <= to;
}

/** What a part of a record has in one revision. */
export function inRevision<V>(part: Spans<V> | undefined, revision: TextRevision): ReadonlyMap<string, V> {
  return new Map(
    Object.entries(part ?? {}).flatMap(([span, entries]) => (covers(span, revision) ? Object.entries(entries) : [])),
  );
}

/** The labels of all revisions together, sorted. */
export function labelsOf(facts: ReadonlyMap<TextRevision, Facts>): readonly string[] {
  return [...new Set([...facts.values()].flatMap(({ labels }) => labels))].toSorted();
}

/** The normative blocks as `virtgen coverage` reads them, one a line: labels, places and counts, no sentences. */
export function blocksText(blocks: readonly NormativeBlock[]): string {
  const lines = blocks
    .toSorted((a, b) => (a.module < b.module ? -1 : a.module > b.module ? 1 : 0))
    .map((block) => `  ${JSON.stringify(block)}`);
  return `[\n${lines.join(",\n")}\n]\n`;
}
