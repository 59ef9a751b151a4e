import type { Module } from "../../ir/model.ts";
import { stepHeading, stepViews, type StepView } from "./changes-view.ts";
import type { Step } from "./changes.ts";
import { headingLink, pageOf } from "./links.ts";
import { link } from "./markdown.ts";

/** What each revision changed, the newest first, module by module. */
export interface ChangesPageView {
  readonly steps: readonly {
    readonly heading: string;
    readonly modules: readonly { readonly link: string; readonly step: StepView }[];
  }[];
}

export interface ModuleSteps {
  /** As it is at the newest revision shown. */
  readonly module: Module;
  readonly steps: readonly Step[];
}

export function changesPageView(modules: readonly ModuleSteps[]): ChangesPageView {
  const views = modules.map(({ module, steps }) => ({
    module,
    steps: stepViews(steps, (heading) => headingLink(module, heading, pageOf(module))),
  }));
  const steps = modules.flatMap((one) => one.steps).toSorted((a, b) => (a.to < b.to ? 1 : -1));
  const order = [...new Set(steps.map((step) => stepHeading(step.from, step.to)))];
  return {
    steps: order.map((heading) => ({
      heading,
      modules: views.flatMap(({ module, steps: own }) =>
        own
          .filter((step) => step.heading === heading)
          .map((step) => ({ link: link(module.title, pageOf(module)), step })),
      ),
    })),
  };
}
