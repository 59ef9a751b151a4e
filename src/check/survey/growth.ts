import { existsAt } from '../../ir/availability.ts';
import { revisions, type Element, type Ir, type Member, type Revision, type Struct, type View } from '../../ir/model.ts';
import { bodiesOf, type Body } from './bodies.ts';
import { entriesOf, type Entry, type Spot, type StructOf } from './positions.ts';
import type { Survey } from './survey.ts';

/** What has members, as it lies in one revision. */
export interface Laid {
  readonly entries: readonly Entry[];
  readonly end: Spot;
  /** The entry that is the same element, or took its name. */
  readonly find: (entry: Entry) => Entry | undefined;
}

/** One body in two revisions that follow each other. */
export interface Step {
  readonly from: Revision;
  readonly to: Revision;
  readonly title: string;
  readonly element: Element;
  readonly before: Laid;
  readonly after: Laid;
}

/** Everything with members that is not the same in all revisions, from each revision to the next. */
export function growthOf(survey: Survey): readonly Step[] {
  const varying = new Set(varyingBodies(survey).map((body) => keyOf(body)));
  if (varying.size === 0) return [];
  const steps: Step[] = [];
  let older = new Map<string, Laid>();
  let from: Revision = '0.9.5';
  for (const to of revisions) {
    const newer = new Map<string, Laid>();
    const cut = survey.cutAt(to);
    const structOf = structsIn(cut);
    for (const module of cut.modules) {
      for (const body of bodiesOf(module)) {
        const key = keyOf(body);
        if (body.kind === 'view' || !varying.has(key)) continue;
        const after = lay(body.members, structOf);
        newer.set(key, after);
        const before = older.get(key);
        if (before !== undefined) steps.push({ from, to, title: body.title, element: body.element, before, after });
      }
    }
    older = newer;
    from = to;
  }
  return steps;
}

function keyOf(body: Body): string {
  const { at } = body.element;
  return `${body.module.name} ${at.line}.${at.column} ${body.kind === 'section' ? body.title : body.kind}`;
}

function lay(members: readonly Member[], structOf: StructOf): Laid {
  const { entries, end } = entriesOf(members, structOf);
  const byPlace = new Map(entries.map((entry) => [entry.element.at, entry]));
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  // What is left of reserved bytes may lie elsewhere: it has the name only for want of another.
  return { entries, end, find: (entry) => byPlace.get(entry.element.at) ?? (isReserved(entry) ? undefined : byPath.get(entry.path)) };
}

function isReserved(entry: Entry): boolean {
  return 'reserved' in entry.element && entry.element.reserved === true;
}

/** Finds the struct of a member's type in a description that was cut. */
export function structsIn(cut: Ir): StructOf {
  const structs = new Map<string, Struct | View>();
  for (const module of cut.modules) {
    for (const item of module.items) {
      if (item.kind === 'struct') structs.set(`${module.name}.${item.name}`, item);
      if (item.kind === 'house') for (const view of item.views) structs.set(`${module.name}.${view.name}@${item.name}`, view);
    }
  }
  return (member) => {
    if (member.kind !== 'field' || member.type.kind !== 'struct') return undefined;
    const { module, name, house } = member.type;
    return structs.get(`${module}.${name}${house === undefined ? '' : `@${house}`}`);
  };
}

/** Those with a member, or a struct as a member, that some revisions have and others lack. */
function varyingBodies(survey: Survey): readonly Body[] {
  const own = survey.bodies.filter((body) => body.kind !== 'view' && survey.sitesIn(body).some((site) => varies(site.member, body.element)));
  const grown = new Set<object>(own.map((body) => body.item));
  const found = new Set(own);
  // A struct that grows inside of another can move what stands behind it there.
  for (let more = true; more;) {
    more = false;
    for (const body of survey.bodies) {
      if (found.has(body) || body.kind === 'view') continue;
      const holds = survey.sitesIn(body).some(({ member }) => member.kind === 'field' && member.type.kind === 'struct' && survey.structsOf(member.type).some((struct) => grown.has(struct)));
      if (!holds) continue;
      found.add(body);
      grown.add(body.item);
      more = true;
    }
  }
  return [...found];
}

function varies(member: Member, element: Element): boolean {
  const inner: readonly Element[] = member.kind === 'bits' ? [member, ...member.bits] : [member];
  return inner.some((one) => revisions.some((revision) => existsAt(one, revision) !== existsAt(element, revision)));
}
