import { includedAs } from "../../ir/included-as.ts";
import type { Alias, Constant, House, Module, View } from "../../ir/model.ts";
import { revisionOf } from "./availability.ts";
import { elementsOf, type Visited } from "./element-walk.ts";
import type { Links } from "./links.ts";
import { capitalized, code, joined, listed, table, type TableView } from "./markdown.ts";

/** What another house calls or shapes differently. */
export interface HouseView {
  readonly heading: string;
  readonly facts: string;
  readonly names: TableView | null;
  readonly shapes: TableView | null;
  readonly constants: TableView | null;
  readonly types: TableView | null;
}

/** One for each house that has another name for something, or a header of its own. */
export function housesViews(module: Module, links: Links): readonly HouseView[] {
  const blocks = module.items.filter((item) => item.kind === "house");
  const elements = elementsOf(module);
  const houses = new Set([
    ...blocks.map((block) => block.name),
    ...elements.flatMap(({ element }) => (element.aliases ?? []).map((alias) => alias.house)),
  ]);
  return [...houses].map((house) => {
    const own = blocks.filter((block) => block.name === house);
    return {
      heading: `Names in ${capitalized(house)}`,
      facts: joined([...own.flatMap((block) => headerFacts(block)), omitted(own)], " "),
      names: namesTable(elements, house),
      shapes: shapesTable(
        own.flatMap((block) => block.views),
        module,
      ),
      constants: constantsTable(
        own.flatMap((block) => block.constants.flatMap((one) => (one.kind === "constant" ? [one] : one.constants))),
      ),
      types: table(
        own.flatMap((block) => block.typedefs),
        [
          { title: "Type", cell: (typedef) => code(typedef.name) },
          { title: "Is", cell: (typedef) => links.type(typedef.type) },
          { title: "Meaning", cell: (typedef) => typedef.doc },
        ],
      ),
    };
  });
}

function headerFacts(block: House): readonly string[] {
  const path = block.header === undefined ? "" : code(`<${includedAs(block.name, block.header)}>`);
  return [
    path === "" ? "" : `Header: ${path}.`,
    block.noLegacy === undefined ? "" : `${code(block.noLegacy)} hides what is legacy.`,
  ];
}

function omitted(blocks: readonly House[]): string {
  const names = blocks.flatMap((block) => block.omitted);
  return names.length === 0 ? "" : `Not published there: ${listed(names.map((name) => code(name)))}.`;
}

function namesTable(elements: readonly Visited[], house: string): TableView | null {
  const rows = elements.flatMap((visited) =>
    (visited.element.aliases ?? []).filter((alias) => alias.house === house).map((alias) => ({ visited, alias })),
  );
  return table(rows, [
    { title: "In the standard", cell: ({ visited }) => standardName(visited) },
    {
      title: `In ${capitalized(house)}`,
      cell: ({ visited, alias }) => code(`${tagKeyword(visited)}${alias.name}`),
    },
    { title: "Note", cell: ({ alias }) => aliasNote(alias) },
  ]);
}

/** The alias of a group is the tag of an enumeration. */
function tagKeyword({ item }: Visited): string {
  switch (item?.kind) {
    case "struct":
      return "struct ";
    case "enum":
    case "flags":
    case "bits":
    case "shared_memory":
      return "enum ";
    default:
      return "";
  }
}

function aliasNote(alias: Alias): string {
  return joined([alias.also === true ? "in addition" : "", alias.as === undefined ? "" : `as a ${alias.as}`], ", ");
}

function standardName(visited: Visited): string {
  const { element, kind } = visited;
  if (kind === "feature" || kind === "constant" || kind === "register") return code(element.cName);
  if (kind === "block") return visited.name;
  return joined([visited.place, visited.name], ", ");
}

function shapesTable(views: readonly View[], module: Module): TableView | null {
  return table(views, [
    { title: "Struct", cell: (view) => code(`${view.union === true ? "union" : "struct"} ${view.name}`) },
    { title: "Shows", cell: (view) => code(view.of) },
    { title: "Bytes", cell: (view) => viewSize(view) },
    { title: "Own names", cell: (view) => ownNames(view, module) },
    { title: "Since", cell: (view) => revisionOf(view, module) },
    { title: "Meaning", cell: (view) => view.doc },
  ]);
}

/** As the house's compiler lays it out, without what has no fixed length. */
function viewSize({ layout, packed }: View): string {
  if (layout === undefined) return "";
  const size = packed === undefined ? String(layout.natural.size) : `${layout.fixedSize}, packed`;
  return layout.size === null ? `at least ${size}` : size;
}

/** Members that have another name there. */
function ownNames(view: View, module: Module): string {
  const [of = ""] = view.of.split(".");
  const viewed = module.items.filter(
    (item) =>
      item.kind !== "house" &&
      item.kind !== "rule" &&
      (item.name === of || (item.kind === "struct" && item.definedIn === of)),
  );
  const names = new Set(elementsOf({ ...module, items: viewed }).flatMap(({ name }) => name.split(/[`.]/)));
  return view.members
    .filter((member) => member.name !== "" && !names.has(member.name))
    .map((member) => code(member.name))
    .join(", ");
}

function constantsTable(constants: readonly Constant[]): TableView | null {
  return table(constants, [
    { title: "Constant", cell: (constant) => code(constant.cName) },
    {
      title: "Value",
      cell: (constant) =>
        constant.text === String(constant.value) ? constant.text : `${constant.value} (${code(constant.text)})`,
    },
    { title: "Note", cell: (constant) => (constant.overridable === true ? "a program may define it first" : "") },
    { title: "Meaning", cell: (constant) => constant.doc },
  ]);
}
