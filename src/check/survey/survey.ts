import type { Place } from "../../diagnostic/diagnostic.ts";
import { existsAt } from "../../ir/availability.ts";
import type { Written } from "../../ir/build/written.ts";
import {
  revisions,
  type Config,
  type Constant,
  type ConstantGroup,
  type Element,
  type Feature,
  type GroupReference,
  type Ir,
  type Module,
  type PartSwitch,
  type Revision,
  type Struct,
  type View,
} from "../../ir/model.ts";
import { bodiesOf, sitesOf, type Body, type MemberSite } from "./bodies.ts";
import { choicesOf, type Choice } from "./choices.ts";
import { constraintsOf, type Constraint } from "./constraints.ts";
import { growthOf, type Step } from "./growth.ts";
import { isConstantGroup, isRequest } from "../../ir/item-kinds.ts";
import { switchesOf } from "./parts.ts";
import { Positions } from "./positions.ts";
import { queueProblems, type QueueProblem } from "./queue-numbers.ts";
import { usesOf, type Use } from "./uses.ts";

/** What rules look at: the IR of all revisions, and what each of them would otherwise work out anew. */
export class Survey {
  readonly ir: Ir;
  readonly modules: readonly Module[];
  readonly core: readonly Module[];
  private readonly written: Written;
  private readonly byName: ReadonlyMap<string, Module>;
  private readonly featuresOf = new Map<Module, readonly Feature[]>();
  private readonly groups = new Map<string, ConstantGroup[]>();
  private readonly constraints = new Map<Module, readonly Constraint[]>();
  private readonly constraintsByRevision = new Map<Module, Map<Revision, readonly Constraint[]>>();
  private readonly featuresByName = new Map<Module, ReadonlyMap<string, readonly Feature[]>>();
  private readonly positions = new Map<Revision, Positions>();
  private readonly sitesByBody = new Map<Body, readonly MemberSite[]>();
  private readonly structs = new Map<string, (Struct | View)[]>();
  private allBodies: readonly Body[] | undefined;
  private allSites: readonly MemberSite[] | undefined;
  private allChoices: readonly Choice[] | undefined;
  private allQueueProblems: readonly QueueProblem[] | undefined;
  private allGrowth: readonly Step[] | undefined;
  private allUses: readonly Use[] | undefined;

  constructor(ir: Ir, written: Written) {
    this.ir = ir;
    this.modules = ir.modules;
    this.core = ir.modules.filter((module) => module.kind === "core");
    this.written = written;
    this.byName = new Map(ir.modules.map((module) => [module.name, module]));
    for (const module of ir.modules) {
      for (const item of module.items) {
        if (isConstantGroup(item)) append(this.groups, `${module.name}.${item.name}`, item);
        if (item.kind === "struct") append(this.structs, `${module.name}.${item.name}`, item);
        if (item.kind === "house") {
          for (const view of item.views) append(this.structs, `${module.name}.${view.name}@${item.name}`, view);
          for (const one of item.constants)
            if (one.kind !== "constant") append(this.groups, `${module.name}.${one.name}`, one);
        }
      }
    }
  }

  module(name: string): Module | undefined {
    return this.byName.get(name);
  }

  /** Everything that has members laid out in bytes. */
  get bodies(): readonly Body[] {
    this.allBodies ??= this.modules.flatMap((module) => bodiesOf(module));
    return this.allBodies;
  }

  /** Every member of every body, with what surrounds it. */
  get sites(): readonly MemberSite[] {
    this.allSites ??= this.bodies.flatMap((body) => this.sitesIn(body));
    return this.allSites;
  }

  sitesIn(body: Body): readonly MemberSite[] {
    let found = this.sitesByBody.get(body);
    if (found === undefined) {
      found = sitesOf(body);
      this.sitesByBody.set(body, found);
    }
    return found;
  }

  /** Every switch that chooses among the parts of a message. */
  get partSwitches(): readonly PartSwitch[] {
    return this.modules.flatMap((module) =>
      module.items.flatMap((item) => (isRequest(item) ? switchesOf(item.parts) : [])),
    );
  }

  /** What the features of a description and of the core demand of each other. */
  constraintsAt(module: Module, revision: Revision): readonly Constraint[] {
    let ofModule = this.constraintsByRevision.get(module);
    if (ofModule === undefined) {
      ofModule = new Map<Revision, readonly Constraint[]>();
      this.constraintsByRevision.set(module, ofModule);
    }
    let found = ofModule.get(revision);
    if (found === undefined) {
      const owners = module.kind === "core" ? this.core : [module, ...this.core];
      found = owners.flatMap((owner) => this.constraintsIn(owner).filter((one) => existsAt(one.element, revision)));
      ofModule.set(revision, found);
    }
    return found;
  }

