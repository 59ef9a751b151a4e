import type { Constant, ConstantGroup, Feature } from "../../ir/model.ts";
import { comment, noComment, plain, tab, type Comment } from "./comment.ts";
import { furtherNames, publishedName } from "./identifiers.ts";
import { constantLiteral, literal } from "./literal.ts";
import type { Words } from "./words.ts";

/** One `#define` before it is laid out. */
export interface Define {
  readonly name: string;
  readonly value: string;
  readonly comment: readonly string[];
  readonly legacy: boolean;
  /** A program may define it first. */
  readonly overridable: boolean;
}

/** A `#define` as the templates print it. */
export interface DefineView {
  readonly comment: Comment;
  readonly name: string;
  /** Tabs between name and value. */
  readonly gap: string;
  readonly value: string;
  /** A comment behind it with the tabs before, or empty. */
  readonly trailing: string;
  readonly overridable: boolean;
}

/** @returns the macros of a feature, its older and other names included */
export function featureDefines(feature: Feature, target: Feature | undefined, words: Words): readonly Define[] {
  const name = publishedName(feature, words.catalogue.house);
  const legacy = feature.legacy === true;
  const value = target === undefined ? literal(feature.bit) : publishedName(target, words.catalogue.house);
  const said = words.of(feature);
  const further = furtherNames(feature, words.catalogue.house).map((other) => ({
    name: other,
    value: name,
    comment: [`Another name of ${name}.`],
    legacy,
    overridable: false,
  }));
  return [{ name, value, comment: said, legacy, overridable: false }, ...further];
}

/**
 * @param renamed the published names of constants, by the C name that the IR gives them
 * @param wide masks of its group need 64 bits
 */
export function constantDefines(
  constant: Constant,
  renamed: ReadonlyMap<string, string>,
  wide: boolean,
  words: Words,
): readonly Define[] {
  const legacy = constant.legacy === true;
  const overridable = constant.overridable === true;
  const own = constant.aliases?.find((alias) => alias.house === words.catalogue.house && alias.also === undefined);
  const name = own?.name ?? constant.cName;
  const alias = constant.aliasOf === undefined ? undefined : (renamed.get(constant.aliasOf) ?? constant.aliasOf);
  const value = alias ?? constantLiteral(constant, own?.as, wide) ?? literal(constant.value);
  const further = (constant.aliases ?? []).filter(
    (other) => other.house === words.catalogue.house && other.also === true,
  );
  return [
    { name, value, comment: words.of(constant), legacy, overridable },
    ...further.map((other) => {
      const converted = other.as === undefined ? undefined : constantLiteral(constant, other.as, wide);
      return {
        name: other.name,
        value: converted ?? name,
        comment: [`${converted === undefined ? "Another name of" : "See"} ${name}.`],
        legacy,
        overridable: false,
      };
    }),
  ];
}

/** The published name of every constant, for those that are other names of it. */
export function publishedConstants(
  groups: readonly (ConstantGroup | Constant)[],
  house: string,
): ReadonlyMap<string, string> {
  const constants = groups.flatMap((group) => (group.kind === "constant" ? [group] : group.constants));
  return new Map(constants.map((constant) => [constant.cName, publishedName(constant, house)]));
}

/**
 * Lays out macros in columns: values below each other, and comments behind them where all are short enough, else above.
 * @param widest the column that a comment behind its macro may reach
 */
export function layOut(defines: readonly Define[], widest: number): readonly DefineView[] {
  return inColumns(defines, widest, "#define ".length, "");
}

/** The same for enumerators, which `=` sets apart from their values and a comma ends. */
export function layOutEnumerators(defines: readonly Define[], widest: number): readonly DefineView[] {
  return inColumns(defines, widest, tab, "= ,");
}

/**
 * @param before columns in front of each name
 * @param around what stands beside each value
 */
function inColumns(defines: readonly Define[], widest: number, before: number, around: string): readonly DefineView[] {
  const nameEnd = roundUp(before + Math.max(...defines.map((define) => define.name.length)) + 1);
  const valueLength = (define: Define): number => define.value.length + around.length;
  const valueEnd = roundUp(nameEnd + Math.max(...defines.map((define) => valueLength(define))) + 1);
  const fits = (define: Define): boolean =>
    define.comment.length < 2 &&
    !define.overridable &&
    valueEnd + plain(define.comment[0] ?? "").length + "/*  */".length <= widest;
  const behind = defines.every((define) => fits(define));
  return defines.map((define) => {
    const text = plain(define.comment[0] ?? "");
    return {
      name: define.name,
      value: define.value,
      gap: tabs(before + define.name.length, nameEnd),
      comment: behind ? noComment : comment(define.comment),
      trailing: behind && text !== "" ? `${tabs(nameEnd + valueLength(define), valueEnd)}/* ${text} */` : "",
      overridable: define.overridable,
    };
  });
}

function roundUp(column: number): number {
  return Math.ceil(column / tab) * tab;
}

/** Tabs that lead from one column to another, which is a tab stop. */
export function tabs(from: number, to: number): string {
  return "\t".repeat(Math.max(1, Math.ceil((to - from) / tab)));
}
