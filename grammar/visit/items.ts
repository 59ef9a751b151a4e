import type { CstNode } from "chevrotain";
import type * as Ast from "../ast.ts";
import { elementOf, erratum, type DescribedElement } from "./attributes.ts";
import {
  docAbove,
  docOf,
  has,
  keywordOf,
  node,
  nodes,
  onlyChild,
  optionalNode,
  optionalToken,
  optionalWord,
  placeOfNode,
  placeOfToken,
  textOf,
  token,
  tokens,
  word,
  type Source,
} from "./cst.ts";
import { operation, expression, optionalExpression, path, range } from "./expressions.ts";
import { armTags, members } from "./members.ts";
import { constant, constantGroup, firstPlace, where } from "./constants.ts";
import { house } from "./houses.ts";

/** Makes the syntax tree of a concrete tree without syntax errors. */
export function file(source: Source, cst: CstNode): Ast.File {
  return {
    path: source.path,
    header: header(source, node(cst, "header")),
    items: nodes(cst, "item").map((one) => item(source, one)),
  };
}

function header(source: Source, cst: CstNode): Ast.Header {
  const name = word(source, token(cst, "Name"));
  const title = optionalToken(cst, "Text");
  return {
    kind: keywordOf(cst, ["device", "transport", "core"]) ?? "device",
    name,
    id: optionalExpression(source, cst),
    title: title === undefined ? "" : textOf(title),
    at: name.at,
    ...elementOf(source, cst),
  };
}

function item(source: Source, wrapper: CstNode): Ast.Item {
  const cst = onlyChild(wrapper);
  const element = elementOf(source, cst, wrapper);
  const keyword = firstPlace(source, cst);
  switch (cst.name) {
    case "features":
      return {
        kind: "features",
        features: nodes(cst, "feature").map((one) => feature(source, one)),
        at: keyword,
        ...element,
      };
    case "featureRanges":
      return {
        kind: "feature_ranges",
        ranges: nodes(cst, "featureRange").map((one) => featureRange(source, one)),
        at: keyword,
        ...element,
      };
    case "queues":
      return {
        kind: "queues",
        queues: nodes(cst, "queue").map((one) => queue(source, one)),
        where: nodes(cst, "where").map((one) => where(source, one)),
        at: keyword,
        ...element,
      };
    case "config":
      return { kind: "config", members: members(source, node(cst, "members")), at: keyword, ...element };
    case "constantGroup":
      return constantGroup(source, cst, element);
    case "constant":
      return constant(source, node(cst, "constantLine"), element);
    case "struct": {
      const name = word(source, token(cst, "Name"));
      return { kind: "struct", name, members: members(source, node(cst, "members")), at: name.at, ...element };
    }
    case "external": {
      const name = word(source, token(cst, "Name"));
      return { kind: "external", name, at: name.at, ...element };
    }
    case "parameter": {
      const name = word(source, token(cst, "Name"));
      return { kind: "parameter", name, at: name.at, ...element };
    }
    case "request":
      return request(source, cst, element);
    case "response": {
      const to = word(source, token(cst, "Name"));
      return { kind: "response", to, members: members(source, node(cst, "members")), at: to.at, ...element };
    }
    case "registers":
      return registers(source, cst, element);
    case "command":
      return command(source, cst, element);
    case "rule":
      return rule(source, cst, element);
    case "erratumItem":
      return { kind: "erratum", erratum: erratum(source, node(cst, "erratum")), at: keyword, ...element };
    case "legacyNative": {
      const names = nodes(cst, "nativeName").map((one) => word(source, token(one, "Name")));
      // Here `legacy` is a word of the statement, not an attribute before it.
      return { kind: "legacy native", names, at: keyword, doc: element.doc, attributes: [] };
    }
    default:
      return house(source, cst, element);
  }
}

function feature(source: Source, cst: CstNode): Ast.Feature {
  const name = word(source, token(cst, "Name"));
  return {
    kind: "feature",
    name,
    value: expression(source, node(cst, "expression")),
    at: name.at,
    ...elementOf(source, cst),
  };
}

function featureRange(source: Source, cst: CstNode): Ast.FeatureRange {
  const owner = word(source, token(cst, "Name"));
  return {
    kind: "feature range",
    owner,
    range: range(source, node(cst, "range")),
    at: owner.at,
    ...elementOf(source, cst),
  };
}

function queue(source: Source, cst: CstNode): Ast.Queue {
  const [name, ...others] = tokens(cst, "Name");
  if (name === undefined) throw new Error("a queue without a name");
  const index = has(cst, "LBracket") ? others.shift() : undefined;
  const variable = others.shift();
  const values = optionalNode(cst, "range");
  return {
    kind: "queue",
    name: word(source, name),
    index: index === undefined ? undefined : word(source, index),
    number: expression(source, node(cst, "expression")),
    variable: variable === undefined ? undefined : word(source, variable),
    range: values === undefined ? undefined : range(source, values),
    at: placeOfToken(source, name),
    ...elementOf(source, cst),
  };
}

