import type * as Ast from "../../../grammar/ast.ts";
import type { Report } from "../../check/rule.ts";
import type { Ir, Module } from "../model.ts";
import { Constants } from "./constants.ts";
import { present, type Context, type Inherited } from "./context.ts";
import { element } from "./element.ts";
import { buildItem } from "./items.ts";
import { checkNames } from "./known-names.ts";
import { Scopes, type Scope } from "./scope.ts";
import { Written } from "./written.ts";

/**
 * Makes the IR of syntax trees: every name looked up, every constant computed, every revision at once. What was not
 * found is reported and left out, so that the rest can still be checked. `written` is filled with the places of attributes.
 */
export function build(files: readonly Ast.File[], report: Report, written: Written = new Written()): Ir {
  const scopes = new Scopes(files, report);
  const constants = new Constants(scopes, report);
  return {
    format: "virtgen-ir",
    version: 1,
    revision: "all",
    modules: scopes.all.map((scope) => buildModule({ scope, scopes, constants, report, written })),
  };
}

function buildModule(context: Context): Module {
  const { scope } = context;
  const header = headerOf(scope);
  checkNames(context);
  const everywhere: Inherited = { since: "0.9.5" };
  // `c_prefix` at the head is for the module's elements; of its own it has no C name.
  const base = element(context, "header", header.name.text, header, everywhere, (name) => name);
  const id = header.id === undefined ? undefined : context.constants.evaluate(scope, undefined, header.id, new Map());
  return {
    ...base,
    kind: header.kind,
    ...present({ id: id === undefined ? undefined : Number(id) }),
    title: header.title,
    file: scope.file.path,
    cPrefix: scope.cPrefix,
    legacyNative: scope.file.items.flatMap((item) =>
      item.kind === "legacy native" ? item.names.map((name) => name.text) : [],
    ),
    items: scope.file.items.flatMap((item) => buildItem(context, item, base)),
  };
}

function headerOf(scope: Scope): Ast.Header {
  const { header } = scope.file;
  if (header === undefined) throw new Error(`'${scope.file.path}' has no head, which the parser demands`);
  return header;
}
