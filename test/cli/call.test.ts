import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { command, filesIn, folderWith, lamp, listing, root, textOf, virtgen } from "./run-virtgen.ts";

describe("a call that cannot be carried out ends with 2, and says what to do", () => {
  test.each<[string, readonly string[], string]>([
    [
      "an unknown command",
      ["biuld"],
      "error[V9001]: unknown command 'biuld'\n  help: did you mean build? 'virtgen --help' and 'virtgen COMMAND --help' show what there is\n",
    ],
    [
      "an unknown option",
      ["build", "--chek"],
      "error[V9001]: unknown option '--chek'\n  help: did you mean --check? 'virtgen --help' and 'virtgen COMMAND --help' show what there is\n",
    ],
    [
      "an option without its value",
      ["build", "--target"],
      "error[V9001]: option '--target' needs a value\n  help: 'virtgen --help' and 'virtgen COMMAND --help' show what there is\n",
    ],
    ["an unknown target", ["build", "--target", "typescrpt"], "error[V9006]: there is no target 'typescrpt'\n"],
    [
      "an unknown profile",
      ["build", "--target", "c", "--profile", "linx"],
      "error[V9006]: the target 'c' has no profile 'linx'\n  help: did you mean 'linux'? there are linux, spec, selftest\n",
    ],
    [
      "an unknown revision",
      ["build", "--revision", "2.0"],
      "error[V9006]: there is no revision '2.0' of the standard\n  help: there are 0.9.5, 1.0, 1.1, 1.2, 1.3, 1.4\n",
    ],
    [
      "an unknown format",
      ["check", "--format", "xml"],
      "error[V9006]: there is no format 'xml'\n  help: possible are 'text' and 'json'\n",
    ],
    [
      "an unknown code",
      ["explain", "V2000"],
      "error[V9006]: there is no code 'V2000'\n  help: did you mean V2001? 'virtgen explain' lists them all\n",
    ],
    [
      "a missing file",
      ["check", "nothing.virtio"],
      "error[V9002]: cannot read 'nothing.virtio': there is no such file or folder\n  help: name a description, a folder of descriptions, or - for standard input\n",
    ],
    [
      "a path through a file",
      ["check", "package.json/x"],
      "error[V9002]: cannot read 'package.json/x': a part of its path is a file, not a folder\n",
    ],
    [
      "a missing folder of templates",
      ["build", "--templates", "nothing"],
      "error[V9002]: cannot read the templates in 'nothing': there is no such file or folder\n",
    ],
    [
      "a folder without templates",
      ["build", "--templates", "specs"],
      "error[V9003]: 'specs' holds no template\n  help: templates are handlebars files whose names end in .hbs\n",
    ],
    [
      "templates and a target",
      ["build", "--templates", "templates/c", "--target", "c"],
      "error[V9008]: --templates is a target of its own\n  help: leave --target and --profile out\n",
    ],
    [
      "a runtime for what imports none",
      ["build", "--target", "c", "--runtime", "./runtime.ts"],
      "error[V9008]: --runtime is about generated TypeScript, which is not asked for\n  help: leave it out, or say --target typescript\n",
    ],
    [
      "a runtime for templates of one's own",
      ["build", "--templates", "templates/c", "--runtime", "./runtime.ts"],
      "error[V9008]: --runtime is about generated TypeScript, which is not asked for\n",
    ],
    [
      "a runtime that no import can name",
      ["build", "--target", "typescript", "--runtime", "it's.ts"],
      "error[V9006]: 'it's.ts' is no module to import\n  help: name a package or a path as an import does: --runtime ../runtime/index.ts\n",
    ],
    [
      "--check and --list-outputs",
      ["build", "--check", "--list-outputs"],
      "error[V9008]: --check and --list-outputs contradict each other\n  help: leave one of them out\n",
    ],
    [
      "--depfile over an output",
      [
        "build",
        "--target",
        "c",
        "--profile",
        "linux",
        "--out",
        "generated/c/linux",
        "--depfile",
        "generated/c/linux/linux/virtio_blk.h",
      ],
      "error[V9008]: --depfile names 'generated/c/linux/linux/virtio_blk.h', which is one of the outputs\n  help: name a file for it that virtgen does not generate\n",
    ],
    [
      "--check and --depfile",
      ["build", "--check", "--depfile", "x.d"],
      "error[V9008]: --check and --depfile contradict each other\n",
    ],
    [
      "--watch of standard input",
      ["build", "--watch", "-"],
      "error[V9008]: --watch and standard input contradict each other\n",
    ],
    [
      "--schema of a description",
      ["ir", "--schema", "specs"],
      "error[V9008]: --schema prints the schema of every IR\n  help: leave the descriptions out\n",
    ],
  ])("%s", async (_, args, message) => {
    const { status, out, err } = await virtgen(args);
    expect(err.slice(0, message.length)).toBe(message);
    expect(err).toMatch(/\n {2}help: .+\n$/);
    expect(out).toBe("");
    expect(status).toBe(2);
  });

  test.each([
    ["a word of bits without a place", "u8 n; u8 data[n]; le16 { a : 4; b : 12; }", 23],
    ["a union without a place", "u8 n; u8 data[n]; union { le32 a; u8 b[4]; };", 23],
    ["a word of 64 bits with a name", "le64 word { a : 20; b : 44; }", 10],
  ])("what a target has no form for is said with its place: %s", async (_, members, column) => {
    const cwd = folderWith({ "lamp.virtio": `device lamp = 60 "Lamp";\n\nstruct s {\n    ${members}\n}\n` });
    const { status, out, err } = await virtgen(["build", "--target", "typescript", "--out", "out", "lamp.virtio"], {
      cwd,
    });
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(`error[V9009]: lamp.virtio:4:${column}: the target 'typescript' has no form for this: a `);
    expect(err).toContain("help: describe it in another way, or build the other targets only, with --target");
    expect(filesIn(cwd)).toEqual(["lamp.virtio"]);
  });

  test("no command at all", async () => {
    const { status, err } = await virtgen([]);
    expect(status).toBe(2);
    expect(err).toContain("Usage: virtgen");
  });
});

