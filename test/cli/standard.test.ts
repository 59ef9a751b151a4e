import { expect, describe, test } from "vitest";
import { root, textOf, virtgen } from "./run-virtgen.ts";

interface Coverage {
  readonly revision: string;
  readonly total: { readonly blocks: number; readonly named: number; readonly must: number };
  readonly modules: readonly {
    readonly module: string;
    readonly role: string;
    readonly blocks: number;
    readonly named: number;
    readonly missing: readonly { readonly label: string }[];
  }[];
}

describe("virtgen coverage", () => {
  test("docs/coverage.md is what it prints", async () => {
    const { out, status } = await virtgen(["coverage", "--format", "markdown"], { cwd: root });
    expect(status).toBe(0);
    expect(textOf(root, "docs/coverage.md")).toBe(out);
  });

  test("counts all blocks of the standard, none of which is missing", async () => {
    const { out } = await virtgen(["coverage", "--format", "json"], { cwd: root });
    const { revision, total, modules } = JSON.parse(out) as Coverage;
    expect([revision, total.blocks, total.must]).toEqual(["1.4", 309, 1121]);
    const missing = modules.flatMap((one) => one.missing);
    // Every block is named by a statement; what a new revision brings has to be.
    expect(missing).toEqual([]);
    expect(total.named).toBe(total.blocks);
    for (const one of modules) expect(one.named + one.missing.length).toBe(one.blocks);
  });

  test("is about the descriptions that the call names", async () => {
    const { out } = await virtgen(["coverage", "specs/device/blk.virtio"], { cwd: root });
    expect(out).toMatch(
      /^Module +Role +Blocks named +MUST in them +Expressions +Held by an element +Documented only\nblk +driver +2 of 2 +24 of 24 /,
    );
    expect(out).not.toMatch(/^(?!Module|blk|all|Every|$)/m);
  });

  test("says where a block stands that nothing names", async () => {
    const input =
      'device entropy = 4 "Entropy Device" label "Device Types / Entropy Device";\nqueues { requestq = 0; }\n';
    const { out, status } = await virtgen(["coverage", "-"], { cwd: root, input });
    expect(status).toBe(0);
    expect(out).toContain("\nNot named:\n  device-types/entropy/description.tex:");
    expect(out).toMatch(/^entropy +device +0 of 1 +0 of 1 +0 +0 +0$/m);
  });

  test("counts apart what an expression says, what an element holds, and what is for readers alone", async () => {
    const input = `device d = 60 "D" since 1.0;
config { le32 a in 1..9; }
must device "D": a >= 1;
must not driver "D": "\`a\` is not written." by a;
must driver "D": "The device is there.";
`;
    const { out, status } = await virtgen(["coverage", "-", "--format", "json"], { cwd: root, input });
    expect(status).toBe(0);
    expect((JSON.parse(out) as Coverage).modules).toMatchObject([
      { role: "driver", expressions: 0, held: 1, documented: 1 },
      { role: "device", expressions: 1, held: 0, documented: 0 },
    ]);
  });

  test("is not made of descriptions with errors", async () => {
    const run = await virtgen(["coverage", "-"], {
      cwd: root,
      input: 'device d = 60 "D";\nconfig { le32 a if NONE; }\n',
    });
    expect(run).toMatchObject({ status: 1, out: "", err: expect.stringContaining("error[") });
  });
});

describe("virtgen lint-spec", () => {
  test("docs/errata.md is what it prints", async () => {
    const { out, status } = await virtgen(["lint-spec", "--format", "markdown"], { cwd: root });
    expect(status).toBe(0);
    expect(textOf(root, "docs/errata.md")).toBe(out);
  });

  test("says both readings, why, and where", async () => {
    const input = `device d = 60 "D";

erratum "a name" { text: "foo"; meant: "bar"; because "there is no foo"; }
config {
  le32 size erratum "size" { text: "2"; meant: "4"; because "it is le32"; at "content.tex:12"; at "admin.tex:3"; };
}
`;
    const { out, status } = await virtgen(["lint-spec", "-"], { cwd: root, input });
    expect(status).toBe(0);
    expect(out).toBe(`<stdin>:3: a name
  says:    foo
  meant:   bar
  because: there is no foo

<stdin>:5: size [config.size]
  says:    2
  meant:   4
  because: it is le32
  at:      content.tex:12
  at:      admin.tex:3

2 errata
`);
    const json = await virtgen(["lint-spec", "--format", "json", "-"], { cwd: root, input });
    expect(JSON.parse(json.out)).toEqual({
      errata: [
        {
          id: "a name",
          text: "foo",
          meant: "bar",
          because: "there is no foo",
          module: "d",
          element: "",
          at: "<stdin>:3",
        },
        {
          id: "size",
          text: "2",
          meant: "4",
          because: "it is le32",
          places: ["content.tex:12", "admin.tex:3"],
          module: "d",
          element: "config.size",
          at: "<stdin>:5",
        },
      ],
    });
  });
});

test.each(["coverage", "lint-spec"])("%s knows its formats", async (name) => {
  expect(await virtgen([name, "--format", "xml"])).toMatchObject({
    status: 2,
    err: "error[V9006]: there is no format 'xml'\n  help: possible are 'text', 'markdown' and 'json'\n",
  });
});
