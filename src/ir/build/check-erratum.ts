import type * as Ast from "../../../grammar/ast.ts";
import { incompleteErratum } from "../../check/incomplete-erratum.ts";
import { unknownWord } from "../../check/unknown-word.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import type { Context } from "./context.ts";

const parts = ["text", "meant", "because"] as const;

/** Reports what an erratum lacks of its three parts, and places that are none. */
export function checkErratum(context: Context, erratum: Ast.Erratum): void {
  for (const word of erratum.unknown) {
    const meant = nearest(word.text, [...parts, "at"]);
    context.report(unknownWord, {
      message: `'${word.text}' is no part of an erratum`,
      at: word.at,
      help: meant === undefined ? "its parts are 'text', 'meant', 'because' and 'at'" : `did you mean '${meant}'?`,
    });
  }
  const missing = parts.filter((part) => erratum[part].trim() === "");
  // A misspelt part is missing, too, but that has been said.
  if (erratum.unknown.length > 0) return;
  if (missing.length > 0) {
    context.report(incompleteErratum, {
      message: `the erratum '${erratum.id}' does not say ${missing.map((part) => meaning[part]).join(", nor ")}`,
      at: erratum.at,
      help: `write ${missing.map((part) => (part === "because" ? `because "…";` : `${part}: "…";`)).join(" ")}`,
    });
  }
  const nowhere = erratum.places.find((place) => !/^[\w./-]+:[1-9]\d*$/.test(place));
  if (nowhere !== undefined) {
    context.report(incompleteErratum, {
      message: `'${nowhere}' is no place in the standard's text`,
      at: erratum.at,
      help: 'a place is a file and a line: at "device-types/net/description.tex:254";',
    });
  }
  if (erratum.id.trim() === "") {
    context.report(incompleteErratum, {
      message: "an erratum without a name",
      at: erratum.at,
      help: "name it by what is wrong: the tables list errata by their names",
    });
  }
}

const meaning: Readonly<Record<(typeof parts)[number], string>> = {
  text: "what the standard says",
  meant: "what is taken instead",
  because: "why",
};
