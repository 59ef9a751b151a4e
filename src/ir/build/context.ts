import type * as Ast from "../../../grammar/ast.ts";
import type { Report } from "../../check/rule.ts";
import type { Revision } from "../model.ts";
import type { Constants } from "./constants.ts";
import type { Scope, Scopes } from "./scope.ts";
import type { Written } from "./written.ts";

/** What an element inherits from what it stands in. */
export interface Inherited {
  readonly since: Revision;
  readonly until?: Revision;
  readonly legacy?: true;
}

/** What building one description needs at hand. */
export interface Context {
  readonly scope: Scope;
  readonly scopes: Scopes;
  readonly constants: Constants;
  readonly report: Report;
  readonly written: Written;
}

/** Drops what is undefined, so that an optional property is absent rather than empty. */
export function present<T extends Record<string, unknown>>(
  values: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} {
  const kept: Record<string, unknown> = {};
  for (const name in values) if (values[name] !== undefined) kept[name] = values[name];
  return kept as ReturnType<typeof present<T>>;
}

/** Where an expression stands: what a bare name can be there, from the nearest outwards. */
export interface Environment {
  /** The members before it, by level: the innermost first. */
  readonly members: readonly (readonly Ast.Member[])[];
  /** Index variables and the names of `where`. */
  readonly variables: ReadonlySet<string>;
  /** The request that a response answers. */
  readonly request?: readonly Ast.Member[];
  /** The constants that a bare name means first, as the tags of a switch do. */
  readonly group?: { readonly scope: Scope; readonly group: Ast.ConstantGroup } | undefined;
  /** In a view: the house, and the members that may be taken over by name. */
  readonly view?: { readonly house: string; readonly members: readonly Ast.Member[] };
  /** Features may be named here. */
  readonly features: boolean;
  /** In a requirement: `length(req.data)` may be asked for. */
  readonly lengths?: boolean;
}

export const emptyEnvironment: Environment = { members: [], variables: new Set(), features: true };
