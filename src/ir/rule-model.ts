import type { Place } from "../diagnostic/diagnostic.ts";
import type { Expression } from "./expression-model.ts";
import type { Element } from "./model.ts";

export interface Rule extends Element {
  readonly kind: "rule";
  readonly form: "requires" | "at_least_one" | "conflicts" | "offers" | "must" | "should" | "may";
  readonly not?: true;
  readonly role?: "driver" | "device";
  /** Of `at_least_one` and `conflicts`. */
  readonly features?: readonly string[];
  readonly expression?: Expression;
  readonly range?: { readonly from: Expression; readonly to: Expression };
  /** In our own words, where no expression says it. */
  readonly sentence?: string;
  /** What holds the role to the sentence: properties of these elements, which generated code enforces. */
  readonly heldBy?: readonly HeldBy[];
}

/** The path of an element as a description writes it: `events_read`, `req.type`, `MQ`. */
export interface HeldBy {
  readonly path: readonly string[];
  readonly at: Place;
}
