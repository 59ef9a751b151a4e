import type { Expression, GroupReference, Ir, Member, Module, Type } from "../../ir/model.ts";
import { Layouts } from "../../ir/layout.ts";
import { Catalogue } from "./catalogue.ts";
import { alternativesOf, type FeatureLiteral } from "./conditions.ts";
import { ContextFinder, type ContextNeeds } from "./context-needs.ts";
import { FormulaWriter, type Formula } from "./formula.ts";
import { Imports } from "./imports.ts";
import { ModuleNames } from "./module-names.ts";
import type { Shape } from "./shape.ts";

/** The modules of one generation, and what their elements are called. */
export class Modules {
  readonly catalogue: Catalogue;
  readonly contexts: ContextFinder;
  readonly layouts: Layouts;
  private readonly ir: Ir;
  private readonly names = new Map<string, ModuleNames>();

  constructor(ir: Ir) {
    this.ir = ir;
    this.catalogue = new Catalogue(ir);
    this.contexts = new ContextFinder(this.catalogue);
    this.layouts = new Layouts(ir);
  }

  namesOf(module: string): ModuleNames {
    let names = this.names.get(module);
    if (names === undefined) {
      const found = this.catalogue.module(module);
      if (found === undefined) throw new Error(`there is no description '${module}'`);
      names = new ModuleNames(found, this.ir);
      this.names.set(module, names);
    }
    return names;
  }
}

/** What the views of one module have in common: its names, its imports, and how expressions are written. */
export class ModuleContext {
  readonly module: Module;
  readonly catalogue: Catalogue;
  readonly layouts: Layouts;
  readonly names: ModuleNames;
  readonly imports: Imports;
  private readonly modules: Modules;
  private readonly formulas: FormulaWriter;
  /** Values of the module that the code being written needs when the module is loaded; undefined where it is run later. */
  private uses: Set<string> | undefined = undefined;

  constructor(module: Module, modules: Modules) {
    this.module = module;
    this.modules = modules;
    this.catalogue = modules.catalogue;
    this.layouts = modules.layouts;
    this.names = modules.namesOf(module.name);
    this.imports = new Imports(module.name);
    this.formulas = new FormulaWriter(
      this.catalogue,
      {
        feature: (owner, name) => this.feature(owner, name),
        constant: (owner, group, name) => this.constant(owner, group, name),
        config: (path) => `Config.${path}.load(c.config)`,
      },
      module.name,
    );
  }

  /** Calls `write` and says which values of the module the code needs when the module is loaded. */
  collect<T>(write: () => T): { readonly written: T; readonly uses: readonly string[] } {
    const before = this.uses;
    const uses = new Set<string>();
    this.uses = uses;
    const written = write();
    this.uses = before;
    return { written, uses: [...uses] };
  }

  /** A value of this or another module. */
  reference(owner: string, name: string): string {
    if (owner === this.module.name) this.uses?.add(name);
    return this.imports.of(owner, name);
  }

  /** `F.MQ`. */
  feature(owner: string, name: string): string {
    return `${this.reference(owner, "F")}.${name}`;
  }

  /** `T.IN`, or a constant of its own. */
  constant(owner: string, group: string, name: string): string {
    const names = this.modules.namesOf(owner);
    return group === ""
      ? this.reference(owner, names.constant(name))
      : `${this.group({ module: owner, group })}.${name}`;
  }

  group(reference: GroupReference): string {
    return this.reference(reference.module, this.modules.namesOf(reference.module).group(reference.group));
  }

  struct(type: Extract<Type, { kind: "struct" }>): string {
    return this.reference(type.module, this.modules.namesOf(type.module).struct(type.name));
  }

  formula(
    expression: Expression,
    levels: readonly (readonly Member[])[],
    as: "condition" | "number",
    replaced?: ReadonlyMap<string, string>,
  ): Formula {
    const before = this.uses;
    // A function is run when everything is there.
    this.uses = undefined;
    const formula = this.formulas.write(expression, levels, as, replaced);
    this.uses = before;
    return formula;
  }

  /** A number as it stands outside of a function. */
  number(expression: Expression): string {
    return this.formulas.write(expression, [], "number").text;
  }

  /** A feature in a condition: `F.MQ`, `not(F.MQ)`. */
  literal(literal: FeatureLiteral): string {
    const name = this.feature(literal.module, literal.name);
    return literal.negated ? `${this.imports.value("not")}(${name})` : name;
  }

  /** The terms of a condition, one of which has to hold: features, or a formula. */
  terms(expression: Expression, levels: readonly (readonly Member[])[]): readonly string[] {
    const alternatives = alternativesOf(expression);
    if (alternatives === undefined)
      return [this.lambda(this.formula(expression, levels, "condition"), this.needs(expression))];
    return alternatives.map((literals) => {
      const texts = literals.map((literal) => this.literal(literal));
      return texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
    });
  }

  /** A formula as a function of the struct's members, the context, the members around it, and a row. */
  lambda(formula: Formula, needs: ContextNeeds): string {
    const parameters = [
      formula.value.isEmpty ? "_v" : `v: ${formula.value.text}`,
      formula.usesContext ? `c: ${this.contextType(needs)}` : "_c",
      formula.outer.isEmpty ? "_o" : `o: ${formula.outer.text}`,
      "row: number",
    ];
    const used = formula.usesRow
      ? 4
      : !formula.outer.isEmpty
        ? 3
        : formula.usesContext
          ? 2
          : formula.value.isEmpty
            ? 0
            : 1;
    return `(${parameters.slice(0, used).join(", ")}) => ${formula.text}`;
  }

  /** What an expression has to be told from outside. */
  needs(expression: Expression): ContextNeeds {
    return this.modules.contexts.ofExpression(expression, this.module.name);
  }

  needsOf(members: readonly Member[]): ContextNeeds {
    return this.modules.contexts.ofMembers(members, this.module.name);
  }

  /** The type of a context: `Negotiated & { queue_size: number }`. */
  contextType(needs: ContextNeeds): string {
    return [
      ...(needs.features ? [this.imports.type("Negotiated")] : []),
      ...(needs.config ? [this.imports.type("Configured")] : []),
      ...(needs.others.isEmpty ? [] : [shapeText(needs.others)]),
    ].join(" & ");
  }
}

function shapeText(shape: Shape): string {
  return shape.text;
}
