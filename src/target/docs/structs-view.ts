import type { Module, Struct } from "../../ir/model.ts";
import { sinceSentence } from "./availability.ts";
import { condition } from "./expression-words.ts";
import { structHeading } from "./headings.ts";
import { layoutView, sizeText, type LayoutView } from "./layout-view.ts";
import type { Links } from "./links.ts";
import { capitalized, code, joined } from "./markdown.ts";
import { meaningOf } from "./meaning.ts";

export interface StructView {
  readonly heading: string;
  readonly doc: string;
  readonly facts: string;
  readonly layout: LayoutView;
}

export function structViews(module: Module, links: Links): readonly StructView[] {
  return module.items.flatMap((item) => (item.kind === "struct" ? [structView(item, module, links)] : []));
}

function structView(struct: Struct, module: Module, links: Links): StructView {
  return {
    heading: structHeading(struct),
    doc: meaningOf({ ...struct, was: [] }),
    facts: joined([`${capitalized(sizeText(struct.layout))}.`, ...structFacts(struct, module)], " "),
    layout: layoutView(struct.members, links, struct),
  };
}

function structFacts(struct: Struct, module: Module): readonly string[] {
  const { layout } = struct;
  return [
    struct.if === undefined ? "" : `Only if ${condition(struct.if)}.`,
    sinceSentence(struct, module),
    struct.definedIn === undefined ? "" : `Part of ${code(struct.definedIn)}.`,
    struct.legacyNative === true ? "On the legacy interface in the guest's byte order." : "",
    layout?.needsPacked === true ? "A C compiler lays it out so only when it is told to pack it." : "",
  ];
}
