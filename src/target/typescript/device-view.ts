import { evaluate } from "../../ir/expression.ts";
import type { Field, Ir, Module, PathPart } from "../../ir/model.ts";
import { docComment, sentences } from "./doc-comment.ts";
import { driverSection, senderSection } from "./driver-view.ts";
import { typeName } from "./identifiers.ts";
import type { ModuleContext } from "./module-context.ts";
import { alternativeType, answerType, bytesWords, operationSentences, sentType } from "./operation-words.ts";
import { deviceOperations, operationSection, type DeviceOperation } from "./operation-view.ts";
import type { Section } from "./section.ts";
import type { StructSource } from "./struct-source.ts";

/** What a device type adds to its messages: the operations, the description, and the class that devices extend. */
export interface DeviceSections {
  /** Codecs that belong to one operation each. */
  readonly structs: readonly StructSource[];
  readonly sections: readonly Section[];
}

/** @returns undefined where the module has no message, or none that goes over a queue of its own */
export function deviceSections(module: Module, context: ModuleContext, ir: Ir): DeviceSections | undefined {
  if (!module.items.some((item) => item.kind === "queues")) return undefined;
  const operations = deviceOperations(module, context);
  if (operations.length === 0) return undefined;
  const structs = operations.flatMap(({ sent, answer, request }) =>
    [sent.struct, answer.struct].flatMap((struct) => {
      if (struct === undefined) return [];
      const users = operations
        .filter((one) => one.sent.codec === struct.name || one.answer.codec === struct.name)
        .map(({ name }) => `\`${name}\``)
        .join(", ");
      const what = request.kind === "event" ? "says with" : struct === sent.struct ? "reads of" : "answers to";
      return [{ ...struct, doc: [`What a device ${what} ${users}.`] }];
    }),
  );
  const both = [...operations.flatMap((one) => alternativeSections(one)), operationSection(operations, context)];
  // What goes over queues that any device may have is served and sent beside what its type has.
  if (module.kind !== "device")
    return {
      structs,
      sections: [...both, methodsSection(module, context, operations), senderSection(module, context, operations)],
    };
  const bits = featureBits(module, context, ir);
  return {
    structs,
    sections: [
      ...both,
      descriptionSection(module, context, bits),
      classSection(module, context, operations, bits),
      driverSection(module, context, operations, bits.type),
    ],
  };
}

/** What a device of any type may serve, by the names of the operations. */
function methodsSection(module: Module, context: ModuleContext, operations: readonly DeviceOperation[]): Section {
  const view = {
    doc: docComment([`${module.title}: what a device serves, by the names of the methods.`]),
    name: `${typeName(module.name)}Methods`,
    methods: operations.map((one) => requestMethod(one, context, true)),
  };
  return { template: "methods", view, declares: [], uses: [] };
}

/** What is sent with one alternative of a message. */
function alternativeSections(one: DeviceOperation): readonly Section[] {
  if (one.sentName === undefined) return [];
  const view = {
    doc: docComment([`What a device reads of \`${one.name}\`.`]),
    name: one.sentName,
    type: alternativeType(one),
  };
  return [{ template: "alternative", view, declares: [], uses: [] }];
}

/** What generated code calls the features of a device type. */
interface FeatureBits {
  /** Type of a bit. */
  readonly type: string;
  /** The table of all. */
  readonly table: string;
}

function featureBits(module: Module, context: ModuleContext, ir: Ir): FeatureBits {
  const core = ir.modules.find((one) => one.kind === "core" && hasFeatures(one));
  const own = hasFeatures(module);
  const types = [...(own ? ["F"] : []), ...(core === undefined ? [] : [context.imports.of(core.name, "F")])];
  const table = own
    ? "features"
    : core === undefined
      ? `${context.imports.value("featureTable")}({}, {})`
      : context.imports.of(core.name, "features");
  return { type: types.join(" | ") || "number", table };
}

function hasFeatures(module: Module): boolean {
  return module.items.some((item) => item.kind === "features" && item.features.length > 0);
}

function hasConfig(module: Module): boolean {
  return module.items.some((item) => item.kind === "config");
}

function descriptionSection(module: Module, context: ModuleContext, bits: FeatureBits): Section {
  const { imports } = context;
  const config = hasConfig(module);
  const queues = module.items.some((item) => item.kind === "queues" && item.queues.length > 0);
  const decides = decidingMembers(module);
  const view = {
    doc: docComment([`All that this description says of the ${module.title}.`]),
    name: "device",
    type: `${imports.type("DeviceDescription")}${config ? "<Config>" : ""}`,
    fields: [
      `name: '${module.name}'`,
      "id: deviceId",
      bits.table === "features" ? "features" : `features: ${bits.table}`,
      queues ? "queues" : `queues: ${imports.value("queueTable")}({})`,
      `config: ${config ? "Config" : "undefined"}`,
      `decides: [${decides.map((one) => `'${one}'`).join(", ")}]`,
      "operations",
    ],
  };
  return {
    template: "message",
    view,
    declares: ["device"],
    uses: [
      "deviceId",
      "operations",
      ...(config ? ["Config"] : []),
      ...(queues ? ["queues"] : []),
      ...(bits.table === "features" ? ["features"] : []),
    ],
  };
}

