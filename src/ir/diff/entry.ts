import type { Element, Expression } from "../model.ts";
import type { Aspect, Block, Subject } from "./model.ts";

/** An element of a description with all that is compared of it. */
export interface Entry {
  readonly subject: Subject;
  /** Among its siblings, by the names of the older side. */
  readonly key: string;
  /** What the other side of the wire knows it by, among its siblings, whatever it is called: a bit, a value, a place. */
  readonly place: string | undefined;
  readonly element: Element;
  /** Absent of the module. */
  readonly block: Block | undefined;
  /** Within the block; empty for the block itself. */
  readonly name: string;
  readonly path: string;
  /** The texts of its facts; two sides differ where these do. */
  readonly facts: Facts;
  /** All that matters, for where it is added or removed. */
  readonly summary: string;
  /** Where the bytes or bits of a member or register lie. */
  readonly extent: Extent | undefined;
  readonly value: string | undefined;
  /** All of them must hold for it to be there, beside those of what it stands in. */
  readonly conditions: readonly Expression[];
  readonly parent: Entry | undefined;
  readonly children: readonly Entry[];
}

export type Facts = ReadonlyMap<Aspect, string>;

export interface Extent {
  /** In bytes; null where only run time tells. */
  readonly offset: number | null;
  readonly size: number | null;
  /** Bits, of a bit group, counted from the beginning of what the offsets count from. */
  readonly bits?: { readonly from: number; readonly count: number; readonly shift: number };
  /** What the offset counts from, where that is not the block: the element of an array. */
  readonly base: string;
}

/** The block that an entry stands in, or is. */
export function blockEntry(entry: Entry): Entry {
  let at = entry;
  while (at.parent !== undefined && at.parent.subject !== "module") at = at.parent;
  return at;
}

/** All conditions under which it is there: its own and those of what it stands in. */
export function reachOf(entry: Entry): readonly Expression[] {
  return entry.parent === undefined ? entry.conditions : [...reachOf(entry.parent), ...entry.conditions];
}

/** The entry and all below it, outermost first. */
export function* entriesBelow(entry: Entry): Generator<Entry> {
  yield entry;
  for (const child of entry.children) yield* entriesBelow(child);
}
