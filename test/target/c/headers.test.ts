import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linuxHeaders } from "../../../scripts/linux-headers.mjs";
import { revisions, type Ir } from "../../../src/ir/model.ts";
import type { GeneratedFile } from "../../../src/target/target.ts";
import { compilers, Workspace } from "./compilers.ts";
import { filesOf, standard } from "./descriptions.ts";

let ir: Ir;
let kernel: readonly string[];

beforeAll(async () => {
  ir = standard();
  // For linux/types.h only: our own headers are found first.
  kernel = ["-idirafter", (await linuxHeaders("7.3.4")).include];
});

const workspaces: Workspace[] = [];
afterAll(() => {
  for (const workspace of workspaces) workspace.remove();
});

/** A translation unit must not be empty, and a header may be of macros only. */
const unit = (lines: readonly string[]): string => [...lines, "extern int virtgen_test_unit;", ""].join("\n");

const include = (header: string): string =>
  header.startsWith("linux/") ? `#include <${header}>` : `#include "${header}"`;

/** A folder with the headers and a source file for each of them, and one that includes all. */
function workspaceOf(
  files: readonly GeneratedFile[],
  lines: readonly string[] = [],
): { readonly workspace: Workspace; readonly sources: readonly string[] } {
  const workspace = new Workspace();
  workspaces.push(workspace);
  const headers = files.map((file) => file.path).filter((path) => path.endsWith(".h"));
  const alone = headers.map((header, index) => ({
    path: `alone${index}.c`,
    text: unit([...lines, include(header), include(header)]),
  }));
  const together = {
    path: "together.c",
    text: unit([
      ...lines,
      ...headers.map((header) => include(header)),
      ...headers.toReversed().map((header) => include(header)),
    ]),
  };
  workspace.write([...files, ...alone, together]);
  return { workspace, sources: [...alone.map((file) => file.path), together.path] };
}

describe.each(["linux", "spec"] as const)("the %s profile", (profile) => {
  const options = (): readonly string[] => ["-I.", ...(profile === "linux" ? kernel : [])];

  it.each(compilers)("is clean for $name, each header alone and all together", (compiler) => {
    const { workspace, sources } = workspaceOf(filesOf(ir, profile));
    expect(workspace.check(compiler, sources, options())).toBe("");
  });

  it.each(revisions)("is clean at revision %s", (revision) => {
    const { workspace, sources } = workspaceOf(filesOf(ir, profile, revision));
    for (const compiler of compilers.slice(0, 4)) expect(workspace.check(compiler, sources, options())).toBe("");
  });

  it("keeps its lines within 100 columns and without trailing blanks", () => {
    for (const file of filesOf(ir, profile)) {
      for (const [index, line] of file.text.split("\n").entries()) {
        const width = line
          .split("\t")
          .reduce((column, part, index) => (index === 0 ? 0 : column + 8 - (column % 8)) + part.length, 0);
        // One-line functions, asserts and what the standard's notation makes of a member are not broken.
        expect(
          width <= 100 || /^VIRTIO_ASSERT|^static inline .*\}$|^\t* \*\t/.test(line)
            ? ""
            : `${file.path}:${index + 1}: ${line}`,
        ).toBe("");
        expect(/\s$/.test(line) ? `${file.path}:${index + 1}` : "").toBe("");
      }
      expect(file.text.endsWith("*/\n")).toBe(true);
      expect(file.text).not.toMatch(/\n\n\n/);
    }
  });

  it("writes the same bytes again", () => {
    expect(filesOf(ir, profile)).toEqual(filesOf(standard(), profile));
  });
});

describe("the linux profile", () => {
  it("is clean without what only the legacy interface has", () => {
    const switches = ["BLK", "CONFIG", "MMIO", "NET", "RING", "PCI"].map((name) => `#define VIRTIO_${name}_NO_LEGACY`);
    const { workspace, sources } = workspaceOf(filesOf(ir, "linux"), switches);
    for (const compiler of compilers.slice(0, 4))
      expect(workspace.check(compiler, sources, ["-I.", ...kernel])).toBe("");
  });

  it("lets sparse find integers that are mixed up", () => {
    const { workspace } = workspaceOf(filesOf(ir, "linux"));
    for (const type of ["__virtio32", "__le32"]) {
      const lines = [
        "#include <linux/virtio_blk.h>",
        `extern void set(struct virtio_blk_outhdr *h, ${type} x);`,
        `void set(struct virtio_blk_outhdr *h, ${type} x) { h->type = x; }`,
        "",
      ];
      workspace.write([{ path: `${type}.c`, text: lines.join("\n") }]);
    }
    const sparse = (file: string): string => workspace.run(["sparse", "-Wbitwise", "-I.", ...kernel, file]).output;
    expect(sparse("__virtio32.c")).toBe("");
    expect(sparse("__le32.c")).toMatch(/expected restricted __virtio32/);
  });

  it("includes nothing of Linux' own virtio headers", () => {
    const files = filesOf(ir, "linux");
    const own = new Set(files.map((file) => file.path));
    for (const file of files) {
      for (const [, include = ""] of file.text.matchAll(/^#include <(.*)>/gm)) {
        expect(own.has(include) || ["linux/types.h", "linux/if_ether.h"].includes(include) ? "" : include).toBe("");
      }
    }
  });
});

describe("the spec profile", () => {
  it("needs no header of a library", () => {
    const { workspace } = workspaceOf(filesOf(ir, "spec"));
    const [gcc] = compilers;
    if (gcc === undefined) throw new Error("there is no compiler");
    expect(
      workspace.check(
        gcc,
        ["together.c"],
        ["-I.", "-ffreestanding", "-nostdinc", "-isystem", workspace.run(["gcc", "-print-file-name=include"]).output],
      ),
    ).toBe("");
  });

  it("does not let an integer be read as a number", () => {
    const { workspace } = workspaceOf(filesOf(ir, "spec"));
    workspace.write([
      {
        path: "careless.c",
        text: '#include "virtio_blk.h"\nint careless(const struct virtio_blk_req *r) { return r->type == VIRTIO_BLK_T_IN; }\n',
      },
    ]);
    for (const compiler of compilers) expect(workspace.check(compiler, ["careless.c"], ["-I."])).toMatch(/error/);
  });
});
