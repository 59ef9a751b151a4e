import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { linuxHeaders } from "../../scripts/linux-headers.mjs";
import { readHeader } from "../../src/c-header/read-header.ts";
import { Workspace } from "../target/c/compilers.ts";
import { filesOf, standard } from "../target/c/descriptions.ts";
import { assertsOf } from "./header-asserts.ts";

const workspace = new Workspace();
afterAll(() => {
  workspace.remove();
});

/** What a compiler denies of what the reader says. */
function denied(include: string, asserts: readonly string[], folders: readonly string[]): readonly string[] {
  workspace.write([
    {
      path: "reader.c",
      text: ["#include <linux/const.h>", "#include <linux/ioctl.h>", `#include <${include}>`, ...asserts, ""].join(
        "\n",
      ),
    },
  ]);
  const { output } = workspace.run(["gcc", "-std=gnu11", "-w", "-fsyntax-only", ...folders, "reader.c"]);
  return output.split("\n").filter((line) => line.includes("error:"));
}

function below(folder: string): (name: string) => { file: string; text: string } | undefined {
  return (name) => {
    const file = join(folder, name);
    return existsSync(file) ? { file, text: readFileSync(file, "utf8") } : undefined;
  };
}

/** The tags that are defined in what a preprocessor leaves. */
function tags(text: string): readonly string[] {
  return Array.from(
    text.matchAll(/^\s*(?:struct|union) (\w+)(?: __attribute__[^{]*)? \{/gm),
    (match) => match[1] ?? "",
  );
}

describe.each(["7.3.4", "6.1"] as const)("Linux %s: the reader agrees with gcc", (release) => {
  it("about every value, size, alignment, offset and sign of every header of virtio, vhost and vdpa", async () => {
    const { include } = await linuxHeaders(release);
    const names = readdirSync(join(include, "linux")).filter((name) =>
      /^(?:virtio|vhost|vdpa|vduse)\w*\.h$/.test(name),
    );
    expect(names.length).toBeGreaterThan(28);
    let asserts = 0;
    for (const name of names) {
      const file = join(include, "linux", name);
      const header = readHeader(file, readFileSync(file, "utf8"), below(include));
      expect({ name, notes: header.notes }).toEqual({ name, notes: [] });
      expect(header.missingIncludes).toEqual([]);
      const said = assertsOf(header);
      asserts += said.length;
      expect({ name, denied: denied(`linux/${name}`, said, ["-I", include]) }).toEqual({ name, denied: [] });
    }
    // So many that a reader which reads nothing would not pass.
    expect(asserts).toBeGreaterThan(release === "7.3.4" ? 4000 : 3000);
  });

  it("reads as much as a compiler sees", async () => {
    const { include } = await linuxHeaders(release);
    for (const name of readdirSync(join(include, "linux")).filter((one) => /^virtio_\w+\.h$/.test(one))) {
      const file = join(include, "linux", name);
      workspace.write([{ path: "all.c", text: `#include <linux/${name}>\n` }]);
      const { output } = workspace.run(["gcc", "-E", "-P", "-I", include, "all.c"]);
      const header = readHeader(file, readFileSync(file, "utf8"), below(include));
      expect([...header.structs.keys()].toSorted()).toEqual(
        expect.arrayContaining([...new Set(tags(output).filter((tag) => tag.startsWith("virtio")))].toSorted()),
      );
    }
  });
});

describe("our own headers: the reader agrees with gcc", () => {
  it.each(["linux", "spec"] as const)("profile %s", async (profile) => {
    const { include } = await linuxHeaders("7.3.4");
    const files = filesOf(standard(), profile);
    workspace.write(files.map((file) => ({ ...file, path: `${profile}/${file.path}` })));
    const folder = join(workspace.folder, profile);
    const find = below(folder);
    let asserts = 0;
    for (const { path, text } of files) {
      const header = readHeader(join(folder, path), text, find);
      expect({ path, notes: header.notes }).toEqual({ path, notes: [] });
      const said = assertsOf(header);
      asserts += said.length;
      const wrong = denied(path, said, ["-I", folder, "-idirafter", include]);
      expect({ path, wrong }).toEqual({ path, wrong: [] });
    }
    expect(asserts).toBeGreaterThan(3000);
  });
});

it("a wrong value, offset or sign would be denied", () => {
  const header = readHeader("own.h", "#define A 7\nstruct s { unsigned char a; unsigned short b; };\n");
  workspace.write([{ path: "wrong/own.h", text: "#define A 8\nstruct s { unsigned short b; signed char a; };\n" }]);
  const what = denied("own.h", assertsOf(header), ["-I", "wrong"]).map((line) => /failed: "(.*)"/.exec(line)?.[1]);
  expect(what).toEqual(["A", "struct s.a offset", "struct s.a sign", "struct s.b offset"]);
});
