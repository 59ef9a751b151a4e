import type {
  Access,
  Arm,
  BitGroup,
  BitWord,
  Element,
  Expression,
  Field,
  Member,
  Struct,
  Tag,
} from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { revisionOf } from "./availability.ts";
import { condition, plainValue, range } from "./expression-words.ts";
import { meaningOf } from "./meaning.ts";
import { lengthsOf, type Links } from "./links.ts";
import { code, joined, listed, plain, table, type TableView } from "./markdown.ts";
import { lengthRange } from "./varying-length.ts";

/** One line of a layout; all texts are Markdown. */
interface MemberRow {
  /** In bytes, or which bits of the word above; `+n` counts from the start of an array's element. */
  readonly offset: string;
  readonly size: string;
  /** As the standard's listings have it: `le32 size`. */
  readonly member: string;
  readonly when: string;
  readonly access: string;
  readonly revision: string;
  readonly meaning: string;
}

interface Surroundings {
  readonly links: Links;
  /** Of the configuration space, of which the driver may write some members. */
  readonly config: boolean;
  /** A struct whose members are shown too, where a member of its type stands. */
  expanded(field: Field): Struct | undefined;
  readonly outer: Element;
  /** What the offsets of these members count from; null where that is known only at run time. */
  readonly base: number | null;
  /** They are members of an array's element. */
  readonly relative: boolean;
  readonly depth: number;
  readonly when: string;
}

/** The members of a struct, a message or a command as a table; null where there are none. */
export function memberTable(members: readonly Member[], links: Links, outer: Element): TableView | null {
  return layoutTable(rowsOf(members, top(links, outer)));
}

/** The same of the configuration space: structs in it are shown with their members, and access with every member. */
export function configTable(
  members: readonly Member[],
  links: Links,
  outer: Element,
): { readonly table: TableView | null; readonly writable: boolean } {
  const expanded = (field: Field): Struct | undefined =>
    field.type.kind === "struct" && field.dimensions.length === 0
      ? links.struct(field.type.module, field.type.name)
      : undefined;
  const rows = rowsOf(members, { ...top(links, outer), config: true, expanded });
  return { table: layoutTable(rows), writable: isWritable(rows) };
}

function top(links: Links, outer: Element): Surroundings {
  return { links, outer, config: false, expanded: () => undefined, base: 0, relative: false, depth: 0, when: "" };
}

function layoutTable(rows: readonly MemberRow[]): TableView | null {
  const writable = isWritable(rows);
  return table(rows, [
    { title: "Offset", align: "right", cell: (row) => row.offset },
    { title: "Size", align: "right", cell: (row) => row.size },
    { title: "Member", cell: (row) => row.member },
    { title: "Only if", cell: (row) => row.when },
    { title: "Access", cell: (row) => (writable ? row.access : "") },
    { title: "Since", cell: (row) => row.revision },
    { title: "Meaning", cell: (row) => row.meaning },
  ]);
}

/** Where the driver can write nothing, a column would say only this. */
const readOnly = "R";

function isWritable(rows: readonly MemberRow[]): boolean {
  return rows.some((row) => row.access !== "" && row.access !== readOnly);
}

function rowsOf(members: readonly Member[], around: Surroundings): readonly MemberRow[] {
  return members.flatMap((member) => memberRows(member, around));
}

function memberRows(member: Member, around: Surroundings): readonly MemberRow[] {
  switch (member.kind) {
    case "field":
      return fieldRows(member, around);
    case "bits":
      return wordRows(member, around);
    case "group": {
      const inner = { ...within(around), when: whenOf(member.if, around) };
      if (member.dimensions.length === 0)
        return [
          ...(member.name === "" ? [] : [leadRow(member, code(`struct ${member.name}`), around)]),
          ...rowsOf(member.members, inner),
        ];
      return [
        leadRow(member, code(`struct ${member.name}${lengthsOf(member.dimensions)}`), around),
        ...rowsOf(member.members, { ...inner, base: 0, relative: true }),
      ];
    }
    case "union":
    case "switch": {
      const by = member.by === undefined ? "" : ` by ${code(printExpression(member.by))}`;
      const lead = leadRow(member, code(`${member.kind} ${member.name}`.trim()) + by, around);
      return [
        lead,
        ...member.arms.flatMap((arm) =>
          armRows(arm, member.by, within({ ...around, when: whenOf(member.if, around) })),
        ),
      ];
    }
    case "window": {
      const by = listed(member.by.map((name) => code(name)));
      const [first] = member.by;
      const selector: Expression | undefined =
        first === undefined ? undefined : { op: "member", scope: "sibling", path: [{ name: first }], at: member.at };
      return [
        leadRow(member, `${code(`window ${member.name}`.trim())} by ${by}`, around),
        ...member.arms.flatMap((arm) => armRows(arm, selector, within({ ...around, when: whenOf(member.if, around) }))),
      ];
    }
    case "present":
      return rowsOf(member.members, {
        ...around,
        when: joined([around.when, `present with ${condition(member.condition)}`], " and "),
      });
  }
}

function within(around: Surroundings): Surroundings {
  return { ...around, depth: around.depth + 1 };
}

function armRows(arm: Arm, by: Expression | undefined, around: Surroundings): readonly MemberRow[] {
  const tags = by === undefined ? "" : `${code(printExpression(by))} is ${tagList(arm.tags)}`;
  const when = whenOf(arm.if, { ...around, when: joined([around.when, tags], " and ") });
  if (arm.members.length > 0) return rowsOf(arm.members, { ...around, when });
  return [{ ...emptyRow, member: "nothing", when, revision: revisionOf(arm, around.outer), meaning: meaningOf(arm) }];
}

