import { Command } from "commander";
import { newestRevision } from "../ir/model.ts";
import { CallError, reasonOf } from "./call-error.ts";
import { reportFailure } from "./failure.ts";
import { version } from "./package-folder.ts";
import type { BuildOptions } from "./build.ts";
import type { CheckOptions } from "./check.ts";
import type { CoverageOptions } from "./coverage.ts";
import type { DiffOptions } from "./diff.ts";
import type { FormatOptions } from "./format.ts";
import type { InitOptions } from "./init.ts";
import type { IrOptions } from "./ir.ts";
import type { LintSpecOptions } from "./lint-spec.ts";
import type { RefineOptions } from "./refine.ts";

const program = new Command();

program
  .name("virtgen")
  .description("Generates C headers, TypeScript and reference tables from descriptions of virtio devices.")
  .version(version())
  .exitOverride()
  .configureOutput({ outputError: () => {} })
  .showHelpAfterError(false)
  .addHelpText(
    "after",
    `
Without FILES a command takes all descriptions that come with virtgen. FILE may be a folder, or - for standard input.

Examples:
  virtgen build                                           everything, into generated/
  virtgen build --target c --profile linux --out include  headers to use in place of <linux/virtio_*.h>
  virtgen init lamp.virtio                                a device of your own
  virtgen check my-device.virtio
  virtgen refine /usr/include/linux/virtio_blk.h          what differs in somebody else's header
  virtgen diff 1.2 1.4 net                                what a revision changed, and whom it breaks
  virtgen explain V3004

Exit status: 0 all is well; 1 something was found in a description, or files are not up to date; 2 the call cannot be carried out.`,
  );

let status = 0;

program
  .command("build [FILES...]")
  .description("generate C, TypeScript and documentation")
  .option("-t, --target <NAME>", "one target instead of all: c, typescript, docs")
  .option("-p, --profile <NAME>", "one profile of it; of c: linux, spec, and only when asked for: selftest")
  .option("-r, --revision <R>", "revision of the standard", newestRevision)
  .option("-o, --out <DIR>", "folder for one output, or for a folder TARGET/PROFILE of each (default: generated)")
  .option("--templates <DIR>", "a folder of handlebars templates of your own, instead of a target")
  .option("--runtime <MODULE>", "what generated TypeScript imports the runtime from (default: virtgen/runtime)")
  .option("--check", "write nothing; fail and show what differs when files are not up to date")
  .option("--watch", "build again whenever a description or template changes")
  .option("--depfile <FILE>", "write what the outputs depend on, for Make, Ninja and Bazel")
  .option("--list-outputs", "write nothing; print the paths of all outputs")
  .addHelpText(
    "after",
    `
Examples:
  virtgen build --target c --profile spec --revision 1.2 --out include net.virtio
  virtgen build --target c --profile selftest --out test  a program that tries the headers of the profile spec
  virtgen build --check                                   in CI
  virtgen build --templates my-templates --out zig        a target of your own`,
  )
  .action(async (files: string[], options: BuildOptions) => {
    const { build } = await import("./build.ts");
    status = await build(files, options);
  });

program
  .command("check [FILES...]")
  .description("report what is wrong in descriptions, in every revision at once")
  .option("-f, --format <FORMAT>", "text, or json for machines", "text")
  .addHelpText(
    "after",
    "\nExamples:\n  virtgen check\n  virtgen check --format json my-device.virtio\n  virtgen check - < my-device.virtio",
  )
  .action(async (files: string[], options: CheckOptions) => {
    const { check } = await import("./check.ts");
    status = await check(files, options);
  });

program
  .command("diff [A] [B] [NAMES...]")
  .description("show what changed between two revisions, or between two descriptions, and whom it breaks")
  .option("-f, --format <FORMAT>", "text, markdown, or json for machines", "text")
  .option("-r, --revision <R>", "of two descriptions: the revision to compare them at (default: the newest)")
  .option(
    "--only <KINDS>",
    "only some changes, with commas between: breaking, wire, negotiation, name, requirement, documentation",
  )
  .option("--fail-on <WHICH>", "end with 1 on changes that are listed: any, or breaking")
  .option("--schema", "print the JSON Schema of --format json instead")
  .addHelpText(
    "after",
    `
A and B are revisions of the standard, or files and folders of descriptions: an earlier and a later version. NAMES are
devices (net), or, of two revisions, descriptions of your own. A change breaks a driver or device that was written for A
where it no longer works with its peer of B, under the condition that is given.

Examples:
  virtgen diff 1.2 1.4                                what two revisions changed, device by device
  virtgen diff 1.2 1.4 net blk                        in these devices
  virtgen diff 1.1 1.3 my-device.virtio               in a device of your own
  virtgen diff old/my-device.virtio my-device.virtio  what you have changed
  git show HEAD:my-device.virtio | virtgen diff --fail-on breaking - my-device.virtio
  virtgen diff --only breaking 1.0 1.4                what older drivers and devices stumble over`,
  )
  .action(async (a: string | undefined, b: string | undefined, names: string[], options: DiffOptions) => {
    const { diff } = await import("./diff.ts");
    status = await diff([a, b], names, options);
  });

