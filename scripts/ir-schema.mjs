// Makes the JSON Schemas of what the command prints for machines, from the types in src/, so that the one cannot say
// other than the other.
//
//   node scripts/ir-schema.mjs     writes src/ir/schema/ and src/refine/schema/
//
// It knows the few forms of types that the models are written in, and fails on any other. Prettier's parser reads them.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { parsers } from "prettier/plugins/typescript";

/**
 * What a schema is made of.
 * @typedef {object} Made
 * @property {string} file
 * @property {string[]} sources of the types
 * @property {string} root the type of the whole
 * @property {string} id
 * @property {string} title
 * @property {string} description
 */

/** @satisfies {Record<string, Made>} */
const schemas = {
  ir: {
    file: "../src/ir/schema/virtgen-ir.schema.json",
    sources: [
      "../src/ir/model.ts",
      "../src/ir/expression-model.ts",
      "../src/ir/rule-model.ts",
      "../src/ir/house-model.ts",
      "../src/diagnostic/diagnostic.ts",
    ],
    root: "Ir",
    id: "urn:virtgen:ir:1",
    title: "virtgen's intermediate representation",
    description: "What `virtgen ir` prints. Made from src/ir/model.ts by scripts/ir-schema.mjs.",
  },
  diff: {
    file: "../src/ir/schema/virtgen-diff.schema.json",
    sources: [
      "../src/ir/diff/model.ts",
      "../src/ir/model.ts",
      "../src/ir/expression-model.ts",
      "../src/ir/rule-model.ts",
      "../src/ir/house-model.ts",
      "../src/diagnostic/diagnostic.ts",
    ],
    root: "Differences",
    id: "urn:virtgen:diff:1",
    title: "virtgen's comparison of two descriptions",
    description: "What `virtgen diff --format json` prints. Made from src/ir/diff/model.ts by scripts/ir-schema.mjs.",
  },
  refine: {
    file: "../src/refine/schema/virtgen-refine.schema.json",
    sources: ["../src/refine/report-model.ts"],
    root: "RefineReport",
    id: "urn:virtgen:refine:1",
    title: "How C headers differ from descriptions",
    description:
      "What `virtgen refine --format json` prints. Made from src/refine/report-model.ts by scripts/ir-schema.mjs.",
  },
};

/**
 * A node of the syntax tree, as far as it is looked at.
 * @typedef {object} Node
 * @property {string} type
 * @property {[number, number]} range
 * @property {{ start: { line: number } }} loc
 * @property {{ name: string }} [id] of a declaration
 * @property {Node} [declaration] of an export
 * @property {{ body: Node[] }} [body] of an interface
 * @property {{ expression: { name: string } }[]} [extends] of an interface
 * @property {{ name: string }} [key] of a property
 * @property {boolean} [optional] of a property
 * @property {Node} [typeAnnotation] of a property, an alias or an operator
 * @property {{ name: string }} [typeName] of a reference
 * @property {Node} [elementType] of an array
 * @property {Node[]} [members] of an object type
 * @property {Node[]} [types] of a union or an intersection
 * @property {{ value: unknown }} [literal]
 * @property {Node} [objectType] of `Item["kind"]`
 * @property {Node} [indexType] of the same
 *
 * @typedef {Node & { type: "Block" | "Line", value: string }} Comment
 *
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

  /** @type {Map<Node, string>} */
  docs = new Map();

  /** @param {string} text */
  add(text) {
    const options = /** @type {import("prettier").ParserOptions} */ (/** @type {unknown} */ ({ filepath: "model.ts" }));
    const parsed = /** @type {unknown} */ (parsers.typescript.parse(text, options));
    const tree = /** @type {{ body: Node[], comments: Comment[] }} */ (parsed);
    const docs = new Docs(text, tree.comments);
    for (const statement of tree.body) {
      const node = statement.declaration ?? statement;
      if (node.id === undefined || !/^TS(?:Interface|TypeAlias)Declaration$/.test(node.type)) continue;
      this.declarations.set(node.id.name, { node, doc: docs.above(statement) });
      for (const member of membersBelow(node)) {
        const doc = docs.above(member);
        if (doc !== undefined) this.docs.set(member, doc);
      }
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
      const schema = /** @type {Schema} */ (declared.doc === undefined ? {} : { description: declared.doc });
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
    return node.typeAnnotation === undefined ? objectOf(this.properties(node)) : this.schema(node.typeAnnotation);
  }

  /**
   * The properties of an object type, those that it inherits first.
   * @param {Node} node
   * @returns {Map<string, Property>}
   */
  properties(node) {
    if (node.type === "TSIntersectionType")
      return new Map((node.types ?? []).flatMap((type) => [...this.properties(type)]));
    if (node.typeName !== undefined) return this.properties(this.interfaceNamed(node.typeName.name));
    const members = node.members ?? node.body?.body;
    if (members === undefined) throw unknownForm(node);
    const inherited = (node.extends ?? []).flatMap(({ expression }) => [
      ...this.properties(this.interfaceNamed(expression.name)),
    ]);
    return new Map([...inherited, ...members.map((member) => this.property(member))]);
  }

  /**
   * @param {string} name
   * @returns {Node}
   */
  interfaceNamed(name) {
    const node = this.declarations.get(name)?.node;
    if (node?.type !== "TSInterfaceDeclaration") throw new Error(`ir-schema: '${name}' is no interface of the model`);
    return node;
  }

  /**
   * @param {Node} member
   * @returns {[string, Property]}
   */
  property(member) {
    const type = member.typeAnnotation?.typeAnnotation;
    if (member.key === undefined || type === undefined) throw unknownForm(member);
    const doc = this.docs.get(member);
    const schema = { ...(doc === undefined ? {} : { description: doc }), ...this.schema(type) };
    return [member.key.name, { schema, optional: member.optional === true }];
  }

  /**
   * `Item["kind"]`: what a property is in all the types of a union.
   * @param {Node} type
   * @returns {Schema}
   */
  valuesOf(type) {
    const union = this.declarations.get(type.objectType?.typeName?.name ?? "")?.node.typeAnnotation?.types ?? [];
    const key = String(type.indexType?.literal?.value);
    const values = union.flatMap((one) => {
      // Only that property: the others would bring in the definitions of all that they are.
      const node = one.typeName === undefined ? one : this.interfaceNamed(one.typeName.name);
      const member = (node.members ?? node.body?.body ?? []).find(({ key: own }) => own?.name === key);
      const schema = member === undefined ? {} : this.property(member)[1].schema;
      return "const" in schema ? [schema["const"]] : (schema["enum"] ?? []);
    });
    if (values.length === 0) throw unknownForm(type);
    return { enum: [...new Set(values)] };
  }

  /**
   * @param {Node} type
   * @returns {Schema}
   */
  schema(type) {
    if (type.typeName !== undefined) return this.reference(type.typeName.name);
    if (type.elementType !== undefined) return { type: "array", items: this.schema(type.elementType) };
    if (type.literal !== undefined) return { const: type.literal.value };
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
      case "TSTypeLiteral":
      case "TSIntersectionType":
        return objectOf(this.properties(type));
      case "TSIndexedAccessType":
        return this.valuesOf(type);
      case "TSUnionType":
        return unionOf((type.types ?? []).map((one) => this.schema(one)));
      default:
        // `readonly` says nothing in JSON.
        if (type.type === "TSTypeOperator" && type.typeAnnotation !== undefined)
          return this.schema(type.typeAnnotation);
        throw unknownForm(type);
    }
  }
}

