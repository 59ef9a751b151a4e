import { basename, dirname, extname, join, relative, sep } from "node:path";
import { cut } from "../ir/cut.ts";
import { newestRevision } from "../ir/model.ts";
import { Templates } from "../target/templates.ts";
import { skeleton } from "../target/typescript/skeleton-view.ts";
import { CallError } from "./call-error.ts";
import { formatText } from "./finish-files.ts";
import { compileAsked } from "./ir.ts";
import { packageFolder } from "./package-folder.ts";
import { readIfThere, writeOnce } from "./replace-files.ts";
import { fromHere, readSources } from "./sources.ts";
import { readTemplates } from "./template-files.ts";

export interface InitOptions {
  readonly out?: string;
  readonly generated?: string;
  readonly runtime?: string;
}

const ending = ".virtio";

/**
 * `virtgen init`: a description to begin with, where there is none, and the class of one's own that serves its requests.
 * What is there already stays as it is.
 */
export async function init(file: string, options: InitOptions): Promise<number> {
  const name = basename(file, ending);
  if (extname(file) !== ending || !/^[a-z]\w*$/.test(name))
    throw new CallError(
      "V9008",
      `'${file}' is no name for a description`,
      "name a file such as lamp.virtio: a small letter, then letters, digits and _",
    );
  const templates = new Templates(readTemplates(join(packageFolder(), "templates", "init")).texts);
  const said: string[] = [];
  const begin = (path: string, text: string): void => {
    said.push(`${writeOnce(path, text) ? "wrote" : "kept "}  ${fromHere(path)}`);
  };
  const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;
  begin(file, templates.render("description", { name, title }));

  const out = options.out ?? dirname(file);
  const generated = options.generated ?? join(out, "generated");
  const compiled = await compileAsked(await readSources([file]));
  if (compiled === undefined) return 1;
  const ir = cut(compiled.ir, newestRevision);
  const devices = ir.modules.filter((module) => compiled.asked.has(module.file));
  const runtime = options.runtime ?? "virtgen/runtime";
  const skeletons = devices.flatMap((module) => {
    const from = relative(out, join(generated, `${module.name}.ts`))
      .split(sep)
      .join("/");
    return skeleton(module, ir, { generated: from.startsWith(".") ? from : `./${from}`, runtime }, templates) ?? [];
  });
  if (skeletons.length === 0)
    throw new CallError(
      "V9008",
      `'${file}' describes no device with a queue and a request, so there is no class to write`,
      "describe what its driver can ask of it: request NAME on QUEUE { … }",
    );
  for (const one of skeletons) {
    const path = join(out, one.path);
    if (readIfThere(path) === undefined) begin(path, await formatText(one));
    else said.push(`kept   ${fromHere(path)}`);
  }
  said.push(`next:  npx virtgen build --target typescript --out ${fromHere(generated)} ${file}`);
  process.stdout.write(`${said.join("\n")}\n`);
  return 0;
}