program
  .command("fmt [FILES...]")
  .description("bring descriptions into the one layout")
  .option("--check", "write nothing; fail and show what would change", false)
  .addHelpText(
    "after",
    "\nExamples:\n  virtgen fmt my-device.virtio\n  virtgen fmt --check\n  virtgen fmt - < my-device.virtio",
  )
  .action(async (files: string[], options: FormatOptions) => {
    const { formatFiles } = await import("./format.ts");
    status = await formatFiles(files, options);
  });

program
  .command("ir [FILES...]")
  .description("print the intermediate representation as JSON")
  .option(
    "-r, --revision <R>",
    "revision of the standard, or 'all' for every one at once, without offsets",
    newestRevision,
  )
  .option("--schema", "print the JSON Schema of the intermediate representation instead")
  .addHelpText("after", "\nExamples:\n  virtgen ir --revision 1.2 my-device.virtio\n  virtgen ir --revision all")
  .action(async (files: string[], options: IrOptions) => {
    const { printIr } = await import("./ir.ts");
    status = await printIr(files, options);
  });

program
  .command("refine <HEADERS...>")
  .description("hold C headers that somebody else wrote against the descriptions, and list what differs")
  .option(
    "-d, --device <NAME>",
    "the description that they are about (default: by their names, or by what they declare)",
  )
  .option("-r, --revision <R>", "revision of the standard", newestRevision)
  .option("-f, --format <FORMAT>", "text, markdown, or json for machines", "text")
  .option(
    "-I, --include <DIR>",
    "where included headers are looked for, besides beside and above the header; may be repeated",
    (folder: string, before: readonly string[]) => [...before, folder],
    [],
  )
  .addHelpText(
    "after",
    `
Names may be those of the standard or those of Linux. Macros, enumerators, sizes, offsets, types and byte orders are
compared, without a compiler, as they are on a 64-bit machine. Where Linux itself differs from the standard, and a
header is as Linux has it, that is listed apart and is no difference.

Examples:
  virtgen refine /usr/include/linux/virtio_net.h
  virtgen refine --revision 1.2 --format markdown include/standard-headers/linux/virtio_*.h
  virtgen refine --device blk src/drivers/storage.h
  virtgen refine --format json my_virtio.h | jq '.headers[].differences'

Exit status: 0 nothing differs; 1 something does; 2 the call cannot be carried out.`,
  )
  .action(async (files: string[], options: RefineOptions) => {
    const { refine } = await import("./refine.ts");
    status = await refine(files, options);
  });

program
  .command("coverage [FILES...]")
  .description("show which requirements of the standard the descriptions name, and how many a machine checks")
  .option("-f, --format <FORMAT>", "text, markdown, or json for machines", "text")
  .addHelpText(
    "after",
    `
Of each module and role: normative blocks of the newest revision that a statement names, the MUST and MUST NOT in them,
statements that a machine checks (expressions, and sentences that an element holds), and those that are documented only.
Below: the blocks that nothing names.

Examples:
  virtgen coverage
  virtgen coverage specs/device/net.virtio
  virtgen coverage --format markdown > coverage.md`,
  )
  .action(async (files: string[], options: CoverageOptions) => {
    const { coverage } = await import("./coverage.ts");
    status = await coverage(files, options);
  });

program
  .command("lint-spec [FILES...]")
  .description("list where the standard contradicts itself or uses a name that it does not define")
  .option("-f, --format <FORMAT>", "text, markdown, or json for machines", "text")
  .addHelpText(
    "after",
    `
These are the errata of the descriptions: what the text says, what is taken instead, and why.

Examples:
  virtgen lint-spec
  virtgen lint-spec specs/core/admin.virtio
  virtgen lint-spec --format json`,
  )
  .action(async (files: string[], options: LintSpecOptions) => {
    const { lintSpec } = await import("./lint-spec.ts");
    status = await lintSpec(files, options);
  });

program
  .command("init <FILE>")
  .description("begin a device of your own: a description, and the class that serves its requests")
  .option("-o, --out <DIR>", "folder of the class (default: that of the description)")
  .option("--generated <DIR>", "folder that generated TypeScript goes to (default: generated/ beside the class)")
  .option("--runtime <MODULE>", "what the class imports the runtime from (default: virtgen/runtime)")
  .addHelpText(
    "after",
    `
What is there already is kept: of an existing description only the class is written, and of that only the first time.

Examples:
  virtgen init lamp.virtio
  virtgen init --out src --generated src/generated lamp.virtio`,
  )
  .action(async (file: string, options: InitOptions) => {
    const { init } = await import("./init.ts");
    status = await init(file, options);
  });

program
  .command("explain [CODE]")
  .description("explain a code, with an example; without one, list all")
  .addHelpText("after", "\nExamples:\n  virtgen explain\n  virtgen explain V3004")
  .action(async (code: string | undefined) => {
    const { explain } = await import("./explain.ts");
    status = explain(code);
  });

// A reader that closes the pipe early (`virtgen ir | head`) is no error; a full disk behind `>` is one.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE")
      reportFailure(new CallError("V9004", `cannot write the output: ${reasonOf(error)}`, "send it elsewhere"));
    process.exit(error.code === "EPIPE" ? status : 2);
  });
}

async function run(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    status = reportFailure(error);
  }
  process.exitCode = status;
}

void run();
