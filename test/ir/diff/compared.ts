import { expect, test } from "vitest";
import { cut } from "../../../src/ir/cut.ts";
import { compare } from "../../../src/ir/diff/compare.ts";
import type { Change, Differences } from "../../../src/ir/diff/model.ts";
import type { Ir, Revision } from "../../../src/ir/model.ts";
import { irOf } from "../descriptions.ts";

/** The core's features that small descriptions name. */
const core = 'core config "Core";\nfeatures { VERSION_1 = 32 since 1.0; }';

function deviceIr(items: string, header = 'device test = 99 "Test"'): Ir {
  return irOf([
    { path: "config.virtio", text: core },
    { path: "test.virtio", text: `${header};\n${items}` },
  ]);
}

/** What two versions of a small device differ in, at 1.4; each change as a line. */
export function versions(
  before: string,
  after: string,
  headers: readonly (string | undefined)[] = [],
): readonly string[] {
  return lines(compare(cut(deviceIr(before, headers[0]), "1.4"), cut(deviceIr(after, headers[1]), "1.4")));
}

/** What a small device differs in between two revisions. */
export function revisionsOf(items: string, from: Revision, to: Revision): readonly string[] {
  const ir = deviceIr(items);
  return lines(compare(cut(ir, from), cut(ir, to)));
}

/** Every change of a comparison as a line, but for those of the core. */
function lines(differences: Differences): readonly string[] {
  return differences.modules
    .filter((module) => module.name !== "config")
    .flatMap((module) => module.changes.map((change) => line(change)));
}

/** `member-added test/config/b: le16 at 4 [wire]; breaks device if A` */
function line({ id, category, before, after, breaks, takesReserved }: Change): string {
  const fact =
    before !== null && after !== null
      ? `${before.text || "nothing"} → ${after.text || "nothing"}`
      : (after ?? before)?.text;
  const broken = breaks.map(({ peer, when }) => peer + (when === null ? "" : ` if ${when}`)).join(", ");
  return [
    `${id}: ${fact ?? ""} [${category}]`,
    ...(takesReserved === true ? ["takes reserved"] : []),
    ...(broken === "" ? [] : [`breaks ${broken}`]),
  ].join("; ");
}

/** A title, what stands in both, and what is added to the one and the other; and what that is. */
export type Case = readonly [title: string, before: string, after: string, expected: readonly string[]];

export function holds(cases: readonly Case[]): void {
  test.each(cases)("%s", (_, before, after, expected) => {
    expect(versions(before, after)).toEqual(expected);
  });
}
