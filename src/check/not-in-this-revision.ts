import type { Finding, Place } from "../diagnostic/diagnostic.ts";
import { compareRevisions, existsAt } from "../ir/availability.ts";
import { simplify } from "../ir/expression.ts";
import type { Element, Expression, Revision } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import type { Guard } from "./survey/bodies.ts";
import { existing } from "./survey/presence.ts";
import { expressionReferences, plainReferences, type Reference } from "./survey/references.ts";
import type { Exists } from "./survey/solver.ts";
import { revisionsOf, spellRevisions, type Survey } from "./survey/survey.ts";
import type { Use } from "./survey/uses.ts";
import { called } from "./survey/words.ts";

export const notInThisRevision: Rule = {
  code: "V5001",
  name: "not-in-this-revision",
  severity: "error",
  summary: "an element that is used in a revision in which it does not exist",
  explanation: `One description holds all revisions, and each of them is checked: what an element names has to exist as long as the element
itself. A feature that a revision does not have is false in its conditions, so \`if MQ | RSS\` holds with \`MQ\` alone before
\`RSS\` exists; but an element whose condition can never hold in a revision does not belong there. The same goes for
structs, enums, queues, constants, and members in lengths and switches.`,
  bad: `device disk = 60 "Disk";

features {
  MQ = 12 since 1.2;
}
config {
  le64 capacity;
  le16 num_queues if MQ;
}
`,
  good: `device disk = 60 "Disk";

features {
  MQ = 12 since 1.2;
}
config {
  le64 capacity;
  le16 num_queues if MQ since 1.2;
}
`,
  *check(survey) {
    const lives = new Lives(survey);
    for (const use of survey.uses) yield* ofUse(survey, lives, use);
    for (const reference of plainReferences(survey)) yield* ofReference(lives, reference);
  },
};

/** Whether conditions can hold in a revision, each worked out once. */
class Lives {
  private readonly survey: Survey;
  private readonly exists = new Map<Revision, Exists>();
  private readonly dead = new Map<Expression, ReadonlySet<Revision>>();

  constructor(survey: Survey) {
    this.survey = survey;
  }

  at(revision: Revision): Exists {
    let found = this.exists.get(revision);
    if (found === undefined) {
      found = existing(this.survey, revision);
      this.exists.set(revision, found);
    }
    return found;
  }

  /** The revisions in which a condition is always false, because features do not exist. */
  deadIn(condition: Expression, among: readonly Revision[]): ReadonlySet<Revision> {
    let found = this.dead.get(condition);
    if (found === undefined) {
      found = new Set(among.filter((revision) => simplify(condition, this.at(revision)) === false));
      this.dead.set(condition, found);
    }
    return found;
  }

  /** Whether something around an element is never there in a revision, which is reported there. */
  isHidden(guards: readonly Guard[], revision: Revision): boolean {
    return guards.some(
      (guard) =>
        !existsAt(guard.element, revision) ||
        (guard.condition !== undefined && this.deadIn(guard.condition, revisionsOf(guard.element)).has(revision)),
    );
  }
}

function* ofUse(survey: Survey, lives: Lives, use: Use): Iterable<Finding> {
  if (use.expression.op === "number") return;
  const references = expressionReferences(survey, use, use.expression);
  if (
    references.every(
      (reference) => reference.targets.length === 0 || reference.targets.some((target) => covers(target, use.element)),
    )
  )
    return;
  const lifetime = revisionsOf(use.element);
  const own: readonly Guard[] =
    use.role === "condition" || use.element.if === undefined
      ? use.guards
      : [...use.guards, { element: use.element, condition: use.element.if }];
  const visible = lifetime.filter((revision) => !lives.isHidden(own, revision));
  if (use.role === "condition" || use.role === "requires") {
    const dead = visible.filter((revision) => simplify(use.expression, lives.at(revision)) === false);
    if (dead.length > 0) yield neverHolds(use, references, dead);
    yield* ofNames(
      survey,
      lives,
      use,
      visible.filter((revision) => !dead.includes(revision)),
    );
  } else if (use.role === "normative") {
    yield* ofNormative(lives, use, references, visible);
  } else yield* ofNames(survey, lives, use, visible);
}

/** Names that are left when the features that do not exist are false: members and constants have to be there. */
function* ofNames(survey: Survey, lives: Lives, use: Use, lifetime: readonly Revision[]): Iterable<Finding> {
  const missing = new Map<string, { readonly reference: Reference; readonly revisions: Revision[] }>();
  for (const revision of lifetime) {
    const simplified = simplify(use.expression, lives.at(revision));
    if (typeof simplified === "boolean") continue;
    for (const reference of expressionReferences(survey, use, simplified)) {
      if (
        reference.what === "feature" ||
        reference.targets.length === 0 ||
        reference.targets.some((target) => existsAt(target, revision))
      )
        continue;
      const known = missing.get(reference.name);
      if (known === undefined) missing.set(reference.name, { reference, revisions: [revision] });
      else known.revisions.push(revision);
    }
  }
  for (const { reference, revisions } of missing.values()) yield absent(reference, revisions);
}

