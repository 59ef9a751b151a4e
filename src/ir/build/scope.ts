import { isCommand } from "../item-kinds.ts";
import type * as Ast from "../../../grammar/ast.ts";
import { duplicateModule } from "../../check/duplicate-module.ts";
import type { Report } from "../../check/rule.ts";

/** What one description declares, by name. One name may be declared several times, in different revisions. */
export interface Scope {
  readonly file: Ast.File;
  readonly name: string;
  readonly cPrefix: string;
  readonly features: ReadonlyMap<string, readonly Ast.Feature[]>;
  readonly groups: ReadonlyMap<string, Ast.ConstantGroup>;
  /** `const NAME = …` and the constants of groups without a name. */
  readonly constants: ReadonlyMap<string, Ast.Constant>;
  readonly structs: ReadonlyMap<string, readonly StructDeclaration[]>;
  readonly externals: ReadonlyMap<string, Ast.ExternalType>;
  readonly parameters: ReadonlySet<string>;
  readonly registers: ReadonlySet<string>;
  readonly queues: ReadonlyMap<string, readonly Ast.Queue[]>;
  readonly requests: ReadonlyMap<string, Ast.Request | Ast.Command>;
  /** What a view's members may name: views by their tag, with their house. */
  readonly views: ReadonlyMap<string, { readonly view: Ast.View; readonly house: string }>;
  readonly config: readonly Ast.Member[];
  /** What stands in a house: its names are complete. */
  readonly houseElements: ReadonlySet<Ast.ConstantGroup | Ast.Constant>;
  /** What the legacy interface keeps in the guest's byte order. */
  readonly native: ReadonlySet<string>;
}

export interface StructDeclaration {
  readonly name: Ast.Word;
  readonly members: readonly Ast.Member[];
}

/** All descriptions of one compilation. */
export class Scopes {
  private readonly byName = new Map<string, Scope>();
  readonly all: readonly Scope[];
  /** The houses that any of them speaks of. */
  readonly houses: readonly string[];

  constructor(files: readonly Ast.File[], report: Report) {
    const all: Scope[] = [];
    for (const file of files) {
      if (file.header === undefined) continue;
      const scope = declare(file, file.header);
      const first = this.byName.get(scope.name);
      if (first === undefined) {
        this.byName.set(scope.name, scope);
        all.push(scope);
      } else {
        report(duplicateModule, {
          message: `'${scope.name}' is described twice`,
          at: file.header.name.at,
          related:
            first.file.header === undefined
              ? []
              : [{ at: first.file.header.name.at, message: "the other description" }],
          help: "give one of them another name, or leave one file out",
        });
      }
    }
    this.all = all;
    this.houses = [
      ...new Set(
        all.flatMap((scope) => scope.file.items.flatMap((item) => (item.kind === "house" ? [item.name.text] : []))),
      ),
    ];
  }

  get(name: string): Scope | undefined {
    return this.byName.get(name);
  }

  /** Where the features and constants of the core stand, which every description may name. */
  get core(): readonly Scope[] {
    return this.all.filter((scope) => scope.file.header?.kind === "core");
  }
}

function declare(file: Ast.File, header: Ast.Header): Scope {
  const features = new Map<string, Ast.Feature[]>();
  const groups = new Map<string, Ast.ConstantGroup>();
  const constants = new Map<string, Ast.Constant>();
  const structs = new Map<string, StructDeclaration[]>();
  const externals = new Map<string, Ast.ExternalType>();
  const parameters = new Set<string>();
  const registers = new Set<string>();
  const queues = new Map<string, Ast.Queue[]>();
  const requests = new Map<string, Ast.Request | Ast.Command>();
  const views = new Map<string, { view: Ast.View; house: string }>();
  const config: Ast.Member[] = [];
  const addGroup = (group: Ast.ConstantGroup): void => {
    if (group.name !== undefined && !groups.has(group.name.text)) groups.set(group.name.text, group);
    if (group.name === undefined)
      for (const constant of [...group.constants, ...group.flags]) setOnce(constants, constant.name.text, constant);
  };
  const addStructs = (members: readonly Ast.Member[]): void => {
    for (const inner of taggedGroups(members)) append(structs, inner.name.text, inner);
  };
  for (const item of file.items) {
    if (isCommand(item)) {
      setOnce(requests, item.name.text, item);
      for (const section of item.sections) addStructs(section.members);
      continue;
    }
    switch (item.kind) {
      case "features":
        for (const feature of item.features) append(features, feature.name.text, feature);
        break;
      case "queues":
        for (const queue of item.queues) append(queues, queue.name.text, queue);
        break;
      case "enum":
      case "flags":
      case "bits":
      case "shared_memory":
        addGroup(item);
        break;
      case "constant":
        setOnce(constants, item.name.text, item);
        break;
      case "struct":
        append(structs, item.name.text, item);
        addStructs(item.members);
        break;
      case "config":
        for (const member of item.members) config.push(member);
        addStructs(item.members);
        break;
      case "external":
        setOnce(externals, item.name.text, item);
        break;
      case "parameter":
        parameters.add(item.name.text);
        break;
      case "registers":
        for (const register of item.registers) registers.add(register.name.text);
        break;
      case "request":
      case "message":
      case "event":
        setOnce(requests, item.name.text, item);
        for (const part of partsOf(item.parts)) addStructs(part.members);
        break;
      case "house":
        for (const view of item.views) setOnce(views, view.name.text, { view, house: item.name.text });
        for (const group of item.groups) {
          if (group.kind === "constant") setOnce(constants, group.name.text, group);
          else addGroup(group);
        }
        break;
      default:
    }
  }
  const houseElements = new Set(file.items.flatMap((item) => (item.kind === "house" ? item.groups : [])));
  const native = new Set(
    file.items.flatMap((item) => (item.kind === "legacy native" ? item.names.map((name) => name.text) : [])),
  );
  const prefix = header.attributes.find((attribute) => attribute.kind === "c_prefix");
  const cPrefix = prefix?.kind === "c_prefix" ? prefix.name.text : `VIRTIO_${header.name.text.toUpperCase()}_`;
  return {
    file,
    name: header.name.text,
    cPrefix,
    features,
    groups,
    constants,
    structs,
    externals,
    parameters,
    registers,
    queues,
    requests,
    views,
    config,
    houseElements,
    native,
  };
}

