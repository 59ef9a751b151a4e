import type { Ir, Module, Queue, Queues, Request } from "../../ir/model.ts";
import { printExpression } from "../../ir/print-expression.ts";
import { revisionOf } from "./availability.ts";
import { condition } from "./expression-words.ts";
import type { Links } from "./links.ts";
import { capitalized, code, joined, listed, table, type TableView } from "./markdown.ts";
import { meaningOf } from "./meaning.ts";

export interface QueuesView {
  readonly facts: string;
  readonly table: TableView | null;
  /** Names in the formulas: `N` is … */
  readonly where: readonly string[];
  readonly notes: readonly string[];
}

const directions: Readonly<Record<Request["kind"], string>> = {
  request: "requests",
  message: "messages to the device",
  event: "buffers for the device to fill",
};

export function queuesView(module: Module, ir: Ir, links: Links, facts: (queues: Queues) => string): QueuesView | null {
  const blocks = module.items.filter((item) => item.kind === "queues");
  const [first] = blocks;
  const rows = blocks.flatMap((block) => block.queues.map((queue) => ({ queue, block })));
  if (first === undefined || rows.length === 0) return null;
  return {
    facts: facts(first),
    table: table(rows, [
      {
        title: "Queue",
        cell: ({ queue }) => code(queue.each === undefined ? queue.name : `${queue.name}[${queue.each.variable}]`),
      },
      { title: "Number", cell: ({ queue }) => code(printExpression(queue.number)) },
      {
        title: "For",
        cell: ({ queue }) =>
          queue.each === undefined
            ? ""
            : code(`${queue.each.variable} in ${printExpression(queue.each.from)}..${printExpression(queue.each.to)}`),
      },
      { title: "Exists if", cell: ({ queue }) => (queue.if === undefined ? "" : condition(queue.if)) },
      { title: "Carries", cell: ({ queue }) => traffic(queue, module, ir, links) },
      { title: "Since", cell: ({ queue, block }) => revisionOf(queue, block) },
      { title: "Meaning", cell: ({ queue }) => meaningOf(queue) },
    ]),
    where: blocks.flatMap((block) =>
      block.where.map((one) => `${code(one.name)} is ${code(printExpression(one.value))}.`),
    ),
    notes: compactNotes(rows.map(({ queue }) => queue)),
  };
}

/** The messages that travel on a queue, by the way they go. */
function traffic(queue: Queue, module: Module, ir: Ir, links: Links): string {
  const messages = ir.modules
    .filter((other) => other === module || other.kind !== "device")
    .flatMap((other) =>
      other.items.flatMap((item) =>
        isMessageOn(item, queue) && (other === module || !declares(other, queue))
          ? [{ module: other.name, message: item }]
          : [],
      ),
    );
  const kinds = [...new Set(messages.map(({ message }) => message.kind))];
  return joined(
    kinds.map((kind) => {
      const names = messages
        .filter(({ message }) => message.kind === kind)
        .map((one) => links.request(one.module, one.message));
      return `${directions[kind]}: ${names.join(", ")}`;
    }),
    "; ",
  );
}

function isMessageOn(item: Module["items"][number], queue: Queue): item is Request {
  return (
    (item.kind === "request" || item.kind === "message" || item.kind === "event") && item.queues.includes(queue.name)
  );
}

function declares(module: Module, queue: Queue): boolean {
  return module.items.some((item) => item.kind === "queues" && item.queues.some((one) => one.name === queue.name));
}

/** Houses that count only the queues that exist. */
function compactNotes(queues: readonly Queue[]): readonly string[] {
  const houses = [...new Set(queues.flatMap((queue) => queue.compact ?? []))];
  return houses.map((house) => {
    const names = queues.filter((queue) => queue.compact?.includes(house) === true).map((queue) => code(queue.name));
    return `${capitalized(house)} gives ${listed(names)} the next free number, counting only queues that exist.`;
  });
}
