import { isConstantGroup } from "../../ir/item-kinds.ts";
import type { Command, Constant, ConstantGroup, Element, Module, Registers } from "../../ir/model.ts";
import type { Catalogue } from "./catalogue.ts";
import { comment, paragraphs, tab } from "./comment.ts";
import { usedTags, type Declaration } from "./declaration.ts";
import {
  constantDefines,
  featureDefines,
  layOut,
  layOutEnumerators,
  publishedConstants,
  type Define,
} from "./defines.ts";
import { describe } from "./describe.ts";
import type { Dialect } from "./dialect.ts";
import type { Entry } from "./header.ts";
import { furtherNames, publishedName } from "./identifiers.ts";
import { remarkView, structView } from "./struct-view.ts";
import type { Words } from "./words.ts";

export type IsPublished = (element: Element) => boolean;

/** Makes the entries of a header that both profiles have: macros and structs. */
export class Entries {
  readonly dialect: Dialect;
  readonly words: Words;
  /** Legacy macros need a block of their own, which stands behind a switch. */
  private readonly split: boolean;
  private readonly taken = new Map<string, string>();

  constructor(dialect: Dialect, words: Words, split: boolean) {
    this.dialect = dialect;
    this.words = words;
    this.split = split;
  }

  features(module: Module, isPublished: IsPublished): readonly Entry[] {
    const features = module.items.flatMap((item) => (item.kind === "features" ? item.features : []));
    const defines = features
      .filter((feature) => isPublished(feature))
      .flatMap((feature) => {
        const target =
          feature.aliasOf === undefined ? undefined : features.find((other) => other.name === feature.aliasOf);
        return featureDefines(feature, target, this.words);
      });
    return this.defines(
      ["Feature bits"],
      [...defines.filter((define) => !define.legacy), ...defines.filter((define) => define.legacy)],
    );
  }

  /** A group of constants, or constants that stand alone. */
  constants(group: ConstantGroup | readonly Constant[], module: Module, isPublished: IsPublished): readonly Entry[] {
    const renamed = publishedConstants(constantItems(module, this.words.catalogue), this.dialect.house);
    const constants = "constants" in group ? group.constants : group;
    const wide = constants.some((constant) => constant.type === "mask" && BigInt(constant.value) > 0xffff_ffffn);
    const defines = constants
      .filter((constant) => isPublished(constant))
      .flatMap((constant) => constantDefines(constant, renamed, wide, this.words));
    return this.defines("constants" in group ? this.words.of(group) : [], defines);
  }

  /** Groups for which the house has one enumeration; what is legacy in them stays a macro, which a switch can hide. */
  enumeration(
    tag: string,
    groups: readonly { readonly group: ConstantGroup; readonly isPublished: IsPublished }[],
    module: Module,
  ): readonly Entry[] {
    const { house, widest } = this.dialect;
    const renamed = publishedConstants(constantItems(module, this.words.catalogue), house);
    const made = groups.map(({ group, isPublished }) => ({
      comment: this.words.of(group),
      defines: group.constants
        .filter((constant) => isPublished(constant))
        .flatMap((constant) => constantDefines(constant, renamed, false, this.words)),
    }));
    const filled = made
      .map(({ comment: said, defines }) => ({ said, defines: defines.filter((define) => !define.legacy) }))
      .filter(({ defines }) => defines.length > 0);
    const legacy = made.flatMap(({ defines }) => defines.filter((define) => define.legacy));
    const entry: Entry = {
      block: {
        shape: "enum",
        tag,
        groups: filled.map(({ said, defines }) => ({
          comment: comment(said, tab),
          enumerators: layOutEnumerators(defines, widest),
        })),
      },
      legacy: false,
      declares: filled.flatMap(({ defines }) => defines.map((define) => define.name)),
      uses: [],
    };
    return [...(filled.length === 0 ? [] : [entry]), ...this.defines([], legacy)];
  }

