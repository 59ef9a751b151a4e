import { walkExpression } from "../../ir/expression.ts";
import type { Queue, Queues } from "../../ir/model.ts";
import { docComment, sentences } from "./doc-comment.ts";
import { propertyName } from "./identifiers.ts";
import type { ModuleContext } from "./module-context.ts";
import type { Section } from "./section.ts";

/** The queues as formulas of features and configuration. */
export function queueSections(queues: Queues, context: ModuleContext): readonly Section[] {
  if (queues.queues.length === 0) return [];
  const { imports, names } = context;
  imports.value("queueTable");
  const replaced = new Map<string, string>();
  const own = context.module.items.flatMap((item) =>
    item.kind === "parameter" && variablesOf(queues).has(item.name) ? [`${propertyName(item.name)}: number`] : [],
  );
  const told = own.length === 0 ? "" : `${imports.type("QueueContext")} & { ${own.join("; ")} }`;
  const where = queues.where.flatMap((one) => {
    const { text, usesContext } = context.formula(one.value, [], "number", replaced);
    const name = usesContext ? names.inner(one.name) : "";
    replaced.set(one.name, usesContext ? `${name}(c)` : text);
    return usesContext ? [{ name, value: text, context: told === "" ? imports.type("QueueContext") : told }] : [];
  });
  const view = {
    doc: docComment([sentences(queues)]),
    where,
    type: `${imports.type("QueueTable")}<${queues.queues.map((queue) => `'${queue.name}'`).join(" | ")}${told === "" ? "" : `, ${told}`}>`,
    queues: queues.queues.map((queue) => queueView(queue, context, replaced)),
  };
  return [{ template: "queues", view, declares: ["queues"], uses: [] }];
}

/** What the formulas name that is no member and no constant: indices, names of `where`, parameters. */
function variablesOf({ queues, where }: Queues): ReadonlySet<string> {
  const found = new Set<string>();
  const formulas = [
    ...where.map((one) => one.value),
    ...queues.flatMap(({ number, each, if: exists }) => [
      number,
      ...(each === undefined ? [] : [each.from, each.to]),
      ...(exists === undefined ? [] : [exists]),
    ]),
  ];
  for (const formula of formulas)
    walkExpression(formula, (part) => {
      if (part.op === "variable") found.add(part.name);
    });
  return found;
}

function queueView(
  queue: Queue,
  context: ModuleContext,
  where: ReadonlyMap<string, string>,
): { readonly doc: string; readonly name: string; readonly rule: string } {
  const indexed = queue.each === undefined ? where : new Map([...where, [queue.each.variable, "i"]]);
  const number = context.formula(queue.number, [], "number", indexed);
  const numberParameters = number.usesContext
    ? usesIndex(number.text)
      ? "(i, c)"
      : "(_i, c)"
    : usesIndex(number.text)
      ? "(i)"
      : "()";
  const parts = [`number: ${numberParameters} => ${number.text}`];
  if (queue.each !== undefined) {
    const from = context.formula(queue.each.from, [], "number", where);
    const to = context.formula(queue.each.to, [], "number", where);
    parts.unshift(`each: ${from.usesContext || to.usesContext ? "(c)" : "()"} => [${from.text}, ${to.text}]`);
  }
  if (queue.if !== undefined) {
    const exists = context.formula(queue.if, [], "condition", indexed);
    const index = usesIndex(exists.text);
    parts.push(`exists: ${index ? "(c, i)" : "(c)"} => ${exists.text}`);
  }
  if (queue.compact !== undefined) parts.push(`compact: [${queue.compact.map((house) => `'${house}'`).join(", ")}]`);
  return { doc: docComment([sentences(queue)], "  "), name: propertyName(queue.name), rule: `{ ${parts.join(", ")} }` };
}

function usesIndex(text: string): boolean {
  return /\bi\b/.test(text);
}