/** Whether the legacy interface keeps one of these in the guest's byte order. */
export function isNative(scope: Scope, ...names: readonly string[]): true | undefined {
  return names.some((name) => scope.native.has(name)) ? true : undefined;
}

/** Every part of a request, those of its alternatives included. */
export function partsOf(items: readonly Ast.PartItem[]): readonly Ast.Part[] {
  return items.flatMap((item) => (item.kind === "part" ? [item] : item.arms.flatMap((arm) => partsOf(arm.parts))));
}

/** The parts of a request when a switch chooses the alternative with this tag; undefined where there is none. */
export function partsOfAlternative(items: readonly Ast.PartItem[], tag: string): readonly Ast.Part[] | undefined {
  let found = false;
  const parts = items.flatMap((item): readonly Ast.Part[] => {
    if (item.kind === "part") return [item];
    for (const arm of item.arms) {
      if (arm.tags.some((one) => one.op === "name" && one.path.at(-1)?.text === tag)) {
        found = true;
        return partsOf(arm.parts);
      }
      const inner = partsOfAlternative(arm.parts, tag);
      if (inner !== undefined) {
        found = true;
        return inner;
      }
    }
    return [];
  });
  return found ? parts : undefined;
}

/** Members that stand directly in these, in order: what a group without a name and an alternative hold are the outer's own. */
export function flatMembers(members: readonly Ast.Member[]): readonly Ast.Member[] {
  let flat = flattened.get(members);
  if (flat === undefined) {
    flat = flatten(members);
    flattened.set(members, flat);
  }
  return flat;
}

/** The members among these, flattened, that a name can mean: those that have it, and words whose bit groups do. */
export function membersNamed(members: readonly Ast.Member[], name: string): readonly Ast.Member[] {
  let byName = named.get(members);
  if (byName === undefined) {
    byName = new Map();
    for (const member of flatMembers(members)) {
      if (member.kind === "bits" && member.name === undefined)
        for (const bits of bitNames(member.bits)) append(byName, bits, member);
      else if ("name" in member && member.name !== undefined) append(byName, member.name.text, member);
    }
    named.set(members, byName);
  }
  return byName.get(name) ?? [];
}

const named = new WeakMap<readonly Ast.Member[], Map<string, Ast.Member[]>>();

function bitNames(bits: readonly Ast.BitItem[]): readonly string[] {
  return bits.flatMap((item) => (item.kind === "bit group" ? [item.name.text] : bitNames(item.bits)));
}

/** Every name in a struct is looked up among its members, so they are flattened once. */
const flattened = new WeakMap<readonly Ast.Member[], readonly Ast.Member[]>();

function flatten(members: readonly Ast.Member[]): readonly Ast.Member[] {
  if (members.every((member) => member.kind === "field" || member.kind === "bits")) return members;
  return members.flatMap((member): readonly Ast.Member[] => {
    switch (member.kind) {
      case "group":
        return member.name === undefined ? flatMembers(member.members) : [member];
      case "union":
      case "switch":
        return member.name === undefined ? member.arms.flatMap((arm) => flatMembers(arm.members)) : [member];
      case "window":
        return member.name === undefined ? member.arms.flatMap((arm) => flatMembers(arm.members)) : [member];
      case "present":
        return flatMembers(member.members);
      default:
        return [member];
    }
  });
}

function taggedGroups(members: readonly Ast.Member[]): readonly StructDeclaration[] {
  return members.flatMap((member): readonly StructDeclaration[] => {
    switch (member.kind) {
      case "group":
        return [
          ...(member.tag === undefined ? [] : [{ name: member.tag, members: member.members }]),
          ...taggedGroups(member.members),
        ];
      case "union":
      case "switch":
      case "window":
        return member.arms.flatMap((arm) => taggedGroups(arm.members));
      case "present":
        return taggedGroups(member.members);
      default:
        return [];
    }
  });
}

function append<T>(map: Map<string, T[]>, name: string, value: T): void {
  const values = map.get(name);
  if (values === undefined) map.set(name, [value]);
  else values.push(value);
}

function setOnce<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}
