import type { Block } from "./blocks.ts";
import type { Comment } from "./comment.ts";

/** A block with what decides its place: structs stand behind those that they hold, and legacy ones behind their switch. */
export interface Entry {
  readonly block: Block;
  readonly legacy: boolean;
  /** Tags and macros that it declares. */
  readonly declares: readonly string[];
  /** Tags and macros that must be declared before. */
  readonly uses: readonly string[];
}

/** Everything that the template of a header prints. */
export interface HeaderView {
  readonly banner: Comment;
  readonly guard: string;
  readonly includes: readonly string[];
  readonly blocks: readonly Block[];
}

/** Moves structs forward that others before them hold; everything else keeps its order. */
export function inDependencyOrder(entries: readonly Entry[]): readonly Entry[] {
  const declared = new Map(entries.flatMap((entry) => entry.declares.map((name) => [name, entry] as const)));
  const ordered = new Set<Entry>();
  const open = new Set<Entry>();
  const place = (entry: Entry): void => {
    if (ordered.has(entry) || open.has(entry)) return;
    open.add(entry);
    for (const name of entry.uses) {
      const used = declared.get(name);
      if (used !== undefined) place(used);
    }
    open.delete(entry);
    ordered.add(entry);
  };
  for (const entry of entries) place(entry);
  return [...ordered];
}

/**
 * The blocks of entries; neighbours that only the legacy interface has are put behind `#ifndef`.
 * @param macro the switch that hides them; without it they stand among the others
 */
export function withLegacySwitch(entries: readonly Entry[], macro: string | undefined): readonly Block[] {
  const blocks: Block[] = [];
  let hidden: Block[] | undefined;
  for (const { block, legacy } of entries) {
    if (!legacy || macro === undefined) {
      hidden = undefined;
      blocks.push(block);
    } else if (hidden === undefined) {
      hidden = [block];
      blocks.push({ shape: "legacy", macro, blocks: hidden });
    } else {
      hidden.push(block);
    }
  }
  return blocks;
}
