import { existsSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesIn, folderWith, lamp, listing, put, root, shell, textOf, virtgen } from "./run-virtgen.ts";

const makefile = `
out/lamp.txt:
	@echo building
	@$(VIRTGEN) build --templates templates --out out --depfile lamp.d d > /dev/null
stamp: out/.virtgen.json
	touch stamp
out/.virtgen.json:
	@echo building
	@$(VIRTGEN) build --templates templates --out out --depfile lamp.d d > /dev/null
-include lamp.d
`;

/** Lets everything look older than what is changed next. */
function age(folder: string): void {
  const past = new Date(Date.now() - 5000);
  for (const name of filesIn(folder)) utimesSync(join(folder, name), past, past);
}

describe("virtgen build --depfile", () => {
  test("lets make run it again when a description or a template changed, and only then", async () => {
    const folder = folderWith({ ...listing, "d/lamp.virtio": lamp, "Makefile": makefile });
    const make = async (): Promise<string> => {
      const { out, err } = await shell('make VIRTGEN="$VIRTGEN" out/lamp.txt', { cwd: folder });
      expect(err).toBe("");
      return out;
    };
    expect(await make()).toContain("building");
    expect(await make()).toBe("make: 'out/lamp.txt' is up to date.\n");
    age(folder);
    put(folder, "d/lamp.virtio", lamp.replace("DIM = 0", "DIM = 3"));
    expect(await make()).toContain("building");
    expect(textOf(folder, "out/lamp.txt")).toContain("= 3");
    age(folder);
    put(folder, "templates/[module].txt.hbs", "{{module.name}}");
    await make();
    expect(textOf(folder, "out/lamp.txt")).toBe("lamp");
  });

  test("makes the manifest newer than what changed, so that a rule for it rests", async () => {
    const folder = folderWith({ ...listing, "d/lamp.virtio": lamp, "Makefile": makefile });
    const make = async (): Promise<string> => (await shell('make VIRTGEN="$VIRTGEN" stamp', { cwd: folder })).out;
    expect(await make()).toContain("building");
    age(folder);
    const text = statSync(join(folder, "out/lamp.txt")).mtimeMs;
    // A comment changes nothing in what is generated.
    put(folder, "d/lamp.virtio", lamp.replace("/// A lamp.", "// A comment.\n/// A lamp."));
    expect(await make()).toContain("building");
    expect(await make()).toBe("make: 'stamp' is up to date.\n");
    expect(statSync(join(folder, "out/lamp.txt")).mtimeMs).toBe(text);
  });

  test("make goes on when a description is gone", async () => {
    const folder = folderWith({
      ...listing,
      "d/lamp.virtio": lamp,
      "d/second.virtio": 'device second = 62 "Second";\n',
      "Makefile": makefile,
    });
    const make = 'make VIRTGEN="$VIRTGEN" out/lamp.txt';
    await shell(make, { cwd: folder });
    const { status, out } = await shell(`rm d/second.virtio && touch d/lamp.virtio && ${make}`, { cwd: folder });
    expect(status).toBe(0);
    expect(out).toContain("building");
    expect(existsSync(join(folder, "out/second.txt"))).toBe(false);
  });

  test("names everything as make reads it, virtgen's own descriptions from anywhere", async () => {
    const folder = folderWith({ "a b$c#d/lamp.virtio": lamp, "t/x.hbs": "x" });
    const { status } = await virtgen(
      ["build", "--templates", "t", "--out", "o t", "--depfile", "deps/x.d", "a b$c#d/lamp.virtio"],
      { cwd: folder },
    );
    expect(status).toBe(0);
    const rule = textOf(folder, "deps/x.d").split("\n\n")[0] ?? "";
    expect(rule.startsWith("o\\ t/.virtgen.json \\\no\\ t/x: \\\n  a\\ b$$c\\#d/lamp.virtio \\\n")).toBe(true);
    expect(rule).toContain(`  ${root}/specs/core/ring.virtio \\\n`);
    expect(rule.endsWith(" \\\n  t/x.hbs")).toBe(true);
    put(folder, "Makefile", "include deps/x.d\n");
    expect(await shell("make -s 'o t/x'", { cwd: folder })).toEqual({ status: 0, out: "", err: "" });
    put(folder, "Makefile", "include deps/x.d\no\\ t/x:; @echo again\n");
    age(folder);
    put(folder, "a b$c#d/lamp.virtio", lamp);
    expect(await shell("make 'o t/x'", { cwd: folder })).toEqual({ status: 0, out: "again\n", err: "" });
  });
});
