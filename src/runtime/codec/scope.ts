import { CodecError } from "../codec-error.ts";

/** What a negotiated set of feature bits has to answer. */
export interface NegotiatedBits {
  has(bit: number): boolean;
}

/** What is known while one struct is read, written or measured. Made once a struct, never for a single member. */
export interface Scope {
  readonly struct: string;
  /** Its members so far, by name. */
  readonly value: Record<string, unknown>;
  /** What was passed to `withContext`. */
  readonly context: unknown;
  readonly outer: Scope | undefined;
  /** Address behind the member that was just read. */
  after: number;
  /** Index of what is read in the list around it. */
  row: number;
}

/**
 * Computes something from the struct's members, from what was passed to `withContext`, from the members of the struct around
 * it and from the index in the list around it. Generated code gives the parameters their types.
 */
export type Formula<T> = (value: never, context: never, outer: never, row: number) => T;

export function evaluate<T>(formula: Formula<T>, scope: Scope): T {
  const call = formula as (value: unknown, context: unknown, outer: unknown, row: number) => T;
  return call(scope.value, scope.context, scope.outer?.value, scope.row);
}

/**
 * What one condition asks for: a feature bit, several of them together, or a formula. `not` of a bit asks that it was
 * not negotiated.
 */
export type Term = number | readonly number[] | Formula<boolean>;

/** Asks that a feature was not negotiated. */
export function not(bit: number): number {
  return ~bit;
}

/** Decides whether something exists: one of the terms has to hold. */
export class Condition {
  /** It depends on features only. */
  readonly known: boolean;
  private readonly terms: readonly Term[];
  private readonly wanted: boolean;

  /** @param wanted false to ask that none of the terms holds */
  constructor(terms: readonly Term[], wanted = true) {
    this.known = terms.every((term) => typeof term !== "function");
    this.terms = terms;
    this.wanted = wanted;
  }

  holds(scope: Scope): boolean {
    return this.terms.some((term) => termHolds(term, scope)) === this.wanted;
  }
}

function termHolds(term: Term, scope: Scope): boolean {
  if (typeof term === "function") return evaluate(term, scope);
  const negotiated = negotiatedBits(scope);
  const holds = (bit: number): boolean => (bit < 0 ? !negotiated.has(~bit) : negotiated.has(bit));
  return typeof term === "number" ? holds(term) : term.every(holds);
}

function negotiatedBits(scope: Scope): NegotiatedBits {
  const { context } = scope;
  // Generated types demand the features where a condition asks for them; this finds callers that go around the types.
  if (typeof context === "object" && context !== null && "features" in context)
    return context.features as NegotiatedBits;
  throw new CodecError(
    "no-context",
    { struct: scope.struct, field: "" },
    "depends on the negotiated features: call withContext({ features }) first",
  );
}

/** A tag, or the two ends of a range of tags. */
export type Tag = number | readonly [from: number, to: number];

export interface Alternative {
  /** None: all tags that no other alternative has. */
  readonly tags: readonly Tag[];
  readonly condition: Condition | undefined;
}

/** The value that chooses between alternatives. */
export interface Choice {
  readonly by: Formula<number | bigint>;
  readonly alternatives: readonly Alternative[];
}

/** Says of a member which alternatives have it. */
export interface Guard {
  readonly choice: Choice;
  readonly alternatives: readonly number[];
}

/**
 * Which alternative a value chooses. One whose feature was not negotiated is as if it were not there.
 * @throws CodecError `unknown-tag` where there is none
 */
export function chosenAlternative(choice: Choice, scope: Scope): number {
  const tag = Number(evaluate(choice.by, scope));
  const matching = choice.alternatives.findIndex((one) =>
    one.tags.some((wanted) => (typeof wanted === "number" ? wanted === tag : wanted[0] <= tag && tag <= wanted[1])),
  );
  if (matching >= 0 && choice.alternatives[matching]?.condition?.holds(scope) !== false) return matching;
  const others = choice.alternatives.findIndex((one) => one.tags.length === 0);
  if (others >= 0) return others;
  const why =
    matching < 0 ? `nothing is defined for the tag ${tag}` : `the tag ${tag} needs a feature that was not negotiated`;
  throw new CodecError("unknown-tag", { struct: scope.struct, field: "", value: tag }, why);
}
