import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt, overlap } from "../ir/availability.ts";
import { newestRevision, type Feature, type Module, type Revision } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { linesWith } from "./survey/feature-ranges.ts";
import { spellRevisions, type Survey } from "./survey/survey.ts";

export const featureBitTwice: Rule = {
  code: "V4001",
  name: "feature-bit-twice",
  severity: "error",
  summary: "a feature bit with two meanings",
  explanation: `All features of a device, the core's among them, share one space of 128 bits, so a bit has one meaning in each revision.
Another name of the same bit says so: \`legacy WCE = FLUSH\`. Where the standard itself gives a bit to a device and to the
core, as it does with 41, \`feature_ranges\` of the core has a line for each owner, with the erratum.`,
  bad: `device disk = 60 "Disk";

features {
  FLUSH      = 9;
  TOPOLOGY   = 10;
  CONFIG_WCE = 10;
}
`,
  good: `device disk = 60 "Disk";

features {
  FLUSH      = 9;
  TOPOLOGY   = 10;
  CONFIG_WCE = 11;
}
`,
  *check(survey) {
    const core = survey.core.flatMap((module) => survey.features(module).map((feature) => ({ module, feature })));
    for (const module of survey.modules) {
      const own = survey.features(module).map((feature) => ({ module, feature }));
      yield* inSpace(
        survey,
        module.kind === "core"
          ? core.filter((one) => survey.core.indexOf(one.module) <= survey.core.indexOf(module))
          : [...core, ...own],
        module,
      );
    }
  },
};

interface Owned {
  readonly module: Module;
  readonly feature: Feature;
}

function* inSpace(survey: Survey, features: readonly Owned[], reported: Module): Iterable<Finding> {
  const byBit = new Map<number, Owned[]>();
  for (const one of features) {
    const others = byBit.get(one.feature.bit) ?? [];
    byBit.set(one.feature.bit, [...others, one]);
    if (one.module !== reported || one.feature.aliasOf !== undefined) continue;
    for (const first of others) {
      const revisions = first.feature.aliasOf === undefined ? shared(survey, first, one) : [];
      if (revisions.length === 0) continue;
      yield finding(first, one, revisions, features);
      break;
    }
  }
}

/** The revisions in which the bit has both meanings and the ranges do not give it to both owners. */
function shared(survey: Survey, a: Owned, b: Owned): readonly Revision[] {
  return overlap(a.feature, b.feature).filter((revision) => {
    if (a.module.kind === b.module.kind) return true;
    const owners = new Set(
      linesWith(survey, a.feature.bit)
        .filter((line) => existsAt(line, revision))
        .map((line) => line.owner),
    );
    return !(owners.has("core") && owners.has("device"));
  });
}

function finding(first: Owned, second: Owned, revisions: readonly Revision[], features: readonly Owned[]): Finding {
  const { bit, name } = second.feature;
  const foreign = first.module !== second.module;
  const taken = new Set(features.map((one) => one.feature.bit));
  let free = bit;
  while (taken.has(free)) free++;
  return {
    message: `'${name}' and '${first.feature.name}'${foreign ? ` of the ${first.module.kind}` : ""} are both bit ${bit}${revisions.includes(newestRevision) ? "" : ` in ${spellRevisions(revisions)}`}`,
    at: second.feature.at,
    related: [{ at: first.feature.at, message: `bit ${bit} here` }],
    help: foreign
      ? "a device type has its own ranges of bits: see feature_ranges of the core"
      : `the next free bit is ${free}; another name of the same bit is written '${name} = ${first.feature.name}'`,
  };
}
