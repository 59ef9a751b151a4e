import type { Field, Member, Part, Request } from "../../ir/model.ts";
import { FieldSpecs } from "./field-spec.ts";
import { isBounded, isBytes, isKnownSize, isOpen } from "./known-size.ts";
import { codecOfPart, partsOf, sightOf } from "./message-view.ts";
import type { ModuleContext } from "./module-context.ts";
import type { OperationPath } from "./operation-paths.ts";
import type { SourceMember, StructSource } from "./struct-source.ts";

/** One direction of an operation: a codec, and bytes beside it. */
export interface OperationSide {
  /** The codec; undefined where there is nothing but bytes. */
  readonly codec: string | undefined;
  /** A codec that the operation needs and the message has not. */
  readonly struct: StructSource | undefined;
  /** The codec is that of the whole message, whose alternatives it tells by the tags. */
  readonly isWhole: boolean;
  /** The codec's size depends on the value, and nothing in the description bounds it. */
  readonly isUnbounded: boolean;
  /** Where bytes of any number are. */
  readonly bytes: "before" | "behind" | undefined;
  /** What they are made of. */
  readonly bytesOf: readonly Field[];
  /** The only member of the codec that has a value. */
  readonly only: Field | undefined;
}

interface Piece {
  readonly part: Part;
  readonly member: Member;
}

const nothing: OperationSide = {
  codec: undefined,
  struct: undefined,
  isWhole: false,
  isUnbounded: false,
  bytes: undefined,
  bytesOf: [],
  only: undefined,
};

/** Makes the sides of one message's operations. */
export class OperationSides {
  private readonly request: Request;
  private readonly context: ModuleContext;
  /** Codecs of the whole message. */
  private readonly readable: string | undefined;
  private readonly writable: string | undefined;
  /** Codecs that were made, by the parts that they are for: alternatives of several tags share theirs. */
  private readonly made = new Map<string, string>();

  constructor(
    request: Request,
    codecs: { readonly readable: string | undefined; readonly writable: string | undefined },
    context: ModuleContext,
  ) {
    this.request = request;
    this.context = context;
    this.readable = codecs.readable;
    this.writable = codecs.writable;
  }

  /** What a device reads: a codec of known size and bytes behind it, or the whole. */
  sent(path: OperationPath, name: string): OperationSide {
    const pieces = piecesOf(path, "device-readable");
    const first = pieces[0];
    if (first === undefined) return nothing;
    if (this.isUndivided(path, "device-readable")) return { ...nothing, codec: this.readable };
    if (first.part.byAddress === true) return { ...nothing, bytes: "behind", bytesOf: fieldsOf(pieces) };
    const count = this.knownCount(pieces);
    const rest = pieces.slice(count);
    if (rest.length > 0 && this.areBytes(rest))
      return this.withBytes(pieces.slice(0, count), rest, "behind", `${typeOf(name)}Sent`);
    if (this.needsOthers(pieces)) return { ...nothing, bytes: "behind", bytesOf: fieldsOf(pieces) };
    const alone = rest.length === 0 ? this.partCodec(pieces) : undefined;
    if (alone !== undefined) return { ...nothing, codec: alone, only: onlyField(pieces) };
    return { ...nothing, codec: this.readable, isWhole: path.tags.length > 0, only: onlyField(pieces) };
  }

  /** What a device writes: a codec with bytes before or behind it, or one of all that there is in this alternative. */
  answer(path: OperationPath, name: string): OperationSide {
    const pieces = piecesOf(path, "device-writable");
    const first = pieces[0];
    if (first === undefined) return nothing;
    if (this.isUndivided(path, "device-writable")) return { ...nothing, codec: this.writable, isUnbounded: true };
    if (first.part.byAddress === true) return { ...nothing, bytes: "before", bytesOf: fieldsOf(pieces) };
    const count = this.knownCount(pieces);
    const rest = pieces.slice(count);
    const wanted = `${typeOf(name)}${this.request.kind === "event" ? "Sent" : "Answer"}`;
    if (rest.length > 0 && this.areBytes(rest)) return this.withBytes(pieces.slice(0, count), rest, "behind", wanted);
    const fixed = this.knownCount(pieces.toReversed());
    const open = pieces.slice(0, pieces.length - fixed);
    if (open.length > 0 && fixed > 0 && (open.length === 1 || open.every(({ member }) => isBytes(member))))
      return this.withBytes(pieces.slice(open.length), open, "before", wanted);
    if (count > 0 && rest.length > 0 && this.needsOthers(rest))
      return this.withBytes(pieces.slice(0, count), rest, "behind", wanted);
    if (this.needsOthers(pieces)) return { ...nothing, bytes: "behind", bytesOf: fieldsOf(pieces) };
    const alone = this.partCodec(pieces) ?? (path.tags.length === 0 ? this.writable : undefined);
    const isUnbounded = rest.some(
      ({ part, member }) => part.if !== undefined || !isBounded(member, this.context.catalogue),
    );
    if (alone !== undefined) return { ...nothing, codec: alone, isUnbounded, only: onlyField(pieces) };
    return { ...nothing, ...this.ownCodec(pieces, wanted), isUnbounded };
  }

