import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import { newestRevision, type Feature, type Revision } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { rangeLines, type RangeLine } from "./survey/feature-ranges.ts";
import { revisionsOf, spellRevisions, type Survey } from "./survey/survey.ts";
import { listed } from "./survey/words.ts";

export const featureBitOutOfRange: Rule = {
  code: "V4002",
  name: "feature-bit-out-of-range",
  severity: "error",
  summary: "a feature bit that does not belong to the device types, or to the core, in a revision",
  explanation: `Each revision says which bits belong to the device types, which to the core, and which are kept for later: they are the
\`feature_ranges\` in specs/core/config.virtio. 1.0 gives the device types 0 to 23, 1.2 also 50 to 127. Where the standard
uses a bit outside of its own ranges, a line with an erratum says so. The legacy interface has 32 bits only, and no
revision more than 128.`,
  bad: `device disk = 60 "Disk";

features {
  FAST = 24;
}
`,
  good: `device disk = 60 "Disk";

features {
  FAST = 23;
}
`,
  *check(survey) {
    const lines = rangeLines(survey);
    for (const module of survey.modules) {
      const owner = module.kind === "device" ? "device" : "core";
      for (const feature of survey.features(module))
        if (feature.aliasOf === undefined) yield* ofFeature(survey, feature, owner, lines);
    }
  },
};

function* ofFeature(survey: Survey, feature: Feature, owner: string, lines: readonly RangeLine[]): Iterable<Finding> {
  const { bit, name, at } = feature;
  if (!Number.isInteger(bit) || bit < 0 || bit > 127) {
    yield { message: `'${name}' is bit ${bit}, but features have the bits 0 to 127`, at };
    return;
  }
  if (bit > 31 && existsAt(feature, "0.9.5")) {
    yield {
      message: `'${name}' is bit ${bit}, but the legacy interface has the bits 0 to 31`,
      at,
      help: `a feature that the legacy interface lacks exists 'since 1.0' or later`,
    };
    return;
  }
  if (lines.length === 0) return;
  const core =
    owner === "core"
      ? []
      : survey.core.flatMap((module) => survey.features(module)).filter((other) => other.bit === bit);
  // A bit that a feature of the core has there is reported as one with two meanings.
  const wrong = revisionsOf(feature).filter(
    (revision) => !ownsAt(lines, owner, bit, revision) && !core.some((other) => existsAt(other, revision)),
  );
  if (wrong.length === 0) return;
  const revision = wrong.at(-1) ?? newestRevision;
  const other = lines.findLast((line) => existsAt(line, revision) && line.from <= bit && bit <= line.to);
  const own = lines
    .filter((line) => existsAt(line, revision) && line.owner === owner)
    .map((line) => (line.from === line.to ? `${line.from}` : `${line.from} to ${line.to}`));
  const first = revisionsOf(feature).find((one) => ownsAt(lines, owner, bit, one));
  const whose = owner === "device" ? "the device types" : "the core";
  yield {
    message: `'${name}' is bit ${bit}, which does not belong to ${whose} in ${spellRevisions(wrong)}`,
    at,
    ...(other === undefined
      ? {}
      : {
          related: [
            {
              at: other.at,
              message:
                other.owner === "reserved"
                  ? "kept for later"
                  : `belongs to ${other.owner === "core" ? "the core" : "the device types"}`,
            },
          ],
        }),
    help:
      first !== undefined &&
      wrong.every((one) => revisionsOf(feature).indexOf(one) < revisionsOf(feature).indexOf(first))
        ? `it does since ${first}: write 'since ${first}'`
        : `${whose} have ${listed(own)} in ${revision}`.replace("the core have", "the core has"),
  };
}

function ownsAt(lines: readonly RangeLine[], owner: string, bit: number, revision: Revision): boolean {
  return lines.some((line) => line.owner === owner && line.from <= bit && bit <= line.to && existsAt(line, revision));
}
