import type { Ir, Module } from "../../src/ir/model.ts";
import { describedStructs, type DescribedMember, type DescribedStruct } from "./described.ts";
import type { TextRevision } from "./reader/document.ts";
import type { Placed } from "./reader/layout.ts";
import { inRevision, memberOf, type StructRecord } from "./reader/record.ts";
import { everything, records } from "./records.ts";

/**
 * Where the structs of descriptions are laid out in another way than the standard's listings say.
 * @param now cut at the revision
 * @param placed is told of each member whose place is known on both sides, so that it is held against the standard's
 */
export function layoutDifferences(now: Ir, revision: TextRevision, placed: () => void): string[] {
  return [...records].flatMap(([name, { structs }]) => {
    const theirs = inRevision(structs, revision);
    const module = now.modules.find((one) => one.name === name);
    const found = module === undefined ? (theirs.size > 0 ? [everything] : []) : inModule(module, now, theirs, placed);
    return found.map((one) => `${name}: ${one}`);
  });
}

function inModule(
  module: Module,
  now: Ir,
  theirs: ReadonlyMap<string, StructRecord>,
  placed: () => void,
): readonly string[] {
  const ours = describedStructs(module, now);
  return [...theirs].flatMap(([tag, { size, members }]) => {
    const struct = ours.get(tag);
    if (struct === undefined) return [`struct ${tag}`];
    return [
      ...(struct.sizes.includes(size) ? [] : [`struct ${tag} of ${String(size)} bytes`]),
      ...members.filter((text) => !hasMember(struct, memberOf(text), placed)).map((text) => `struct ${tag}: ${text}`),
    ];
  });
}

function hasMember(struct: DescribedStruct, theirs: Placed, placed: () => void): boolean {
  const same = struct.members.filter((ours) => isSame(ours, theirs, struct.native));
  if (same.some(({ offset }) => offset !== null) && theirs.offset !== null) placed();
  return same.length > 0;
}

/** Where one side knows a place or length at run time only, the other may know it from more context. */
export function isSame(ours: DescribedMember, theirs: Placed, native: boolean): boolean {
  if (ours.path !== theirs.path) return false;
  if (ours.offset !== null && theirs.offset !== null && ours.offset !== theirs.offset) return false;
  if (JSON.stringify(ours.bits) !== JSON.stringify(theirs.bits)) return false;
  // What the standard has as so many bytes is described as what can stand in them.
  if (ours.type === "union" && theirs.type === "u8")
    return theirs.lengths.length === 1 && ours.size === theirs.lengths[0];
  if (JSON.stringify(ours.lengths) !== JSON.stringify(theirs.lengths)) return false;
  const type = theirs.type.replace(/^(?:le8|char)$/, "u8");
  // `struct { … } flags` may be a word of bits.
  return (
    type === "struct" || type === "union" || ours.type === type || (native && ours.type.replace(/^le/, "u") === type)
  );
}
