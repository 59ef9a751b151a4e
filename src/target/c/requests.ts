import type { Part, PartItem, Request } from "../../ir/model.ts";
import type { Catalogue } from "./catalogue.ts";
import { paragraphs } from "./comment.ts";
import type { Declaration } from "./declaration.ts";
import { alternative, describe, describeTags } from "./describe.ts";
import { areDistinct, hasOwnName, joined, namedMessages, type NamedMessage } from "./messages.ts";
import type { Owner, StructBuilder } from "./struct-builder.ts";
import type { Words } from "./words.ts";

/** What a header says of a message: how it looks as a whole, then its structs. */
export interface DescribedMessage {
  /** Paragraphs. */
  readonly comment: readonly string[];
  readonly legacy: boolean;
  readonly declarations: readonly Declaration[];
}

interface Listed {
  readonly lines: readonly string[];
  readonly declarations: readonly Declaration[];
}

const kinds = { request: "Request", message: "Message", event: "Event" } as const;

/**
 * Makes the structs of requests. There is one for each part, as a driver places them in descriptors. Where the standard
 * has a name for all parts together and their sizes are fixed, a struct of that name has the members of all of them,
 * device-readable ones first; where sizes vary, or the standard has a struct for a part alone, that name is the first
 * part's.
 */
export class Requests {
  private readonly catalogue: Catalogue;
  private readonly words: Words;
  private readonly builder: StructBuilder;

  constructor(words: Words, builder: StructBuilder) {
    this.catalogue = words.catalogue;
    this.words = words;
    this.builder = builder;
  }

  /** The request itself, then those of its messages that have a name. */
  messages(request: Request): readonly DescribedMessage[] {
    const queues = request.queues.length === 0 ? "" : ` on ${request.queues.join(", ")}`;
    const { whole, parts } = this.whole(request, request.cName, request.parts);
    const listed = this.list(request, request.name, parts);
    return [
      {
        comment: titled(`${kinds[request.kind]} ${request.name}${queues}:`, listed, [
          ...paragraphs(request.doc),
          ...(request.anyLength === true ? anyLength : []),
        ]),
        legacy: request.legacy === true,
        declarations: [...whole, ...listed.flatMap((one) => one.declarations)],
      },
      ...namedMessages(request.parts).map((message) => this.named(request, message)),
    ];
  }

  private named(request: Request, { arm, parts }: NamedMessage): DescribedMessage {
    const tag = arm.cName;
    const together = joined(parts);
    const found = this.whole(request, tag, together);
    const listed = this.list(request, tag, found.whole.length > 0 ? found.parts : renamed(tag, together));
    const tags = describeTags(arm.tags, this.catalogue).join(" or ");
    return {
      comment: titled(`${tag}, ${request.kind} ${request.name} with ${tags}:`, listed, this.words.of(arm)),
      legacy: arm.legacy === true,
      declarations: [...found.whole, ...listed.flatMap((one) => one.declarations)],
    };
  }

  /** The struct of all parts together, if C can have it, and the parts with names that leave it its own. */
  private whole(
    request: Request,
    tag: string,
    parts: readonly PartItem[],
  ): { readonly whole: readonly Declaration[]; readonly parts: readonly PartItem[] } {
    const owner: Owner = { ...ownerOf(request), tag, comment: ["All parts together, as the standard lists them."] };
    const fixed = parts.filter(
      (part): part is Part =>
        part.kind === "part" &&
        part.if === undefined &&
        part.byAddress !== true &&
        this.builder.isFixed(owner, part.members),
    );
    const members = fixed.flatMap((part) => part.members);
    const apart = fixed.length < parts.length || fixed.some((part) => part.ownStruct === true);
    if (parts.length < 2 || apart || !areDistinct(members)) return { whole: [], parts };
    return {
      whole: this.builder.declarations(owner, members, false),
      parts: fixed.map((part) => ({ ...part, cName: partName(tag, part) })),
    };
  }

  /** @param of what the parts are said to be of; a part of that name is a struct even if it has one member only */
  private list(request: Request, of: string, parts: readonly PartItem[]): readonly Listed[] {
    return parts.map((part) => {
      const condition = part.if === undefined ? "" : `, only with ${describe(part.if, this.catalogue)}`;
      if (part.kind === "part")
        return this.part(request, of, part, condition, part.cName === of || isHead(part, parts));
      const arms = part.arms.map((arm): Listed => {
        const tags = describeTags(arm.tags, this.catalogue);
        if (hasOwnName(arm)) return { lines: alternative(tags, [`see ${arm.cName} below`]), declarations: [] };
        const inner = this.list(request, of, arm.parts);
        return {
          lines: alternative(
            tags,
            inner.flatMap((one) => one.lines),
          ),
          declarations: inner.flatMap((one) => one.declarations),
        };
      });
      return {
        lines: [`by ${describe(part.by, this.catalogue)}${condition}:`, ...arms.flatMap((arm) => arm.lines)],
        declarations: arms.flatMap((arm) => arm.declarations),
      };
    });
  }

  /** @param keepSingle whether it is a struct even if it has one member only */
  private part(request: Request, of: string, part: Part, condition: string, keepSingle: boolean): Listed {
    if (part.byAddress === true)
      return { lines: [`${part.direction}: the address of the buffer is the message${condition}`], declarations: [] };
    const said = `${part.direction === "device-readable" ? "Device-readable" : "Device-writable"} part of ${of}.`;
    const owner: Owner = {
      ...ownerOf(request),
      tag: part.cName,
      comment: part.doc === "" ? [said] : paragraphs(part.doc),
      legacy: part.legacy === true,
    };
    const single = (keepSingle || part.ownStruct === true) && this.builder.isFixed(owner, part.members);
    return {
      lines: this.builder
        .listing(owner, part.members, single)
        .map((line, index) => (index === 0 ? `${part.direction}: ${line}${condition}` : `\t${line}`)),
      declarations: this.builder.declarations(owner, part.members, single),
    };
  }
}

function titled(title: string, listed: readonly Listed[], doc: readonly string[]): readonly string[] {
  return [
    title,
    ...listed.flatMap((one) => one.lines).map((line) => `\t${line}`),
    ...(doc.length === 0 ? [] : ["", ...doc]),
  ];
}

/** What `any_length` means. */
const anyLength: readonly string[] = [
  "Both directions may have other lengths: what is missing is zero, what is too much is ignored.",
];

function ownerOf(request: Request): Omit<Owner, "tag" | "comment"> {
  return { packed: false, legacy: request.legacy === true, view: false };
}

/** The standard has a struct for what all alternatives of a request begin with, be it one member that is none itself. */
function isHead(part: Part, parts: readonly PartItem[]): boolean {
  const [only, ...others] = part.members;
  if (part !== parts[0] || only === undefined || !parts.some((one) => one.kind === "part switch")) return false;
  return others.length > 0 || only.kind !== "field" || only.type.kind !== "struct";
}

function partName(tag: string, part: Part): string {
  return `${tag}_${part.name !== "" ? part.name : part.direction === "device-readable" ? "out" : "in"}`;
}

/** Parts of a message that C has no struct for: the first has the message's name. */
function renamed(tag: string, parts: readonly PartItem[]): readonly PartItem[] {
  const taken = new Set<string>();
  return parts.map((part, index) => {
    if (part.kind !== "part" || part.ownStruct === true) return part;
    const base = index === 0 ? tag : partName(tag, part);
    let cName = base;
    for (let count = 2; taken.has(cName); count++) cName = `${base}${count}`;
    taken.add(cName);
    return { ...part, cName };
  });
}
