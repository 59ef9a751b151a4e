import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, lamp, put, shell, textOf, virtgen } from "./run-virtgen.ts";

const crooked = 'device   lamp=61   "Lamp" ;\nfeatures{DIM=0;}\n';
const straight = 'device lamp = 61 "Lamp";\nfeatures { DIM = 0; }\n';

describe("virtgen fmt", () => {
  test("rewrites what is not in the one layout, and nothing else", async () => {
    const folder = folderWith({ "crooked.virtio": crooked, "straight.virtio": straight });
    const old = new Date("2020-01-01");
    utimesSync(join(folder, "straight.virtio"), old, old);
    expect(await virtgen(["fmt", "."], { cwd: folder })).toEqual({
      status: 0,
      out: "",
      err: "2 descriptions, 1 changed\n",
    });
    expect(textOf(folder, "crooked.virtio")).toBe(straight);
    expect(statSync(join(folder, "straight.virtio")).mtime).toEqual(old);
    expect((await virtgen(["fmt", "."], { cwd: folder })).err).toBe("2 descriptions, 0 changed\n");
  });

  test("--check shows what would change, and writes nothing", async () => {
    const folder = folderWith({ "lamp.virtio": crooked });
    expect(await virtgen(["fmt", "--check", "lamp.virtio"], { cwd: folder })).toEqual({
      status: 1,
      out: `--- lamp.virtio\ton disk\n+++ lamp.virtio\tformatted\n@@ -1,2 +1,2 @@\n${[
        ...crooked
          .trimEnd()
          .split("\n")
          .map((line) => `-${line}`),
        ...straight
          .trimEnd()
          .split("\n")
          .map((line) => `+${line}`),
      ].join("\n")}\n`,
      err: "1 description, 1 would change\n",
    });
    expect(textOf(folder, "lamp.virtio")).toBe(crooked);
    put(folder, "lamp.virtio", straight);
    expect(await virtgen(["fmt", "--check", "lamp.virtio"], { cwd: folder })).toEqual({
      status: 0,
      out: "",
      err: "1 description, 0 would change\n",
    });
  });

  test("formats standard input to standard output", async () => {
    expect(await virtgen(["fmt", "-"], { input: crooked })).toEqual({ status: 0, out: straight, err: "" });
  });

  test("leaves what it cannot read as it is, and says why", async () => {
    const folder = folderWith({ "a.virtio": "device lamp = ;\n", "b.virtio": crooked });
    const { status, err } = await virtgen(["fmt", "a.virtio", "b.virtio"], { cwd: folder });
    expect(status).toBe(1);
    expect(err).toContain("--> a.virtio:1:");
    expect(textOf(folder, "a.virtio")).toBe("device lamp = ;\n");
    expect(textOf(folder, "b.virtio")).toBe(straight);
  });

  test("virtgen's own descriptions are in the one layout", async () => {
    expect((await virtgen(["fmt", "--check"])).out).toBe("");
  });
});

describe("virtgen ir", () => {
  test("prints the modules that are asked for, cut at a revision or whole", async () => {
    const folder = folderWith({ "lamp.virtio": lamp });
    const cut = JSON.parse((await virtgen(["ir", "lamp.virtio"], { cwd: folder })).out);
    expect(cut).toMatchObject({
      format: "virtgen-ir",
      version: 1,
      revision: "1.4",
      modules: [{ name: "lamp", id: 61, file: "lamp.virtio" }],
    });
    expect(JSON.stringify(cut)).toContain('"layout"');
    const whole = JSON.parse((await virtgen(["ir", "--revision", "all", "lamp.virtio"], { cwd: folder })).out);
    expect(whole.revision).toBe("all");
    expect(JSON.stringify(whole)).not.toContain('"layout"');
  });

  test("prints nothing but the errors where there are some", async () => {
    const { status, out } = await virtgen(["ir", "-"], { input: lamp.replace("if DIM", "if DIMM") });
    expect({ status, out }).toEqual({ status: 1, out: "" });
  });

  test("--schema prints what is published", async () => {
    const { out } = await virtgen(["ir", "--schema"]);
    expect(JSON.parse(out)).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema" });
    const published = await shell(
      "node --input-type=module -e \"console.log(import.meta.resolve('virtgen/ir.schema.json'))\"",
    );
    expect(published.out).toMatch(/src\/ir\/schema\/virtgen-ir\.schema\.json\n$/);
  });
});
