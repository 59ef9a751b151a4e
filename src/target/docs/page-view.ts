import type { Element, ExternalType, Ir, Module, Revision } from "../../ir/model.ts";
import { revisionName, revisionOf, sinceSentence } from "./availability.ts";
import { commandsViews, type CommandsView } from "./commands-view.ts";
import { configView, type ConfigView, type ModuleAt } from "./config-view.ts";
import { constantsViews, type ConstantsView } from "./constants-view.ts";
import { errataViews, type ErratumView } from "./errata-view.ts";
import { featuresView, type FeaturesView } from "./features-view.ts";
import * as headings from "./headings.ts";
import { housesViews, type HouseView } from "./houses-view.ts";
import type { Links } from "./links.ts";
import { code, joined, link, plain, slug, table, type TableView } from "./markdown.ts";
import { meaningOf } from "./meaning.ts";
import { messageViews, type MessageView } from "./messages-view.ts";
import { queuesView, type QueuesView } from "./queues-view.ts";
import { registersViews, type RegistersView } from "./registers-view.ts";
import { requirementsViews, type RequirementsView } from "./requirements-view.ts";
import { moduleSteps, type ModuleStepView, type Step } from "./step-view.ts";
import { structViews, type StructView } from "./structs-view.ts";

/** All that a page says of its module, section by section; null or empty where there is no such section. */
export interface PageView {
  readonly title: string;
  readonly facts: string;
  readonly doc: string;
  /** Links to the sections. */
  readonly contents: string;
  readonly headings: Readonly<Record<string, string>>;
  readonly queues: QueuesView | null;
  readonly features: FeaturesView | null;
  readonly featureRanges: TableView | null;
  readonly config: ConfigView | null;
  readonly registers: readonly RegistersView[];
  readonly messages: readonly MessageView[];
  readonly commands: readonly CommandsView[];
  readonly structs: readonly StructView[];
  readonly constants: readonly ConstantsView[];
  readonly externals: TableView | null;
  readonly parameters: TableView | null;
  readonly requirements: readonly RequirementsView[];
  readonly errata: readonly ErratumView[];
  readonly houses: readonly HouseView[];
  readonly changes: readonly ModuleStepView[];
}

export interface PageInput {
  readonly module: Module;
  readonly ir: Ir;
  readonly links: Links;
  readonly revision: Revision;
  readonly at: ModuleAt;
  readonly steps: readonly Step[];
}

export function pageView({ module, ir, links, revision, at, steps }: PageInput): PageView {
  const facts = (element: Element): string => joined([sinceSentence(element, module), labelSentence(element)], " ");
  const view = {
    title: module.title,
    facts: moduleFacts(module),
    doc: meaningOf({ ...module, was: [] }),
    headings: headingNames,
    queues: queuesView(module, ir, links, facts),
    features: featuresView(module, facts),
    featureRanges: featureRangesTable(module),
    config: configView(module, links, at, revision, facts),
    registers: registersViews(module, links),
    messages: messageViews(module, links),
    commands: commandsViews(module, links),
    structs: structViews(module, links),
    constants: constantsViews(module),
    externals: externalsTable(module),
    parameters: parametersTable(module),
    requirements: requirementsViews(module),
    errata: errataViews(module),
    houses: housesViews(module, links),
    changes: moduleSteps(module, steps),
  };
  return { ...view, contents: contentsOf(view) };
}

/** For the template, which writes the same headings that links lead to. */
const headingNames = {
  queues: headings.queuesHeading,
  features: headings.featuresHeading,
  config: headings.configHeading,
  registers: headings.registersHeading,
  messages: headings.messagesHeading,
  structs: headings.structsHeading,
  constants: headings.constantsHeading,
  externals: headings.externalTypesHeading,
  parameters: headings.parametersHeading,
  requirements: headings.requirementsHeading,
  errata: headings.errataHeading,
  changes: headings.changesHeading,
};

function contentsOf(view: Omit<PageView, "contents">): string {
  const sections: readonly (readonly [string, unknown])[] = [
    [headings.queuesHeading, view.queues],
    [headings.featuresHeading, view.features ?? view.featureRanges],
    [headings.configHeading, view.config],
    [headings.registersHeading, view.registers],
    [headings.messagesHeading, view.messages],
    ...view.commands.map((commands): readonly [string, unknown] => [commands.heading, commands]),
    [headings.structsHeading, view.structs],
    [headings.constantsHeading, view.constants],
    [headings.externalTypesHeading, view.externals],
    [headings.parametersHeading, view.parameters],
    [headings.requirementsHeading, view.requirements],
    [headings.errataHeading, view.errata],
    ...view.houses.map((house): readonly [string, unknown] => [house.heading, house]),
    [headings.changesHeading, view.changes],
  ];
  return sections
    .filter(([, content]) => content !== null && !(Array.isArray(content) && content.length === 0))
    .map(([heading]) => link(heading, `#${slug(heading)}`))
    .join(" · ");
}

const kinds: Readonly<Record<Module["kind"], string>> = { device: "Device", transport: "Transport", core: "Core" };

function moduleFacts(module: Module): string {
  return joined(
    [
      `${kinds[module.kind]} ${code(module.name)}`,
      module.id === undefined ? "" : `device id ${module.id}`,
      `since ${revisionName(module.since)}`,
      module.until === undefined ? "" : `until ${module.until}`,
      module.label === undefined ? "" : `in the standard: _${plain(module.label)}_`,
    ],
    " · ",
  );
}

function labelSentence(element: Element): string {
  return element.label === undefined ? "" : `In the standard: _${plain(element.label)}_.`;
}

function featureRangesTable(module: Module): TableView | null {
  const rows = module.items.flatMap((item) =>
    item.kind === "feature_ranges" ? item.ranges.map((range) => ({ range, item })) : [],
  );
  return table(rows, [
    {
      title: "Bits",
      align: "right",
      cell: ({ range }) => (range.from === range.to ? String(range.from) : `${range.from}–${range.to}`),
    },
    { title: "Belong to", cell: ({ range }) => range.owner },
    { title: "Since", cell: ({ range, item }) => revisionOf(range, item) },
    { title: "Meaning", cell: ({ range }) => meaningOf(range) },
  ]);
}

function externalsTable(module: Module): TableView | null {
  const types = module.items.filter((item): item is ExternalType => item.kind === "external");
  return table(types, [
    { title: "Type", cell: (type) => code(type.cName) },
    { title: "Size", align: "right", cell: (type) => (type.size === undefined ? "" : String(type.size)) },
    { title: "Defined by", cell: (type) => plain(type.from ?? "") },
    { title: "Since", cell: (type) => revisionOf(type, module) },
    { title: "Meaning", cell: (type) => meaningOf(type) },
  ]);
}

function parametersTable(module: Module): TableView | null {
  return table(
    module.items.filter((item) => item.kind === "parameter"),
    [
      { title: "Parameter", cell: (parameter) => code(parameter.name) },
      { title: "Since", cell: (parameter) => revisionOf(parameter, module) },
      { title: "Meaning", cell: (parameter) => meaningOf(parameter) },
    ],
  );
}