  private constraintsIn(module: Module): readonly Constraint[] {
    let found = this.constraints.get(module);
    if (found === undefined) {
      found = constraintsOf(this, module);
      this.constraints.set(module, found);
    }
    return found;
  }

  /** Everything whose alternatives have tags. */
  get choices(): readonly Choice[] {
    this.allChoices ??= choicesOf(this);
    return this.allChoices;
  }

  /** Everything with members that some revisions have and others lack, from each revision to the next. */
  get growth(): readonly Step[] {
    this.allGrowth ??= growthOf(this);
    return this.allGrowth;
  }

  /** Where members lie in a revision. */
  positionsAt(revision: Revision): Positions {
    let found = this.positions.get(revision);
    if (found === undefined) this.positions.set(revision, (found = new Positions(this, revision)));
    return found;
  }

  /** What is wrong with the numbers of queues. */
  get queueProblems(): readonly QueueProblem[] {
    this.allQueueProblems ??= [...queueProblems(this)];
    return this.allQueueProblems;
  }

  /** Every expression with what it stands at. */
  get uses(): readonly Use[] {
    this.allUses ??= usesOf(this);
    return this.allUses;
  }

  features(module: Module): readonly Feature[] {
    let features = this.featuresOf.get(module);
    if (features === undefined) {
      features = module.items.flatMap((item) => (item.kind === "features" ? item.features : []));
      this.featuresOf.set(module, features);
    }
    return features;
  }

  /** The features that a name means: one in each revision at most. */
  featuresNamed(module: string, name: string): readonly Feature[] {
    const owner = this.byName.get(module);
    if (owner === undefined) return [];
    let names = this.featuresByName.get(owner);
    if (names === undefined) {
      const byName = new Map<string, Feature[]>();
      for (const feature of this.features(owner)) append(byName, feature.name, feature);
      this.featuresByName.set(owner, (names = byName));
    }
    return names.get(name) ?? [];
  }

  /** The features that a description may speak of: its own and those of the core. */
  featuresFor(module: Module): readonly { readonly module: Module; readonly feature: Feature }[] {
    const owners = module.kind === "core" ? this.core : [module, ...this.core];
    return owners.flatMap((owner) => this.features(owner).map((feature) => ({ module: owner, feature })));
  }

  config(module: Module): Config | undefined {
    return module.items.find((item) => item.kind === "config");
  }

  /** The constants that a reference means; several groups of one name exist in different revisions. */
  groupsOf(reference: GroupReference): readonly ConstantGroup[] {
    return this.groups.get(`${reference.module}.${reference.group}`) ?? [];
  }

  constantsOf(reference: GroupReference): readonly Constant[] {
    return this.groupsOf(reference).flatMap((group) => group.constants);
  }

  /** The structs of a type's name, or the views where the type is one of a house. */
  structsOf(type: {
    readonly module: string;
    readonly name: string;
    readonly house?: string;
  }): readonly (Struct | View)[] {
    return this.structs.get(`${type.module}.${type.name}${type.house === undefined ? "" : `@${type.house}`}`) ?? [];
  }

  /** The bytes of an external type, where the description gives them. */
  externalSize(type: { readonly module: string; readonly name: string }): number | null {
    for (const item of this.module(type.module)?.items ?? [])
      if (item.kind === "external" && item.name === type.name) return item.size ?? null;
    return null;
  }

  isWritten(element: Element, attribute: string): boolean {
    return this.written.placeOf(element.at, attribute) !== undefined;
  }

  /** Where an attribute of an element was written; the element's own place where it was not. */
  placeOf(element: Element, attribute: string, index = 0): Place {
    return this.written.placeOf(element.at, attribute, index) ?? element.at;
  }
}

/** The revisions in which an element exists, oldest first. */
export function revisionsOf(element: Pick<Element, "since" | "until">): readonly Revision[] {
  return revisions.filter((revision) => existsAt(element, revision));
}

/** `1.1`, `0.9.5 to 1.2`: revisions that follow each other, or several of them. */
export function spellRevisions(found: readonly Revision[]): string {
  const [first] = found;
  const last = found.at(-1);
  if (first === undefined || last === undefined) return "no revision";
  if (first === last) return first;
  const whole = revisions.slice(revisions.indexOf(first), revisions.indexOf(last) + 1);
  return whole.length === found.length
    ? found.length === 2
      ? `${first} and ${last}`
      : `${first} to ${last}`
    : found.join(", ");
}

function append<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
