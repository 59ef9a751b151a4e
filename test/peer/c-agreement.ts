import type { Ir, Member, Module, PartItem, Struct, Type } from "../../src/ir/model.ts";
import { memberName } from "../../src/target/c/identifiers.ts";

/** One number in a struct, and how C reaches it. Indices of arrays are `i`, `j`, `k`, outermost first. */
export interface Leaf {
  /** Steps from the struct's value to it; a number stands for an index. */
  readonly path: readonly (string | 0)[];
  readonly get: string;
  readonly set: string;
  /** It can be had in the guest's byte order: an accessor of bit groups cannot. */
  readonly native: boolean;
}

/** A C struct that both sides know. */
export interface Shared {
  readonly module: string;
  /** Its tag in C and its codec in TypeScript. */
  readonly tag: string;
  readonly codec: string;
  readonly members: readonly Member[];
  readonly leaves: readonly Leaf[];
  /** The legacy interface has it in the guest's byte order, as a whole. */
  readonly native: boolean;
  /** The request that a part belongs to: the part may depend on the rest of it. */
  readonly answers?: readonly PartItem[];
}

/** Finds which numbers of a struct C has, from the IR and from what the headers declare. */
export class LeafFinder {
  private readonly ir: Ir;
  private readonly bodies = new Map<string, string>();
  private readonly headers: string;

