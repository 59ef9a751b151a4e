import type { Erratum, Module } from "../../ir/model.ts";
import { elementsOf, type Visited } from "./element-walk.ts";
import { itemHeading } from "./headings.ts";
import { joined, plain, table, type TableView } from "./markdown.ts";

/** What the standard's text says and what is meant instead. Null where the text is taken as it stands. */
export function errataView(module: Module): TableView | null {
  const ofModule = (module.errata ?? []).map((erratum) => ({ where: "", erratum }));
  const ofElements = elementsOf(module).flatMap((visited) =>
    (visited.element.errata ?? []).map((erratum) => ({ where: whereIs(visited), erratum })),
  );
  return errataTable([...ofModule, ...ofElements]);
}

function errataTable(rows: readonly { readonly where: string; readonly erratum: Erratum }[]): TableView | null {
  return table(rows, [
    { title: "Erratum", cell: ({ erratum }) => plain(erratum.id) },
    { title: "Where", cell: ({ where }) => where },
    { title: "The text says", cell: ({ erratum }) => plain(erratum.text) },
    { title: "What is meant", cell: ({ erratum }) => plain(erratum.meant) },
    { title: "Why", cell: ({ erratum }) => plain(erratum.because) },
  ]);
}

/** The block and the element in it. */
function whereIs(visited: Visited): string {
  switch (visited.kind) {
    case "rule":
      return plain(visited.name);
    case "erratum":
      return "";
    case "block":
      return visited.item === undefined ? joined([visited.place, visited.name], ", ") : itemHeading(visited.item);
    default:
      return joined([visited.place, visited.name], ", ");
  }
}