describe("virtgen", () => {
  test.each(["build", "check", "fmt", "ir", "coverage", "lint-spec", "explain"])(
    "%s --help shows examples",
    async (name) => {
      const { status, out, err } = await virtgen([name, "--help"]);
      expect({ status, err }).toEqual({ status: 0, err: "" });
      expect(out).toContain(`Usage: virtgen ${name}`);
      expect(out).toMatch(/Examples:\n {2}virtgen /);
    },
  );

  test("--version is the version of the package", async () => {
    const { version } = JSON.parse(textOf(root, "package.json"));
    expect(await virtgen(["--version"])).toEqual({ status: 0, out: `${version}\n`, err: "" });
  });

  test("runs through a link, as npx does, from any folder", async () => {
    const folder = folderWith({ "lamp.virtio": lamp, ...listing });
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    symlinkSync(command, join(folder, "node_modules/.bin/virtgen"));
    const settings = { cwd: folder, program: "node_modules/.bin/virtgen" };
    expect((await virtgen(["check", "lamp.virtio"], settings)).out).toBe("1 description with 20 lines: no findings\n");
    expect((await virtgen(["build", "--templates", "templates", "--out", "out", "lamp.virtio"], settings)).status).toBe(
      0,
    );
    expect(textOf(folder, "out/lamp.txt")).toContain("Lamp");
  });
});

describe("virtgen explain", () => {
  test("lists every code once", async () => {
    const { out, status } = await virtgen(["explain"]);
    const codes = out
      .trimEnd()
      .split("\n")
      .map((line) => line.slice(0, 5));
    expect(status).toBe(0);
    expect(codes.every((code) => /^V\d{4}$/.test(code))).toBe(true);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes).toContain("V9004");
  });

  test("prints the page of a code, whatever its case, or of a rule by its name", async () => {
    const { out } = await virtgen(["explain", "v2001"]);
    expect(out).toMatch(/^V2001 unknown-name \(error\): /);
    expect((await virtgen(["explain", "unknown-name"])).out).toBe(out);
    expect((await virtgen(["explain", "V9005"])).out).toMatch(/^V9005: a file in the way/);
  });
});
