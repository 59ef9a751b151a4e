import type { Command, Config, Constant, Item, Member, Module, Request, Response, Struct } from "../../ir/model.ts";
import type { TargetInput } from "../target.ts";
import { banner } from "./banner.ts";
import { bitGroupEntries } from "./bit-groups.ts";
import type { AssertView } from "./blocks.ts";
import type { Catalogue } from "./catalogue.ts";
import { CodeWriter } from "./code.ts";
import { comment, paragraphs } from "./comment.ts";
import { leaves, type CStruct, type Declaration } from "./declaration.ts";
import { specDialect } from "./dialect.ts";
import { featureNames, unmetFeature } from "./feature-functions.ts";
import { inDependencyOrder, withLegacySwitch, type Entry, type HeaderView } from "./header.ts";
import { isCommand, isConstantGroup } from "../../ir/item-kinds.ts";
import { Entries, inRuns } from "./items.ts";
import { QueueFunctions } from "./queue-functions.ts";
import { Requests } from "./requests.ts";
import { sizeFunction } from "./size-function.ts";
import { StructBuilder, type Owner } from "./struct-builder.ts";
import { Words } from "./words.ts";

const everything = (): boolean => true;

/** The header of one description in the `spec` profile. */
export class SpecHeader {
  readonly module: Module;
  readonly name: string;
  readonly entries: readonly Entry[];
  /** Its C structs, in the order of the description. */
  readonly structs: readonly CStruct[];
  private readonly catalogue: Catalogue;
  private readonly words: Words;
  private readonly writer: Entries;
  private readonly builder: StructBuilder;
  private readonly requests: Requests;
  private readonly code: CodeWriter;
  private readonly declared: CStruct[] = [];

  constructor(module: Module, catalogue: Catalogue) {
    this.module = module;
    this.name = `virtio_${module.name}.h`;
    this.catalogue = catalogue;
    this.words = new Words(catalogue, false);
    this.writer = new Entries(specDialect, this.words, false);
    this.builder = new StructBuilder(specDialect, this.words, new Set());
    this.requests = new Requests(this.words, this.builder);
    const config = catalogue.config(module.name);
    const configStructs =
      config === undefined ? [] : this.builder.declarations(this.owner(config, config.cName), config.members, true);
    this.code = new CodeWriter(
      catalogue,
      configStructs.find((declaration) => declaration.kind === "struct"),
    );
    this.entries = this.makeEntries();
    this.structs = this.declared;
  }

  /** What the template prints. `headers` are all of the profile, so that each includes those that it needs. */
  view(headers: readonly SpecHeader[], input: Pick<TargetInput, "revision" | "command">): HeaderView {
    const own = new Set(this.entries.flatMap((entry) => entry.declares));
    const used = new Set(this.entries.flatMap((entry) => entry.uses).filter((name) => !own.has(name)));
    const others = headers.filter(
      (header) => header !== this && header.entries.some((entry) => entry.declares.some((name) => used.has(name))),
    );
    const asserts = this.asserts();
    return {
      banner: banner(`${this.module.title}.`, [this.module.file], input.revision, input.command),
      guard: this.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_"),
      includes: ['"virtio_types.h"', ...others.map((header) => `"${header.name}"`)],
      blocks: [
        ...withLegacySwitch(inDependencyOrder(this.entries), undefined),
        ...(asserts.length === 0 ? [] : [{ shape: "asserts" as const, structs: asserts }]),
      ],
    };
  }

  private makeEntries(): readonly Entry[] {
    const { module } = this;
    return [
      ...this.byteOrder(),
      ...this.writer.features(module, everything),
      ...featureNames(module, specDialect.house),
      ...unmetFeature(module, specDialect.house, this.code),
      ...inRuns(module.items, (item) => item.kind === "constant" || isCommand(item)).flatMap((item) => this.item(item)),
    ];
  }

  private byteOrder(): readonly Entry[] {
    const names = this.module.legacyNative.map((name) =>
      name === "config" ? "the configuration space" : name === "requests" ? "the requests" : name,
    );
    if (names.length === 0) return [];
    const text = `On the legacy interface these are in the guest's byte order, see virtio_get_native(): ${names.join(", ")}.`;
    return [{ block: { shape: "remark", comment: comment([text]) }, legacy: false, declares: [], uses: [] }];
  }

