import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesIn, folderWith, lamp, listing, root, textOf, virtgen } from "./run-virtgen.ts";

describe("virtgen build", () => {
  test("without anything makes every target of every description, in a folder each", async () => {
    const folder = folderWith();
    const { status, out, err } = await virtgen(["build"], { cwd: folder });
    expect(err).toBe("");
    expect(status).toBe(0);
    expect(existsSync(join(folder, "generated/c/linux/linux/virtio_blk.h"))).toBe(true);
    expect(existsSync(join(folder, "generated/c/spec/virtio_blk.h"))).toBe(true);
    expect(out).toMatch(/^ {2}c \(linux\) +generated\/c\/linux +\d+ files +[\d,]+ lines +\d+ written$/m);
    expect(out).toMatch(
      /devices and \d+ other parts of the standard at revision 1\.4: \d+ files, [\d,]+ lines in [\d.]+ s\n$/,
    );
    const again = await virtgen(["build"], { cwd: folder });
    expect(again.out).toMatch(/^ {2}c \(linux\) +generated\/c\/linux +\d+ files +[\d,]+ lines +unchanged$/m);
    expect((await virtgen(["build", "--check"], { cwd: folder })).status).toBe(0);
  });

  test("one target and profile fills the folder that --out names", async () => {
    const folder = folderWith();
    await virtgen([
      "build",
      "--target",
      "c",
      "--profile",
      "linux",
      "--revision",
      "1.4",
      "--out",
      folder,
      "specs/device/blk.virtio",
    ]);
    expect(filesIn(folder)).toContain("linux/virtio_blk.h");
    expect(filesIn(folder)).not.toContain("linux/virtio_net.h");
    await virtgen(["build", "--target", "c", "--profile", "spec", "--out", folder, "specs/device/blk.virtio"]);
    expect(filesIn(folder)).toContain("virtio_blk.h");
    expect(filesIn(folder)).toContain("linux/virtio_blk.h");
  });

  test("several outputs get a folder each in the one that --out names", async () => {
    const folder = folderWith();
    await virtgen(["build", "--target", "c", "--out", folder, "specs/device/blk.virtio"]);
    expect(filesIn(folder)).toContain("c/linux/linux/virtio_blk.h");
    expect(filesIn(folder)).toContain("c/spec/virtio_blk.h");
  });

  test("makes an optional profile only when it is asked for", async () => {
    const folder = folderWith();
    const blk = "specs/device/blk.virtio";
    await virtgen(["build", "--target", "c", "--out", folder, blk]);
    expect(filesIn(folder).filter((path) => path.includes("selftest"))).toEqual([]);
    const { status } = await virtgen(["build", "--target", "c", "--profile", "selftest", "--out", folder, blk]);
    expect(status).toBe(0);
    expect(filesIn(folder)).toContain("virtio_selftest.c");
  });

  test("one target without --out writes where a build of everything has it", async () => {
    const folder = folderWith();
    await virtgen(["build", "--target", "c", "--profile", "linux", join(root, "specs/device/entropy.virtio")], {
      cwd: folder,
    });
    expect(filesIn(folder)).toContain("generated/c/linux/linux/virtio_rng.h");
  });

  test("takes the devices along that a description names", async () => {
    const folder = folderWith({
      "shade.virtio": 'device shade = 62 "Shade";\nstruct s { struct blk.geometry geometry; }\n',
    });
    expect((await virtgen(["check", "shade.virtio"], { cwd: folder })).err).toBe("");
  });

  test("takes a user's file in place of virtgen's own of the same name", async () => {
    const folder = folderWith({
      ...listing,
      "entropy.virtio": 'device entropy = 4 "Mine";\n',
      "other.virtio": 'device other = 63 "Other";\n// entropy.random\n',
    });
    await virtgen(["build", "--templates", "templates", "--out", "out", "."], { cwd: folder });
    expect(textOf(folder, "out/entropy.txt")).toBe("Mine, 1.4\n");
    expect(filesIn(join(folder, "out"))).toEqual([".virtgen.json", "deep/all.txt", "entropy.txt", "other.txt"]);
  });

  test("writes for the revision that is asked for, and says so where nothing exists there", async () => {
    const folder = folderWith({ ...listing, "new.virtio": 'device new = 62 "New" since 1.3;\n' });
    const { status, out, err } = await virtgen(
      ["build", "--revision", "1.2", "--templates", "templates", "--out", "out", "new.virtio"],
      { cwd: folder },
    );
    expect(status).toBe(0);
    expect(out).toContain("0 devices at revision 1.2");
    expect(err).toBe("warning: nothing of 'new.virtio' exists in revision 1.2\n");
  });

  test("imports the runtime from the module that is asked for", async () => {
    const folder = folderWith({ "lamp.virtio": lamp });
    const call = ["build", "--target", "typescript", "--out", "out", "lamp.virtio"];
    await virtgen(call, { cwd: folder });
    expect(textOf(folder, "out/lamp.ts")).toContain("from 'virtgen/runtime';\n");
    const { status } = await virtgen([...call, "--runtime", "../vendor/runtime.ts"], { cwd: folder });
    expect(status).toBe(0);
    expect(textOf(folder, "out/lamp.ts")).toContain("from '../vendor/runtime.ts';\n");
    expect(textOf(folder, "out/lamp.ts")).toContain(
      "virtgen build --target typescript --revision 1.4 --runtime ../vendor/runtime.ts lamp.virtio\n",
    );
  });

  test("says the same wherever it runs and however the folders are named", async () => {
    const folder = folderWith({
      "devices/lamp.virtio": lamp,
      ...listing,
      "templates/banner.txt.hbs": "{{command}} {{#each modules}}{{file}}{{/each}}",
    });
    mkdirSync(join(folder, "elsewhere"));
    await virtgen(
      [
        "build",
        "--templates",
        join(folder, "templates"),
        "--out",
        join(folder, "a"),
        join(folder, "devices/lamp.virtio"),
      ],
      { cwd: folder },
    );
    await virtgen(["build", "--templates", "./templates", "--out", "b", "./devices/lamp.virtio"], { cwd: folder });
    expect(textOf(folder, "a/banner.txt")).toBe(
      "virtgen build --templates templates --revision 1.4 devices/lamp.virtio devices/lamp.virtio",
    );
    expect(textOf(folder, "b/banner.txt")).toBe(textOf(folder, "a/banner.txt"));
    expect(textOf(folder, "b/.virtgen.json")).toBe(textOf(folder, "a/.virtgen.json"));
    await virtgen(["build", "--target", "c", "--out", join(folder, "c")], { cwd: join(folder, "elsewhere") });
    for (const name of filesIn(join(folder, "c"))) {
      expect(textOf(folder, `c/${name}`)).not.toContain(folder);
      expect(textOf(folder, `c/${name}`)).not.toContain(root);
    }
  });

  test("the command in a banner makes the same file again, whatever its names are", async () => {
    const folder = folderWith({ "a $b's.virtio": lamp, ...listing, "templates/banner.txt.hbs": "{{command}}" });
    await virtgen(["build", "--templates", "templates", "--out", "out", "a $b's.virtio"], { cwd: folder });
    expect(textOf(folder, "out/banner.txt")).toBe(
      String.raw`virtgen build --templates templates --revision 1.4 'a $b'\''s.virtio'`,
    );
  });

  test("--list-outputs prints every path and writes nothing", async () => {
    const folder = folderWith({ ...listing, "lamp.virtio": lamp });
    const { out, status } = await virtgen(
      ["build", "--list-outputs", "--templates", "templates", "--out", "out", "lamp.virtio"],
      { cwd: folder },
    );
    expect(status).toBe(0);
    expect(out.split("\n").filter((line) => line !== "")).toEqual([
      "out/.virtgen.json",
      "out/[module].txt".replace("[module]", "lamp"),
      "out/deep/all.txt",
    ]);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test("reads a description from standard input", async () => {
    const folder = folderWith(listing);
    const { status } = await virtgen(["build", "--templates", "templates", "--out", "out", "-"], {
      cwd: folder,
      input: lamp,
    });
    expect(status).toBe(0);
    expect(textOf(folder, "out/lamp.txt")).toBe("Lamp, 1.4\nVIRTIO_LAMP_F_DIM = 0\n");
  });

  test("an error in a description is reported, and nothing is written", async () => {
    const folder = folderWith({ ...listing, "lamp.virtio": lamp.replace("if DIM", "if DIMM") });
    const { status, out, err } = await virtgen(["build", "--templates", "templates", "--out", "out", "lamp.virtio"], {
      cwd: folder,
    });
    expect(status).toBe(1);
    expect(out).toBe("");
    expect(err).toContain("--> lamp.virtio:9:18\n   9 |   le16 levels if DIMM;");
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});
