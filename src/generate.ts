import { cut } from "./ir/cut.ts";
import { newestRevision, type Ir, type Revision } from "./ir/model.ts";
import type { GeneratedFile, Target } from "./target/target.ts";
import type { Templates } from "./target/templates.ts";

export interface GenerateOptions {
  readonly templates: Templates;
  /** Default: the newest. */
  readonly revision?: Revision;
  /** Default: the target's first. */
  readonly profile?: string;
  /** For the banners. */
  readonly command?: string;
  /** Paths of the descriptions to write files for; default: all. The others are only there to be named. */
  readonly asked?: ReadonlySet<string>;
}

/**
 * Expands an IR as built (every revision at once) into a target's files. Reads and writes nothing, and does not run
 * prettier: what comes out is well-formed text already.
 */
export function generate(ir: Ir, target: Target, options: GenerateOptions): readonly GeneratedFile[] {
  const revision = options.revision ?? newestRevision;
  const profile = options.profile ?? target.profiles[0] ?? "";
  const { asked } = options;
  const whole = cutOnce(ir, revision);
  return target.generate({
    ir: whole,
    modules: whole.modules.filter((module) => asked === undefined || asked.has(module.file)),
    all: ir,
    revision,
    profile,
    templates: options.templates,
    command:
      options.command ??
      `virtgen build --target ${target.name}${profile === "" ? "" : ` --profile ${profile}`} --revision ${revision}`,
  });
}

const cuts = new WeakMap<Ir, Map<Revision, Ir>>();

/** Several targets and profiles are mostly made of one IR at one revision. */
function cutOnce(ir: Ir, revision: Revision): Ir {
  const known = cuts.get(ir) ?? new Map<Revision, Ir>();
  cuts.set(ir, known);
  const before = known.get(revision);
  if (before !== undefined) return before;
  const made = cut(ir, revision);
  known.set(revision, made);
  return made;
}
