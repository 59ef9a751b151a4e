import { nearest } from "../../diagnostic/suggest.ts";
import type { Scope } from "./scope.ts";

const scalars = ["u8", "le16", "le32", "le64", "be16", "be32", "be64"];

/** What to write for a type that is none: those of C and of Linux have their counterpart here. */
export function plainTypeFor(name: string, scope: Scope): string {
  if (scope.structs.has(name)) return `write 'struct ${name}'`;
  const linux = /^_*(?:u|le|be|virtio|s)(8|16|32|64)$/.exec(name);
  const c = /^u?int(8|16|32|64)_t$/.exec(name);
  const bits = linux?.[1] ?? c?.[1] ?? words[name];
  if (bits === "8") return name === "le8" || name === "be8" ? "one byte has no order: write 'u8'" : "write 'u8'";
  if (bits !== undefined) return `write '${name.includes("be") ? "be" : "le"}${bits}': the byte order is on the type`;
  if (/^(?:le|be|u)\d+$/.test(name)) return "there are 8, 16, 32 and 64 bits; other lengths are arrays: 'u8 name[3]'";
  const meant = nearest(name, [...scalars, ...scope.externals.keys()]);
  return meant === undefined
    ? `a type is ${scalars.join(", ")}, 'struct NAME' or a name declared by 'external'`
    : `did you mean '${meant}'?`;
}

const words: Readonly<Record<string, string>> = {
  char: "8",
  bool: "8",
  byte: "8",
  short: "16",
  int: "32",
  unsigned: "32",
  long: "64",
};
