import type { CHeader } from "../c-header/header-model.ts";
import type { Module } from "../ir/model.ts";
import { compareHeader, providedNames } from "./compare-header.ts";
import type { Ground } from "./ground.ts";
import type { RefineReport } from "./report-model.ts";

/**
 * Holds headers that belong together against descriptions: what one of them declares, another need not.
 * @param device the description that they are about; where it is not given, their names and what they declare tell
 */
export function refineHeaders(headers: readonly CHeader[], ground: Ground, device?: Module): RefineReport {
  const provided = new Set(headers.flatMap((header) => providedNames(header)));
  return {
    format: "virtgen-refine",
    version: 1,
    revision: ground.revision,
    headers: headers.map((header) =>
      compareHeader({ ground, header, provided, about: device === undefined ? ground.about(header) : [device] }),
    ),
  };
}
