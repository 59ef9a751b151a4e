import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { brokenDescription, descriptions, judge } from "./fuzz.ts";
import { library } from "./compiled.ts";

const sources = descriptions(fileURLToPath(new URL("../..", import.meta.url)));

// `npm run fuzz:language` does a hundred times as many.
test("a thousand broken descriptions are answered in time, with places inside of them", () => {
  const complaints: string[] = [];
  for (let seed = 0; seed < 1000; seed++) {
    const { source, slips } = brokenDescription(sources, seed);
    const { complaint } = judge(library, source);
    if (complaint !== undefined)
      complaints.push(`npm run fuzz:language -- --seed ${seed} --count 1 (${slips.join(", ")}): ${complaint}`);
  }
  expect(complaints).toEqual([]);
});