function request(source: Source, cst: CstNode, element: DescribedElement): Ast.Request {
  const name = word(source, token(cst, "Name"));
  const plain = nodes(cst, "member");
  const kind = keywordOf(cst, ["request", "message", "event"]) ?? "request";
  const parts = nodes(cst, "partItem").map((one) => partItem(source, one));
  if (plain.length > 0) {
    // Members in the braces themselves are one part: an event is written by the device, a message by the driver.
    const direction = kind === "event" ? "device-writable" : "device-readable";
    parts.push({
      kind: "part",
      direction,
      name: undefined,
      members: members(source, cst),
      at: name.at,
      doc: "",
      attributes: [],
    });
  }
  return {
    kind,
    name,
    queues: nodes(cst, "queueName").map((one) => word(source, token(one, "Name"))),
    parts,
    at: name.at,
    ...element,
  };
}

function partItem(source: Source, wrapper: CstNode): Ast.PartItem {
  const cst = onlyChild(wrapper);
  const element = elementOf(source, cst);
  if (cst.name === "part") {
    const keyword = optionalToken(cst, "DeviceReadable") ?? token(cst, "DeviceWritable");
    return {
      kind: "part",
      direction: has(cst, "DeviceReadable") ? "device-readable" : "device-writable",
      name: optionalWord(source, cst, "Name"),
      members: members(source, node(cst, "members")),
      at: placeOfToken(source, keyword),
      ...element,
    };
  }
  const values = node(cst, "enumName");
  return {
    kind: "part switch",
    by: expression(source, node(cst, "expression")),
    enum: optionalWord(source, values, "Name"),
    arms: nodes(cst, "partArm").map((one): Ast.PartArm => {
      const head = node(one, "armHead");
      return {
        tags: armTags(source, head),
        parts: nodes(one, "partItem").map((part) => partItem(source, part)),
        at: placeOfNode(source, node(head, "tag")),
        doc: has(one, "LBrace") ? docOf(source, one) : docAbove(source, one),
        attributes: elementOf(source, head).attributes,
      };
    }),
    at: placeOfToken(source, token(cst, "Keyword_switch")),
    ...element,
  };
}

function registers(source: Source, cst: CstNode, element: DescribedElement): Ast.Registers {
  const name = word(source, token(cst, "Name"));
  const title = optionalToken(cst, "Text");
  return {
    kind: "registers",
    name,
    title: title === undefined ? "" : textOf(title),
    registers: nodes(cst, "register").map((one): Ast.Register => {
      const own = word(source, token(one, "Name"));
      const scalar = token(one, "Scalar");
      return {
        kind: "register",
        offset: operation(source, node(one, "operation")),
        access: keywordOf(one, ["read", "write", "rw"]) ?? "read",
        type: { kind: "scalar", name: scalar.image, at: placeOfToken(source, scalar) },
        name: own,
        enum: optionalWord(source, node(one, "enumName"), "Name"),
        value: optionalExpression(source, one),
        at: own.at,
        ...elementOf(source, one),
      };
    }),
    at: name.at,
    ...element,
  };
}

function command(source: Source, cst: CstNode, element: DescribedElement): Ast.Command {
  const name = word(source, token(cst, "Name"));
  const plain = members(source, cst);
  const sections: Ast.Section[] = nodes(cst, "section").map((one) => ({
    name: word(source, token(one, "Name")),
    members: members(source, node(one, "members")),
    at: placeOfToken(source, token(one, "Name")),
  }));
  if (plain.length > 0) sections.unshift({ name: undefined, members: plain, at: name.at });
  return {
    kind: keywordOf(cst, ["ccw_command", "capability", "resource", "device_part"]) ?? "capability",
    name,
    number: optionalExpression(source, cst),
    direction: keywordOf(cst, ["in", "out"]),
    sections,
    at: name.at,
    ...element,
  };
}

function rule(source: Source, cst: CstNode, element: DescribedElement): Ast.Rule {
  const normative = optionalNode(cst, "normative");
  const at = firstPlace(source, normative ?? cst);
  if (normative !== undefined) {
    const texts = tokens(normative, "Text");
    const value = optionalExpression(source, normative);
    const values = optionalNode(normative, "range");
    const held = optionalNode(normative, "heldBy");
    const sentence = value === undefined ? texts.at(-1) : undefined;
    const label = value === undefined && texts.length === 1 ? undefined : texts[0];
    return {
      kind: "rule",
      form: keywordOf(normative, ["must", "should", "may"]) ?? "must",
      negated: has(normative, "Keyword_not"),
      role: keywordOf(normative, ["driver", "device"]),
      source: label === undefined ? undefined : textOf(label),
      features: [],
      expression: value,
      range: values === undefined ? undefined : range(source, values),
      sentence: sentence === undefined ? undefined : textOf(sentence),
      heldBy: held === undefined ? [] : nodes(held, "path").map((one) => path(source, one)),
      at,
      ...element,
    };
  }
  return {
    kind: "rule",
    form: keywordOf(cst, ["requires", "at_least_one", "conflicts", "offers"]) ?? "requires",
    negated: false,
    role: undefined,
    source: undefined,
    features: tokens(cst, "Name").map((one) => word(source, one)),
    expression: optionalExpression(source, cst),
    range: undefined,
    sentence: undefined,
    heldBy: [],
    at,
    ...element,
  };
}
