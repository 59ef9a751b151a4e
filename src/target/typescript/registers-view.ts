import type { Expression, Register, Registers } from "../../ir/model.ts";
import { alternativesOf } from "./conditions.ts";
import { docComment, placeOf, sentences } from "./doc-comment.ts";
import { propertyName, valueName } from "./identifiers.ts";
import type { ModuleContext } from "./module-context.ts";
import type { Section } from "./section.ts";

/** The offsets of registers as constants, and a table of how they are accessed. */
export function registerSections(item: Registers, context: ModuleContext): readonly Section[] {
  const { names, imports } = context;
  const name = names.registers(item.name);
  const table = names.inner(name === "Register" ? "registers" : `${valueName(item.name)}Registers`);
  const uses: string[] = ["F"];
  const view = {
    doc: docComment([
      `${item.title}: ${item.numbered === true ? "numbers" : "offsets"}. (${placeOf(item)})`,
      sentences(item),
    ]),
    name,
    tableDoc: docComment(["How each register is accessed."]),
    table,
    type: `${imports.type("RegisterTable")}<keyof typeof ${name}>`,
    registers: item.registers.map((register) => ({
      doc: docComment([sentences(register, undefined, item.legacy === true)], "  "),
      name: propertyName(register.name),
      offset: item.numbered === true ? String(register.offset) : `0x${register.offset.toString(16).padStart(3, "0")}`,
      info: registerInfo(register, context, uses),
    })),
  };
  return [{ template: "registers", view, declares: [name, table], uses }];
}

function registerInfo(register: Register, context: ModuleContext, uses: string[]): string {
  const parts = [`access: '${register.access}'`, `size: ${register.type.size}`];
  const value = numberOf(register.value);
  if (value !== undefined) parts.push(`value: ${value}`);
  if (register.values !== undefined && context.catalogue.group(register.values) !== undefined) {
    const constants = context.group(register.values);
    uses.push(constants);
    parts.push(`constants: ${constants}`);
  }
  if (register.bank !== undefined) parts.push(`bank: '${register.bank}'`);
  const features = register.if === undefined ? undefined : alternativesOf(register.if);
  if (features?.every((literals) => literals.length === 1) === true)
    parts.push(
      `features: [${features
        .flat()
        .map((literal) => context.literal(literal))
        .join(", ")}]`,
    );
  const parameter = register.if === undefined ? undefined : parameterOf(register.if);
  if (parameter !== undefined) parts.push(`parameter: ${parameter}`);
  if (register.legacy === true) parts.push("legacy: true");
  return `{ ${parts.join(", ")} }`;
}

/** A condition that asks for one parameter of the description, as the table has it. */
function parameterOf(condition: Expression): string | undefined {
  if (condition.op === "variable") return `{ name: '${condition.name}' }`;
  return condition.op === "not" && condition.operand.op === "variable"
    ? `{ name: '${condition.operand.name}', not: true }`
    : undefined;
}

function numberOf(expression: Expression | undefined): string | undefined {
  if (expression?.op === "number") return expression.text;
  return expression?.op === "constant" ? String(expression.value) : undefined;
}
