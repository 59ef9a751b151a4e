import type * as Ast from "../../../grammar/ast.ts";
import { attributeOutOfPlace } from "../../check/attribute-out-of-place.ts";
import { attributeTwice } from "../../check/attribute-twice.ts";
import { unknownWord } from "../../check/unknown-word.ts";
import { nearest } from "../../diagnostic/suggest.ts";
import { compareRevisions } from "../availability.ts";
import type { Alias, ConstantKind, Element, Erratum, Expression, HouseOrder } from "../model.ts";
import { checkErratum } from "./check-erratum.ts";
import { checkRevisions } from "./check-revisions.ts";
import { present, type Context, type Inherited } from "./context.ts";
import { all, find, type AttributeOf, type Kind } from "./find-attribute.ts";
import { revisionOf } from "./revision.ts";

const always: readonly Kind[] = ["since", "until", "legacy", "label", "erratum"];
const named: readonly Kind[] = [...always, "was", "alias", "also", "c_name"];
const conditional: readonly Kind[] = ["if", "unless"];
const house: readonly Kind[] = ["packed", "natural", "order"];

/** Which attributes mean something where. */
const allowed: Readonly<Record<string, readonly Kind[]>> = {
  "header": [...always, "c_prefix", "was"],
  "features": always,
  "feature": [...named, "requires", "if"],
  "feature_ranges": always,
  "feature range": always,
  "queues": always,
  "queue": [...named, ...conditional, "compact"],
  "config": [...always, ...house, "alias"],
  "group": [...named, "c_prefix"],
  "constant": [...named, ...conditional, "overridable"],
  "struct": [...named, ...conditional, ...house],
  "external": [...named, "size", "from"],
  "field": [
    ...named,
    ...conditional,
    "in",
    "writable",
    "write_clears",
    "kept",
    "reset",
    "pad",
    "unit",
    "order",
    "limit",
    "bitmap",
    "refuse",
    "packed",
  ],
  "bits": [...named, ...conditional, "writable", "order", "unit"],
  "bit group": [...named, ...conditional, "in", "unit"],
  "bit union": always,
  "member group": [...named, ...conditional, ...house],
  "variant": [...named, ...conditional],
  "arm": [...always, ...conditional, "c_name"],
  "block": [...always, ...conditional],
  "pick": [...named, "order"],
  "request": [...named, ...conditional, "any_length", "refuse"],
  "part": [...named, ...conditional, "by_address"],
  "response": always,
  "registers": [...named, ...conditional, "c_prefix", "numbered"],
  "register": [...named, ...conditional, "bank", "in", "unit", "write_clears", "reset"],
  "command": [...named, ...conditional, "refers"],
  "CCW command": [...named, ...conditional, "transport_revision", "given"],
  "rule": [...always, ...conditional],
  "house": always,
  "view": [...always, ...house],
  "typedef": [...always, "aligned"],
};

const spellings: Readonly<Partial<Record<Kind, string>>> = {
  by_address: "by address",
  kept: "kept over reset",
  transport_revision: "since revision",
};

/** How an attribute is written, for messages. */
function spelling(kind: Kind): string {
  return spellings[kind] ?? kind;
}

const repeatable: ReadonlySet<Kind> = new Set<Kind>([
  "requires",
  "alias",
  "also",
  "was",
  "erratum",
  "packed",
  "natural",
  "order",
  "compact",
]);

/** Reports what makes no sense at this kind of element. */
export function checkAttributes(context: Context, what: string, attributes: readonly Ast.Attribute[]): void {
  if (attributes.length === 0) return;
  const seen = new Map<Kind, Ast.Attribute>();
  const possible = allowed[what] ?? always;
  for (const attribute of attributes) {
    if (!possible.includes(attribute.kind)) {
      context.report(attributeOutOfPlace, {
        message: `'${spelling(attribute.kind)}' means nothing at ${what === "header" ? "the head of a description" : `a ${what}`}`,
        at: attribute.at,
        help: `possible here: ${possible.map((kind) => spelling(kind)).join(", ")}`,
      });
    }
    if ("house" in attribute) checkHouse(context, attribute.house);
    const first = seen.get(attribute.kind);
    if (first === undefined) seen.set(attribute.kind, attribute);
    else if (!repeatable.has(attribute.kind)) {
      context.report(attributeTwice, {
        message: `'${spelling(attribute.kind)}' stands here twice`,
        at: attribute.at,
        related: [{ at: first.at, message: "the first one" }],
        ...(attribute.kind === "if" || attribute.kind === "unless"
          ? { help: `join the conditions: '${attribute.kind} A ${attribute.kind === "if" ? "&" : "|"} B'` }
          : {}),
      });
    }
  }
}

/** What an element passes on to what stands in it. */
export function inheritedBy(context: Context, attributes: readonly Ast.Attribute[], outer: Inherited): Inherited {
  if (attributes.length === 0) return only(outer);
  const since = find(attributes, "since");
  const until = find(attributes, "until");
  const ownSince = since === undefined ? undefined : revisionOf(context, since.revision, since.at);
  const ownUntil = until === undefined ? undefined : revisionOf(context, until.revision, until.at);
  const latest = ownSince !== undefined && compareRevisions(ownSince, outer.since) > 0 ? ownSince : outer.since;
  const earliest =
    ownUntil !== undefined && (outer.until === undefined || compareRevisions(ownUntil, outer.until) < 0)
      ? ownUntil
      : outer.until;
  const legacy = outer.legacy === true || find(attributes, "legacy") !== undefined;
  return {
    since: latest,
    ...(earliest === undefined ? {} : { until: earliest }),
    ...(legacy ? { legacy: true as const } : {}),
  };
}

