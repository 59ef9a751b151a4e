import { compareRevisions } from "../../ir/availability.ts";
import { revisions, type Config, type Module, type Revision } from "../../ir/model.ts";
import { revisionName } from "./availability.ts";
import { configLayoutView, configSize, type LayoutView } from "./layout-view.ts";
import type { Links } from "./links.ts";
import { capitalized, code, joined, table, type TableView } from "./markdown.ts";

/** Finds a module in the description cut at a revision; undefined where it does not exist there. */
export type ModuleAt = (revision: Revision) => Module | undefined;

export interface ConfigView {
  readonly doc: string;
  readonly facts: string;
  readonly layout: LayoutView;
  /** Its size in each revision; null where it never changed. */
  readonly growth: TableView | null;
}

export function configView(
  module: Module,
  links: Links,
  at: ModuleAt,
  last: Revision,
  facts: (config: Config) => string,
): ConfigView | null {
  const config = configOf(module);
  if (config === undefined) return null;
  const layout = configLayoutView(config.members, links, config);
  // What the letters of the column mean, or that there is no column.
  const access = layout.writable
    ? "The driver reads (R) and, where it says so, writes (W)."
    : "The driver only reads it.";
  return {
    doc: config.doc,
    facts: joined(
      [
        `${capitalized(configSize(config.layout))}. ${access}`,
        config.legacyNative === true ? "On the legacy interface in the guest's byte order." : "",
        facts(config),
      ],
      " ",
    ),
    layout,
    growth: growthTable(at, last),
  };
}

function configOf(module: Module | undefined): Config | undefined {
  return module?.items.find((item) => item.kind === "config");
}

/** The size in every revision up to `last`, and the members that came with it. */
function growthTable(at: ModuleAt, last: Revision): TableView | null {
  const known = revisions
    .filter((revision) => compareRevisions(revision, last) <= 0)
    .flatMap((revision) => {
      const config = configOf(at(revision));
      return config === undefined ? [] : [{ revision, config }];
    });
  if (new Set(known.map(({ config }) => shapeOf(config))).size < 2) return null;
  return table(
    known.map(({ revision, config }, index) => ({ revision, config, before: known[index - 1]?.config })),
    [
      { title: "Revision", cell: ({ revision }) => revisionName(revision) },
      { title: "Bytes", align: "right", cell: ({ config }) => configSize(config.layout).replace(/ bytes?$/, "") },
      { title: "New", cell: ({ config, before }) => (before === undefined ? "" : namesOnlyIn(config, before)) },
      { title: "Gone", cell: ({ config, before }) => (before === undefined ? "" : namesOnlyIn(before, config)) },
    ],
  );
}

function shapeOf(config: Config): string {
  return config.members.map((member) => member.name).join(" ");
}

function namesOnlyIn(config: Config, other: Config): string {
  const names = new Set(other.members.map((member) => member.name));
  return config.members
    .filter((member) => member.name !== "" && !names.has(member.name))
    .map((member) => code(member.name))
    .join(", ");
}
