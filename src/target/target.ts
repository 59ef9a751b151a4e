import type { Ir, Module, Revision } from "../ir/model.ts";
import type { Templates } from "./templates.ts";

/** One file that a target writes; `path` is relative to the output folder, with `/`. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export interface TargetInput {
  /** Cut at {@link revision}: with names and offsets as they are there. */
  readonly ir: Ir;
  /** The modules to write files for; others of {@link ir} are only there to be named by them. */
  readonly modules: readonly Module[];
  /** Every revision at once, for tables that compare them. */
  readonly all: Ir;
  readonly revision: Revision;
  /** One of the target's profiles; empty where it has none. */
  readonly profile: string;
  readonly templates: Templates;
  /** The call that makes the same files again, for their banners: `virtgen build --target c …`. */
  readonly command: string;
}

/** Something that virtgen writes from the IR. A target decides in its view, its templates only lay out. */
export interface Target {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** The first is the default; empty where there is one kind of output only. */
  readonly profiles: readonly string[];
  /** Further profiles, which are made only when they are asked for by name. */
  readonly optionalProfiles?: readonly string[];
  /** Prettier's parser for its files, where there is one. */
  readonly prettier?: "typescript";
  generate(input: TargetInput): readonly GeneratedFile[];
}