export interface Described {
  readonly doc: string;
  readonly attributes: readonly Ast.Attribute[];
  readonly at: Ast.Word["at"];
}

/**
 * The part that every element of the IR has. `cNameOf` makes the C name of a name by the rule for this kind of element;
 * `condition` is its resolved `if` or `unless`.
 */
export function element(
  context: Context,
  what: string,
  name: string,
  node: Described,
  outer: Inherited,
  cNameOf: (name: string) => string,
  condition?: Expression,
): Element {
  if (node.attributes.length === 0)
    return {
      name,
      cName: cNameOf(name),
      doc: node.doc,
      at: node.at,
      ...only(outer),
      ...(condition === undefined ? {} : { if: condition }),
    };
  checkAttributes(context, what, node.attributes);
  checkRevisions(context, name, node.attributes, outer);
  context.written.record(node.at, node.attributes);
  const inherited = inheritedBy(context, node.attributes, outer);
  const cName = find(node.attributes, "c_name");
  const was = all(node.attributes, "was").flatMap((attribute) => {
    const until = revisionOf(context, attribute.until, attribute.at);
    return until === undefined ? [] : [{ name: attribute.name.text, cName: cNameOf(attribute.name.text), until }];
  });
  const aliases = [...all(node.attributes, "alias"), ...all(node.attributes, "also")].map((attribute) =>
    alias(context, attribute),
  );
  const errata = all(node.attributes, "erratum").map((attribute) => erratumOf(context, attribute.erratum));
  const label = find(node.attributes, "label");
  return {
    name,
    cName: cName?.name.text ?? cNameOf(name),
    doc: node.doc,
    at: node.at,
    ...inherited,
    ...(was.length > 0 ? { was: was.toSorted((a, b) => compareRevisions(a.until, b.until)) } : {}),
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(label === undefined ? {} : { label: label.text }),
    ...(errata.length > 0 ? { errata } : {}),
    ...(condition === undefined ? {} : { if: condition }),
  };
}

const constantKinds: ReadonlySet<string> = new Set<ConstantKind>(["number", "bit", "mask"]);

function isConstantKind(text: string): text is ConstantKind {
  return constantKinds.has(text);
}

function alias(context: Context, attribute: AttributeOf<"alias" | "also">): Alias {
  const as = attribute.as?.text;
  if (as !== undefined && !isConstantKind(as)) {
    context.report(unknownWord, {
      message: `'${as}' is no kind of constant`,
      at: attribute.as?.at ?? attribute.at,
      help: "possible are 'as mask', 'as bit' and 'as number'",
    });
  }
  return {
    house: attribute.house.text,
    name: attribute.name.text,
    ...(attribute.kind === "also" ? { also: true as const } : {}),
    ...(as !== undefined && isConstantKind(as) ? { as } : {}),
  };
}

/** Without any house in the compilation, the descriptions of the houses may only not be at hand. */
function checkHouse(context: Context, house: Ast.Word): void {
  const { houses } = context.scopes;
  if (houses.length === 0 || houses.includes(house.text)) return;
  const meant = nearest(house.text, houses);
  context.report(unknownWord, {
    message: `there is no house '${house.text}'`,
    at: house.at,
    help:
      meant === undefined
        ? `the houses are ${houses.join(", ")}; another is declared by 'house ${house.text} { … }'`
        : `did you mean '${meant}'?`,
  });
}

export function erratumOf(context: Context, erratum: Ast.Erratum): Erratum {
  checkErratum(context, erratum);
  const { id, text, meant, because, places } = erratum;
  return { id, text, meant, because, ...(places.length > 0 ? { places } : {}) };
}

/** What is inherited, without whatever else the outer element has. */
function only(outer: Inherited): Inherited {
  return {
    since: outer.since,
    ...(outer.until === undefined ? {} : { until: outer.until }),
    ...(outer.legacy === undefined ? {} : { legacy: outer.legacy }),
  };
}

/** How houses pack and order what is laid out: properties that are absent where nothing is said. */
export function houseLayout(
  context: Context,
  attributes: readonly Ast.Attribute[],
): { packed?: readonly string[]; orders?: readonly HouseOrder[] } {
  if (attributes.length === 0) return {};
  const packed = all(attributes, "packed").map((attribute) => attribute.house.text);
  const orders = all(attributes, "order").flatMap((attribute): HouseOrder[] => {
    const order = attribute.order.text;
    if (order === "little" || order === "guest") return [{ house: attribute.house.text, order }];
    context.report(unknownWord, {
      message: `'${order}' is no byte order`,
      at: attribute.order.at,
      help: "possible are 'little' and 'guest'",
    });
    return [];
  });
  return present({ packed: packed.length > 0 ? packed : undefined, orders: orders.length > 0 ? orders : undefined });
}
