import { mapExpression } from "./map-expression.ts";
import type { Command, Expression, Member, Part, PartItem, Request, Response } from "../../ir/model.ts";
import { flattened, varies } from "./catalogue.ts";
import { describedAt, docComment, sentences } from "./doc-comment.ts";
import { propertyName } from "./identifiers.ts";
import type { ModuleContext } from "./module-context.ts";
import type { Section } from "./section.ts";
import { plainMembers, type ArmSource, type SourceMember, type StructSource } from "./struct-source.ts";

type Direction = Part["direction"];

/** What becomes of a request: a codec for what the device reads, one for what it writes, and those of their parts. */
export interface MessageSources {
  readonly structs: readonly StructSource[];
  /** Codecs of both directions, where there are any. */
  readonly readable: string | undefined;
  readonly writable: string | undefined;
}

/** Takes a request apart. */
export function messageSources(request: Request, context: ModuleContext): MessageSources {
  if (partsOf(request.parts).some((part) => part.byAddress === true))
    return { structs: [], readable: undefined, writable: undefined };
  const names = context.names.message(request);
  const readable = directionSources(request, "device-readable", names.readable, context);
  const writable = directionSources(request, "device-writable", names.writable, context);
  return { structs: [...readable.structs, ...writable.structs], readable: readable.codec, writable: writable.codec };
}

function directionSources(
  request: Request,
  direction: Direction,
  name: string,
  context: ModuleContext,
): { readonly structs: readonly StructSource[]; readonly codec: string | undefined } {
  const items = request.parts.filter((item) => partsOf([item]).some((part) => part.direction === direction));
  const native = request.legacyNative === true;
  const [only] = items;
  if (only === undefined) return { structs: [], codec: undefined };
  const seen = sightOf(request, direction);
  if (items.length === 1 && only.kind === "part" && only.if === undefined) {
    const codec = context.names.part(only);
    return { structs: [partSource(only, codec, request, seen, native, true)], codec };
  }
  // What the device reads first tells which tags there are; further choices need not know them all.
  let strict = direction === "device-readable";
  const structs: StructSource[] = [];
  const members = items.map((item): SourceMember => {
    if (item.kind === "part" && item.if === undefined && standsAlone(item, context)) {
      const codec = context.names.part(item);
      structs.push(partSource(item, codec, request, seen, native, false));
      return { kind: "spread", codec, members: item.members, size: item.layout?.size ?? 0 };
    }
    const member = inline(item, { direction, strict, seen, outer: outerSightOf(request, direction), context });
    if (item.kind === "part switch") strict = false;
    return member;
  });
  structs.push({
    name,
    cName: request.cName,
    doc: [`All that is ${direction} of \`${request.name}\`.`],
    members,
    around: [],
    native,
    legacy: request.legacy === true,
  });
  return { structs, codec: name };
}

/** The codec that a part has for itself, where it has one. */
export function codecOfPart(part: Part, request: Request, context: ModuleContext): string | undefined {
  const items = request.parts.filter((item) => partsOf([item]).some((one) => one.direction === part.direction));
  if (part.if !== undefined || !items.includes(part)) return undefined;
  return items.length === 1 || standsAlone(part, context) ? context.names.part(part) : undefined;
}

/** A part of one size, whose members need nothing of other parts, is a struct of its own: it can be reached in place. */
function standsAlone(part: Part, context: ModuleContext): boolean {
  if (
    part.members.length === 0 ||
    part.members.some((member) => varies(member, context.catalogue)) ||
    part.layout?.size !== part.layout?.minSize
  )
    return false;
  return context.needsOf(part.members).none;
}

function partSource(
  part: Part,
  name: string,
  request: Request,
  seen: Sight,
  native: boolean,
  whole: boolean,
): StructSource {
  const which = whole
    ? "All that is"
    : part.direction === "device-readable"
      ? "The first bytes that are"
      : "The last bytes that are";
  const doc = [`${which} ${part.direction} of \`${request.name}\`. ${sentences(part)}`.trim()];
  return {
    name,
    cName: part.cName,
    doc,
    members: seen(part.members),
    around: [],
    native,
    legacy: request.legacy === true,
  };
}

/** Rewrites what members say of those of the other direction. */
export type Sight = (members: readonly Member[]) => readonly Member[];

export function sightOf(request: Request, direction: Direction): Sight {
  return sightBeside(namesIn(partsOf(request.parts).filter((part) => part.direction === direction)));
}

/** A tag that the driver sends is that, also where an alternative has a member of its name in what the device writes. */
function outerSightOf(request: Request, direction: Direction): Sight {
  const all = partsOf(request.parts);
  const sent = namesIn(all.filter((part) => part.direction !== direction));
  const outside = namesIn(request.parts.filter((item) => item.kind === "part" && item.direction === direction));
  const own = namesIn(all.filter((part) => part.direction === direction));
  return sightBeside(new Set([...own].filter((name) => outside.has(name) || !sent.has(name))));
}

