import type { Finding, Place } from "../diagnostic/diagnostic.ts";
import { coexist, overlap } from "../ir/availability.ts";
import { newestRevision, type Expression, type Tag } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { guardsOf } from "./survey/bodies.ts";
import { spanOf, type Alternative, type Choice } from "./survey/choices.ts";
import { together } from "./survey/presence.ts";
import { spellRevisions } from "./survey/survey.ts";

export const tagTwice: Rule = {
  code: "V3009",
  name: "tag-twice",
  severity: "error",
  summary: "two alternatives for the same value",
  explanation: `A value chooses one alternative, so no two of them have the same tag, nor a tag inside of another's range, in a revision
in which both exist. Where a feature decides between two shapes of one alternative, each has its condition, and the
conditions exclude each other: \`CREATE if STATELESS : …\` and \`CREATE unless STATELESS : …\`.`,
  bad: `device disk = 60 "Disk";

enum T { IN = 0; OUT = 1; }

struct req {
  u8 type : T;
  switch type {
    IN      : u8 data[16];
    OUT, IN : u8 other[8];
  }
}
`,
  good: `device disk = 60 "Disk";

enum T { IN = 0; OUT = 1; }

struct req {
  u8 type : T;
  switch type {
    IN  : u8 data[16];
    OUT : u8 other[8];
  }
}
`,
  *check(survey) {
    for (const choice of survey.choices) yield* inChoice(choice);
  },
};

interface Tagged {
  readonly arm: Alternative;
  readonly tag: Tag;
}

function* inChoice(choice: Choice): Iterable<Finding> {
  const values = new Map<string, Tagged[]>();
  const others: Tagged[] = [];
  for (const arm of choice.arms) {
    let reported = false;
    for (const tag of arm.tags) {
      const value = tag.kind === "value" ? String(spanOf(tag)?.from) : undefined;
      const near = value === undefined ? [...values.values()].flat() : (values.get(value) ?? []);
      const first = reported
        ? undefined
        : [...near, ...others].find((other) => meet(other.tag, tag) && both(other.arm, arm));
      if (first !== undefined) {
        reported = true;
        yield same(first, { arm, tag });
      }
      if (value === undefined) others.push({ arm, tag });
      else values.set(value, [...near, { arm, tag }]);
    }
  }
}

function same(first: Tagged, second: Tagged): Finding {
  const revisions = overlap(first.arm, second.arm);
  const when = revisions.includes(newestRevision) ? "" : ` in ${spellRevisions(revisions)}`;
  const at = placeOf(second.tag) ?? second.arm.at;
  const related = [{ at: placeOf(first.tag) ?? first.arm.at, message: "chosen first" }];
  if (second.tag.kind === "default")
    return { message: `two alternatives 'default'${when}`, at, related, help: "only one of them can be chosen" };
  const inRange = first.tag.kind === "range" || second.tag.kind === "range";
  const equal = first.tag.kind === "value" && second.tag.kind === "value" && written(first.tag) === written(second.tag);
  return {
    message:
      inRange || equal || first.tag.kind === "default"
        ? `${inRange ? `${written(second.tag)} and ${written(first.tag)} overlap` : `two alternatives for ${written(second.tag)}`}${when}`
        : `${written(second.tag)} and ${written(first.tag)} are the same value, so two alternatives are chosen by it${when}`,
    at,
    related,
    help: "a value chooses one alternative; where a feature decides, give both a condition: 'if F' and 'unless F'",
  };
}

function meet(a: Tag, b: Tag): boolean {
  if (a.kind === "default" || b.kind === "default") return a.kind === b.kind;
  const first = spanOf(a);
  const second = spanOf(b);
  return first !== undefined && second !== undefined && first.from <= second.to && second.from <= first.to;
}

function both(a: Alternative, b: Alternative): boolean {
  if (!coexist(a, b)) return false;
  if (a === b) return true;
  return together(guardsOf(a), guardsOf(b));
}

function placeOf(tag: Tag): Place | undefined {
  const expression = tag.kind === "value" ? tag.value : tag.kind === "range" ? tag.from : undefined;
  return expression !== undefined && "at" in expression ? expression.at : undefined;
}

function written(tag: Tag): string {
  if (tag.kind === "default") return "'default'";
  return tag.kind === "value" ? `'${text(tag.value)}'` : `'${text(tag.from)}..${text(tag.to)}'`;
}

function text(expression: Expression): string {
  if (expression.op === "number") return expression.text;
  return expression.op === "constant"
    ? expression.name
    : String(spanOf({ kind: "value", value: expression })?.from ?? "");
}