  /** The offsets of registers, the widest of which says how many digits all have, or their numbers. */
  registers(registers: Registers, isPublished: IsPublished): readonly Entry[] {
    const digits = Math.max(3, ...registers.registers.map((register) => register.offset.toString(16).length));
    const access = { read: "Read only.", write: "Write only.", rw: "Read and write." };
    const defines = registers.registers
      .filter((register) => isPublished(register))
      .flatMap((register): readonly Define[] => {
        const always = register.value === undefined ? "" : `Always ${describe(register.value, this.words.catalogue)}.`;
        const comment = this.words.of(register, [always, access[register.access]]);
        const place =
          registers.numbered === true
            ? String(register.offset)
            : `0x${register.offset.toString(16).padStart(digits, "0")}`;
        return this.numbered(register, place, comment);
      });
    const doc = paragraphs(registers.doc);
    return this.defines(
      [registers.title === "" ? registers.name : registers.title, ...(doc.length === 0 ? [] : ["", ...doc])],
      defines,
    );
  }

  /** The numbers of commands, capabilities or parts. */
  commandNumbers(commands: readonly Command[]): readonly Entry[] {
    const defines = commands.flatMap((command) =>
      command.number === undefined
        ? []
        : this.numbered(command, `0x${command.number.toString(16)}`, this.words.of(command)),
    );
    return this.defines([], defines);
  }

  declaration(declaration: Declaration): Entry {
    if (declaration.kind === "remark")
      return { block: remarkView(declaration), legacy: declaration.legacy, declares: [], uses: [] };
    return {
      block: structView(declaration, this.dialect.widest),
      legacy: declaration.legacy,
      declares: [declaration.tag],
      uses: usedTags(declaration.members),
    };
  }

  private numbered(element: Element, value: string, said: readonly string[]): readonly Define[] {
    const { house } = this.dialect;
    const name = publishedName(element, house);
    const legacy = element.legacy === true;
    const further = furtherNames(element, house).map((other) => ({
      name: other,
      value: name,
      comment: [`Another name of ${name}.`],
      legacy,
      overridable: false,
    }));
    return [{ name, value, comment: said, legacy, overridable: false }, ...further];
  }

  /** One block of macros, or several where legacy ones must stand behind a switch. */
  defines(heading: readonly string[], defines: readonly Define[]): readonly Entry[] {
    const runs: Define[][] = [];
    for (const define of defines) {
      // The standard gives some numbers their name twice.
      if (this.taken.get(define.name) === define.value) continue;
      this.taken.set(define.name, define.value);
      const run = runs.at(-1);
      if (run === undefined || (this.split && run[0]?.legacy !== define.legacy)) runs.push([define]);
      else run.push(define);
    }
    return runs.map((run, index) => {
      const laidOut = layOut(run, this.dialect.widest);
      const own = comment(index === 0 ? heading : []);
      // A heading right above the first macro's own comment would read as if it were part of it.
      const headed =
        own !== undefined && laidOut[0]?.comment !== undefined && hasText(own) && hasText(laidOut[0].comment);
      return {
        block: { shape: "defines", comment: own, headed, defines: laidOut },
        legacy: run.every((define) => define.legacy),
        declares: run.map((define) => define.name),
        uses: [],
      };
    });
  }
}

function hasText(text: { readonly text: string; readonly lines: readonly string[] }): boolean {
  return text.text !== "" || text.lines.length > 0;
}

/** Items in their order, with neighbouring constants that have no group put together, and likewise commands of one kind. */
export function inRuns<T extends { readonly kind: string }>(
  items: readonly T[],
  belongs: (item: T) => boolean,
): readonly (T | readonly T[])[] {
  const runs: (T | T[])[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (!belongs(item)) runs.push(item);
    else if (Array.isArray(last) && last[0]?.kind === item.kind) last.push(item);
    else runs.push([item]);
  }
  return runs;
}

/** All constants of a module, those of the house included. */
function constantItems(module: Module, catalogue: Catalogue): readonly (ConstantGroup | Constant)[] {
  const own = module.items.filter(
    (item): item is ConstantGroup | Constant => isConstantGroup(item) || item.kind === "constant",
  );
  return [...own, ...(catalogue.houseOf(module)?.constants ?? [])];
}
