import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, lamp, shell, virtgen } from "./run-virtgen.ts";

const fine = "1 description with 20 lines: no findings\n";

describe("a description", () => {
  test.each([
    ["with CRLF", lamp.replaceAll("\n", "\r\n")],
    ["with a byte order mark", `\uFEFF${lamp}`],
    ["with tabs", lamp.replaceAll("  ", "\t")],
  ])("%s is read", async (_, text) => {
    const folder = folderWith({ "lamp.virtio": text });
    expect(await virtgen(["check", "lamp.virtio"], { cwd: folder })).toEqual({ status: 0, out: fine, err: "" });
  });

  test("without a newline at its end is read", async () => {
    const folder = folderWith({ "lamp.virtio": lamp.trimEnd() });
    expect((await virtgen(["check", "lamp.virtio"], { cwd: folder })).status).toBe(0);
  });

  test("with CRLF and tabs has its errors marked where they are", async () => {
    const folder = folderWith({
      "lamp.virtio": lamp.replace("le16 levels if DIM", "\tle16\tlevels if DIMM").replaceAll("\n", "\r\n"),
    });
    const { status, err } = await virtgen(["check", "lamp.virtio"], { cwd: folder });
    expect(status).toBe(1);
    expect(err).toBe(`error[V2001]: nothing here is named 'DIMM'
  --> lamp.virtio:9:19
   9 |       le16    levels if DIMM;          /// Steps between off and full.
     |                         ^^^^
  help: did you mean 'DIM'?

1 error; 'virtgen explain V2001' says more
`);
  });

  test("may come from a pipe, once", async () => {
    const folder = folderWith({ "lamp.virtio": lamp });
    expect(await shell("cat lamp.virtio | $VIRTGEN check - -", { cwd: folder })).toEqual({
      status: 0,
      out: fine,
      err: "",
    });
    expect(await shell("$VIRTGEN check <(cat lamp.virtio)", { cwd: folder })).toMatchObject({ status: 0, out: fine });
    expect((await shell("$VIRTGEN check - <&-", { cwd: folder })).status).not.toBe(0);
  });

  test("is called by its name in messages, standard input <stdin>", async () => {
    const { err } = await virtgen(["check", "-"], { input: "devic lamp;\n" });
    expect(err).toContain("--> <stdin>:1:1");
    const folder = folderWith({ "a/bad.virtio": "devic lamp;\n" });
    expect((await virtgen(["check", "./a/bad.virtio"], { cwd: folder })).err).toContain("--> ./a/bad.virtio:1:1");
    expect((await virtgen(["check", join(folder, "a")])).err).toContain(`--> ${folder}/a/bad.virtio:1:1`);
  });

  test.each<[string, Buffer, string]>([
    [
      "Latin-1",
      Buffer.from(`${lamp}\n/// caf\xe9\n`, "latin1"),
      "'x.virtio' is no UTF-8 text: line 22 holds other bytes",
    ],
    ["UTF-16", Buffer.from(`\uFEFF${lamp}`, "utf16le"), "'x.virtio' is no UTF-8 text: it is UTF-16"],
    [
      "random bytes",
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0x80, 0x00]),
      "'x.virtio' is no UTF-8 text: line 1 holds other bytes",
    ],
  ])("in %s is refused", async (_, bytes, message) => {
    const folder = folderWith({ "x.virtio": bytes });
    expect(await virtgen(["check", "x.virtio"], { cwd: folder })).toEqual({
      status: 2,
      out: "",
      err: `error[V9002]: ${message}\n  help: save it as UTF-8\n`,
    });
    expect((await virtgen(["check", "-"], { input: bytes })).err).toContain("'<stdin>' is no UTF-8 text");
  });

  test("of ten megabytes is refused at once, from a file and from a pipe", async () => {
    const text = `${lamp}// ${"x".repeat(10_000_000)}\n`;
    const folder = folderWith({ "large.virtio": text });
    const size = text.length.toLocaleString("en-US");
    const help =
      "\n  help: describe each device in a file of its own; all that comes with virtgen is smaller than this limit\n";
    expect(await virtgen(["check", "large.virtio"], { cwd: folder })).toEqual({
      status: 2,
      out: "",
      err: `error[V9002]: 'large.virtio' has ${size} bytes; a description may have 1,048,576${help}`,
    });
    expect(await virtgen(["check", "-"], { input: text })).toEqual({
      status: 2,
      out: "",
      err: `error[V9002]: '<stdin>' has more than the 1,048,576 bytes that a description may have${help}`,
    });
  });

  test("of ten megabytes in several files is refused at once, and nothing is written", async () => {
    const one = `// ${"x".repeat(1_000_000)}\n`;
    const folder = folderWith(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`${index}.virtio`, one])));
    expect(await virtgen(["build", ".", "--out", "out"], { cwd: folder })).toEqual({
      status: 2,
      out: "",
      err: "error[V9002]: 10 descriptions have 10,000,040 bytes; all of a call together may have 8,388,608\n  help: name fewer of them in one call\n",
    });
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test.each<[string, string]>([
    [
      "structs",
      Array.from({ length: 16_000 }, (_, index) => `struct s${index} { le32 a; u8 b[${index}]; }\n`).join(""),
    ],
    [
      "unknown names",
      Array.from({ length: 16_000 }, (_, index) => `struct s${index} { le32 a if F${index}; }\n`).join(""),
    ],
    ["noise", "%&}{ foo ;\n".repeat(80_000)],
  ])(
    "of nearly a megabyte of %s is checked in bounded time and memory",
    async (_, text) => {
      const folder = folderWith({ "large.virtio": `device lamp = 61 "Lamp";\n${text}` });
      const { status, err } = await shell("ulimit -v 16000000; $VIRTGEN check large.virtio", { cwd: folder });
      expect(err).not.toMatch(/^ +at /m);
      expect([0, 1]).toContain(status);
    },
    60_000,
  );
});

