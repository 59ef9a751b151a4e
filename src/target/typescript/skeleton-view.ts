import type { Ir, Member, Module } from "../../ir/model.ts";
import type { Templates } from "../templates.ts";
import { answerType, operationSentences, sentType } from "./operation-words.ts";
import { docComment, sentences } from "./doc-comment.ts";
import { propertyName, typeName } from "./identifiers.ts";
import { Modules, ModuleContext } from "./module-context.ts";
import { deviceOperations, type DeviceOperation } from "./operation-view.ts";

/** A device of one's own, to be written on: from then on it is its author's, and never generated again. */
export interface Skeleton {
  /** Without a folder: `lamp-device.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Words in types that need no import. */
const builtIn = new Set(["typeof", "number", "bigint", "string", "boolean", "void", "undefined", "Uint8Array"]);
const ofRuntime = new Set(["Answer", "Incoming", "Open", "Bits"]);

/**
 * The class that its author goes on with, for one device type.
 * @param ir cut at a revision
 * @param generated what the skeleton imports the generated module from: `./generated/lamp.ts`
 * @returns undefined where the module is no device type, or one without a message
 */
export function skeleton(
  module: Module,
  ir: Ir,
  places: { readonly generated: string; readonly runtime: string },
  templates: Templates,
): Skeleton | undefined {
  if (module.kind !== "device") return undefined;
  const context = new ModuleContext(module, new Modules(ir));
  const operations = deviceOperations(module, context).filter(({ request }) => request.kind !== "event");
  if (operations.length === 0) return undefined;
  const needed = operations.filter((one) => one.needs === undefined && !one.legacy);
  const types = needed.flatMap((one) => [`Incoming<${sentType(one) ?? "undefined"}>`, `Answer<${answerType(one)}>`]);
  const words = new Set(types.flatMap(wordsOf));
  const base = `${typeName(module.name)}Device`;
  const config = module.items.find((item) => item.kind === "config");
  const view = {
    title: module.title,
    runtime: places.runtime,
    runtimeTypes: [...words]
      .filter((word) => ofRuntime.has(word))
      .toSorted()
      .join(", "),
    generated: places.generated,
    names: [...words, base]
      .filter((word) => !ofRuntime.has(word) && !builtIn.has(word))
      .toSorted()
      .map((word) => (word === base ? word : `type ${word}`))
      .join(", "),
    doc: docComment([`${module.title}. ${sentences(module)}`.trim()]),
    name: `My${typeName(module.name)}`,
    base,
    optional: operations
      .filter((one) => !needed.includes(one) && !one.legacy)
      .map(({ name }) => `\`${name}\``)
      .join(", "),
    config: config?.members.flatMap((member) => start(member)) ?? [],
    methods: needed.map((one) => method(one, context)),
  };
  return { path: `${module.name}-device.ts`, text: templates.render("device", view) };
}

function method(one: DeviceOperation, context: ModuleContext): object {
  return {
    doc: docComment([operationSentences(one, context)], "  "),
    name: one.name,
    sent: sentType(one) ?? "undefined",
    answer: answerType(one),
  };
}

/** The names in a type that something has to give; not what stands behind a dot, nor properties. */
function wordsOf(type: string): readonly string[] {
  return [...type.matchAll(/(?<![.\w])[A-Za-z_]\w*(?!\w|\s*\??:)/g)].map(([word]) => word);
}

/**
 * The line of the configuration space's value that gives a member which is always there. Where that takes more than a
 * number the author finds out by its type.
 */
function start(member: Member): readonly string[] {
  if (member.kind !== "field" || member.if !== undefined || member.legacy === true || member.reserved === true)
    return [];
  const { type, dimensions, range } = member;
  if (type.kind !== "scalar") return [];
  const least = range?.from.op === "number" ? String(range.from.value) : "0";
  const [dimension, ...more] = dimensions;
  if (dimension === undefined) return [`${propertyName(member.name)}: ${least}${type.size === 8 ? "n" : ""}`];
  if (type.size !== 1 || more.length > 0 || dimension.kind !== "fixed") return [];
  return [`${propertyName(member.name)}: new Uint8Array(${dimension.length})`];
}
