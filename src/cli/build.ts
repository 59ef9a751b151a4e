import { CallError } from "./call-error.ts";
import { recall, type Call } from "./last-run.ts";
import { readSources } from "./sources.ts";
import { readTemplates } from "./template-files.ts";

export interface BuildOptions {
  readonly target?: string;
  readonly profile?: string;
  readonly revision: string;
  readonly out?: string;
  readonly templates?: string;
  readonly runtime?: string;
  readonly check?: boolean;
  readonly depfile?: string;
  readonly listOutputs?: boolean;
  readonly watch?: boolean;
}

/** `virtgen build`: generates everything that the call asks for, and writes what differs. */
export async function build(names: readonly string[], options: BuildOptions): Promise<number> {
  refuseContradictions(names, options);
  if (options.watch === true) {
    const { watchBuild } = await import("./watch.ts");
    return watchBuild(names, options);
  }
  // Before anything heavy is loaded: most calls of a build system find nothing changed.
  const last = isPlain(names, options)
    ? recall(callOf(names, options), await readSources(names), templatesOf(options))
    : undefined;
  if (last !== undefined) {
    process.stdout.write(last.said);
    return 0;
  }
  const { buildOnce } = await import("./build-once.ts");
  return buildOnce(names, options);
}

/** Whether the call only writes outputs, from files that can be read again. */
export function isPlain(names: readonly string[], options: BuildOptions): boolean {
  return (
    options.check !== true && options.listOutputs !== true && options.depfile === undefined && !names.includes("-")
  );
}

export function callOf(names: readonly string[], options: BuildOptions): Call {
  return { command: "build", options, names };
}

/** The texts of the user's own templates, which decide about the outputs too. */
export function templatesOf(options: BuildOptions): readonly string[] {
  return options.templates === undefined ? [] : [...readTemplates(options.templates).texts].flat();
}

function refuseContradictions(names: readonly string[], options: BuildOptions): void {
  const modes = [
    options.check === true ? "--check" : "",
    options.listOutputs === true ? "--list-outputs" : "",
    options.watch === true ? "--watch" : "",
  ].filter((mode) => mode !== "");
  const [first, second] = modes;
  if (first !== undefined && second !== undefined) throw contradict(first, second);
  if (options.depfile !== undefined && (first === "--check" || first === "--list-outputs"))
    throw contradict(first, "--depfile");
  if (options.watch === true && names.includes("-")) throw contradict("--watch", "standard input");
}

function contradict(one: string, other: string): CallError {
  return new CallError("V9008", `${one} and ${other} contradict each other`, "leave one of them out");
}
