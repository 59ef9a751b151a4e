import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { refineSchema } from "../../scripts/ir-schema.mjs";
import { folderWith, root, virtgen } from "./run-virtgen.ts";

const wrong =
  "#define VIRTIO_BLK_F_MQ 13\nstruct virtio_blk_outhdr { __virtio32 type; __virtio32 ioprio; __virtio64 sector; };\n";

describe("virtgen refine", () => {
  test("ends with 0 where nothing differs", async () => {
    const { status, out, err } = await virtgen(["refine", join(root, "generated/c/linux/linux/virtio_blk.h")]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toMatch(/virtio_blk\.h: 0 differences from blk, in the names of Linux\n/);
    expect(out).toMatch(/Agreeing: \d+ of \d+ constants, \d+ of \d+ structs, \d+ of \d+ fields\.\n$/);
  });

  test("ends with 1 where something does, and shows both places", async () => {
    const cwd = folderWith({ "storage.h": wrong });
    const { status, out, err } = await virtgen(["refine", "storage.h"], { cwd });
    expect({ status, err }).toEqual({ status: 1, err: "" });
    expect(out).toMatch(
      /^ {2}storage\.h:1: VIRTIO_BLK_F_MQ has another value: here 13, described 12\n {6}described at specs\/device\/blk\.virtio:\d+$/m,
    );
    expect(out).toContain("VIRTIO_BLK_F_RO is missing (5)");
    expect(out).toContain("Agreeing: 0 of 1 constant, 1 of 1 struct, 3 of 3 fields.");
  });

  test("prints JSON that its schema describes", async () => {
    const cwd = folderWith({ "storage.h": wrong });
    const { status, out } = await virtgen(["refine", "--format", "json", "storage.h"], { cwd });
    expect(status).toBe(1);
    const schemaText = readFileSync(join(root, "src/refine/schema/virtgen-refine.schema.json"), "utf8");
    expect(schemaText).toBe(await refineSchema());
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(schemaText));
    const report: unknown = JSON.parse(out);
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...(report as object), more: 1 })).toBe(false);
    expect(report).toMatchObject({
      revision: "1.4",
      headers: [{ file: "storage.h", naming: "linux", devices: ["blk"] }],
    });
  });

  test("prints Markdown", async () => {
    const cwd = folderWith({ "storage.h": wrong });
    const { out } = await virtgen(["refine", "-f", "markdown", "storage.h"], { cwd });
    expect(out).toMatch(/^# C headers against VIRTIO 1\.4\n/);
    expect(out).toContain(
      "| VIRTIO\\_BLK\\_F\\_MQ has another value: here 13, described 12 | `storage.h:1` | `specs/device/blk.virtio:",
    );
  });

  test("finds included headers beside, above and where it is told to", async () => {
    const cwd = folderWith({
      "include/linux/virtio_blk.h":
        "#include <linux/size.h>\n#include <far.h>\nstruct virtio_blk_outhdr { __u8 all[SIZE + FAR]; };\n",
      "include/linux/size.h": "#define SIZE 8\n",
      "far/far.h": "#define FAR 8\n",
    });
    const without = await virtgen(["refine", "include/linux/virtio_blk.h"], { cwd });
    expect(without.out).toContain("Not found: <far.h>.");
    expect(without.out).toContain("include/linux/virtio_blk.h:3: nothing says what FAR is");
    const { out } = await virtgen(["refine", "-I", "far", "include/linux/virtio_blk.h"], { cwd });
    expect(out).toContain("struct virtio_blk_outhdr.all is not described (__u8[16])");
    expect(out).not.toContain("Could not be read");
  });

  test.each([
    ["a file that is not there", ["gone.h"], "V9002", "cannot read 'gone.h': there is no such file or folder"],
    ["a folder", ["."], "V9002", "cannot read '.': it is a folder"],
    ["bytes", ["program.h"], "V9002", "'program.h' is no text: it holds bytes of 0"],
    ["too much", ["large.h"], "V9002", "'large.h' has 1048577 bytes"],
    ["something else", ["other.h"], "V9010", "'other.h' declares nothing that a description has"],
    ["what cannot be read", ["open.h"], "V9010", "open.h:1: nothing ends the comment that begins here"],
    ["a device that is none", ["-d", "blck", "storage.h"], "V9006", "there is no description 'blck' at 1.4"],
    ["a device too early", ["-d", "rtc", "-r", "1.1", "storage.h"], "V9006", "there is no description 'rtc' at 1.1"],
    ["a revision that is none", ["-r", "2.0", "storage.h"], "V9006", "there is no revision '2.0'"],
    ["a format that is none", ["-f", "xml", "storage.h"], "V9006", "there is no format 'xml'"],
    ["nothing", [], "V9001", "missing required argument 'HEADERS'"],
  ])("ends with 2 for %s", async (_, args, code, message) => {
    const cwd = folderWith({
      "storage.h": wrong,
      "program.h": "\u007fELF\u0000\u0001",
      "large.h": " ".repeat((1 << 20) + 1),
      "other.h": "#define SOMETHING 1\n",
      "open.h": "/* #define VIRTIO_BLK_F_MQ 12\n",
    });
    const { status, out, err } = await virtgen(["refine", ...args], { cwd });
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(`error[${code}]`);
    expect(err).toContain(message);
  });

  test("says how it is used", async () => {
    const { out } = await virtgen(["refine", "--help"]);
    for (const part of ["Examples:", "--device", "--revision", "--format", "Exit status: 0 nothing differs"])
      expect(out).toContain(part);
  });
});