  /** Whether there are alternatives that the device does not tell apart before it reads the message whole. */
  private isUndivided(path: OperationPath, direction: Part["direction"]): boolean {
    const choices = this.request.parts.filter((part) => part.kind === "part switch");
    return path.tags.length === 0 && partsOf(choices).some((part) => part.direction === direction);
  }

  private withBytes(
    known: readonly Piece[],
    rest: readonly Piece[],
    bytes: "before" | "behind",
    name: string,
  ): OperationSide {
    const side = { ...nothing, bytes, bytesOf: fieldsOf(rest) };
    const [first] = known;
    if (first === undefined) return side;
    const alone = this.partCodec(known);
    if (alone !== undefined) return { ...side, codec: alone, only: onlyField(known) };
    const { member } = first;
    // A struct in front of bytes is all that is sent beside them: it needs no other around it.
    if (
      known.length === 1 &&
      member.kind === "field" &&
      member.type.kind === "struct" &&
      member.dimensions.length === 0
    )
      return { ...side, codec: this.context.struct(member.type) };
    return { ...side, ...this.ownCodec(known, name) };
  }

  private ownCodec(pieces: readonly Piece[], wanted: string): Pick<OperationSide, "codec" | "struct" | "only"> {
    const { request, context } = this;
    const direction = pieces[0]?.part.direction ?? "device-writable";
    const seen = sightOf(request, direction);
    const parts = [...new Set(pieces.map(({ part }) => part))];
    const members = parts.map((part): SourceMember => {
      const own = pieces.filter((piece) => piece.part === part).map(({ member }) => member);
      const size = own.length === part.members.length ? part.layout?.size : undefined;
      const codec = own.length === part.members.length ? codecOfPart(part, request, context) : undefined;
      return codec === undefined || parts.length === 1
        ? { kind: "inline", members: seen(own), size: size ?? undefined }
        : { kind: "spread", codec, members: own, size: size ?? 0 };
    });
    const key = pieces.map(({ part, member }) => `${part.cName}.${member.name}`).join(" ");
    const known = this.made.get(key);
    if (known !== undefined) return { codec: known, struct: undefined, only: onlyField(pieces) };
    const name = context.names.inner(wanted);
    this.made.set(key, name);
    const struct: StructSource = {
      name,
      cName: request.cName,
      doc: [],
      members,
      around: [],
      native: request.legacyNative === true,
      legacy: request.legacy === true,
    };
    return { codec: name, struct, only: onlyField(pieces) };
  }

  /** The codec of the part that these members are. */
  private partCodec(pieces: readonly Piece[]): string | undefined {
    const part = pieces[0]?.part;
    if (part === undefined || pieces.length !== part.members.length || pieces.some((piece) => piece.part !== part))
      return undefined;
    return codecOfPart(part, this.request, this.context);
  }

  /** How many of the first have one size as soon as features and configuration are known. */
  private knownCount(pieces: readonly Piece[]): number {
    const first = pieces.findIndex(
      ({ part, member }) => part.if !== undefined || !isKnownSize(member, this.context.catalogue),
    );
    return first === -1 ? pieces.length : first;
  }

  /** Whether they are bytes up to the end, of any number, or of one that the device has from elsewhere. */
  private areBytes(pieces: readonly Piece[]): boolean {
    const last = pieces.at(-1);
    return (
      last !== undefined &&
      (isOpen(last.member) || this.needsOthers([last])) &&
      pieces.every(({ member }) => isBytes(member))
    );
  }

  /** Whether their sizes depend on what no codec of an operation is told: the request that is answered, other messages. */
  private needsOthers(pieces: readonly Piece[]): boolean {
    const seen = sightOf(this.request, pieces[0]?.part.direction ?? "device-writable");
    return !this.context.needsOf(seen(pieces.map(({ member }) => member))).others.isEmpty;
  }
}

/** The type of a number that is alone in a codec; undefined where it is none that stands for the whole. */
export function singleType(side: OperationSide, context: ModuleContext): string | undefined {
  const { only } = side;
  if (only === undefined || only.type.kind !== "scalar" || only.type.size === 8 || only.dimensions.length > 0)
    return undefined;
  if (only.if !== undefined) return undefined;
  return new FieldSpecs(context).numberType(only.type.size, only.values);
}

function typeOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function piecesOf(path: OperationPath, direction: Part["direction"]): readonly Piece[] {
  return path.parts
    .filter((part) => part.direction === direction)
    .flatMap((part) => part.members.map((member) => ({ part, member })));
}

function onlyField(pieces: readonly Piece[]): Field | undefined {
  const valued = pieces
    .map(({ member }) => member)
    .filter((member) => !(member.kind === "field" && member.reserved === true));
  const [only] = valued;
  return valued.length === 1 && only?.kind === "field" && only.value === undefined ? only : undefined;
}

function fieldsOf(pieces: readonly Piece[]): readonly Field[] {
  const fields = (member: Member): readonly Field[] =>
    member.kind === "field" ? [member] : member.kind === "present" ? member.members.flatMap(fields) : [];
  return pieces.flatMap(({ member }) => fields(member));
}
