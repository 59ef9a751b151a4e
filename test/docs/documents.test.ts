import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildInto, documents, withExcerpts } from "../../scripts/excerpts.mjs";
import { functions } from "../../src/target/custom/functions.ts";
import { root, shell, textOf, virtgen } from "../cli/run-virtgen.ts";

const folder = mkdtempSync(join(tmpdir(), "virtgen-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  // What the commands name lies where they are run; what they write goes there too.
  for (const name of ["examples", "specs"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  buildInto(folder);
});

const names = await documents();

/** The lines of a document's blocks in the language of the shell; `tutorial.test.ts` runs those of the tutorial. */
function commandsIn(document: string): readonly string[] {
  const sections = textOf(root, document).split(/^(?=## )/m);
  const text = sections.filter((section) => !section.startsWith("## Write a device in ten minutes")).join("");
  const blocks = Array.from(text.matchAll(/^```sh\n([^]*?)^```$/gm), (match) => match[1] ?? "");
  return blocks.flatMap((block) => block.trimEnd().split("\n"));
}

describe.each(names)("%s", (document) => {
  test("shows what virtgen really reads and writes", async () => {
    expect(await withExcerpts(document, folder)).toBe(textOf(root, document));
  });

  test("has commands that run", async () => {
    const script: string[] = ["shopt -s expand_aliases", `alias virtgen="$VIRTGEN"`];
    for (const command of commandsIn(document)) {
      if (command.startsWith("npm ")) {
        const { scripts } = JSON.parse(textOf(root, "package.json"));
        for (const [, name = ""] of command.matchAll(/npm (?:run )?(\w+)/g))
          expect(["ci", ...Object.keys(scripts)]).toContain(name);
      } else if (!command.startsWith("alias ")) {
        script.push(`echo ${JSON.stringify(command)}`, `${command} > said.txt || { cat said.txt; exit 1; }`);
      }
    }
    const run = await shell(script.join("\n"), { cwd: folder });
    expect(run).toMatchObject({ status: 0, err: expect.not.stringContaining("error") });
  }, 120_000);

  test("links to files that are there", () => {
    const targets = Array.from(
      textOf(root, document).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g),
      (match) => match[1] ?? "",
    );
    expect(targets.filter((target) => !existsSync(join(root, dirname(document), target)))).toEqual([]);
  });
});

test("README.md names the folders that there are", () => {
  const folders = Array.from(textOf(root, "README.md").matchAll(/^\| `([\w/-]+\/)` /gm), (match) => match[1] ?? "");
  expect(folders.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  expect(folders.length).toBeGreaterThan(8);
});

describe("docs/ir.md", () => {
  const document = readFileSync(join(root, "docs/ir.md"), "utf8");

  test("shows the IR as it is", async () => {
    const shown = /```jsonc\n([^]*?)```/.exec(document)?.[1] ?? "";
    const excerpt: unknown = JSON.parse(shown.replaceAll(/ *\/\/ .*$/gm, ""));
    const { out } = await virtgen(["ir", "examples/lamp.virtio"]);
    expect(JSON.parse(out)).toMatchObject(excerpt as object);
  });

  test("lists every function that a template may call, and no other", () => {
    const listed = new Set(
      Array.from(document.matchAll(/^\| (.*?[`}]) +\|/gm)).flatMap((row) =>
        Array.from((row[1] ?? "").matchAll(/[{(]{1,2}(\w+) /g), (match) => match[1]),
      ),
    );
    expect(listed).toEqual(new Set(Object.keys(functions)));
  });
});
