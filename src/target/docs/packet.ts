import type { BitWord, Dimension, Member } from "../../ir/model.ts";
import { lengthsOf } from "./links.ts";
import { lengthRange, type StructOf } from "./varying-length.ts";

/** A diagram of Mermaid's kind `packet`: 32 bits a row, the first byte on the left. */
export interface PacketView {
  /** Every bit has its true number; otherwise arrays are shortened, and the diagram shows no numbers. */
  readonly exact: boolean;
  readonly blocks: readonly { readonly bits: string; readonly label: string }[];
}

/** Something to be drawn in one piece. `bits` is null where its size is known only at run time. */
interface Piece {
  readonly label: string;
  readonly bits: number | null;
  /** In bytes, from the start of the diagram. */
  readonly offset: number | null;
  /** What the label says where it has no room. */
  readonly short?: string;
  /** Its length or its place depends on features. */
  readonly varying?: true;
}

const row = 32;
/** What is longer is drawn in two or three rows. */
const longest = 4 * row;

/** Null where there is nothing to see: a single member. */
export function packetView(members: readonly Member[], structOf: StructOf): PacketView | null {
  return drawn(placed(members, structOf));
}

/** The same with the members of structs instead of these, for the configuration space. */
export function expandedPacketView(members: readonly Member[], structOf: StructOf): PacketView | null {
  return drawn(members.flatMap((member) => expandedPieces(member, structOf)));
}

function expandedPieces(member: Member, structOf: StructOf): readonly Piece[] {
  const struct =
    member.kind === "field" && member.type.kind === "struct" && member.dimensions.length === 0
      ? structOf(member.type.module, member.type.name)
      : undefined;
  if (struct === undefined) return piecesOf(member);
  const base = member.position?.offset ?? null;
  return struct.members
    .flatMap((inner) => expandedPieces(inner, structOf))
    .map((piece) => ({
      ...piece,
      label: `${member.name}.${piece.label}`,
      offset: piece.offset === null || base === null ? null : piece.offset + base,
    }));
}

/** From a struct of several lengths on, numbers of bits would say too much. */
function placed(members: readonly Member[], structOf: StructOf): readonly Piece[] {
  const varying = members.findIndex((member) => lengthRange(member, structOf) !== undefined);
  return members.flatMap((member, index) => {
    if (varying < 0 || index < varying) return piecesOf(member);
    const range = lengthRange(member, structOf);
    return piecesOf(member).map((piece) => ({
      ...piece,
      ...(range === undefined ? {} : { label: `${piece.label} (${range.from}–${range.to} bytes)` }),
      varying: true,
    }));
  });
}

function drawn(all: readonly Piece[]): PacketView | null {
  const pieces = all.filter((piece) => piece.bits !== 0);
  if (pieces.length < 2) return null;
  const exact = pieces.every((piece, index) => {
    if (piece.bits === null) return index === pieces.length - 1;
    return piece.offset !== null && piece.bits <= longest && piece.varying !== true;
  });
  const blocks: { bits: string; label: string }[] = [];
  let start = 0;
  for (const piece of pieces) {
    const bits = drawnBits(piece, start);
    const place = exact || piece.offset === null || piece.offset === 0 ? "" : ` (byte ${piece.offset})`;
    const labels = [piece.label + place, (piece.short ?? piece.label) + place, piece.short ?? piece.label];
    // A piece that goes on in the next row has the whole label in each of them.
    const room = Math.min(bits, row - (start % row));
    blocks.push({
      bits: bits === 1 ? String(start) : `${start}-${start + bits - 1}`,
      label: labels.find((text) => hasRoom(text, room)) ?? piece.short ?? piece.label,
    });
    start += bits;
  }
  return { exact, blocks };
}

/** Shortened by whole rows, so that what follows stands in its own columns. */
function drawnBits(piece: Piece, start: number): number {
  if (piece.bits === null) return row - (start % row);
  if (piece.bits <= longest) return piece.bits;
  return piece.bits - row * Math.floor((piece.bits - 2 * row) / row);
}

function piecesOf(member: Member): readonly Piece[] {
  switch (member.kind) {
    case "field":
      return [arrayPiece(member, member.name, member.dimensions)];
    case "bits":
      return wordPieces(member);
    case "group":
      if (member.dimensions.length === 0) return member.members.flatMap((one) => piecesOf(one));
      return [arrayPiece(member, nameOf(member), member.dimensions)];
    case "union":
    case "switch":
    case "window":
      return [piece(member, nameOf(member))];
    case "present":
      return member.members.flatMap((one) => piecesOf(one));
  }
}

function piece(member: Member, label: string): Piece {
  const size = member.position?.size ?? null;
  return {
    label: size === null ? `${label} …` : label,
    bits: size === null ? null : size * 8,
    offset: member.position?.offset ?? null,
  };
}

function arrayPiece(member: Member, name: string, dimensions: readonly Dimension[]): Piece {
  const lengths = lengthsOf(dimensions);
  return {
    ...piece(member, name + lengths),
    short: piece(member, dimensions.length === 0 ? name : `${name}[…]`).label,
  };
}

/** What has no name is called after its members. */
function nameOf(member: Member): string {
  if (member.name !== "") return member.name;
  const names = membersOf(member).map((one) => nameOf(one));
  const shown = [...new Set(names.filter((name) => name !== ""))];
  return shown.length > 3 ? `${shown.slice(0, 3).join(" or ")} or …` : shown.join(" or ");
}

function membersOf(member: Member): readonly Member[] {
  switch (member.kind) {
    case "field":
    case "bits":
      return [];
    case "group":
    case "present":
      return member.members;
    default:
      return member.arms.flatMap((arm) => arm.members);
  }
}

/** The groups of a word one by one where their names have room, the word as a whole where not. */
function wordPieces(word: BitWord): readonly Piece[] {
  const whole = piece(
    word,
    word.name === ""
      ? word.bits
          .filter((group) => group.reserved !== true)
          .map((group) => group.name)
          .join(", ")
      : word.name + lengthsOf(word.dimensions),
  );
  const groups = word.bits.toSorted((a, b) => a.shift - b.shift);
  const readable =
    word.dimensions.length === 0 &&
    groups.every((group) => group.union === undefined && hasRoom(group.name, group.width));
  const covered = groups.reduce((sum, group) => sum + group.width, 0) === word.type.size * 8;
  if (!readable || !covered || whole.bits === null) return [whole];
  // Of a big-endian word the first byte holds the most significant bits.
  const drawn = word.type.order === "big" ? groups.toReversed() : groups;
  return drawn.map((group) => ({ label: group.name, bits: group.width, offset: whole.offset }));
}

/** A bit is drawn 32 units wide, a letter takes about 7. */
function hasRoom(label: string, bits: number): boolean {
  return label.length * 7 <= bits * 32;
}