/** The names of members that stand in the parts. */
function namesIn(parts: readonly PartItem[]): ReadonlySet<string> {
  return new Set(memberNames(partsOf(parts).flatMap((part) => part.members)));
}

function memberNames(members: readonly Member[]): readonly string[] {
  return flattened(members).flatMap((member) =>
    member.kind === "bits" && member.name === "" ? member.bits.map((group) => group.name) : [member.name],
  );
}

/** @param names what is found in the same direction */
function sightBeside(names: ReadonlySet<string>): Sight {
  const change = (expression: Expression): Expression =>
    mapExpression(expression, (one) =>
      one.op === "member" && one.scope === "sibling" && !names.has(one.path[0]?.name ?? "")
        ? { ...one, scope: "request" }
        : one,
    );
  const seen: Sight = (members) => members.map((member) => seenMember(member, change, seen, names));
  return seen;
}

function seenMember(
  member: Member,
  change: (expression: Expression) => Expression,
  seen: Sight,
  names: ReadonlySet<string>,
): Member {
  const condition = member.if === undefined ? {} : { if: change(member.if) };
  switch (member.kind) {
    case "field":
      return {
        ...member,
        ...condition,
        dimensions: member.dimensions.map((dimension) =>
          dimension.kind === "counted" ? { ...dimension, length: change(dimension.length) } : dimension,
        ),
      };
    case "bits":
      return { ...member, ...condition };
    case "group":
      // What stands in it has its members nearest.
      return {
        ...member,
        ...condition,
        members: sightBeside(new Set([...names, ...memberNames(member.members)]))(member.members),
      };
    case "present":
      return { ...member, ...condition, condition: change(member.condition), members: seen(member.members) };
    case "union":
    case "switch":
      return {
        ...member,
        ...condition,
        ...(member.by === undefined ? {} : { by: change(member.by) }),
        arms: member.arms.map((arm) => ({ ...arm, members: seen(arm.members) })),
      };
    case "window":
      return { ...member, ...condition };
  }
}

/** What the parts of one direction have in common. */
interface Side {
  readonly direction: Direction;
  /** A tag without an alternative is an error, even where the alternatives have nothing in this direction. */
  readonly strict: boolean;
  readonly seen: Sight;
  /** What a choice between parts sees: nothing of what its own alternatives have in this direction. */
  readonly outer: Sight;
  readonly context: ModuleContext;
}

/** A part or a choice between parts, as members of the message. */
function inline(item: PartItem, side: Side): SourceMember {
  const { direction, strict, seen, outer, context } = side;
  const changed = (sight: Sight, expression: Expression): Expression => {
    const [probe] = sight([{ ...emptyPresent(item), condition: expression }]);
    return probe?.kind === "present" ? probe.condition : expression;
  };
  const change = (expression: Expression): Expression => changed(seen, expression);
  if (item.kind === "part") {
    const fixed =
      item.members.every((member) => !varies(member, context.catalogue)) && item.layout?.size === item.layout?.minSize;
    const members = seen(item.members);
    const part: SourceMember = { kind: "inline", members, size: fixed ? (item.layout?.size ?? undefined) : undefined };
    if (item.if === undefined) return part;
    const condition = change(item.if);
    return { kind: "conditional", condition, members: [part], plain: { ...emptyPresent(item), condition, members } };
  }
  const belongs = (part: PartItem): boolean =>
    (strict && part.kind === "part switch") || partsOf([part]).some((one) => one.direction === direction);
  const arms = item.arms.flatMap((arm): readonly ArmSource[] => {
    const parts = arm.parts.filter((part) => belongs(part));
    const { parts: _parts, ...rest } = arm;
    if (parts.length === 0 && !strict) return [];
    return [
      {
        ...rest,
        members: parts.map((part) => inline(part, side)),
        ...(arm.if === undefined ? {} : { if: change(arm.if) }),
      },
    ];
  });
  const [first] = item.arms;
  if (!strict && first !== undefined && !arms.some((arm) => arm.tags.some((tag) => tag.kind === "default"))) {
    const { parts: _parts, if: _if, ...rest } = first;
    arms.push({ ...rest, name: "default", doc: "", tags: [{ kind: "default" }], members: [] });
  }
  const by = changed(outer, item.by);
  const { condition: _condition, members: _members, ...base } = emptyPresent(item);
  return {
    kind: "chosen",
    by,
    values: item.values,
    arms,
    plain: { ...base, kind: "switch", by, arms: arms.map((arm) => ({ ...arm, members: plainMembers(arm.members) })) },
  };
}