  private item(item: Item | readonly Item[]): readonly Entry[] {
    if (!("kind" in item)) {
      const constants = item.filter((one): one is Constant => one.kind === "constant");
      const commands = item.filter((one) => isCommand(one));
      return [
        ...this.writer.constants(constants, this.module, everything),
        ...this.writer.commandNumbers(commands),
        ...commands.flatMap((command) => this.command(command)),
      ];
    }
    if (isConstantGroup(item)) return this.writer.constants(item, this.module, everything);
    switch (item.kind) {
      case "queues": {
        const queues = new QueueFunctions(
          this.module,
          this.code,
          this.words,
          this.catalogue.config(this.module.name)?.cName ?? "",
        );
        return [...this.writer.defines(["Queue numbers"], queues.fixed(item)), ...queues.functions(item)];
      }
      case "registers":
        return this.writer.registers(item, everything);
      case "struct":
      case "config":
        return this.struct(item);
      case "request":
      case "message":
      case "event":
        return this.request(item);
      case "response":
        return this.response(item);
      default:
        return [];
    }
  }

  private struct(item: Struct | Config): readonly Entry[] {
    const declarations = this.builder.declarations(this.owner(item, item.cName), item.members, true);
    const [head] = declarations;
    const size = head?.kind === "struct" ? sizeFunction(item, head, this.code) : undefined;
    return [...this.declare(declarations), ...(size === undefined ? [] : [size])];
  }

  private owner(item: Struct | Config | Response | Command, tag: string): Owner {
    return { tag, comment: paragraphs(item.doc), packed: false, legacy: item.legacy === true, view: false };
  }

  private declare(declarations: readonly Declaration[]): readonly Entry[] {
    return declarations.flatMap((declaration): readonly Entry[] => {
      const entry = this.writer.declaration(declaration);
      if (declaration.kind === "remark") return [entry];
      this.declared.push(declaration);
      return [entry, ...bitGroupEntries(declaration, this.words)];
    });
  }

  private request(item: Request): readonly Entry[] {
    return this.requests.messages(item).flatMap((message) => [
      {
        block: { shape: "remark" as const, comment: comment(message.comment) },
        legacy: message.legacy,
        declares: [],
        uses: [],
      },
      ...this.declare(message.declarations),
    ]);
  }

  private response(item: Response): readonly Entry[] {
    return this.message(item, item.cName, `Response to ${item.to}`, item.members);
  }

  private command(item: Command): readonly Entry[] {
    return item.sections.flatMap((section) => {
      const tag = section.name === "" ? item.cName.toLowerCase() : `${item.cName.toLowerCase()}_${section.name}`;
      return section.members.length === 0
        ? []
        : this.message(item, tag, commandTitle(item, section.name), section.members);
    });
  }

  private message(item: Response | Command, tag: string, title: string, members: readonly Member[]): readonly Entry[] {
    const owner: Owner = { ...this.owner(item, tag), comment: [] };
    const lines = this.builder.listing(owner, members).map((line) => `\t${line}`);
    const block = { shape: "remark" as const, comment: comment([`${title}:`, ...lines]) };
    return [
      { block, legacy: item.legacy === true, declares: [], uses: [] },
      ...this.declare(this.builder.declarations(owner, members, false)),
    ];
  }

  private asserts(): readonly AssertView[] {
    return this.structs.map((struct) => {
      const fields = leaves(struct.members);
      return {
        tag: struct.tag,
        size: struct.size,
        fields: fields.filter(({ path }) => path.c === path.cxx).map(({ path, offset }) => ({ name: path.c, offset })),
        renamed: fields.filter(({ path }) => path.c !== path.cxx).map(({ path, offset }) => ({ ...path, offset })),
      };
    });
  }
}

/** `VIRTIO_ADMIN_CMD_LIST_QUERY, result`; `CCW_CMD_READ_FEAT, to the driver, but for index`. */
function commandTitle({ cName, direction, given = [] }: Command, section: string): string {
  const way = direction === undefined ? "" : direction === "out" ? "to the device" : "to the driver";
  const butFor = given.length === 0 ? "" : `but for ${given.join(" and ")}`;
  return [cName, section, way, butFor].filter((word) => word !== "").join(", ");
}

/** The headers of the `spec` profile: one a description that has anything to declare. */
export function specHeaders(catalogue: Catalogue): readonly SpecHeader[] {
  return catalogue.ir.modules
    .map((module) => new SpecHeader(module, catalogue))
    .filter((header) => header.entries.length > 0);
}
