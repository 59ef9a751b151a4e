import { beforeAll, describe, expect, it } from "vitest";
import { cut } from "../../src/ir/cut.ts";
import type { Ir, Module } from "../../src/ir/model.ts";
import { standard } from "../target/c/descriptions.ts";
import { describedStructs, type DescribedMember, type DescribedStruct } from "./described.ts";
import { textRevisions, type TextRevision } from "./reader/document.ts";
import type { Placed } from "./reader/layout.ts";
import { inRevision, memberOf, memberText, type StructRecord } from "./reader/record.ts";
import { everything, knownAt, records } from "./records.ts";

let ir: Ir;
beforeAll(() => {
  ir = standard();
});

/** Members whose place is known on both sides, so that it is held against the standard's. */
const placed = new Map<TextRevision, number>();

describe.each(textRevisions)("the structs of revision %s", (revision) => {
  it("are laid out as the standard's listings say, but for what is known", () => {
    const now = cut(ir, revision);
    const different = [...records].flatMap(([name, { structs }]) => {
      const theirs = inRevision(structs, revision);
      const module = now.modules.find((one) => one.name === name);
      const found = module === undefined ? (theirs.size > 0 ? [everything] : []) : differences(module, theirs);
      return found.map((one) => `${name}: ${one}`);
    });
    expect(different.toSorted()).toEqual(knownAt("layouts", revision));
    // Most members have a fixed place; 1.4 has seven times as many as 1.0.
    expect(placed.get(revision)).toBeGreaterThan(revision === "1.0" ? 110 : 340);
  });

  function differences(module: Module, theirs: ReadonlyMap<string, StructRecord>): readonly string[] {
    const ours = describedStructs(module, cut(ir, revision));
    return [...theirs].flatMap(([tag, { size, members }]) => {
      const struct = ours.get(tag);
      if (struct === undefined) return [`struct ${tag}`];
      return [
        ...(struct.sizes.includes(size) ? [] : [`struct ${tag} of ${String(size)} bytes`]),
        ...members.filter((text) => !hasMember(struct, memberOf(text))).map((text) => `struct ${tag}: ${text}`),
      ];
    });
  }

  function hasMember(struct: DescribedStruct, theirs: Placed): boolean {
    const same = struct.members.filter((ours) => isSame(ours, theirs, struct.native));
    if (same.some(({ offset }) => offset !== null) && theirs.offset !== null)
      placed.set(revision, (placed.get(revision) ?? 0) + 1);
    return same.length > 0;
  }
});

/** Where one side knows a place or length at run time only, the other may know it from more context. */
function isSame(ours: DescribedMember, theirs: Placed, native: boolean): boolean {
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

it("has members to tell apart", () => {
  const theirs = memberOf("8 le32 size_max");
  expect(isSame(theirs, theirs, false)).toBe(true);
  const others = ["12 le32 size_max", "8 le16 size_max", "8 be32 size_max", "8 le32 size_max[2]", "8 le32 seg_max"];
  expect(others.filter((other) => isSame(memberOf(other), theirs, false))).toEqual([]);
  expect(memberText(theirs)).toBe("8 le32 size_max");
});
