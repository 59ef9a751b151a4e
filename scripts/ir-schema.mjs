// Makes the JSON Schema of the IR from its types in src/ir/model.ts, so that the one cannot say other than the other.
//
//   node scripts/ir-schema.mjs     writes src/ir/schema/virtgen-ir.schema.json
//
// It knows the few forms of types that the model is written in, and fails on any other. Prettier's parser reads them.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { parsers } from "prettier/plugins/typescript";

const schemaFile = new URL("../src/ir/schema/virtgen-ir.schema.json", import.meta.url);
const sources = ["../src/ir/model.ts", "../src/diagnostic/diagnostic.ts"];

/**
 * A node of the syntax tree, as far as it is looked at.
 * @typedef {any} Node
 * @typedef {Record<string, unknown>} Schema
 * @typedef {{ node: Node, doc: string | undefined }} Declaration
 * @typedef {{ schema: Schema, optional: boolean }} Property
 */

/** The exported types of the model, by name, with what stands above them. */
class Model {
  /** @type {Map<string, Declaration>} */
  declarations = new Map();
  /** @type {Map<string, Schema>} */
  definitions = new Map();

  /** @param {string} text */
  add(text) {
    const tree = /** @type {Node} */ (parsers.typescript.parse(text, /** @type {any} */ ({ filepath: "model.ts" })));
    const docs = new Docs(text, tree.comments);
    for (const statement of tree.body) {
      const node = statement.declaration ?? statement;
      if (node.type !== "TSInterfaceDeclaration" && node.type !== "TSTypeAliasDeclaration") continue;
      this.declarations.set(node.id.name, { node, doc: docs.above(statement) });
      for (const member of node.body?.body ?? []) member.doc = docs.above(member);
      visitLiterals(node.typeAnnotation, (member) => (member.doc = docs.above(member)));
    }
  }

  /**
   * A reference to a named type, whose definition is made when it is first asked for.
   * @param {string} name
   * @returns {Schema}
   */
  reference(name) {
    if (!this.definitions.has(name)) {
      const declared = this.declarations.get(name);
      if (declared === undefined) throw new Error(`ir-schema: the model uses '${name}', which it does not define`);
      // Put in before it is filled, because types refer to each other.
      const schema = /** @type {Schema} */ ({ ...(declared.doc === undefined ? {} : { description: declared.doc }) });
      this.definitions.set(name, schema);
      Object.assign(schema, this.definition(declared.node));
    }
    return { $ref: `#/$defs/${name}` };
  }

  /**
   * @param {Node} node
   * @returns {Schema}
   */
  definition(node) {
    if (node.type === "TSInterfaceDeclaration") return objectOf(this.properties(node));
    return this.schema(node.typeAnnotation);
  }

  /**
   * The properties of an object type, those that it inherits first.
   * @param {Node} node
   * @returns {Map<string, Property>}
   */
  properties(node) {
    if (node.type === "TSIntersectionType") {
      return new Map(node.types.flatMap((/** @type {Node} */ type) => [...this.properties(type)]));
    }
    if (node.type === "TSTypeReference") {
      const declared = this.declarations.get(node.typeName.name);
      if (declared?.node.type !== "TSInterfaceDeclaration") throw unknownForm(node);
      return this.properties(declared.node);
    }
    const inherited = (node.extends ?? []).flatMap((/** @type {Node} */ heritage) => {
      const declared = this.declarations.get(heritage.expression.name);
      if (declared === undefined) throw unknownForm(heritage);
      return [...this.properties(declared.node)];
    });
    const members = node.type === "TSTypeLiteral" ? node.members : node.body?.body;
    if (members === undefined) throw unknownForm(node);
    const own = members.map((/** @type {Node} */ member) => {
      const schema = this.schema(member.typeAnnotation.typeAnnotation);
      const described = member.doc === undefined ? schema : { description: member.doc, ...schema };
      return [member.key.name, { schema: described, optional: member.optional === true }];
    });
    return new Map([...inherited, ...own]);
  }

