import { basename, join, resolve } from "node:path";
import { nearest } from "../diagnostic/suggest.ts";
import { generate } from "../generate.ts";
import type { Ir, Revision } from "../ir/model.ts";
import { customTarget } from "../target/custom/custom-target.ts";
import { functions } from "../target/custom/functions.ts";
import type { GeneratedFile, Target } from "../target/target.ts";
import { TargetError } from "../target/target-error.ts";
import { targets } from "../target/targets.ts";
import { TemplateError, Templates, type TemplateHelper } from "../target/templates.ts";
import { typescript, typescriptTarget } from "../target/typescript/target.ts";
import { CallError } from "./call-error.ts";
import { packageFolder } from "./package-folder.ts";
import { fromHere } from "./sources.ts";
import { readTemplates, type TemplateFolder } from "./template-files.ts";

/** One folder that a call fills. */
export interface Output {
  /** For people: `c (linux)`. */
  readonly label: string;
  /** Names its files in the folder's manifest, so that other calls may fill the same folder. */
  readonly key: string;
  readonly folder: string;
  readonly templates: TemplateFolder;
  readonly prettier: Target["prettier"];
  generate(ir: Ir, asked: ReadonlySet<string>, revision: Revision): readonly GeneratedFile[];
}

interface Asked {
  readonly target?: string;
  readonly profile?: string;
  readonly out?: string;
  readonly templates?: string;
  readonly runtime?: string;
}

/** Where everything goes unless `--out` says otherwise. */
const defaultFolder = "generated";

/**
 * What a call writes where. With `--out` a single output fills that folder itself; several, and what goes into the
 * default folder, get a folder each in it: `TARGET/PROFILE`.
 * @param names the descriptions that the call names, for the banners
 * @throws CallError for a target or profile that does not exist, or a runtime that nothing imports.
 */
export function planOutputs(options: Asked, revision: Revision, names: readonly string[]): readonly Output[] {
  const base = options.out ?? defaultFolder;
  if (options.templates !== undefined) {
    if (options.target !== undefined || options.profile !== undefined)
      throw new CallError("V9008", "--templates is a target of its own", "leave --target and --profile out");
    if (options.runtime !== undefined) throw runtimeUnused();
    const folder = options.out ?? join(defaultFolder, basename(resolve(options.templates)));
    return [
      output(
        customTarget,
        "",
        folder,
        loadTemplates(options.templates, functions),
        ["--templates", fromHere(options.templates)],
        [],
        revision,
        names,
      ),
    ];
  }
  const chosen = options.target === undefined ? targets : [targetNamed(options.target)];
  const pairs = chosen.flatMap((target) => profilesOf(target, options.profile).map((profile) => ({ target, profile })));
  if (pairs.length === 0) throw noProfile(options.profile ?? "", chosen);
  if (options.runtime !== undefined && !chosen.includes(typescript)) throw runtimeUnused();
  const fillsFolder = pairs.length === 1 && options.out !== undefined;
  const templates = new Map(chosen.map((target) => [target, loadTemplates(ownTemplates(target))]));
  return pairs.map(({ target, profile }) => {
    const folder = fillsFolder ? base : join(base, target.name, profile);
    const own = target === typescript ? options.runtime : undefined;
    return output(
      own === undefined ? target : typescriptTarget(runtimeModule(own)),
      profile,
      folder,
      templates.get(target) ?? loadTemplates(ownTemplates(target)),
      ["--target", target.name, ...(profile === "" ? [] : ["--profile", profile])],
      own === undefined ? [] : ["--runtime", own],
      revision,
      names,
    );
  });
}

interface LoadedTemplates {
  readonly files: TemplateFolder;
  /** Parses what it expands once, for all profiles of a target. */
  readonly expander: () => Templates;
}

function loadTemplates(folder: string, helpers: Readonly<Record<string, TemplateHelper>> = {}): LoadedTemplates {
  const files = readTemplates(folder);
  let templates: Templates | undefined;
  return { files, expander: () => (templates ??= new Templates(files.texts, helpers)) };
}

function ownTemplates(target: Target): string {
  return join(packageFolder(), "templates", target.name);
}

function output(
  target: Target,
  profile: string,
  folder: string,
  { files, expander }: LoadedTemplates,
  choice: readonly string[],
  further: readonly string[],
  revision: Revision,
  names: readonly string[],
): Output {
  const words = (before: readonly string[]): string => [...before, ...names].map((word) => quoted(word)).join(" ");
  return {
    label: profile === "" ? target.name : `${target.name} (${profile})`,
    key: words(choice),
    folder,
    templates: files,
    prettier: target.prettier,
    generate(ir, asked, revisionAsked) {
      try {
        return generate(ir, target, {
          templates: expander(),
          revision: revisionAsked,
          profile,
          command: `virtgen build ${words([...choice, "--revision", revision, ...further])}`,
          asked,
        });
      } catch (error) {
        if (error instanceof TargetError)
          throw new CallError(
            "V9009",
            `${error.at.file}:${error.at.line}:${error.at.column}: the target '${target.name}' has no form for this: ${error.message}`,
            "describe it in another way, or build the other targets only, with --target",
          );
        // A template of the user's is part of the call, one of virtgen's own is virtgen's defect.
        if (target !== customTarget || !(error instanceof TemplateError)) throw error;
        const file = files.files.get(error.template) ?? error.template;
        throw new CallError(
          "V9007",
          `${file}${error.line === undefined ? "" : `:${error.line}`}: ${error.message}`,
          "a template sees what 'virtgen ir' prints, and the functions that docs/ir.md lists",
        );
      }
    },
  };
}

/** A module as an import may name it: it stands between quotes in what is generated. */
function runtimeModule(name: string): string {
  if (/^[^\p{Cc}\p{Z}'"`\\]+$/u.test(name)) return name;
  throw new CallError(
    "V9006",
    `'${name}' is no module to import`,
    "name a package or a path as an import does: --runtime ../runtime/index.ts",
  );
}

function runtimeUnused(): CallError {
  return new CallError(
    "V9008",
    "--runtime is about generated TypeScript, which is not asked for",
    "leave it out, or say --target typescript",
  );
}

/** As a shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function targetNamed(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  const meant = nearest(
    name,
    targets.map((target) => target.name),
  );
  const there = `there are ${targets.map((target) => target.name).join(", ")}; a folder of templates of your own goes with --templates`;
  throw new CallError(
    "V9006",
    `there is no target '${name}'`,
    meant === undefined ? there : `did you mean '${meant}'? ${there}`,
  );
}

function profilesOf(target: Target, wanted: string | undefined): readonly string[] {
  if (wanted === undefined) return target.profiles.length === 0 ? [""] : target.profiles;
  return namedProfiles(target).includes(wanted) ? [wanted] : [];
}

/** All that `--profile` may ask for. */
function namedProfiles(target: Target): readonly string[] {
  return [...target.profiles, ...(target.optionalProfiles ?? [])];
}

function noProfile(name: string, chosen: readonly Target[]): CallError {
  const [only, ...others] = chosen;
  const profiles = chosen.flatMap((target) => namedProfiles(target));
  const whose =
    only !== undefined && others.length === 0 ? `the target '${only.name}' has no profile` : "no target has a profile";
  const meant = nearest(name, profiles);
  const there = profiles.length === 0 ? "leave --profile out" : `there are ${profiles.join(", ")}`;
  return new CallError(
    "V9006",
    `${whose} '${name}'`,
    meant === undefined ? there : `did you mean '${meant}'? ${there}`,
  );
}