  constructor(ir: Ir, headers: string) {
    this.ir = ir;
    this.headers = headers;
    for (const [, tag = "", body = ""] of headers.matchAll(/^(?:__extension__ )?struct (\w+) \{\n([\s\S]*?)^\}/gm)) {
      this.bodies.set(tag, body.replaceAll(/\/\*[\s\S]*?\*\//g, ""));
    }
  }

  declares(tag: string): boolean {
    return this.bodies.has(tag);
  }

  /** The leaves of a struct's members, up to the first that the C struct does not have. */
  leaves(members: readonly Member[], tag: string): readonly Leaf[] {
    const found: Leaf[] = [];
    this.add(members, { tag, c: "s->", whole: "s", path: [], depth: 0 }, found);
    return found;
  }

  /** Returns whether C has all of them. */
  private add(members: readonly Member[], at: Position, found: Leaf[]): boolean {
    return members.every((member) => this.addMember(member, at, found));
  }

  private addMember(member: Member, at: Position, found: Leaf[]): boolean {
    switch (member.kind) {
      case "bits": {
        if (member.dimensions.length > 0) return false;
        for (const group of member.bits) {
          if (group.reserved === true) continue;
          const accessor = (kind: string): string => `${at.tag}_${kind}_${group.name}`;
          if (!this.headers.includes(`${accessor("get")}(`)) return false;
          const path = [...at.path, ...(member.name === "" ? [] : [member.name]), group.name];
          found.push({
            path,
            get: `${accessor("get")}(${at.whole})`,
            set: `${accessor("set")}(${at.whole}, (uint32_t)v)`,
            native: false,
          });
        }
        return true;
      }
      case "field": {
        if (!this.has(at.tag, member)) return false;
        if (member.reserved === true) return true;
        const indices = member.dimensions.map((_, index) => `[${"ijk"[at.depth + index]}]`);
        const place: Position = {
          ...at,
          c: at.c + memberName(member, "").c + indices.join(""),
          path: [...at.path, member.name, ...member.dimensions.map(() => 0 as const)],
          depth: at.depth + member.dimensions.length,
        };
        if (member.type.kind === "scalar") {
          found.push({ path: place.path, get: `GET(${place.c})`, set: `SET(&${place.c}, v)`, native: true });
          return member.dimensions.every((dimension) => dimension.kind === "fixed");
        }
        if (member.type.kind !== "struct" || place.depth > 3) return false;
        const struct = this.struct(member.type);
        if (struct === undefined) return false;
        return (
          this.add(struct.members, { ...place, tag: struct.cName, c: `${place.c}.`, whole: `&${place.c}` }, found) &&
          member.dimensions.every((dimension) => dimension.kind === "fixed")
        );
      }
      case "group":
        if (member.dimensions.length > 0) return false;
        return this.add(member.members, inside(at, member), found);
      case "union":
        return member.arms.every((arm) => this.add(arm.members, inside(at, member), found));
      default:
        return false;
    }
  }

  private has(tag: string, member: Member): boolean {
    return new RegExp(`\\b${memberName(member, "").c}\\b`).test(this.bodies.get(tag) ?? "");
  }

  private struct(type: Extract<Type, { kind: "struct" }>): Struct | undefined {
    return this.ir.modules
      .find((module) => module.name === type.module)
      ?.items.find((item): item is Struct => item.kind === "struct" && item.name === type.name);
  }

  /** Whether a struct, with all that stands in it, is in the guest's byte order. */
  isNative(members: readonly Member[]): boolean {
    return members.every((member) => {
      if (member.kind === "field") {
        if (member.type.kind === "scalar") return member.type.order === "little" || member.type.order === "none";
        const struct = member.type.kind === "struct" ? this.struct(member.type) : undefined;
        return struct !== undefined && struct.legacyNative === true && this.isNative(struct.members);
      }
      if (member.kind === "group") return this.isNative(member.members);
      return member.kind === "union" && member.arms.every((arm) => this.isNative(arm.members));
    });
  }
}

interface Position {
  readonly tag: string;
  /** What C writes before a member's name, and for a pointer to the struct. */
  readonly c: string;
  readonly whole: string;
  readonly path: readonly (string | 0)[];
  readonly depth: number;
}

/** The place of what stands in a struct or union that is defined where it is used. */
function inside(at: Position, member: Member): Position {
  if (member.name === "") return at;
  return { ...at, c: `${at.c}${memberName(member, "").c}.`, path: [...at.path, member.name] };
}

/** The C program: it reads questions from its input and writes the answers to its output, until the input ends. */
export function program(shared: readonly Shared[], headers: readonly string[]): string {
  const functions = shared.map(
    ({ tag, leaves, native }, index) => `
static uint64_t get${index}(const void *at, unsigned leaf, unsigned i, unsigned j, unsigned k, int guest)
{
	const struct ${tag} *s = at;

	(void)i, (void)j, (void)k, (void)guest;
	switch (leaf) {
${leaves.map(({ get, native: can }, leaf) => `\tcase ${leaf}: return ${native && can ? `guest ? ${get.replace("GET(", "virtio_get_native(")} : ` : ""}${get.replace("GET(", "virtio_get(")};`).join("\n")}
	}
	abort();
}

static void set${index}(void *at, unsigned leaf, unsigned i, unsigned j, unsigned k, int guest, uint64_t v)
{
	struct ${tag} *s = at;

	(void)i, (void)j, (void)k, (void)guest;
	switch (leaf) {
${leaves.map(({ set, native: can }, leaf) => `\tcase ${leaf}: ${native && can ? `if (guest) { ${set.replace("SET(", "virtio_set_native(")}; return; } ` : ""}${set.replace("SET(", "virtio_set(")}; return;`).join("\n")}
	}
	abort();
}`,
  );
  return `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
${headers.map((header) => `#include "${header}"`).join("\n")}

static uint64_t number(unsigned size)
{
	unsigned char b[8];
	uint64_t n = 0;

	if (fread(b, 1, size, stdin) != size)
		exit(0);
	while (size-- > 0)
		n = n << 8 | b[size];
	return n;
}

static void answer(uint64_t n)
{
	for (int shift = 0; shift < 64; shift += 8)
		putchar((int)(n >> shift & 0xff));
}
${functions.join("\n")}

int main(void)
{
	for (;;) {
		const unsigned index = number(2), op = number(1), guest = number(1), size = number(4), entries = number(4);
		unsigned char *bytes = calloc(1, size);

		if (op == 1 && fread(bytes, 1, size, stdin) != size)
			return 0;
		for (unsigned n = 0; n < entries; n++) {
			const unsigned leaf = number(2), i = number(2), j = number(2), k = number(2);
			const uint64_t v = op == 0 ? number(8) : 0;

			switch (index) {
${shared.map((_, index) => `\t\t\tcase ${index}: if (op == 0) set${index}(bytes, leaf, i, j, k, (int)guest, v); else answer(get${index}(bytes, leaf, i, j, k, (int)guest)); break;`).join("\n")}
			default: abort();
			}
		}
		if (op == 0)
			fwrite(bytes, 1, size, stdout);
		fflush(stdout);
		free(bytes);
	}
}
`;
}

/** What one module shares: its structs, configuration, and the parts of messages that are structs on both sides. */
export function sharedOf(
  module: Module,
  codecs: (kind: "struct" | "part", name: string) => string | undefined,
  finder: LeafFinder,
): readonly Shared[] {
  const found = new Map<string, Shared>();
  const add = (
    tag: string,
    codec: string | undefined,
    members: readonly Member[],
    legacyNative: boolean,
    answers?: readonly PartItem[],
  ): void => {
    if (codec === undefined || !finder.declares(tag) || found.has(tag)) return;
    const leaves = finder.leaves(members, tag);
    if (leaves.length > 0)
      found.set(tag, {
        module: module.name,
        tag,
        codec,
        members,
        leaves,
        native: legacyNative && finder.isNative(members),
        ...(answers === undefined ? {} : { answers }),
      });
  };
  for (const item of module.items) {
    if (item.kind === "struct") add(item.cName, codecs("struct", item.name), item.members, item.legacyNative === true);
    if (item.kind === "config") add(item.cName, "Config", item.members, item.legacyNative === true);
    if (item.kind === "request" || item.kind === "message" || item.kind === "event") {
      for (const part of item.parts)
        if (part.kind === "part")
          add(part.cName, codecs("part", part.cName), part.members, item.legacyNative === true, item.parts);
    }
  }
  return [...found.values()];
}
