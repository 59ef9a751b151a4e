import type { Item, Module } from "../../ir/model.ts";
import { stepHeading } from "./changes-view.ts";
import { pageOf } from "./links.ts";
import { link, table, type Column, type TableView } from "./markdown.ts";
import { stepPage, type Step } from "./step-view.ts";

/** The first page: every module with what it has. */
export interface IndexView {
  /** By device id; `Config` counts bytes. */
  readonly devices: TableView | null;
  readonly transports: TableView | null;
  readonly core: TableView | null;
  /** Links to the pages of what the revisions changed, the newest first. */
  readonly steps: string;
}

export function indexView(modules: readonly Module[], steps: readonly Step[]): IndexView {
  const devices = modules.filter((module) => module.kind === "device").toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0));
  return {
    devices: table(devices, [
      { title: "Id", align: "right", cell: (module) => (module.id === undefined ? "" : String(module.id)) },
      ...columns,
    ]),
    transports: table(
      modules.filter((module) => module.kind === "transport"),
      columns,
    ),
    core: table(
      modules.filter((module) => module.kind === "core"),
      columns,
    ),
    steps: steps
      .toReversed()
      .map(({ comparison: { before, after } }) =>
        link(stepHeading(before.revision, after.revision), stepPage(after.revision)),
      )
      .join(", "),
  };
}

const columns: readonly Column<Module>[] = [
  { title: "Page", cell: (module) => link(module.title, pageOf(module)) },
  { title: "Since", cell: (module) => module.since },
  countColumn("Queues", (item) => (item.kind === "queues" ? item.queues.length : 0)),
  countColumn("Features", (item) => (item.kind === "features" ? item.features.length : 0)),
  countColumn("Config", (item) => (item.kind === "config" ? (item.layout?.size ?? item.layout?.fixedSize ?? 0) : 0)),
  countColumn("Registers", (item) => (item.kind === "registers" ? item.registers.length : 0)),
  countColumn("Messages", (item) =>
    item.kind === "request" || item.kind === "message" || item.kind === "event" || "sections" in item ? 1 : 0,
  ),
  countColumn("Structs", (item) => (item.kind === "struct" ? 1 : 0)),
  countColumn("Constants", (item) =>
    item.kind === "constant" ? 1 : "constants" in item && item.kind !== "house" ? item.constants.length : 0,
  ),
  countColumn("Rules", (item) => (item.kind === "rule" ? 1 : 0)),
];

function countColumn(title: string, count: (item: Item) => number): Column<Module> {
  return {
    title,
    align: "right",
    cell: (module) => {
      const sum = module.items.reduce((total, item) => total + count(item), 0);
      return sum === 0 ? "" : String(sum);
    },
  };
}