  /**
   * @param {Node} type
   * @returns {Schema}
   */
  schema(type) {
    switch (type.type) {
      case "TSStringKeyword":
        return { type: "string" };
      case "TSNumberKeyword":
        // The IR has no fractions.
        return { type: "integer" };
      case "TSBooleanKeyword":
        return { type: "boolean" };
      case "TSNullKeyword":
        return { type: "null" };
      case "TSLiteralType":
        return { const: type.literal.value };
      case "TSTypeReference":
        return this.reference(type.typeName.name);
      case "TSTypeOperator":
        return this.schema(type.typeAnnotation);
      case "TSArrayType":
        return { type: "array", items: this.schema(type.elementType) };
      case "TSTypeLiteral":
      case "TSIntersectionType":
        return objectOf(this.properties(type));
      case "TSUnionType":
        return unionOf(type.types.map((/** @type {Node} */ one) => this.schema(one)));
      default:
        throw unknownForm(type);
    }
  }
}

/** What is written in the comments above declarations. */
class Docs {
  /**
   * @param {string} text
   * @param {Node[]} comments
   */
  constructor(text, comments) {
    this.text = text;
    this.comments = comments.filter((comment) => comment.type === "Block" && comment.value.startsWith("*"));
  }

  /**
   * @param {Node} node
   * @returns {string | undefined}
   */
  above(node) {
    const comment = this.comments.find((one) => /^\s+$/.test(this.text.slice(one.range[1], node.range[0]) || "x"));
    if (comment === undefined) return undefined;
    const lines = comment.value.slice(1).split("\n").map((/** @type {string} */ line) => line.replace(/^\s*\* ?/, "").trim());
    const paragraphs = lines.join("\n").trim().split(/\n{2,}/);
    return paragraphs
      .map((/** @type {string} */ paragraph) => paragraph.replaceAll("\n", " "))
      .join("\n")
      .replaceAll(/\{@link (\w+)\}/g, "`$1`");
  }
}

/**
 * @param {Node} type
 * @param {(member: Node) => void} visit
 */
function visitLiterals(type, visit) {
  if (type === null || typeof type !== "object") return;
  if (type.type === "TSTypeLiteral") for (const member of type.members) visit(member);
  for (const [key, value] of Object.entries(type)) if (key !== "parent" && key !== "loc") visitLiterals(value, visit);
}

/**
 * @param {Map<string, Property>} properties
 * @returns {Schema}
 */
function objectOf(properties) {
  const required = [...properties].filter(([, property]) => !property.optional).map(([name]) => name);
  return {
    type: "object",
    properties: Object.fromEntries([...properties].map(([name, property]) => [name, property.schema])),
    required,
    additionalProperties: false,
  };
}

/**
 * @param {Schema[]} schemas
 * @returns {Schema}
 */
function unionOf(schemas) {
  if (schemas.every((schema) => "const" in schema)) return { enum: schemas.map((schema) => schema["const"]) };
  if (schemas.every((schema) => Object.keys(schema).join() === "type")) return { type: schemas.map((schema) => schema["type"]) };
  return { anyOf: schemas };
}

/**
 * @param {Node} node
 * @returns {Error}
 */
function unknownForm(node) {
  return new Error(`ir-schema: line ${node.loc?.start.line} of the model has a type that this script does not know: ${node.type}`);
}

/**
 * The schema's text, as it should be.
 * @returns {Promise<string>}
 */
export async function irSchema() {
  const model = new Model();
  for (const source of sources) model.add(await readFile(new URL(source, import.meta.url), "utf8"));
  const root = model.reference("Ir");
  const definitions = [...model.definitions].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:virtgen:ir:1",
    title: "virtgen's intermediate representation",
    description: "What `virtgen ir` prints. Made from src/ir/model.ts by scripts/ir-schema.mjs.",
    ...root,
    $defs: Object.fromEntries(definitions),
  };
  return format(JSON.stringify(schema), { parser: "json", printWidth: 120 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dirname(fileURLToPath(schemaFile)), { recursive: true });
  await writeFile(schemaFile, await irSchema());
}