const emptyRow: MemberRow = { offset: "", size: "", member: "", when: "", access: "", revision: "", meaning: "" };

/** The tags of an alternative: `IN` or `OUT`. */
export function tagList(tags: readonly Tag[]): string {
  return listed(
    tags.map((tag) => {
      if (tag.kind === "default") return "anything else";
      if (tag.kind === "range") return range(tag.from, tag.to);
      return code(tag.value.op === "constant" ? tag.value.name : printExpression(tag.value));
    }),
    "or",
  );
}

function whenOf(own: Expression | undefined, around: Pick<Surroundings, "when">): string {
  if (own === undefined) return around.when;
  if (around.when === "") return condition(own);
  return `${around.when} and ${own.op === "|" ? `(${condition(own)})` : condition(own)}`;
}

/** What every line says of its member. */
function leadRow(member: Member, declaration: string, around: Surroundings): MemberRow {
  const { position } = member;
  const offset =
    position === undefined || position.offset === null || around.base === null ? null : position.offset + around.base;
  const marker = around.depth === 0 ? "" : "└ ";
  return {
    offset: offset === null ? "…" : `${around.relative ? "+" : ""}${offset}`,
    size: sizeOf(member, around),
    member: marker + declaration,
    when: whenOf(member.if, around),
    access: accessOf(undefined, around.config),
    revision: revisionOf(member, around.outer),
    meaning: meaningOf(member),
  };
}

function sizeOf(member: Member, around: Surroundings): string {
  const range = around.config ? undefined : lengthRange(member, around.links.struct);
  if (range !== undefined) return `${range.from}–${range.to}`;
  const size = member.position?.size ?? null;
  return size === null ? "…" : String(size);
}

function fieldRows(field: Field, around: Surroundings): readonly MemberRow[] {
  const struct = around.expanded(field);
  const lead: MemberRow = {
    ...leadRow(field, around.links.declaration(field.type, field.name, field.dimensions), around),
    access: struct === undefined ? accessOf(field.access, around.config) : "",
    meaning: joined([meaningOf(field), ...facts(field, around.links)], " "),
  };
  if (struct !== undefined) {
    // That they need what the struct needs goes without saying.
    const inner = {
      ...within(around),
      base: sum(field.position?.offset ?? null, around.base),
      when: "",
      outer: struct,
    };
    return [lead, ...rowsOf(struct.members, inner)];
  }
  if (field.each === undefined) return [lead];
  return [lead, ...rowsOf(field.each.members, { ...within(around), base: 0, relative: true })];
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** What a field says beside its documentation, as sentences. */
function facts(field: Field, links: Links): readonly string[] {
  const { access, value, unit, pad, each } = field;
  const group = links.group(field.values);
  return [
    value === undefined ? "" : `Always ${code(printExpression(value))}.`,
    field.range === undefined ? "" : `In ${range(field.range.from, field.range.to)}.`,
    group === "" ? "" : `Values: ${group}.`,
    unit === undefined ? "" : `Unit: ${plain(unit)}.`,
    field.reserved === true && field.doc === "" ? "Zero; not looked at." : "",
    access?.writeClears === undefined ? "" : `A one that is written clears the bit in ${code(access.writeClears)}.`,
    access?.keptOverReset === true ? "Kept over a reset." : "",
    access?.reset === undefined ? "" : `${access.reset} after a reset.`,
    field.negotiation === "limit" ? "The driver's value is at most the device's." : "",
    field.negotiation === "bitmap" ? "The driver's bits are among the device's." : "",
    each?.until === undefined ? "" : `Ends with the element whose ${condition(each.until)}.`,
    pad === undefined
      ? ""
      : `Padded with zeroes to ${plainValue(pad.to)} bytes${pad.unless === undefined ? "" : `, except with ${condition(pad.unless)}`}.`,
  ];
}

function wordRows(word: BitWord, around: Surroundings): readonly MemberRow[] {
  const lead = {
    ...leadRow(word, around.links.declaration(word.type, word.name, word.dimensions), around),
    access: accessOf(word.access, around.config),
  };
  const bits = word.bits.map((group): MemberRow => {
    const last = group.shift + group.width - 1;
    return {
      ...emptyRow,
      offset: group.width === 1 ? `bit ${group.shift}` : `bits ${group.shift}–${last}`,
      member: `└ ${code(`${group.name} : ${group.width}`)}`,
      when: whenOf(group.if, { when: "" }),
      revision: revisionOf(group, word),
      meaning: joined([meaningOf(group), ...bitFacts(group, around.links)], " "),
    };
  });
  return [lead, ...bits];
}

function bitFacts(group: BitGroup, links: Links): readonly string[] {
  const values = links.group(group.values);
  return [
    group.value === undefined ? "" : `Is ${code(printExpression(group.value))}.`,
    values === "" ? "" : `Values: ${values}.`,
    group.reserved === true && group.doc === "" ? "Zero; not looked at." : "",
  ];
}

/** What the driver may do with a member of the configuration space, and when. Elsewhere empty unless it is said. */
export function accessOf(access: Access | undefined, config: boolean): string {
  if (access === undefined) return config ? readOnly : "";
  const { writable } = access;
  if (writable === "never") return readOnly;
  if (writable === "always") return "RW";
  return writable === "any_time" ? "RW at any time" : `RW before ${code(writable.before)}`;
}
