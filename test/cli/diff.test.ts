import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, lamp, virtgen } from "./run-virtgen.ts";

/** The lamp after a change that breaks older peers, and one that does not. */
const newer = lamp
  .replace("DIM = 0;                     /// It can be dimmed.", "DIM = 0;\n  BLINK = 1;")
  .replace("u8   colour;", "le32 colour;\n  le16 period if BLINK;");

describe("two revisions", () => {
  test("of a device, as text: what breaks somebody comes first", async () => {
    const { status, out, err } = await virtgen(["diff", "1.1", "1.2", "balloon"]);
    expect(err).toBe("");
    expect(status).toBe(0);
    expect(out).toMatch(
      /^virtio 1\.1 → 1\.2: \d+ changes, none breaking\n\nballoon Traditional Memory Balloon Device: /,
    );
    expect(out).toMatch(/^ \+ wire {10}queues\/free_page_vq +number 3 if FREE_PAGE_HINT$/m);
    expect(out).toMatch(/^ ~ wire {10}config +size: 8 bytes → 16 bytes$/m);
  });

  test("say whom a change breaks, and when", async () => {
    const { out } = await virtgen(["diff", "0.9.5", "1.0", "net", "--only", "breaking"]);
    const lines = out.split("\n");
    expect(lines[0]).toBe("virtio 0.9.5 → 1.0: 2 changes, 2 breaking");
    expect(lines.filter((line) => line.startsWith("!"))).toEqual([
      expect.stringMatching(
        /^!~ wire .* byte order: the guest's: .* → little-endian {2}breaks driver and device if not VERSION_1$/,
      ),
      expect.stringMatching(/^!~ wire {10}config\/mac access: writable → read-only {2}breaks driver if MAC$/),
    ]);
  });

  test("of all devices, and only some kinds of change", async () => {
    const { out, status } = await virtgen(["diff", "1.3", "1.4", "--only", "name", "--format", "json"]);
    expect(status).toBe(0);
    const { modules } = JSON.parse(out) as { modules: { changes: { category: string }[] }[] };
    const categories = modules.flatMap((module) => module.changes.map((change) => change.category));
    expect(new Set(categories)).toEqual(new Set(["name"]));
  });

  test("of a description of one's own", async () => {
    const cwd = folderWith({ "lamp.virtio": lamp.replace("u8   colour;", "u8   colour since 1.2;") });
    const { out } = await virtgen(["diff", "1.1", "1.2", "lamp.virtio"], { cwd });
    expect(out).toBe(
      [
        "virtio 1.1 → 1.2: 2 changes, 1 breaking",
        "",
        "lamp Lamp: 2 changes, 1 breaking",
        "!+ wire          config/colour u8 at 2  breaks device",
        " ~ wire          config        size: 2 bytes → 3 bytes",
        "",
      ].join("\n"),
    );
  });

  test("that are the same differ in nothing", async () => {
    expect(await virtgen(["diff", "1.2", "1.2"])).toEqual({
      status: 0,
      out: "virtio 1.2 → 1.2: no changes\n",
      err: "",
    });
  });

  test("may be in the other order: what goes away", async () => {
    const { out } = await virtgen(["diff", "1.2", "1.1", "balloon"]);
    expect(out).toMatch(/^!- negotiation {3}features\/PAGE_POISON +bit 4 {2}breaks driver and device if PAGE_POISON$/m);
  });

  test("before a device exists", async () => {
    const { out, status } = await virtgen(["diff", "1.0", "1.1", "can"]);
    expect(status).toBe(0);
    expect(out).toBe("virtio 1.0 → 1.1: no changes\n'can' is in neither: it came with 1.4\n");
  });
});

describe("two descriptions", () => {
  const files = { "old/lamp.virtio": lamp, "new/lamp.virtio": newer };
  const expected = [
    "!~ wire          config/colour  type: u8 → le32  breaks driver and device",
    " ~ documentation features/DIM   documentation: It can be dimmed. → nothing",
    " + negotiation   features/BLINK bit 1",
    " ~ wire          config         size: 3 bytes → 8 bytes",
    " + wire          config/period  le16 at 6 if BLINK",
  ];

  test.each([
    ["files", ["old/lamp.virtio", "new/lamp.virtio"]],
    ["folders", ["old", "new"]],
  ])("as %s", async (_, [a = "", b = ""]) => {
    const { out, status } = await virtgen(["diff", a, b], { cwd: folderWith(files) });
    expect(status).toBe(0);
    expect(out.trimEnd().split("\n")).toEqual([
      `${a} → ${b}, virtio 1.4: 5 changes, 1 breaking`,
      "",
      "lamp Lamp: 5 changes, 1 breaking",
      ...expected,
    ]);
  });

  test("one of which is standard input", async () => {
    const cwd = folderWith(files);
    const { out, status } = await virtgen(["diff", "-", "new/lamp.virtio", "--fail-on", "breaking"], {
      cwd,
      input: lamp,
    });
    expect(status).toBe(1);
    expect(out).toContain("- → new/lamp.virtio, virtio 1.4: 5 changes, 1 breaking");
  });

  test("at an older revision", async () => {
    const cwd = folderWith({ "a.virtio": lamp, "b.virtio": lamp.replace("u8   colour;", "u8   colour since 1.2;") });
    const { out } = await virtgen(["diff", "a.virtio", "b.virtio", "--revision", "1.1"], { cwd });
    expect(out).toContain("!- wire          config/colour u8 at 2  breaks driver");
  });

  test("with errors are not compared", async () => {
    const cwd = folderWith({ "a.virtio": lamp, "b.virtio": lamp.replace("DIM = 0;", "DIM = 0") });
    const { out, err, status } = await virtgen(["diff", "a.virtio", "b.virtio"], { cwd });
    expect(status).toBe(1);
    expect(out).toBe("");
    expect(err).toContain("b.virtio:5");
  });
});

