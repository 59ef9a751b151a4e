import { isCommand } from "../../ir/item-kinds.ts";
import type { Command, Element, Module } from "../../ir/model.ts";
import { revisionOf, sinceSentence } from "./availability.ts";
import { condition } from "./expression-words.ts";
import { commandHeading, commandKinds } from "./headings.ts";
import { layoutView, sizeText, type LayoutView } from "./layout-view.ts";
import type { Links } from "./links.ts";
import { capitalized, code, joined, link, listed, slug, table, type TableView } from "./markdown.ts";
import { meaningOf } from "./meaning.ts";

/** All commands, capabilities or objects of one kind. */
export interface CommandsView {
  readonly heading: string;
  readonly table: TableView | null;
  readonly commands: readonly CommandView[];
}

export interface CommandView {
  readonly heading: string;
  readonly doc: string;
  readonly facts: string;
  readonly sections: readonly { readonly title: string; readonly layout: LayoutView }[];
}

export function commandsViews(module: Module, links: Links): readonly CommandsView[] {
  const commands = module.items.filter((item) => isCommand(item));
  const kinds = [...new Set(commands.map((command) => command.kind))];
  return kinds.map((kind) => {
    const ofKind = commands.filter((command) => command.kind === kind);
    return {
      heading: commandKinds[kind].many,
      table: overview(ofKind, module),
      commands: ofKind.filter((command) => hasDetail(command)).map((command) => commandView(command, module, links)),
    };
  });
}

function overview(commands: readonly Command[], module: Module): TableView | null {
  return table(commands, [
    {
      title: "Number",
      align: "right",
      cell: (command) => numberText(command),
    },
    {
      title: "Name",
      cell: (command) =>
        hasDetail(command) ? link(code(command.cName), `#${slug(commandHeading(command))}`) : code(command.cName),
    },
    { title: "Direction", cell: (command) => directionOf(command) },
    { title: "Refers to", cell: (command) => listed((command.refers ?? []).map((name) => code(name))) },
    {
      title: "Transport's revision",
      align: "right",
      cell: (command) => (command.transportRevision === undefined ? "" : String(command.transportRevision)),
    },
    { title: "Only if", cell: (command) => (command.if === undefined ? "" : condition(command.if)) },
    { title: "Since", cell: (command) => revisionOf(command, module) },
    { title: "Meaning", cell: (command) => meaningOf(command) },
  ]);
}

/** The standard's notation: CCW commands in one byte, all others in two. */
function numberText({ kind, number }: Command): string {
  if (number === undefined) return "";
  return `0x${number.toString(16).padStart(kind === "ccw_command" ? 2 : 4, "0")}`;
}

function directionOf(command: Command): string {
  if (command.direction === undefined) return "";
  if (command.direction === "out") return "to the device";
  return joined(["to the driver", butFor(command)], ", ");
}

/** What the driver has written of a payload that comes from the device. */
function butFor({ given }: Command): string {
  return given === undefined ? "" : `but for ${listed(given.map((name) => code(name)))}`;
}

function hasDetail(command: Command): boolean {
  return command.sections.some((section) => section.members.length > 0);
}

function commandView(command: Command, module: Module, links: Links): CommandView {
  const outer: Element = command;
  return {
    heading: commandHeading(command),
    doc: meaningOf({ ...command, was: [] }),
    facts: joined([code(command.cName), sinceSentence(command, module)], ". ").replace(/`$/, "`."),
    sections: command.sections
      .filter((section) => section.members.length > 0)
      .map((section) => ({
        title: capitalized(joined([section.name, sizeText(section.layout)], ", ")),
        layout: layoutView(section.members, links, outer),
      })),
  };
}
