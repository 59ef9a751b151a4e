import type { Module, Register, Registers } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { revisionOf, sinceSentence } from "./availability.ts";
import { condition } from "./expression-words.ts";
import type { Links } from "./links.ts";
import { code, joined, table, type TableView } from "./markdown.ts";
import { meaningOf } from "./meaning.ts";

export interface RegistersView {
  readonly heading: string;
  readonly doc: string;
  readonly facts: string;
  readonly table: TableView | null;
}

const accesses: Readonly<Record<Register["access"], string>> = { read: "R", write: "W", rw: "RW" };

export function registersViews(module: Module, links: Links): readonly RegistersView[] {
  return module.items.flatMap((item) => (item.kind === "registers" ? [registersView(item, module, links)] : []));
}

function registersView(registers: Registers, module: Module, links: Links): RegistersView {
  const digits = Math.max(3, ...registers.registers.map((register) => register.offset.toString(16).length));
  return {
    heading: registers.title,
    doc: meaningOf({ ...registers, was: [] }),
    facts: joined(
      [
        registers.if === undefined ? "" : `Only if ${condition(registers.if)}.`,
        sinceSentence(registers, module),
        "Access is the driver's: R reads, W writes. A bank is the register that selects what is accessed.",
      ],
      " ",
    ),
    table: table(registers.registers, [
      {
        title: registers.numbered === true ? "Number" : "Offset",
        align: "right",
        cell: ({ offset }) =>
          registers.numbered === true ? String(offset) : `0x${offset.toString(16).padStart(digits, "0")}`,
      },
      { title: "Access", cell: (register) => accesses[register.access] },
      { title: "Register", cell: (register) => code(`${register.type.name} ${register.name}`) },
      { title: "Bank", cell: (register) => code(register.bank ?? "") },
      { title: "Since", cell: (register) => revisionOf(register, registers) },
      { title: "Meaning", cell: (register) => joined([meaningOf(register), ...facts(register, links)], " ") },
    ]),
  };
}

function facts(register: Register, links: Links): readonly string[] {
  const group = links.group(register.values);
  return [
    register.if === undefined ? "" : `Only if ${condition(register.if)}.`,
    register.value === undefined ? "" : `Always ${code(printExpression(register.value))}.`,
    group === "" ? "" : `Values: ${group}.`,
  ];
}
