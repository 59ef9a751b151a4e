import type { Command, ConstantGroup, Ir, Module, Part, PartItem, Request } from "../../ir/model.ts";
import { isConstantGroup } from "../../ir/item-kinds.ts";
import { Names, typeName, valueName } from "./identifiers.ts";

/** What generated code may import from the runtime: nothing of its own may be called so. */
const runtimeNames = [
  "Answer",
  "arm",
  "be16",
  "be32",
  "be64",
  "bitGroup",
  "Bits",
  "bitWord",
  "bytes",
  "choose",
  "Codec",
  "Command",
  "Configured",
  "DeviceDescription",
  "DeviceOptions",
  "DriverOptions",
  "DriverTransport",
  "EventHandler",
  "FeatureSet",
  "GuestRange",
  "FeatureTable",
  "featureTable",
  "Incoming",
  "le16",
  "le32",
  "le64",
  "list",
  "ListenOptions",
  "Message",
  "messageTags",
  "nativeStruct",
  "Negotiated",
  "nested",
  "next",
  "not",
  "Open",
  "operation",
  "Operations",
  "padded",
  "presentIf",
  "QueueChoice",
  "QueueContext",
  "QueueTable",
  "queueTable",
  "RegisterTable",
  "RequestSender",
  "reserved",
  "spread",
  "struct",
  "u16",
  "u32",
  "u64",
  "u8",
  "union",
  "unionBy",
  "validIf",
  "VirtioDevice",
  "VirtioDriver",
] as const;

export type RuntimeName = (typeof runtimeNames)[number];

/** Names of a request's codecs. */
export interface MessageNames {
  /** The value that describes the message. */
  readonly message: string;
  /** Everything that the device reads, and writes. */
  readonly readable: string;
  readonly writable: string;
}

/** What the elements of a module are called in TypeScript. The same description gives the same names whichever files are made. */
export class ModuleNames {
  readonly module: Module;
  private readonly names: Names;
  private readonly byElement = new Map<string, string>();

  constructor(module: Module, ir: Ir) {
    this.module = module;
    const own = typeName(module.name);
    const ofDevice = [
      "deviceId",
      "queues",
      "Config",
      "operations",
      "device",
      `${own}Device`,
      `${own}Driver`,
      `${own}Methods`,
    ];
    const reserved = ["F", "Features", "features", ...ofDevice];
    this.names = new Names(module.name, [...runtimeNames, ...reserved, ...ir.modules.map((one) => one.name)]);
    for (const item of module.items) {
      if (isConstantGroup(item)) {
        if (item.kind === "shared_memory") this.giveRegions(item);
        else if (item.name === "")
          for (const constant of item.constants) this.give("constant", constant.name, constant.name);
        else this.give("group", item.name, typeName(item.name));
      }
      if (item.kind === "constant") this.give("constant", item.name, item.name);
    }
    for (const item of module.items) {
      if (item.kind === "struct") this.give("struct", item.name, typeName(item.name));
      if (item.kind === "registers")
        this.give("registers", item.name, item.name === module.name ? "Register" : `${typeName(item.name)}Register`);
    }
    for (const item of module.items) {
      if (item.kind === "request" || item.kind === "message" || item.kind === "event") this.giveMessage(item);
      if (item.kind === "response") this.give("response", item.to, typeName(`${item.to}_response`));
      if ("sections" in item) this.giveCommand(item);
    }
  }

  group(name: string): string {
    return this.get("group", name);
  }

  constant(name: string): string {
    return this.get("constant", name);
  }

  struct(name: string): string {
    return this.get("struct", name);
  }

  registers(name: string): string {
    return this.get("registers", name);
  }

  /** The codec of one part of a request. */
  part(part: Part): string {
    return this.get("part", part.cName);
  }

  message(request: Request): MessageNames {
    return {
      message: this.get("message", request.name),
      readable: this.get("readable", request.name),
      writable: this.get("writable", request.name),
    };
  }

  response(to: string): string {
    return this.get("response", to);
  }

  command(command: Command): string {
    return this.get(command.kind, command.name);
  }

  section(command: Command, section: string): string {
    return this.get(`${command.kind} section`, `${command.name}.${section}`);
  }

  /** A further name, for a struct that has none in the description. */
  inner(wanted: string): string {
    return this.names.take(wanted);
  }

  /** Ids of shared memory regions: a group that has no name in the description. */
  private giveRegions(item: ConstantGroup): void {
    this.give("group", item.name, "SHM_ID");
    for (const constant of item.constants)
      this.byElement.set(`constant ${constant.name}`, `${this.group(item.name)}.${constant.name}`);
  }

  private giveMessage(request: Request): void {
    for (const part of partsOf(request.parts)) this.give("part", part.cName, typeName(this.short(part.cName)));
    this.give("readable", request.name, `${typeName(request.name)}Readable`);
    this.give("writable", request.name, `${typeName(request.name)}Writable`);
    this.give("message", request.name, valueName(request.name));
  }

  private giveCommand(command: Command): void {
    const kind = {
      ccw_command: "Command",
      capability: "Capability",
      resource: "Resource",
      device_part: "DevicePart",
    }[command.kind];
    this.give(command.kind, command.name, valueName(command.name) + kind);
    for (const section of command.sections)
      this.give(
        `${command.kind} section`,
        `${command.name}.${section.name}`,
        typeName(command.name.toLowerCase()) + typeName(section.name === "" ? kind : section.name),
      );
  }

  /** A C name without what all names of the module begin with. */
  private short(cName: string): string {
    const prefix = this.module.cPrefix.toLowerCase();
    return cName.startsWith(prefix) ? cName.slice(prefix.length) : cName;
  }

  private give(kind: string, name: string, wanted: string): void {
    const key = `${kind} ${name}`;
    if (!this.byElement.has(key)) this.byElement.set(key, this.names.take(wanted));
  }

  private get(kind: string, name: string): string {
    const found = this.byElement.get(`${kind} ${name}`);
    if (found === undefined) throw new Error(`the module '${this.module.name}' has no ${kind} '${name}'`);
    return found;
  }
}

function partsOf(parts: readonly PartItem[]): readonly Part[] {
  return parts.flatMap((part) => (part.kind === "part" ? [part] : part.arms.flatMap((arm) => partsOf(arm.parts))));
}
