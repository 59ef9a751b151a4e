import type { Element, Item, Member, Rule as Normative } from "../../ir/model.ts";

/** What a message calls an element that has a name: `'mtu'`, or a description of one without. */
export function called(element: Element & { readonly kind?: string; readonly tags?: readonly unknown[] }): string {
  if (element.kind === "rule") return "the rule";
  if (element.tags !== undefined && element.tags.length > 0) return `the alternative '${element.name}'`;
  if (element.name !== "") return `'${element.name}'`;
  return element.kind === undefined ? "it" : (nameless[element.kind] ?? "it");
}

const nameless: Readonly<Record<string, string>> = {
  "bits": "the word of bit groups",
  "group": "the group of members",
  "union": "the union",
  "switch": "the switch",
  "window": "the window",
  "present": "the block 'present if'",
  "part": "the part",
  "part switch": "the switch",
} satisfies Partial<Record<(Item | Member | Normative)["kind"] | "part" | "part switch", string>>;

/** `'a'`, `'a' and 'b'`, `'a', 'b' and 'c'`. */
export function listed(words: readonly string[], conjunction = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)}`;
}

/** `1 byte`, `3 bytes`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