describe("a folder of descriptions", () => {
  test("is read with those below it, each once, without packages and hidden folders", async () => {
    const folder = folderWith({
      "d/lamp.virtio": lamp,
      "d/sub/second.virtio": 'device second = 62 "Second";\n',
      "d/notes.txt": "",
      "d/node_modules/virtgen/specs/lamp.virtio": lamp,
      "d/.git/lamp.virtio": lamp,
    });
    symlinkSync("lamp.virtio", join(folder, "d/zz.virtio"));
    const { out, err } = await virtgen(["check", "d", "d/lamp.virtio", "./d/sub"], { cwd: folder });
    expect({ out, err }).toEqual({ out: "2 descriptions with 21 lines: no findings\n", err: "" });
  });

  test("that is empty is refused", async () => {
    const folder = folderWith();
    mkdirSync(join(folder, "empty"));
    expect(await virtgen(["check", "empty"], { cwd: folder })).toEqual({
      status: 2,
      out: "",
      err: "error[V9003]: 'empty' is a folder without any .virtio file\n  help: name a file, or a folder with *.virtio files in it\n",
    });
  });
});

describe("virtgen check --format json", () => {
  test("prints every finding with its places, and nothing else", async () => {
    const folder = folderWith({ "lamp.virtio": lamp.replace("if DIM", "if DIMM") });
    const { status, out, err } = await virtgen(["check", "--format", "json", "./lamp.virtio"], { cwd: folder });
    expect({ status, err }).toEqual({ status: 1, err: "" });
    expect(JSON.parse(out)).toEqual({
      diagnostics: [
        {
          code: "V2001",
          severity: "error",
          message: "nothing here is named 'DIMM'",
          at: { file: "./lamp.virtio", line: 9, column: 18, length: 4 },
          related: [],
          help: "did you mean 'DIM'?",
        },
      ],
    });
  });

  test("is an empty list where there is nothing to say", async () => {
    const folder = folderWith({ "lamp.virtio": lamp });
    expect(await virtgen(["check", "--format", "json", "lamp.virtio"], { cwd: folder })).toEqual({
      status: 0,
      out: '{\n  "diagnostics": []\n}\n',
      err: "",
    });
  });
});
