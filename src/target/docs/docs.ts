import { cut } from "../../ir/cut.ts";
import { compare } from "../../ir/diff/compare.ts";
import { compareRevisions } from "../../ir/availability.ts";
import { revisions, type Ir, type Module, type Revision } from "../../ir/model.ts";
import type { GeneratedFile, Target, TargetInput } from "../target.ts";
import { tidyMarkdown } from "./comparison-markdown.ts";
import { stepHeading } from "./changes-view.ts";
import type { ModuleAt } from "./config-view.ts";
import { indexView } from "./index-view.ts";
import { Links, pageOf } from "./links.ts";
import { pageView } from "./page-view.ts";
import { stepPage, stepView, type Step } from "./step-view.ts";

export const docs: Target = {
  name: "docs",
  summary: "Reference tables in Markdown, as GitHub shows it: features, layouts, requests byte by byte, changes",
  profiles: [],
  generate(input) {
    const { ir, modules, revision, templates } = input;
    const pages = new Set(modules.map((module) => module.name));
    const earlier = cuts(input);
    const shown = new Map(modules.map((module) => [module.name, module]));
    const steps = stepsOf([...earlier.values()], pages);
    const pageOfStep = (step: Step): GeneratedFile =>
      file(
        stepPage(step.comparison.after.revision),
        templates.render("step-page", {
          banner: banner(modules, input),
          title: `virtio ${stepHeading(step.comparison.before.revision, step.comparison.after.revision)}`,
          ...stepView(step.comparison, step.before, step.after, (name) => shown.get(name)),
        }),
      );
    return [
      file(
        "README.md",
        templates.render("index", { banner: banner(modules, input), revision, ...indexView(modules, steps) }),
      ),
      ...steps.map((step) => pageOfStep(step)),
      ...modules.map((module) => {
        const at: ModuleAt = (asked) => earlier.get(asked)?.modules.find((one) => one.name === module.name);
        return file(
          pageOf(module),
          templates.render("page", {
            banner: banner([module], input),
            ...pageView({ module, ir, links: new Links(ir, pages, module.name), revision, at, steps }),
          }),
        );
      }),
    ];
  },
};

/** The description at every revision up to the one asked for. */
function cuts({ all, ir, revision }: TargetInput): ReadonlyMap<Revision, Ir> {
  const known = revisions.filter((one) => compareRevisions(one, revision) <= 0);
  return new Map(known.map((one) => [one, one === revision ? ir : cut(all, one)]));
}

/** What each revision changed in the modules that have a page, where it changed something; the oldest first. */
function stepsOf(irs: readonly Ir[], pages: ReadonlySet<string>): readonly Step[] {
  return irs.flatMap((after, index): Step[] => {
    const before = irs[index - 1];
    if (before === undefined) return [];
    const comparison = compare(before, after);
    const modules = comparison.modules.filter((module) => pages.has(module.name));
    return modules.length === 0 ? [] : [{ comparison: { ...comparison, modules }, before, after }];
  });
}

function file(path: string, text: string): GeneratedFile {
  return { path, text: tidyMarkdown(text) };
}

interface BannerView {
  readonly sources: string;
  readonly revision: Revision;
  readonly command: string;
}

function banner(modules: readonly Module[], { revision, command }: TargetInput): BannerView {
  const [first, ...others] = modules.map((module) => relative(module.file));
  return { sources: others.length === 0 ? (first ?? "") : `${modules.length} descriptions`, revision, command };
}

/** No path of somebody's machine. */
function relative(path: string): string {
  return /^(?:[A-Za-z]:)?[\\/]/.test(path) ? (path.split(/[\\/]/).at(-1) ?? path) : path;
}