/** The members of the configuration space that formulas of messages and queues name. */
function decidingMembers(module: Module): readonly string[] {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    const { op, scope, path } = part as { readonly op?: unknown; readonly scope?: unknown; readonly path?: unknown };
    if (op === "member" && scope === "config" && Array.isArray(path))
      found.add((path as readonly PathPart[])[0]?.name ?? "");
    for (const one of Object.values(part)) visit(one);
  };
  visit(module.items.filter((item) => item.kind !== "rule" && item.kind !== "house"));
  return [...found];
}

/** One method as the template prints it. */
interface MethodView {
  readonly doc: string;
  /** `abstract in(request: Incoming<Req>): Answer<Open<S>>`, without a body where it has none. */
  readonly text: string;
  readonly body: string;
}

function classSection(
  module: Module,
  context: ModuleContext,
  operations: readonly DeviceOperation[],
  bits: FeatureBits,
): Section {
  const { imports } = context;
  const name = `${typeName(module.name)}Device`;
  const config = hasConfig(module) ? ", Config" : "";
  imports.value("VirtioDevice");
  const view = {
    doc: docComment([
      `${module.title}, on any transport. ${sentences(module)}`.trim(),
      "Extend it: the device serves what a driver asks by the method of that name. Methods that are not abstract belong " +
        "to features, or to the legacy interface. A device has to have those of the features that it offers.",
    ]),
    name,
    bits: bits.type,
    config,
    options: `${imports.type("DeviceOptions")}<${bits.type}, ${config === "" ? "object" : "Config"}>${needsConfig(module) ? "" : " = {}"}`,
    methods: operations.map((one) =>
      one.request.kind === "event" ? eventMethod(one, module, context) : requestMethod(one, context),
    ),
  };
  return { template: "device", view, declares: [name], uses: ["device"] };
}

/** Whether a device that offers nothing has members in its configuration space: then there is none without options. */
function needsConfig(module: Module): boolean {
  return module.items.some(
    (item) =>
      item.kind === "config" &&
      item.members.some((member) => {
        if (member.kind === "field" && member.reserved === true) return false;
        return (
          member.if === undefined || evaluate(member.if, (name) => (name.op === "feature" ? 0n : undefined)) !== 0n
        );
      }),
  );
}

function requestMethod(one: DeviceOperation, context: ModuleContext, always = false): MethodView {
  const { imports } = context;
  const answer = `${imports.type("Answer")}<${answerType(one)}>`;
  const request = `${imports.type("Incoming")}<${sentType(one) ?? "undefined"}>`;
  const optional = always || one.needs !== undefined || one.legacy;
  const text = optional
    ? `${one.name}?(request: ${request}): ${answer}`
    : `abstract ${one.name}(request: ${request}): ${answer}`;
  const bytes = [bytesSentence("request.input", one.sent.bytesOf), bytesSentence("request.output", one.answer.bytesOf)];
  return {
    doc: docComment([[operationSentences(one, context), ...bytes].filter((part) => part !== "").join(" ")], "  "),
    text,
    body: "",
  };
}

function eventMethod(one: DeviceOperation, module: Module, context: ModuleContext): MethodView {
  const { answer, name } = one;
  const bytes = bytesName(one);
  const queue = module.items
    .flatMap((item) => (item.kind === "queues" ? item.queues : []))
    .find((candidate) => one.request.queues.includes(candidate.name));
  const many = queue?.each !== undefined;
  const value = answer.codec === undefined ? [] : [`value: ${answer.codec}`];
  const output = answer.bytes === undefined ? [] : [`${bytes}: Uint8Array`];
  const parameters = [...value, ...output, ...(many ? ["index = 0"] : [])];
  const passed = [
    `operations.${name}`,
    value.length === 0 ? "undefined" : "value",
    ...(many ? ["index"] : output.length > 0 ? ["0"] : []),
    ...(output.length > 0 ? [bytes] : []),
  ];
  return {
    doc: docComment([operationSentences(one, context)], "  ", [
      ...(many ? [`@param index which \`${queue?.name ?? ""}\``] : []),
      "@returns false where the driver has made no buffer available, or none that is long enough",
    ]),
    text: `${name}(${parameters.join(", ")}): boolean`,
    body: `return this.send(${passed.join(", ")});`,
  };
}

/** What bytes of any number are called as a parameter. */
function bytesName(one: DeviceOperation): string {
  const [first] = one.answer.bytesOf;
  return one.answer.bytesOf.length === 1 &&
    first !== undefined &&
    /^[a-z]\w*$/.test(first.name) &&
    first.name !== "value" &&
    first.name !== "index"
    ? first.name
    : "bytes";
}

function bytesSentence(where: string, fields: readonly Field[]): string {
  return fields.length === 0 ? "" : `\`${where}\`: ${bytesWords(fields)}.`;
}
