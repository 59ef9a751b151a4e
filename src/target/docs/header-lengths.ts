import { evaluate, walkExpression } from "../../ir/expression.ts";
import type { Expression, Member } from "../../ir/model.ts";
import { condition } from "./expression-words.ts";
import { table, type TableView } from "./markdown.ts";

/** A length that a struct has where its condition holds and none of a longer one does. */
interface Length {
  readonly bytes: number;
  /** Absent of the length that it has in any case. */
  readonly if?: Expression;
}

/**
 * The lengths of a struct that ends with its last member that exists, the longest first. Null where only one is
 * possible, or where a size is known only at run time.
 */
export function headerLengths(members: readonly Member[]): TableView | null {
  const lengths = possibleLengths(members);
  if (lengths.length < 2) return null;
  return table(lengths, [
    { title: "Length", align: "right", cell: (length) => String(length.bytes) },
    { title: "If", cell: (length) => (length.if === undefined ? "otherwise" : condition(length.if)) },
  ]);
}

function possibleLengths(members: readonly Member[]): readonly Length[] {
  const lengths: Length[] = [];
  let certain = 0;
  for (const member of members) {
    const end = endOf(member);
    if (end === null) return [];
    if (member.if === undefined) {
      if (end > certain) lengths.splice(0);
      certain = Math.max(certain, end);
    } else lengths.push({ bytes: end, if: member.if });
  }
  return reachable([{ bytes: certain }, ...lengths]).toReversed();
}

function endOf(member: Member): number | null {
  const { position } = member;
  return position === undefined || position.offset === null || position.size === null
    ? null
    : position.offset + position.size;
}

/** The most features that are tried in every combination. */
const mostFeatures = 12;

/** Leaves out lengths that no choice of features gives: those whose condition implies that of a longer one. */
function reachable(lengths: readonly Length[]): readonly Length[] {
  const features = new Set<string>();
  let onlyFeatures = true;
  for (const length of lengths) {
    if (length.if === undefined) continue;
    walkExpression(length.if, (part) => {
      if (part.op === "feature") features.add(part.name);
      else if (part.op === "member" || part.op === "variable") onlyFeatures = false;
    });
  }
  if (!onlyFeatures || features.size > mostFeatures) return lengths;
  const found = new Set<Length>();
  for (let choice = 0; choice < 1 << features.size; choice++) {
    const chosen = new Set([...features].filter((_, bit) => (choice & (1 << bit)) !== 0));
    const longest = lengths.findLast((length) => length.if === undefined || holds(length.if, chosen));
    if (longest !== undefined) found.add(longest);
  }
  return lengths.filter((length) => found.has(length));
}

function holds(expression: Expression, chosen: ReadonlySet<string>): boolean {
  const value = evaluate(expression, (name) => (name.op === "feature" ? BigInt(chosen.has(name.name)) : undefined));
  return value !== undefined && value !== 0n;
}
