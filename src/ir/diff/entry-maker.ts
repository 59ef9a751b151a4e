import { nameAt } from "../availability.ts";
import type { Element, Expression, Revision } from "../model.ts";
import type { Entry, Extent } from "./entry.ts";
import { aliasesText, conditionText, conjunction, erratumText, existsText } from "./fact-text.ts";
import type { Aspect, Block, Subject } from "./model.ts";

/** What is particular to an entry; what every element has is added by {@link EntryMaker.add}. */
export interface Draft {
  readonly subject: Subject;
  readonly element: Element;
  /** Within the block; by default what it stands in and its own name. */
  readonly name?: string;
  /** What it is matched by; by default its name at the older revision. */
  readonly keyed?: string;
  readonly place?: string | undefined;
  readonly facts: Partial<Record<Aspect, string>>;
  readonly extent?: Extent;
  readonly value?: string | undefined;
  /** By default the element's own. */
  readonly conditions?: readonly Expression[];
  readonly summary: string;
}

/** The revision that is described, and the older of the two that are compared. */
interface Sides {
  readonly revision: Revision;
  readonly older: Revision;
}

type Inside = (below: EntryMaker) => void;

interface Where {
  readonly module: string;
  readonly block: Block | undefined;
  /** Of the block, in paths. */
  readonly label: string;
  readonly parent: Entry | undefined;
  /** The children made so far. */
  readonly list: Entry[];
  readonly keys: Map<string, number>;
  /** Paths of the whole module. */
  readonly paths: Map<string, number>;
}

/** Makes entries below one entry. */
export class EntryMaker {
  readonly sides: Sides;
  private readonly where: Where;

  constructor(where: Where, sides: Sides) {
    this.where = where;
    this.sides = sides;
  }

  /** The same place for what stands in a block. @param label of the block in paths: `struct hdr` */
  in(block: Block, label: string): EntryMaker {
    return new EntryMaker({ ...this.where, block, label }, this.sides);
  }

  /** @param inside makes the children */
  add(draft: Draft, inside: Inside = () => {}): Entry {
    const { element, subject } = draft;
    const { module, block, label, parent, list, keys, paths } = this.where;
    const name = draft.name ?? element.name;
    const conditions = draft.conditions ?? (element.if === undefined ? [] : [element.if]);
    const condition = conditionText(conjunction(conditions));
    const path = [module, label, name].filter((part) => part !== "").join("/");
    const children: Entry[] = [];
    const entry: Entry = {
      subject,
      element,
      block,
      name,
      path: numbered(path, paths),
      key: numbered(`${subject} ${draft.keyed ?? nameAt(element, this.sides.older).name}`, keys),
      place: draft.place === undefined ? undefined : `${subject} ${draft.place}`,
      facts: new Map<Aspect, string>([
        ...Object.entries(draft.facts).map(([aspect, text]): [Aspect, string] => [aspect as Aspect, text]),
        ["condition", condition],
        ...commonFacts(element),
      ]),
      summary: [draft.summary, condition === "" ? "" : `if ${condition}`].filter((part) => part !== "").join(" "),
      extent: draft.extent,
      value: draft.value,
      conditions,
      parent,
      children,
    };
    list.push(entry);
    inside(new EntryMaker({ module, block, label, parent: entry, list: children, keys: new Map(), paths }, this.sides));
    return entry;
  }
}

/** The entry of a module. */
export function rootEntry(module: string, sides: Sides, draft: Draft, inside: Inside): Entry {
  const where = { block: undefined, label: "", parent: undefined, list: [], keys: new Map(), paths: new Map() };
  return new EntryMaker({ ...where, module }, sides).add({ ...draft, name: "" }, inside);
}

/** The second of a name is another element than the first. */
function numbered(text: string, seen: Map<string, number>): string {
  const count = (seen.get(text) ?? 0) + 1;
  seen.set(text, count);
  return count === 1 ? text : `${text}#${count}`;
}

function commonFacts(element: Element): readonly [Aspect, string][] {
  return [
    ["c-name", element.cName],
    ["aliases", aliasesText(element.aliases)],
    ["legacy", element.legacy === true ? "legacy interface only" : ""],
    ["since", existsText(element)],
    ["label", element.label ?? ""],
    ["documentation", element.doc],
    ["errata", (element.errata ?? []).map((erratum) => erratumText(erratum)).join("; ")],
  ];
}
