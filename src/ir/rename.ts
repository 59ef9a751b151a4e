import { existsAt, nameAt } from "./availability.ts";
import type { Element, Ir, Item, Module, PathPart, Revision } from "./model.ts";

/** What something is called: its name, and the complete C identifier. */
export interface Name {
  readonly name: string;
  readonly cName: string;
}

/**
 * Makes references follow the elements that had another name at the revision that an IR was cut at: types, groups of
 * constants, constants and features in expressions, aliases, banks of registers.
 * @param all the IR as built, with every revision's names
 */
export function followNames(ir: Ir, all: Ir, revision: Revision): Ir {
  return renameReferences(ir, olderNames(all, revision));
}

/** What elements are called by a description that is to be read with other names. */
export type NewNames = ReadonlyMap<ReferenceKey, Name>;

/** Kind of reference, module, and the name that the references have now; of a constant the group before its name. */
export type ReferenceKey =
  `${"module" | "type" | "feature" | "group" | "constant" | "register" | "member" | "queue"} ${string}`;

/** A copy of an IR in which references go by other names; elements keep theirs. */
export function renameReferences(ir: Ir, names: NewNames): Ir {
  return names.size === 0 ? ir : (followed(ir, names, "") as Ir);
}

/** What elements that references name are called at the revision, where that is not what they are called today. */
function olderNames(all: Ir, revision: Revision): NewNames {
  const names = new Map<ReferenceKey, Name>();
  const note = (key: ReferenceKey, element: Element): void => {
    if (element.was !== undefined && existsAt(element, revision)) {
      const older = nameAt(element, revision);
      if (older.name !== element.name) names.set(key, { name: older.name, cName: older.cName });
    }
  };
  const noteItem = (module: string, item: Item): void => {
    switch (item.kind) {
      case "struct":
      case "external":
        note(`type ${module}.${item.name}`, item);
        break;
      case "features":
        for (const feature of item.features) note(`feature ${module}.${feature.name}`, feature);
        break;
      case "enum":
      case "flags":
      case "bits":
      case "shared_memory":
        note(`group ${module}.${item.name}`, item);
        for (const constant of item.constants) note(`constant ${module}.${item.name}.${constant.name}`, constant);
        break;
      case "constant":
        note(`constant ${module}..${item.name}`, item);
        break;
      case "registers":
        for (const register of item.registers) note(`register ${module}.${register.name}`, register);
        break;
      default:
        break;
    }
  };
  for (const module of all.modules) {
    for (const item of module.items) noteItem(module.name, item);
    for (const [name, older] of olderMembers(module, revision))
      if (older !== name) names.set(`member ${module.name}.${name}`, { name: older, cName: older });
  }
  return names;
}

/** What the members and registers of a module are called at the revision; not those that are called differently there. */
function olderMembers(module: Module, revision: Revision): ReadonlyMap<string, string> {
  const found = new Map<string, string | undefined>();
  const note = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(note);
    if (typeof part !== "object" || part === null || Array.isArray(part)) return;
    if (isMember(part) && existsAt(part, revision)) {
      const older = nameAt(part, revision).name;
      found.set(part.name, found.has(part.name) && found.get(part.name) !== older ? undefined : older);
    }
    for (const [key, value] of Object.entries(part)) if (key !== "at" && key !== "was") note(value);
  };
  note(module.items);
  return new Map([...found].flatMap(([name, older]) => (older === undefined ? [] : [[name, older] as const])));
}

/** What expressions speak of as a member: those of structs, bits of a word, registers. */
function isMember(part: object): part is Element {
  return ["dimensions", "arms", "width", "offset"].some((key) => key in part) && "name" in part && "since" in part;
}

/** A copy of a part of the IR with its references renamed; what has none stays the same object. */
function followed(part: unknown, names: NewNames, module: string): unknown {
  if (Array.isArray(part)) {
    const copy = part.map((one) => followed(one, names, module));
    return copy.some((one, index) => one !== part[index]) ? copy : part;
  }
  if (typeof part !== "object" || part === null) return part;
  const before = part as Readonly<Record<string, unknown>>;
  // A module is what has a file of its own.
  const inside =
    typeof before["file"] === "string" && typeof before["title"] === "string" ? String(before["name"]) : module;
  const after = Object.entries(before).map(
    ([key, value]) => [key, key === "at" || key === "was" ? value : followed(value, names, inside)] as const,
  );
  const renamed = [...newModule(before, names), ...newNames(before, names, inside)];
  if (renamed.length === 0 && after.every(([key, value]) => value === before[key])) return part;
  return Object.fromEntries([...after, ...renamed]);
}

/** The same of a module, which elements of it are referred to with. */
function newModule(
  object: Readonly<Record<string, unknown>>,
  names: NewNames,
): readonly (readonly [string, unknown])[] {
  const found = typeof object["module"] === "string" ? names.get(`module ${object["module"]}`) : undefined;
  return found === undefined ? [] : [["module", found.name]];
}

/** The properties by which one object refers to something that had another name, with that name. */
function newNames(
  object: Readonly<Record<string, unknown>>,
  names: NewNames,
  module: string,
): readonly (readonly [string, unknown])[] {
  const text = (key: string): string => String(object[key]);
  const called = (property: string, key: ReferenceKey): readonly (readonly [string, string])[] => {
    const found = names.get(key);
    return found === undefined ? [] : [[property, found.name]];
  };
  if (object["op"] === "feature") return called("name", `feature ${text("module")}.${text("name")}`);
  if (object["op"] === "constant") {
    const key: ReferenceKey = `constant ${text("module")}.${text("group")}.${text("name")}`;
    const cName = names.get(key)?.cName;
    return [
      ...called("name", key),
      ...called("group", `group ${text("module")}.${text("group")}`),
      ...(cName === undefined ? [] : [["cName", cName] as const]),
    ];
  }
  const { path } = object;
  if (object["op"] === "member" && Array.isArray(path)) {
    const parts = (path as readonly PathPart[]).map((part): PathPart => {
      const found = names.get(`member ${module}.${part.name}`) ?? names.get(`register ${module}.${part.name}`);
      const name = found?.name ?? part.name;
      return { ...(followed(part, names, module) as PathPart), name };
    });
    return parts.some((part, index) => part.name !== (path[index] as PathPart).name) ? [["path", parts]] : [];
  }
  if (Array.isArray(path) && path.every((part) => typeof part === "string"))
    return [["path", path.map((part) => memberOrOther(part, names, module))]];
  const { queues } = object;
  if (Array.isArray(queues) && "parts" in object)
    return [["queues", queues.map((queue) => names.get(`queue ${module}.${String(queue)}`)?.name ?? String(queue))]];
  if ("module" in object && "group" in object) return called("group", `group ${text("module")}.${text("group")}`);
  if ("module" in object && (object["kind"] === "struct" || object["kind"] === "external"))
    return called("name", `type ${text("module")}.${text("name")}`);
  if ("bank" in object) return called("bank", `register ${module}.${text("bank")}`);
  if ("aliasOf" in object && "bit" in object) return called("aliasOf", `feature ${module}.${text("aliasOf")}`);
  return [];
}

/** What the older description calls one part of the path of a statement's `by`. */
function memberOrOther(name: string, names: NewNames, module: string): string {
  const keys: readonly ReferenceKey[] = [
    `member ${module}.${name}`,
    `feature ${module}.${name}`,
    `type ${module}.${name}`,
  ];
  return keys.map((key) => names.get(key)?.name).find((found) => found !== undefined) ?? name;
}
