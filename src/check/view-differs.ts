import type { Finding } from "../diagnostic/diagnostic.ts";
import { existsAt } from "../ir/availability.ts";
import type { House, Item, Module, Revision, View } from "../ir/model.ts";
import type { Rule } from "./rule.ts";
import { viewedItem } from "./survey/bodies.ts";
import { HouseLayouts, viewStructs } from "./survey/house-layouts.ts";
import { revisionsOf, type Survey } from "./survey/survey.ts";
import { ViewComparison } from "./survey/view-comparison.ts";
import { seenIn } from "./survey/viewed.ts";

export const viewDiffers: Rule = {
  code: "V6001",
  name: "view-differs",
  severity: "error",
  summary: "a house's struct whose bytes are not those of what it views",
  explanation: `A view is what another house calls and shapes differently, over the same bytes. Members that it takes over lie in the same
order and at the same distance from each other; its own lie over bytes that are there, and have the size of the member
whose name they have. A view may begin and end anywhere, and leave out what is not always there. A house lays a view out
as a C compiler does: where that would leave gaps, the view is \`packed\`. If the house really has other bytes, an
\`erratum\` behind the view says so, and the view is not compared.`,
  bad: `device disk = 60 "Disk";

struct head {
  u8   type;
  le64 sector;
}
house linux {
  view struct disk_head of head { type; sector; }
}
`,
  good: `device disk = 60 "Disk";

struct head {
  u8   type;
  le64 sector;
}
house linux {
  view struct disk_head of head packed linux { type; sector; }
}
`,
  needsAll: true,
  *check(survey) {
    const inside = viewStructs(survey);
    const known = new Map<Revision, HouseLayouts>();
    const layouts = (revision: Revision): HouseLayouts => {
      let laid = known.get(revision);
      if (laid === undefined) known.set(revision, (laid = new HouseLayouts(survey, revision, inside)));
      return laid;
    };
    for (const module of survey.modules) {
      for (const house of module.items) {
        if (house.kind !== "house") continue;
        for (const view of house.views) yield* ofView(survey, module, house, view, layouts);
      }
    }
  },
};

function* ofView(
  survey: Survey,
  module: Module,
  house: House,
  view: View,
  layouts: (revision: Revision) => HouseLayouts,
): Iterable<Finding> {
  const of = view.of.split(".");
  const foreign = of.length > 1 ? survey.module(of[0] ?? "") : undefined;
  const owner = viewedItem(module, view.of) === undefined && foreign !== undefined ? foreign : module;
  const item = viewedItem(owner, owner === module ? view.of : (of[1] ?? ""));
  if (item === undefined || view.errata !== undefined) return;
  for (const revision of revisionsToCompare(survey, view, item)) {
    const seen = seenIn(item, owner === module ? of[1] : undefined, survey.positionsAt(revision));
    const finding = new ViewComparison(module, view, house.name, seen, layouts(revision), revision).finding();
    if (finding === undefined) continue;
    yield finding;
    return;
  }
}

/**
 * Those in which something is there that is not in the next one, from the newest back: what is wrong in the newest is
 * worth showing rather than an old slip.
 */
function revisionsToCompare(survey: Survey, view: View, item: Item): readonly Revision[] {
  const bodies = survey.bodies.filter((body) => body.element === view || body.item === item);
  const elements = bodies.flatMap((body) => survey.sitesIn(body).map((site) => site.member));
  const shapes = new Set<string>();
  return revisionsOf(view)
    .filter((revision) => existsAt(item, revision))
    .toReversed()
    .filter((revision) => {
      const shape = elements.map((element) => (existsAt(element, revision) ? "1" : "0")).join("");
      if (shapes.has(shape)) return false;
      shapes.add(shape);
      return true;
    });
}
