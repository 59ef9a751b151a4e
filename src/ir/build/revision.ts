import type * as Ast from "../../../grammar/ast.ts";
import { unknownRevision } from "../../check/unknown-revision.ts";
import { isRevision } from "../availability.ts";
import { revisions, type Revision } from "../model.ts";
import type { Context } from "./context.ts";

/** The revision that a text names; undefined where it is none, which is reported. */
export function revisionOf(context: Context, text: string, at: Ast.Attribute["at"]): Revision | undefined {
  if (isRevision(text)) return text;
  context.report(unknownRevision, {
    message: `there is no revision ${text} of the standard`,
    at,
    help: `there are ${revisions.join(", ")}; 0.9.5 is the legacy interface`,
  });
  return undefined;
}
