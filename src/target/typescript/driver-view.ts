import type { Module } from "../../ir/model.ts";
import { docComment } from "./doc-comment.ts";
import { typeName } from "./identifiers.ts";
import type { ModuleContext } from "./module-context.ts";
import { listenerName } from "./operation-names.ts";
import { bytesWords, operationSentences, sentType } from "./operation-words.ts";
import type { DeviceOperation } from "./operation-view.ts";
import type { Section } from "./section.ts";

/** One method as the template prints it. */
interface MethodView {
  readonly doc: string;
  readonly text: string;
  readonly body: readonly string[];
}

/** The class that drives devices of a type: a method for each thing that a device can be asked. */
export function driverSection(
  module: Module,
  context: ModuleContext,
  operations: readonly DeviceOperation[],
  bits: string,
): Section {
  const { imports } = context;
  const name = `${typeName(module.name)}Driver`;
  const config = module.items.some((item) => item.kind === "config") ? ", Config" : "";
  imports.value("VirtioDriver");
  imports.type("DriverTransport");
  const view = {
    doc: docComment([
      `Drives a ${module.title}, over any transport. There is a method for each thing that it can be asked, and one to ` +
        "listen to each that it tells: they are there when the driver has been started.",
    ]),
    name,
    bits,
    config,
    options: `${imports.type("DriverOptions")}<${bits}>`,
    methods: operations.map((one) =>
      one.request.kind === "event" ? listenerMethod(one, context) : requestMethod(one, module, context),
    ),
  };
  return { template: "driver", view, declares: [name], uses: ["device", "operations"] };
}

/** The class that sends, over queues that any device may have. */
export function senderSection(module: Module, context: ModuleContext, operations: readonly DeviceOperation[]): Section {
  const { imports } = context;
  const name = `${typeName(module.name)}Driver`;
  const view = {
    doc: docComment([
      `${module.title}: what can be asked of a device of any type, by way of its driver, when that has been started.`,
    ]),
    name,
    sender: imports.type("RequestSender"),
    methods: operations.map((one) => requestMethod(one, module, context, "this.driver.request")),
  };
  return { template: "sender", view, declares: [name], uses: ["operations"] };
}

/** A parameter of a method, and what it is. */
interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

function requestMethod(
  one: DeviceOperation,
  module: Module,
  context: ModuleContext,
  request = "this.request",
): MethodView {
  const { imports } = context;
  const { sent, answer, name } = one;
  const byAddress = one.path.parts.some((part) => part.byAddress === true);
  const value = valueOf(one);
  const parts: string[] = [];
  const parameters: Parameter[] = [];
  const tags = one.fixedTags.map(({ member, value: number }) => `${member}: ${number}`);
  if (value !== undefined) parameters.push({ name: "value", type: value, doc: "" });
  const ranges = byAddress ? `readonly ${imports.type("GuestRange")}[]` : "";
  if (sent.bytes !== undefined) {
    parameters.push({ name: "input", type: byAddress ? ranges : "Uint8Array", doc: bytesWords(sent.bytesOf) });
    parts.push(byAddress ? "inputAt: input" : "input");
  }
  if (answer.bytes !== undefined) {
    parameters.push({
      name: "output",
      type: byAddress ? ranges : "number | Uint8Array",
      doc: `${bytesWords(answer.bytesOf)}: ${byAddress ? "where they are" : "how many bytes, or where to put them"}`,
    });
    parts.push(byAddress ? "outputAt: output" : "output");
  }
  if (answer.isUnbounded) {
    parameters.push({ name: "answerLength", type: "number", doc: "how many bytes the answer may have" });
    parts.push("answerLength");
  }
  const several = hasSeveralQueues(one, module);
  if (several) parameters.push({ name: "choice", type: `${imports.type("QueueChoice")} = {}`, doc: "" });
  const object =
    sent.codec === undefined
      ? "undefined"
      : tags.length === 0
        ? "value"
        : `{ ${[...(value === undefined ? [] : ["...value"]), ...tags].join(", ")} }`;
  const options = several
    ? parts.length === 0
      ? "choice"
      : `{ ...choice, ${parts.join(", ")} }`
    : `{ ${parts.join(", ")} }`;
  const passed = [`operations.${name}`, object, ...(parts.length > 0 || several ? [options] : [])].join(", ");
  const call = `await ${request}${answer.codec === undefined ? "" : `<${answer.codec}>`}(${passed});`;
  const { type, body } = resultOf(one, call, byAddress);
  return {
    doc: docComment(
      [operationSentences(one, context)],
      "  ",
      parameters.filter(({ doc }) => doc !== "").map((parameter) => `@param ${parameter.name} ${parameter.doc}`),
    ),
    text: `async ${name}(${parameters.map((one) => `${one.name}: ${one.type}`).join(", ")}): Promise<${type}>`,
    body,
  };
}

/** What comes back: the answer, the bytes beside it, or both. */
function resultOf(
  { single, answer }: DeviceOperation,
  call: string,
  byAddress: boolean,
): { readonly type: string; readonly body: readonly string[] } {
  const { codec, only } = answer;
  const hasBytes = answer.bytes !== undefined && !byAddress;
  if (codec === undefined) {
    return hasBytes
      ? { type: "Uint8Array", body: [`const reply = ${call}`, "return reply.output;"] }
      : { type: "void", body: [call] };
  }
  if (hasBytes)
    return {
      type: `${codec} & { output: Uint8Array }`,
      body: [`const reply = ${call}`, "return { ...reply.answer, output: reply.output };"],
    };
  return {
    type: single ?? codec,
    body: [`const { answer } = ${call}`, `return answer${single === undefined ? "" : `.${only?.name ?? ""}`};`],
  };
}

function listenerMethod(one: DeviceOperation, context: ModuleContext): MethodView {
  const { imports } = context;
  const { answer, name } = one;
  const handler = `${imports.type("EventHandler")}<${answer.codec ?? "undefined"}>`;
  const doc = [
    ...(answer.bytes === undefined
      ? []
      : [`@param handler gets ${bytesWords(answer.bytesOf)} as bytes beside the value`]),
    "@param options how many buffers the device gets, and of which size",
  ];
  return {
    doc: docComment([operationSentences(one, context)], "  ", doc),
    text: `${listenerName(name)}(handler: ${handler}, options: ${imports.type("ListenOptions")} = {}): void`,
    body: [`this.listen(operations.${name}, handler, options);`],
  };
}

/** Type of what is sent without its tags; undefined where nothing is left. */
function valueOf(one: DeviceOperation): string | undefined {
  const type = sentType(one);
  if (type === undefined || one.fixedTags.length === 0) return type;
  const rest = one.path.parts
    .filter((part) => part.direction === "device-readable")
    .flatMap((part) => part.members)
    .filter((member) => !one.sent.bytesOf.some((field) => field === member))
    .filter((member) => !(member.kind === "field" && (member.reserved === true || member.value !== undefined)))
    .filter((member) => !one.fixedTags.some((tag) => tag.member === member.name));
  if (rest.length === 0) return undefined;
  return `Omit<${type}, ${one.fixedTags.map(({ member }) => (member.startsWith("'") ? member : `'${member}'`)).join(" | ")}>`;
}

function hasSeveralQueues({ request }: DeviceOperation, module: Module): boolean {
  if (request.queues.length > 1) return true;
  const queues = module.items.flatMap((item) => (item.kind === "queues" ? item.queues : []));
  return queues.some((queue) => request.queues.includes(queue.name) && queue.each !== undefined);
}
