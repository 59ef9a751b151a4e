import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { readerOf, textRevisions, type TextRevision } from "./reader/document.ts";
import { factsOf, type Facts } from "./reader/facts.ts";
import { blocksText, inRevision, labelsOf, recordsOf, type ModuleRecord } from "./reader/record.ts";
import { errataOf } from "../../src/standard/errata.ts";
import { standard } from "../target/c/descriptions.ts";
import { records } from "./records.ts";

/** Counted in the text of each revision by other means than the reader. */
const counted = {
  features: [46, 66, 99, 110, 126],
  ids: [17, 23, 40, 43, 47],
  queues: [19, 29, 49, 49, 57],
  registers: [24, 24, 30, 30, 30],
  legacyRegisters: [19, 19, 19, 19, 19],
  // Of these three are the words that notifications write, in 1.1 and 1.2 two.
  structs: [37, 112, 184, 218, 321],
};

describe("the checked-in facts", () => {
  it.each(Object.entries(counted))("are as many %s as were counted", (part, numbers) => {
    const key = part as keyof ModuleRecord;
    const found = textRevisions.map(
      (revision) =>
        [...records]
          // The transitional ids of PCI are no device ids.
          .filter(([module]) => part !== "ids" || module === "ids")
          .flatMap(([, record]) => [...inRevision<unknown>(record[key], revision).keys()])
          .filter((name) => name !== "UNUSED").length,
    );
    expect(found).toEqual(numbers);
  });
});

const folder = process.env["VIRTGEN_STANDARD"];
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

if (folder === undefined)
  console.warn(
    "\n*** VIRTGEN_STANDARD is not set: the checked-in facts are NOT held against the standard's LaTeX. See test/standard/README.md.\n",
  );

// What is checked in is written anew by `npx vitest run test/standard -u`.
describe.skipIf(folder === undefined)("the checked-in facts are those of the standard's LaTeX", () => {
  const facts = new Map<TextRevision, Facts>(
    folder === undefined ? [] : textRevisions.map((revision) => [revision, factsOf(readerOf(folder, revision))]),
  );
  const found = recordsOf(facts);

  it("of the same modules", () => {
    expect([...records.keys()].toSorted()).toEqual([...found.keys()].toSorted());
  });

  it.each([...found])("of %s", async (module, record) => {
    const file = path(`facts/${module}.json`);
    const options = { ...(await resolveConfig(file)), parser: "json" };
    await expect(await format(JSON.stringify(record, undefined, 2), options)).toMatchFileSnapshot(file);
  });

  it("of the labels", async () => {
    const file = path("labels.json");
    const options = { ...(await resolveConfig(file)), parser: "json" };
    await expect(await format(JSON.stringify(labelsOf(facts), undefined, 2), options)).toMatchFileSnapshot(file);
  });

  it("and errata are about lines of 1.4 that there are", () => {
    const read = folder === undefined ? () => "" : readerOf(folder, "1.4");
    const places = errataOf(standard()).flatMap(({ places: some }) => some ?? []);
    expect(places.length).toBeGreaterThan(100);
    const lines = (file: string): readonly string[] => read(file).split("\n");
    expect(
      places.filter(
        (place) => (lines(place.replace(/:.*/, ""))[Number(place.replace(/.*:/, "")) - 1] ?? "").trim() === "",
      ),
    ).toEqual([]);
  });

  it("of the normative blocks of 1.4", async () => {
    const text = blocksText(facts.get("1.4")?.blocks ?? []);
    await expect(text).toMatchFileSnapshot(path("../../specs/normative-blocks.json"));
  });
});