/** A rule speaks of what exists, also where it would hold for want of it; `A | B` may have a name that comes later. */
function* ofNormative(
  lives: Lives,
  use: Use,
  references: readonly Reference[],
  visible: readonly Revision[],
): Iterable<Finding> {
  for (const reference of references) {
    const missing = visible.filter(
      (revision) => reference.targets.length > 0 && !reference.targets.some((target) => existsAt(target, revision)),
    );
    const counted =
      reference.what === "feature"
        ? missing.filter((revision) => isDecided(use.expression, lives.at(revision)))
        : missing;
    if (counted.length > 0) yield absent(reference, counted);
  }
}

/** Whether nothing is left to demand; what can never be fulfilled is as good as nothing. */
function isDecided(expression: Expression, exists: Exists): boolean {
  return (
    typeof simplify(expression, exists) === "boolean" ||
    (expression.op === "->" && simplify(expression.right, exists) === false)
  );
}

function* ofReference(lives: Lives, reference: Reference): Iterable<Finding> {
  const { targets, element, guards } = reference;
  if (targets.length === 0 || targets.some((target) => covers(target, element))) return;
  const own = element.if === undefined ? guards : [...guards, { element, condition: element.if }];
  const missing = revisionsOf(element).filter(
    (revision) => !targets.some((target) => existsAt(target, revision)) && !lives.isHidden(own, revision),
  );
  if (missing.length > 0) yield absent(reference, missing);
}

function covers(target: Element, element: Element): boolean {
  if (compareRevisions(target.since, element.since) > 0) return false;
  return (
    target.until === undefined || (element.until !== undefined && compareRevisions(element.until, target.until) <= 0)
  );
}

function absent(reference: Reference, missing: readonly Revision[]): Finding {
  const { element, name, targets, at, what } = reference;
  const plural = name.includes("' or '");
  return {
    message: `${called(element)} exists in ${spellRevisions(missing)}, but the ${what} '${name}' ${plural ? "do" : "does"} not`,
    at,
    related: related(targets, element, at),
    help: advice(element, targets, missing),
  };
}

function neverHolds(use: Use, references: readonly Reference[], dead: readonly Revision[]): Finding {
  const absentOnes = references.filter(
    (one) =>
      one.targets.length > 0 && dead.some((revision) => !one.targets.some((target) => existsAt(target, revision))),
  );
  const [first] = absentOnes;
  const names = [...new Set(absentOnes.map((one) => `'${one.name}'`))];
  const verb = use.role === "requires" ? "what it requires" : "its condition";
  return {
    message: `${called(use.element)} exists in ${spellRevisions(dead)}, where ${verb} can never hold: ${names.join(" and ")} ${names.length > 1 ? "do" : "does"} not exist there`,
    at: first?.at ?? use.element.at,
    related: related(
      absentOnes.flatMap((one) => one.targets),
      use.element,
      first?.at ?? use.element.at,
    ),
    help: advice(
      use.element,
      absentOnes.flatMap((one) => one.targets),
      dead,
    ),
  };
}

function related(targets: readonly Element[], element: Element, at: Place): NonNullable<Finding["related"]> {
  const places = targets.map((target) => ({ at: target.at, message: `exists ${lifetime(target)}` }));
  return sameLine(at, element.at)
    ? places
    : [...places, { at: element.at, message: `${called(element)} exists ${lifetime(element)}` }];
}

function lifetime(element: Element): string {
  return `since ${element.since}${element.until === undefined ? "" : ` until ${element.until}`}`;
}

function sameLine(a: Place, b: Place): boolean {
  return a.file === b.file && a.line === b.line;
}

/** What makes the two exist together, judged by which end of the element's life is missing. */
function advice(element: Element, targets: readonly Element[], missing: readonly Revision[]): string {
  const own = revisionsOf(element);
  const begins = targets.map((target) => target.since).toSorted((a, b) => compareRevisions(a, b))[0];
  const ends = targets
    .map((target) => target.until)
    .filter((until) => until !== undefined)
    .toSorted((a, b) => compareRevisions(b, a))[0];
  if (begins !== undefined && missing[0] === own[0] && compareRevisions(begins, own[0] ?? "0.9.5") > 0)
    return `let ${called(element)} begin with it: 'since ${begins}'`;
  if (ends !== undefined) return `let ${called(element)} end with it, 'until ${ends}', or name what took its place`;
  return "let both exist in the same revisions";
}
