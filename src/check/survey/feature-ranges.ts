import type { FeatureRanges } from "../../ir/model.ts";
import type { Survey } from "./survey.ts";

export type RangeLine = FeatureRanges["ranges"][number];

/** The lines of `feature_ranges`, which only the core has; empty where no core is compiled along. */
export function rangeLines(survey: Survey): readonly RangeLine[] {
  return survey.core.flatMap((module) =>
    module.items.flatMap((item) => (item.kind === "feature_ranges" ? item.ranges : [])),
  );
}

/** Those that hold a bit, in any revision. */
export function linesWith(survey: Survey, bit: number): readonly RangeLine[] {
  return rangeLines(survey).filter((line) => line.from <= bit && bit <= line.to);
}
