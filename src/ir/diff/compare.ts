import { compareRevisions } from "../availability.ts";
import type { Ir, Module, Revision } from "../model.ts";
import { renameReferences, type Name, type ReferenceKey } from "../rename.ts";
import { breaksByAddition, breaksByChange, breaksByRemoval, type Shared } from "./breaks.ts";
import { categoryOf } from "./category.ts";
import { moduleEntry } from "./entries.ts";
import type { Entry } from "./entry.ts";
import type { Aspect, Change, Differences, ModuleChanges, State } from "./model.ts";
import { pairEntries, type Pair } from "./pair.ts";
import { liesInReserved, liesWithin } from "./reserved.ts";

/**
 * What changed from one description to another. Each is an IR cut at a revision: of one description at two revisions, or
 * of an earlier and a later version of a description at one. What an element is called at another revision is known from
 * the description (`was … until`), so that a renaming is one; what has only another name is one, too.
 */
export function compare(before: Ir, after: Ir): Differences {
  const [from, to] = [revisionOf(before), revisionOf(after)];
  const older = compareRevisions(from, to) < 0 ? from : to;
  const earlier = before.modules.map((module) => moduleEntry(module, from, older));
  const later = after.modules.map((module) => moduleEntry(module, to, older));
  // The later side once more, with its references by the names of the earlier one: what is the same reads the same.
  const names = newNames(pairEntries(earlier, later));
  const renamed = renameReferences(after, names).modules.map((module) =>
    moduleEntry(module, to, older, names.get(`module ${module.name}`)?.name),
  );
  const alike = new Map<Entry, Entry>();
  alignEntries(later, renamed, alike);
  // By those names once more, for statements are known by what they say.
  const modules = withAfter(pairEntries(earlier, renamed), new Map([...alike].map(([entry, other]) => [other, entry])));
  const comparing = new Comparing(alike, shared(modules, [before, after]), from === to);
  return {
    format: "virtgen-diff",
    version: 1,
    before: { revision: from },
    after: { revision: to },
    modules: modules.flatMap((pair): ModuleChanges[] => {
      const changes = comparing.changes(pair);
      const module = (pair.after ?? pair.before)?.element as Module | undefined;
      return module === undefined || changes.length === 0
        ? []
        : [{ kind: module.kind, name: module.name, title: module.title, changes }];
    }),
  };
}

/** @throws RangeError for an IR that is not cut */
function revisionOf(ir: Ir): Revision {
  if (ir.revision === "all") throw new RangeError("compare: the IR has every revision at once; cut it at one first");
  return ir.revision;
}

/** The pairs with other entries on their later side. */
function withAfter(pairs: readonly Pair[], others: ReadonlyMap<Entry, Entry>): readonly Pair[] {
  return pairs.map(({ before, after, inside }) => ({
    before,
    after: after === undefined ? undefined : others.get(after),
    inside: withAfter(inside, others),
  }));
}

/** Both are trees of the same shape. */
function alignEntries(entries: readonly Entry[], others: readonly Entry[], found: Map<Entry, Entry>): void {
  entries.forEach((entry, index) => {
    const other = others[index];
    if (other === undefined) return;
    found.set(entry, other);
    alignEntries(entry.children, other.children, found);
  });
}

/** What the earlier side calls the things that references of the later side name. */
function newNames(modules: readonly Pair[]): ReadonlyMap<ReferenceKey, Name> {
  const names = new Map<ReferenceKey, Name>();
  for (const module of modules) {
    if (module.before === undefined || module.after === undefined) continue;
    const name = module.after.element.name;
    const former = module.before.element.name;
    if (name !== former) names.set(`module ${name}`, { name: former, cName: "" });
    noteNames(module.inside, name, names);
  }
  return names;
}

function noteNames(pairs: readonly Pair[], module: string, names: Map<ReferenceKey, Name>): void {
  for (const { before, after, inside } of pairs) {
    if (before === undefined || after === undefined) continue;
    const key = referenceKey(after, module);
    const { name, cName } = before.element;
    if (key !== undefined && name !== after.element.name) names.set(key, { name, cName });
    noteNames(inside, module, names);
  }
}

function referenceKey(entry: Entry, module: string): ReferenceKey | undefined {
  const { subject, element, block } = entry;
  switch (subject) {
    case "struct":
    case "external":
      return `type ${module}.${element.name}`;
    case "constants":
      return `group ${module}.${element.name}`;
    case "constant":
      return `constant ${module}.${block?.name ?? ""}.${element.name}`;
    case "feature":
    case "register":
    case "member":
    case "queue":
      return `${subject} ${module}.${element.name}`;
    default:
      return undefined;
  }
}

/** By the names of the earlier side. */
function shared(modules: readonly Pair[], irs: readonly Ir[]): Shared {
  const names = new Map<string, Set<string>>();
  const note = (kind: keyof Shared, name: string): void => {
    names.set(kind, (names.get(kind) ?? new Set()).add(name));
  };
  const noteAll = (pairs: readonly Pair[], module: string, group: string): void => {
    for (const { before, after, inside } of pairs) {
      if (before === undefined || after === undefined) continue;
      const { name } = before.element;
      switch (before.subject) {
        case "feature":
        case "queue":
          note(before.subject, `${module}.${name}`);
          break;
        case "constants":
          noteAll(inside, module, `${name}.`);
          break;
        case "constant":
          note("constant", `${module}.${group}${name}`);
          break;
        case "config":
          for (const member of inside)
            if (member.before !== undefined && member.after !== undefined)
              note("block", `${module}.${member.before.element.name}`);
          break;
        default:
          note("block", `${module}.${name}`);
      }
    }
  };
  for (const module of modules) noteAll(module.inside, module.before?.element.name ?? "", ".");
  const has =
    (kind: keyof Shared) =>
    (module: string, name: string): boolean =>
      names.get(kind)?.has(`${module}.${name}`) === true;
  const words = new Map(irs.flatMap((ir) => wordStructs(ir)));
  return {
    feature: has("feature"),
    queue: has("queue"),
    block: has("block"),
    constant: has("constant"),
    word: (type) =>
      type.kind === "scalar"
        ? type.name
        : type.kind === "struct"
          ? words.get(`${type.module}.${type.name}`)
          : undefined,
  };
}

