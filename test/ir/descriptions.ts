import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "../../grammar/parse.ts";
import { compile, type SourceText } from "../../src/compile.ts";
import { build } from "../../src/ir/build/build.ts";
import type { Config, Expression, Ir, Item, ItemKind, Member, Module, Struct } from "../../src/ir/model.ts";

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

/** The items whose kind can be `K`. */
type ItemOf<K extends ItemKind, I extends Item = Item> = I extends { readonly kind: infer Q }
  ? K extends Q
    ? I
    : never
  : never;

/** The items of one kind, in the order of the description. */
export function itemsOf<K extends ItemKind>(module: Module, kind: K): readonly ItemOf<K>[] {
  return module.items.filter((item): item is ItemOf<K> => item.kind === kind);
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

/**
 * What the language makes of a text as a condition in a small device: with the features A to D, the members `type`,
 * `flags` and `table`, and `config.count`. Built without the rules over the whole, which would find that some such
 * conditions can never hold.
 */
export function conditionOf(text: string): Expression {
  const source = `
    device test = 99 "Test";
    features { A = 0; B = 1; C = 2; D = 3; }
    enum T { PLUG = 1; UNPLUG = 2; }
    flags M { RD = 1; WR = 2; }
    const MAX = 126;
    config { le32 count; struct { le32 kind; } zoned; }
    struct probe {
      le32 type : T;
      u8 flags : M;
      u8 table[4];
      u8 last if (${text});
    }`;
  const { file } = parse("test.virtio", source);
  if (file === undefined) throw new Error(`'${text}' is no expression`);
  const ir = build([file], (_, finding) => {
    throw new Error(`'${text}': ${finding.message}`);
  });
  const last = structNamed(moduleNamed(ir, "test"), "probe").members.at(-1);
  if (last?.if === undefined) throw new Error(`'${text}' has no condition`);
  return last.if;
}