/** What is written in the comments above declarations. */
class Docs {
  /**
   * @param {string} text
   * @param {Comment[]} comments
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
    const comment = this.comments.find((one) => /^\s+$/.test(this.text.slice(one.range[1], node.range[0])));
    if (comment === undefined) return undefined;
    const lines = comment.value
      .slice(1)
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, "").trim());
    return lines
      .join("\n")
      .trim()
      .split(/\n{2,}/)
      .map((paragraph) => paragraph.replaceAll("\n", " "))
      .join("\n")
      .replaceAll(/\{@link (\w+)\}/g, "`$1`");
  }
}

/**
 * The properties that are written in a declaration, however deep.
 * @param {Node} node
 * @returns {Node[]}
 */
function membersBelow(node) {
  const own = node.members ?? node.body?.body ?? [];
  const types = [node.typeAnnotation, node.elementType, ...(node.types ?? []), ...own];
  return [...own, ...types.flatMap((type) => (type === undefined ? [] : membersBelow(type)))];
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
  if (schemas.every((schema) => Object.keys(schema).join() === "type"))
    return { type: schemas.map((schema) => schema["type"]) };
  return { anyOf: schemas };
}

/**
 * @param {Node} node
 * @returns {Error}
 */
function unknownForm(node) {
  return new Error(
    `ir-schema: line ${node.loc.start.line} of the model has a type that this script does not know: ${node.type}`,
  );
}

/**
 * A schema's text, as it should be.
 * @param {Made} made
 * @returns {Promise<string>}
 */
async function schemaText({ sources, root, id, title, description }) {
  const model = new Model();
  for (const source of sources) model.add(await readFile(new URL(source, import.meta.url), "utf8"));
  const whole = model.reference(root);
  const definitions = [...model.definitions].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: id,
    title,
    description,
    ...whole,
    $defs: Object.fromEntries(definitions),
  };
  return format(JSON.stringify(schema), { parser: "json", printWidth: 120 });
}

/** @returns {Promise<string>} the schema of what `virtgen ir` prints */
export async function irSchema() {
  return schemaText(schemas.ir);
}

/** @returns {Promise<string>} the schema of what `virtgen diff` prints */
export async function diffSchema() {
  return schemaText(schemas.diff);
}

/** @returns {Promise<string>} the schema of what `virtgen refine` prints */
export async function refineSchema() {
  return schemaText(schemas.refine);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const made of Object.values(schemas)) {
    const file = fileURLToPath(new URL(made.file, import.meta.url));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await schemaText(made));
  }
}