/** Structs that are one word of bits, with the type of that. */
function wordStructs(ir: Ir): readonly (readonly [string, string])[] {
  return ir.modules.flatMap((module) =>
    module.items.flatMap((item) => {
      const [word, ...others] = item.kind === "struct" ? item.members : [];
      return word?.kind === "bits" && others.length === 0 && word.dimensions.length === 0
        ? [[`${module.name}.${item.name}`, word.type.name] as const]
        : [];
    }),
  );
}

/** Facts that only tell of something else that is listed. */
const told: ReadonlySet<Aspect> = new Set<Aspect>(["c-name", "since"]);

class Comparing {
  private readonly alike: ReadonlyMap<Entry, Entry>;
  private readonly shared: Shared;
  /** Two versions of a description at one revision: when something exists is a fact of it then. */
  private readonly sameRevision: boolean;
  /** The one that is gone through, by its name on the earlier side. */
  private module = "";

  constructor(alike: ReadonlyMap<Entry, Entry>, both: Shared, sameRevision: boolean) {
    this.alike = alike;
    this.shared = both;
    this.sameRevision = sameRevision;
  }

  changes(pair: Pair, block?: Pair): readonly Change[] {
    const { before, after } = pair;
    if ((before ?? after)?.subject === "module") this.module = (before ?? after)?.element.name ?? "";
    if (before === undefined) return after === undefined ? [] : [this.added(after, block)];
    if (after === undefined) return [this.removed(before, block)];
    return [
      ...this.facts(before, after),
      ...pair.inside.flatMap((inner) => this.changes(inner, before.subject === "module" ? inner : (block ?? pair))),
    ];
  }

  private added(entry: Entry, block: Pair | undefined): Change {
    const other = block?.before;
    const takes = liesInReserved(entry, other);
    const inert = isReserved(entry) && (block?.after?.subject === "config" || liesWithin(entry, other));
    const renamed = this.alike.get(entry) ?? entry;
    return {
      ...this.about(entry, "added"),
      before: null,
      after: stateOf(entry, entry.summary),
      breaks: takes || inert ? [] : breaksByAddition(this.module, renamed, this.shared),
      ...(takes && !isReserved(entry) ? { takesReserved: true } : {}),
    };
  }

  private removed(entry: Entry, block: Pair | undefined): Change {
    const inert = isReserved(entry) && (block?.before?.subject === "config" || liesWithin(entry, block?.after));
    return {
      ...this.about(entry, "removed"),
      before: stateOf(entry, entry.summary),
      after: null,
      breaks: inert ? [] : breaksByRemoval(this.module, entry, this.shared),
    };
  }

  private facts(before: Entry, after: Entry): readonly Change[] {
    const renamed = this.alike.get(after) ?? after;
    const change = (aspect: Aspect, was: string, is: string): Change => ({
      ...this.about(after, aspect, before),
      before: stateOf(before, was),
      after: stateOf(after, is),
      breaks: breaksByChange(this.module, before, renamed, aspect, this.shared),
    });
    const found: Change[] = [];
    const isNamed = before.element.name !== after.element.name && before.subject !== "rule";
    if (isNamed) found.push(change("name", before.element.name, after.element.name));
    for (const aspect of new Set([...before.facts.keys(), ...renamed.facts.keys()])) {
      const [was, is] = [before.facts.get(aspect) ?? "", renamed.facts.get(aspect) ?? ""];
      if (was === is || (told.has(aspect) && (aspect === "since" ? !this.sameRevision : isNamed))) continue;
      found.push(change(aspect, was, after.facts.get(aspect) ?? ""));
    }
    return found;
  }

  private about(
    entry: Entry,
    what: Change["what"],
    before: Entry = entry,
  ): Pick<Change, "id" | "subject" | "what" | "category" | "path" | "block" | "name"> {
    const { subject, path, block, name } = entry;
    return {
      id: `${subject}-${what} ${path}`,
      subject,
      what,
      category: categoryOf(entry, what, before),
      path,
      ...(block === undefined ? {} : { block }),
      name,
    };
  }
}

function isReserved(entry: Entry): boolean {
  return entry.facts.get("reserved") === "reserved";
}

function stateOf(entry: Entry, text: string): State {
  const { element, extent, value } = entry;
  const type = entry.facts.get("type");
  return {
    name: element.name,
    cName: element.cName,
    text,
    ...(extent === undefined
      ? {}
      : extent.bits === undefined
        ? { offset: extent.offset, size: extent.size }
        : { shift: extent.bits.shift, width: extent.bits.count }),
    ...(type === undefined || type === "" ? {} : { type }),
    ...(value === undefined ? {} : { value }),
    at: element.at,
  };
}
