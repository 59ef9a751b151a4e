import type * as Ast from "../../../grammar/ast.ts";
import { neverExists } from "../../check/never-exists.ts";
import { olderNameUnused } from "../../check/older-name-unused.ts";
import { revisionWithoutEffect } from "../../check/revision-without-effect.ts";
import type { Place } from "../../diagnostic/diagnostic.ts";
import { compareRevisions, isRevision } from "../availability.ts";
import type { Revision } from "../model.ts";
import type { Context, Inherited } from "./context.ts";
import { all, find } from "./find-attribute.ts";

interface Bound {
  readonly revision: Revision;
  readonly at: Place;
}

/** Reports `since`, `until` and `was` that contradict each other or what the element stands in. */
export function checkRevisions(
  context: Context,
  name: string,
  attributes: readonly Ast.Attribute[],
  outer: Inherited,
): void {
  const since = boundOf(find(attributes, "since"));
  const until = boundOf(find(attributes, "until"));
  const subject = name === "" ? "it" : `'${name}'`;
  if (since !== undefined) checkSince(context, subject, since, outer);
  if (until !== undefined) checkUntil(context, subject, until, since, outer);
  const first = since !== undefined && compareRevisions(since.revision, outer.since) > 0 ? since.revision : outer.since;
  const end =
    until === undefined || (outer.until !== undefined && compareRevisions(outer.until, until.revision) < 0)
      ? outer.until
      : until.revision;
  checkOlderNames(context, name, attributes, first, end);
}

function boundOf(attribute: { readonly revision: string; readonly at: Place } | undefined): Bound | undefined {
  return attribute !== undefined && isRevision(attribute.revision)
    ? { revision: attribute.revision, at: attribute.at }
    : undefined;
}

function checkSince(context: Context, subject: string, since: Bound, outer: Inherited): void {
  if (compareRevisions(since.revision, outer.since) < 0) {
    context.report(revisionWithoutEffect, {
      message: `'since ${since.revision}' has no effect: what ${subject} stands in exists only since ${outer.since}`,
      at: since.at,
      help: `leave it out, or let what is around it exist since ${since.revision}`,
    });
  }
  if (outer.until !== undefined && compareRevisions(since.revision, outer.until) >= 0) {
    context.report(neverExists, {
      message: `${subject} never exists: it is there since ${since.revision}, but what it stands in only until ${outer.until}`,
      at: since.at,
      help: "'until' names the first revision that no longer has the element",
    });
  }
}

function checkUntil(context: Context, subject: string, until: Bound, since: Bound | undefined, outer: Inherited): void {
  const own = since !== undefined && compareRevisions(since.revision, outer.since) >= 0;
  const first = own ? since.revision : outer.since;
  if (compareRevisions(until.revision, first) <= 0) {
    context.report(neverExists, {
      message:
        own || outer.since === "0.9.5"
          ? `${subject} never exists: 'until ${until.revision}' ends it ${until.revision === first ? "in the revision that it begins in" : `before it begins in ${first}`}`
          : `${subject} never exists: 'until ${until.revision}' ends it before what it stands in begins in ${first}`,
      at: until.at,
      ...(own ? { related: [{ at: since.at, message: "begins here" }] } : {}),
      help: "'until' names the first revision that no longer has the element",
    });
  } else if (outer.until !== undefined && compareRevisions(until.revision, outer.until) > 0) {
    context.report(revisionWithoutEffect, {
      message: `'until ${until.revision}' has no effect: what ${subject} stands in exists only until ${outer.until}`,
      at: until.at,
      help: "leave it out",
    });
  }
}

function checkOlderNames(
  context: Context,
  name: string,
  attributes: readonly Ast.Attribute[],
  first: Revision,
  end: Revision | undefined,
): void {
  let before: Bound | undefined;
  for (const was of all(attributes, "was")) {
    const { until } = was;
    if (!isRevision(until)) continue;
    const older = was.name.text;
    if (compareRevisions(until, first) <= 0) {
      context.report(olderNameUnused, {
        message: `'${name}' never had the name '${older}': it exists since ${first}, and the name ends ${until === first ? "there" : `in ${until}`}`,
        at: was.at,
        help: `'was ${older} until R' means: the name before R`,
      });
    } else if (end !== undefined && compareRevisions(until, end) >= 0) {
      context.report(olderNameUnused, {
        message: `'${name}' always has the name '${older}': it ends ${until === end ? "with the element" : `in ${until}, the element`} in ${end}`,
        at: was.at,
        help: `give the element the name '${older}'`,
      });
    } else if (before !== undefined && compareRevisions(until, before.revision) <= 0) {
      context.report(olderNameUnused, {
        message:
          until === before.revision
            ? `two older names of '${name}' end in ${until}`
            : `the older names of '${name}' are not in their order: 'until ${until}' stands behind 'until ${before.revision}'`,
        at: was.at,
        related: [{ at: before.at, message: "the name before" }],
        help: "write them from the oldest to the newest, each with the first revision that has the next one",
      });
    } else if (older === name) {
      context.report(olderNameUnused, {
        message: `'${name}' is both the older name and the name`,
        at: was.at,
        help: "leave it out",
      });
    }
    before = { revision: until, at: was.at };
  }
}
