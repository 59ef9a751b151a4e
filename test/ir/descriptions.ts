import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, type SourceText } from "../../src/compile.ts";
import type { Config, Ir, Item, ItemKind, Member, Module, Struct } from "../../src/ir/model.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Every description of the standard. */
export function standardSources(): readonly SourceText[] {
  return readdirSync(`${root}specs`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".virtio"))
    .toSorted()
    .map((name) => ({ path: `specs/${name}`, text: readFileSync(`${root}specs/${name}`, "utf8") }));
}

/** The IR of descriptions. @throws Error that lists what is wrong with them. */
export function irOf(sources: readonly SourceText[]): Ir {
  const { ir, diagnostics } = compile(sources);
  if (ir !== undefined) return ir;
  throw new Error(diagnostics.map((one) => `${one.at.file}:${one.at.line}: ${one.message}`).join("\n"));
}

/** The IR of a device of the test's own, `test`, with these items. */
export function irOfItems(items: string): Ir {
  return irOf([{ path: "test.virtio", text: `device test = 99 "Test";\n${items}` }]);
}

export function moduleNamed(ir: Ir, name: string): Module {
  const found = ir.modules.find((module) => module.name === name);
  if (found === undefined) throw new Error(`there is no module '${name}'`);
  return found;
}

/** The items of one kind, in the order of the description. */
export function itemsOf<K extends ItemKind>(module: Module, kind: K): readonly Extract<Item, { kind: K }>[] {
  return module.items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
}

export function structNamed(module: Module, name: string): Struct {
  const found = itemsOf(module, "struct").find((struct) => struct.name === name);
  if (found === undefined) throw new Error(`there is no struct '${name}'`);
  return found;
}

export function configOf(module: Module): Config {
  const [config] = itemsOf(module, "config");
  if (config === undefined) throw new Error(`'${module.name}' has no config`);
  return config;
}

/** Where each member begins, by name. */
export function offsets(members: readonly Member[]): Readonly<Record<string, number | null | undefined>> {
  return Object.fromEntries(members.map((member) => [member.name, member.position?.offset]));
}
