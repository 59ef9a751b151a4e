import { readHeader } from "../../src/c-header/read-header.ts";
import type { Revision } from "../../src/ir/model.ts";
import { Ground } from "../../src/refine/ground.ts";
import { refineHeaders } from "../../src/refine/refine-headers.ts";
import { sentence } from "../../src/refine/render-text.ts";
import type { HeaderReport, RefineReport } from "../../src/refine/report-model.ts";
import { standard, templates } from "../target/c/descriptions.ts";

const grounds = new Map<Revision, Ground>();
const ir = standard();

/** The standard's descriptions at a revision. */
export function groundAt(revision: Revision = "1.4"): Ground {
  const ground = grounds.get(revision) ?? new Ground(ir, revision, templates());
  grounds.set(revision, ground);
  return ground;
}

/** Headers by their paths, held against a description, or those that they seem to be about. */
export function refined(
  files: Readonly<Record<string, string>>,
  device?: string,
  revision: Revision = "1.4",
): RefineReport {
  const ground = groundAt(revision);
  const headers = Object.entries(files).map(([file, text]) =>
    readHeader(file, text, (name) => {
      const found = files[name];
      return found === undefined ? undefined : { file: name, text: found };
    }),
  );
  return refineHeaders(
    headers,
    ground,
    ground.modules.find((module) => module.name === device),
  );
}

/** What is said of one header. */
export function refinedOne(text: string, device?: string, file = "own.h", revision: Revision = "1.4"): HeaderReport {
  const [report] = refined({ [file]: text }, device, revision).headers;
  if (report === undefined) throw new Error("a header has no report");
  return report;
}

/** Differences in words, with the line of the header; without what is only missing. */
export function said(report: HeaderReport): readonly string[] {
  return report.differences
    .filter((one) => one.kind !== "missing" || one.subject === "field")
    .map((one) => `${one.header?.line ?? ""}: ${[sentence(one), ...one.why].join("; ")}`);
}