/** A block of members that stands for a part. */
function emptyPresent(item: PartItem): Extract<Member, { kind: "present" }> {
  return {
    kind: "present",
    name: "",
    cName: "",
    doc: "",
    at: item.at,
    since: item.since,
    condition: { op: "number", value: 1, text: "1" },
    members: [],
  };
}

export function partsOf(parts: readonly PartItem[]): readonly Part[] {
  return parts.flatMap((part) => (part.kind === "part" ? [part] : part.arms.flatMap((arm) => partsOf(arm.parts))));
}

/**
 * The value that joins a message's codecs.
 * @param extra further lines: how its operations are told apart
 */
export function messageSection(
  request: Request,
  sources: MessageSources,
  context: ModuleContext,
  extra: readonly string[],
): Section {
  const { imports, names } = context;
  const { message } = names.message(request);
  const byAddress = partsOf(request.parts).some((part) => part.byAddress === true);
  const view = {
    doc: docComment([describedAt(request)]),
    name: message,
    type: `${imports.type("Message")}<${request.queues.map((queue) => `'${queue}'`).join(" | ") || "never"}, ${codecType(sources.readable)}, ${codecType(sources.writable)}>`,
    fields: [
      `kind: '${request.kind}'`,
      `name: '${request.cName}'`,
      `queues: [${request.queues.map((queue) => `'${queue}'`).join(", ")}]`,
      `readable: ${sources.readable ?? "undefined"}`,
      `writable: ${sources.writable ?? "undefined"}`,
      ...(byAddress ? ["byAddress: true"] : []),
      ...(request.anyLength === true ? ["anyLength: true"] : []),
      ...extra,
    ],
  };
  return {
    template: "message",
    view,
    declares: [message],
    uses: [sources.readable, sources.writable].filter((name) => name !== undefined),
  };
}

function codecType(codec: string | undefined): string {
  return codec === undefined ? "undefined" : `typeof ${codec}`;
}

export function responseSource(response: Response, context: ModuleContext, native: boolean): StructSource {
  const doc = sentences(response);
  return {
    name: context.names.response(response.to),
    cName: response.cName,
    doc: [`The answer to \`${response.to}\`. ${doc}`.trim()],
    members: response.members,
    around: [],
    native,
    legacy: response.legacy === true,
  };
}

/** The sections of a command: those that are one struct of the description have its codec, others one of their own. */
export function commandSources(
  command: Command,
  context: ModuleContext,
): {
  readonly structs: readonly StructSource[];
  readonly codecs: readonly { readonly section: string; readonly codec: string }[];
} {
  const structs: StructSource[] = [];
  const codecs: { section: string; codec: string }[] = [];
  for (const section of command.sections) {
    const [only] = section.members;
    const name = section.name === "" ? "data" : section.name;
    if (only === undefined) continue;
    if (
      section.members.length === 1 &&
      only.kind === "field" &&
      only.type.kind === "struct" &&
      only.dimensions.length === 0 &&
      only.if === undefined &&
      only.name === only.type.name
    ) {
      codecs.push({ section: name, codec: context.struct(only.type) });
      continue;
    }
    const own = context.names.section(command, section.name);
    structs.push({
      name: own,
      cName: `${command.cName}${section.name === "" ? "" : `.${section.name}`}`,
      doc: [],
      members: section.members,
      around: [],
      native: false,
      legacy: command.legacy === true,
    });
    codecs.push({ section: name, codec: own });
  }
  return { structs, codecs };
}

export function commandSection(
  command: Command,
  codecs: readonly { readonly section: string; readonly codec: string }[],
  context: ModuleContext,
): Section {
  const { imports, names } = context;
  const name = names.command(command);
  const view = {
    doc: docComment([describedAt(command)]),
    name,
    type: `${imports.type("Command")}<{ ${codecs.map(({ section, codec }) => `${propertyName(section)}: typeof ${codec}`).join("; ")} }>`,
    fields: [
      `kind: '${command.kind}'`,
      `name: '${command.cName}'`,
      ...(command.number === undefined ? [] : [`number: 0x${command.number.toString(16)}`]),
      ...(command.direction === undefined ? [] : [`direction: '${command.direction}'`]),
      ...(command.refers === undefined ? [] : [`refers: [${command.refers.map((other) => `'${other}'`).join(", ")}]`]),
      ...(command.given === undefined ? [] : [`given: [${command.given.map((name) => `'${name}'`).join(", ")}]`]),
      ...(command.transportRevision === undefined ? [] : [`transportRevision: ${command.transportRevision}`]),
      `sections: { ${codecs.map(({ section, codec }) => `${propertyName(section)}: ${codec}`).join(", ")} }`,
    ],
  };
  return { template: "message", view, declares: [name], uses: codecs.map(({ codec }) => codec) };
}