describe("--fail-on", () => {
  const same = lamp.replace("It can be dimmed", "One can dim it");
  const cwd = (): string => folderWith({ "a.virtio": lamp, "b.virtio": newer, "c.virtio": same });
  test.each([
    ["a.virtio", "b.virtio", "breaking", 1],
    ["a.virtio", "c.virtio", "breaking", 0],
    ["a.virtio", "c.virtio", "any", 1],
    ["a.virtio", "a.virtio", "any", 0],
  ])("%s %s %s ends with %i", async (a, b, which, expected) => {
    expect((await virtgen(["diff", a, b, "--fail-on", which], { cwd: cwd() })).status).toBe(expected);
  });

  test("looks at what is listed", async () => {
    const folder = cwd();
    const args = ["diff", "a.virtio", "b.virtio", "--only", "negotiation"];
    expect((await virtgen([...args, "--fail-on", "breaking"], { cwd: folder })).status).toBe(0);
    expect((await virtgen([...args, "--fail-on", "any"], { cwd: folder })).status).toBe(1);
  });
});

test("Markdown, a page of its own", async () => {
  const { out, status } = await virtgen(["diff", "1.1", "1.2", "blk", "--format", "markdown"]);
  expect(status).toBe(0);
  expect(out).toMatch(/^# Changes: virtio 1\.1 → 1\.2\n\n\d+ changes in 1 description, none of which break /);
  expect(out).toMatch(/^\| added +\| Feature bits +\| `MQ`, `LIFETIME`, `SECURE_ERASE` +\|$/m);
});

test("the schema is that of the package", async () => {
  const { out, status } = await virtgen(["diff", "--schema"]);
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ $id: "urn:virtgen:diff:1" });
});

test("help shows examples", async () => {
  const { out } = await virtgen(["diff", "--help"]);
  expect(out).toContain("virtgen diff 1.2 1.4 net blk");
  expect(out).toContain("--fail-on <WHICH>");
});

describe("a call that cannot be carried out", () => {
  test.each([
    [["diff"], "V9001", "there is nothing to compare"],
    [["diff", "1.2"], "V9001", "there is nothing to compare '1.2' with"],
    [["diff", "1.2", "1.5"], "V9006", "there is no revision '1.5' of the standard"],
    [["diff", "1.2", "v1.3"], "V9006", "there is no revision 'v1.3' of the standard"],
    [["diff", "1.2", "1.4", "nett"], "V9006", "there is no device 'nett'"],
    [["diff", "1.2", "a.virtio"], "V9008", "'a.virtio' and a revision cannot be compared"],
    [["diff", "a.virtio", "a.virtio", "a.virtio"], "V9008", "'a.virtio' is a third description"],
    [["diff", "-", "-"], "V9008", "standard input cannot be both sides"],
    [["diff", "1.2", "1.4", "--revision", "1.4"], "V9008", "--revision is for two descriptions"],
    [["diff", "1.2", "1.4", "--format", "xml"], "V9006", "there is no format 'xml'"],
    [["diff", "1.2", "1.4", "--only", "wire,bytes"], "V9006", "there is no kind of change 'bytes'"],
    [["diff", "1.2", "1.4", "--fail-on", "all"], "V9006", "there is no case for --fail-on 'all'"],
    [["diff", "--schema", "1.2", "1.4"], "V9008", "--schema prints the schema of every comparison"],
    [["diff", "missing.virtio", "a.virtio"], "V9002", "cannot read 'missing.virtio'"],
  ])("%j", async (args, code, message) => {
    const { status, out, err } = await virtgen(args, { cwd: folderWith({ "a.virtio": lamp }) });
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(`error[${code}]: ${message}`);
  });
});

test("the library compares what it compiles", async () => {
  const { compare, compile, cut } = await import(join(import.meta.dirname, "../../src/index.ts"));
  const ir = (text: string): unknown => compile([{ path: "lamp.virtio", text }]).ir;
  const differences = compare(cut(ir(lamp), "1.4"), cut(ir(newer), "1.4"));
  expect(differences.modules[0].changes.map((change: { id: string }) => change.id)).toContain(
    "member-type lamp/config/colour",
  );
});
