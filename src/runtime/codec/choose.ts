import { keyWithoutName } from "./definition.ts";
import { next, reserved } from "./fields.ts";
import type { Overlay } from "./member.ts";
import { Condition, type Choice, type Formula, type Tag, type Term } from "./scope.ts";
import { SpecChoice, type Spec } from "./spec.ts";

type SpecRecord = Readonly<Record<string, Spec<unknown>>>;

/** One alternative: its tags, its members, and the condition under which there is such a thing. */
export interface Arm<M extends object = object> {
  /** None: all tags that no other alternative has. */
  readonly tags: readonly Tag[];
  readonly members: M;
  readonly condition: Condition | undefined;
}

export function arm<M extends object>(tags: readonly Tag[], members: M, ...terms: readonly Term[]): Arm<M> {
  return { tags, members, condition: terms.length === 0 ? undefined : new Condition(terms) };
}

type Merged<A extends readonly Arm[]> = (
  A[number] extends infer One ? (One extends Arm<infer M> ? (members: M) => void : never) : never
) extends (members: infer All) => void
  ? All
  : never;

/** The members of the alternative that a value chooses. The struct is as long as that one makes it. */
export function choose<A extends readonly Arm[]>(by: Formula<number | bigint>, ...arms: A): Merged<A> {
  return alternatives(by, arms, undefined) as Merged<A>;
}

/** A union of which a value chooses one alternative: from the offset on, as long as the longest. */
export function unionBy<A extends readonly Arm[]>(
  offset: number,
  length: number,
  by: Formula<number | bigint>,
  ...arms: A
): Merged<A> {
  return alternatives(by, arms, { byteOffset: offset, byteLength: length }) as Merged<A>;
}

/** A union that nothing in it decides: all alternatives are read, those are written that there are. */
export function union<M extends object>(offset: number, length: number, members: M): M {
  const overlay: Overlay = { byteOffset: offset, byteLength: length };
  return each(members, (spec) => spec.inOverlay(overlay));
}

/** Members that have bytes only with one of the features, or where the formula says so. */
export function presentIf<M extends object>(terms: readonly Term[], members: M): M {
  const present = new Condition(terms);
  return each(members, (spec) => spec.having({ present }));
}

/** Members that keep their place, but are valid only with one of the features, or where the formula says so. */
export function validIf<M extends object>(terms: readonly Term[], members: M): M {
  const valid = new Condition(terms);
  return each(members, (spec) => spec.having({ valid }));
}

function alternatives(by: Formula<number | bigint>, arms: readonly Arm[], overlay: Overlay | undefined): object {
  const choice: Choice = { by, alternatives: arms };
  const merged: Record<string, Spec<unknown>> = {};
  for (const [index, one] of arms.entries()) {
    for (const [name, member] of Object.entries(one.members as SpecRecord)) {
      const guarded = member.guarded({ choice, alternatives: [index] });
      const spec = overlay === undefined ? guarded : guarded.inOverlay(overlay);
      const other = merged[name];
      merged[name] =
        other === undefined ? spec : other instanceof SpecChoice ? other.and(spec) : new SpecChoice([other, spec]);
    }
  }
  // Where no alternative has members, the tag is still looked at.
  if (Object.keys(merged).length === 0)
    merged[keyWithoutName()] = reserved(next, 0).guarded({ choice, alternatives: arms.map((_, index) => index) });
  return merged;
}

function each<M extends object>(members: M, change: (spec: Spec<unknown>) => Spec<unknown>): M {
  return Object.fromEntries(Object.entries(members as SpecRecord).map(([name, spec]) => [name, change(spec)])) as M;
}
