import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linuxHeaders } from "../../scripts/linux-headers.mjs";
import { cut } from "../../src/ir/cut.ts";
import { Workspace } from "../target/c/compilers.ts";
import { filesOf, standard } from "../target/c/descriptions.ts";
import { publishedNames } from "./c-names.ts";
import { consumers } from "./linux-consumers.ts";
import { distinctTypes } from "./distinct-types.ts";
import { linuxFacts, type Fact } from "./linux-facts.ts";

/** Names that differ for a reason. */
interface Known {
  readonly header: string;
  readonly reason: string;
  readonly names: readonly string[];
}

function known(file: string): readonly Known[] {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as readonly Known[];
}

/** `header: name`, sorted, as both sides of a comparison have them. */
function flat(entries: readonly Known[]): readonly string[] {
  return entries.flatMap(({ header, names }) => names.map((name) => `${header}: ${name}`)).toSorted();
}

/** Compilers of three machines. */
const machines = ["gcc", "i686-linux-gnu-gcc", "s390x-linux-gnu-gcc"];

/** Which of some facts a compiler makes untrue that lays out structs in another way than the others, Linux' and ours. */
function onlyThere(compiler: string, asked: readonly Fact[]): readonly string[] {
  if (!compiler.startsWith("i686")) return [];
  const names = new Set(asked.map((fact) => `${fact.header}: ${fact.name} ${fact.what}`));
  return flat(known("linux-i386-facts.json")).filter((name) => names.has(name));
}

const workspace = new Workspace();
afterAll(() => {
  workspace.remove();
});

let headers: readonly string[];
let facts: readonly Fact[];
let ours: string;

beforeAll(() => {
  const ir = standard();
  const files = filesOf(ir, "linux");
  ours = `${workspace.folder}/ours`;
  mkdirSync(ours);
  workspace.write(files.map((file) => ({ ...file, path: `ours/${file.path}` })));
  workspace.write(distinctTypes);
  headers = files.map((file) => file.path.replace(/^linux\//, ""));
  facts = linuxFacts(cut(ir, "1.4"));
});

/** A folder with the headers of a release: what is in asm/ is of the compiler's own machine, but for that of channel I/O. */
async function headersOf(release: "7.3.4" | "6.1"): Promise<string> {
  const { include } = await linuxHeaders(release);
  const folder = `${workspace.folder}/theirs-${release}`;
  if (existsSync(folder)) return folder;
  mkdirSync(`${folder}/asm`, { recursive: true });
  symlinkSync(`${include}/linux`, `${folder}/linux`);
  const channel = `${include}/s390x-linux-gnu/asm/virtio-ccw.h`;
  if (existsSync(channel)) copyFileSync(channel, `${folder}/asm/virtio-ccw.h`);
  return folder;
}

/** How a program includes a header of a description. */
function path(header: string): string {
  return header.includes("/") ? header : `linux/${header}`;
}

/** The names of one header below a folder; `defines` come before it. */
function namesIn(
  folder: string,
  header: string,
  behind: readonly string[] = [],
  defines: readonly string[] = [],
): ReadonlySet<string> {
  const text = [...defines.map((name) => `#define ${name}`), `#include <${path(header)}>`, ""].join("\n");
  workspace.write([{ path: "names.c", text }]);
  const { status, output } = workspace.run(["gcc", "-E", "-dD", "-I", folder, ...behind, "names.c"]);
  if (status !== 0) throw new Error(output);
  return publishedNames(output, (file) => file === `${folder}/${path(header)}`);
}

/** The facts that do not hold of the headers in a folder, as `header: name what`. */
function wrongFacts(folder: string, asked: readonly Fact[], compiler: string): readonly string[] {
  const includes = [...new Set(asked.map((fact) => fact.header))].map((header) => `#include <${path(header)}>`);
  const asserts = asked.map(
    (fact) => `_Static_assert(${fact.expression}, "${fact.header}: ${fact.name} ${fact.what}");`,
  );
  workspace.write([{ path: "facts.c", text: [...includes, ...asserts, ""].join("\n") }]);
  const { output } = workspace.run([
    compiler,
    "-std=gnu11",
    "-w",
    "-fsyntax-only",
    "-I",
    "distinct",
    "-I",
    folder,
    "facts.c",
  ]);
  const errors = output.split("\n").filter((line) => line.includes("error:"));
  const failed = errors.flatMap((line) => /static assertion failed: "(.*)"/.exec(line)?.[1] ?? []);
  if (failed.length !== errors.length) throw new Error(output);
  return failed.toSorted();
}

describe.each([
  { release: "7.3.4" as const, exceptions: "linux-only.json", wrong: undefined },
  { release: "6.1" as const, exceptions: "linux-6.1-names.json", wrong: "linux-6.1-facts.json" },
])("Linux $release", ({ release, exceptions, wrong }) => {
  let theirs: string;
  let shared: readonly string[];
  const theirNames = new Map<string, ReadonlySet<string>>();
  const ourNames = new Map<string, ReadonlySet<string>>();

  beforeAll(async () => {
    theirs = await headersOf(release);
    shared = headers.filter((header) => existsSync(`${theirs}/${path(header)}`));
    for (const header of shared) {
      theirNames.set(header, namesIn(theirs, header));
      ourNames.set(header, namesIn(ours, header, ["-idirafter", theirs]));
    }
  });

  /** Facts about names that Linux has. */
  const factsThere = (): readonly Fact[] =>
    facts.filter((fact) => theirNames.get(fact.header)?.has(fact.name) === true);

  it("has the headers that we have", () => {
    expect(shared).toEqual(
      expect.arrayContaining(
        ["blk", "net", "console", "balloon", "scsi", "ids", "config", "ring", "mmio", "pci", "rng", "types"]
          .map((name) => `virtio_${name}.h`)
          .concat(release === "7.3.4" ? ["asm/virtio-ccw.h"] : []),
      ),
    );
  });

  it("has nothing that ours lack, but for the exceptions, each of which is still one", () => {
    const missing = shared.flatMap((header) =>
      [...(theirNames.get(header) ?? [])]
        .filter((name) => ourNames.get(header)?.has(name) !== true)
        .map((name) => `${header}: ${name}`),
    );
    expect(missing.toSorted()).toEqual(flat(known(exceptions)));
  });

  it("has values, sizes, alignments, offsets and byte orders as the IR says", () => {
    const there = factsThere();
    // Enough of them that a slip in their making would show.
    expect(there.length).toBeGreaterThan(600);
    for (const compiler of machines) {
      const expected = wrong === undefined ? [] : flat(known(wrong));
      expect(wrongFacts(theirs, there, compiler)).toEqual([...expected, ...onlyThere(compiler, there)].toSorted());
    }
  });

  if (release !== "7.3.4") return;

  it("lacks of ours only what is known, each of which is still lacking", () => {
    const extra = shared.flatMap((header) =>
      [...(ourNames.get(header) ?? [])]
        .filter((name) => theirNames.get(header)?.has(name) !== true)
        .map((name) => `${header}: ${name}`),
    );
    expect(extra.toSorted()).toEqual(flat(known("not-in-linux.json")));
  });

  it("says of every name that it has what the IR says: none goes unproven", () => {
    const proven = new Set(facts.map((fact) => `${fact.header}: ${fact.name}`));
    // The integers of virtio_types.h are in no description; another test is about them.
    const described = shared.filter((header) => header !== "virtio_types.h");
    const common = described.flatMap((header) =>
      [...(theirNames.get(header) ?? [])]
        .filter((name) => ourNames.get(header)?.has(name) === true)
        .map((name) => `${header}: ${name}`),
    );
    const unproven = common.filter((name) => !proven.has(name) && !/: _(LINUX|ASM)_\w+_H$/.test(name));
    expect(unproven).toEqual([]);
  });

  it("hides the same behind its switches", () => {
    const switches = ["BLK", "CONFIG", "MMIO", "NET", "PCI", "RING"].map((name) => `VIRTIO_${name}_NO_LEGACY`);
    const differing = shared.flatMap((header) => {
      const shownByThem = namesIn(theirs, header, [], switches);
      const shownByUs = namesIn(ours, header, ["-idirafter", theirs], switches);
      const both = [...(theirNames.get(header) ?? [])].filter((name) => ourNames.get(header)?.has(name) === true);
      return both.filter((name) => shownByThem.has(name) !== shownByUs.has(name)).map((name) => `${header}: ${name}`);
    });
    expect(differing).toEqual([]);
  });
});

describe("our headers", () => {
  it("are as the IR says, too", () => {
    const names = new Map(headers.map((header) => [header, namesIn(ours, header, ["-idirafter", "distinct"])]));
    const own = facts.filter((fact) => names.get(fact.header)?.has(fact.name) === true);
    for (const compiler of machines) expect(wrongFacts(ours, own, compiler)).toEqual(onlyThere(compiler, own));
  });

  it("have Linux' integers in the guest's byte order", async () => {
    const { include } = await linuxHeaders("7.3.4");
    const asserts = [16, 32, 64].map(
      (bits) => `_Static_assert(__builtin_types_compatible_p(__virtio${bits}, __u${bits}), "${bits} bits");`,
    );
    workspace.write([{ path: "integers.c", text: ["#include <linux/virtio_types.h>", ...asserts, ""].join("\n") }]);
    for (const folders of [
      ["-I", include],
      ["-I", ours, "-idirafter", include],
    ]) {
      expect(workspace.run(["gcc", "-std=c11", "-fsyntax-only", ...folders, "integers.c"]).output).toBe("");
    }
  });

  it("would not be taken for right if a value, an offset or a byte order were wrong", () => {
    const wrong = [
      {
        header: "virtio_blk.h",
        name: "VIRTIO_BLK_F_MQ",
        what: "value",
        expression: "(unsigned long long)(VIRTIO_BLK_F_MQ) == 13ULL",
      },
      {
        header: "virtio_blk.h",
        name: "struct virtio_blk_config.num_queues",
        what: "offset",
        expression: "__builtin_offsetof(struct virtio_blk_config, num_queues) == 33",
      },
      {
        header: "virtio_blk.h",
        name: "struct virtio_blk_outhdr.type",
        what: "type __le32",
        expression: "__builtin_types_compatible_p(__typeof__(((struct virtio_blk_outhdr *)0)->type), __le32)",
      },
    ];
    const said = wrong.map(({ header, name, what }) => `${header}: ${name} ${what}`);
    for (const compiler of machines) expect(wrongFacts(ours, wrong, compiler)).toEqual(said);
  });
});

/** The enumerations of a header with a tag, and their constants. */
function enumerationsOf(text: string): readonly { readonly tag: string; readonly names: readonly string[] }[] {
  return Array.from(text.matchAll(/^enum (\w+) \{([^}]*)\}/gm), ([, tag = "", body = ""]) => ({
    tag,
    names: Array.from(body.matchAll(/^\s*(VIRTIO_\w+)/gm), (match) => match[1] ?? ""),
  }));
}

describe("programs that include Linux' headers by name", () => {
  it("name every enumeration, and give its variables its constants, in C and in C++", async () => {
    const { include } = await linuxHeaders("7.3.4");
    const described = headers.filter((header) => existsSync(`${include}/${path(header)}`));
    const enumerations = described.flatMap((header) =>
      enumerationsOf(readFileSync(`${include}/${path(header)}`, "utf8")).map((one) => ({ header, ...one })),
    );
    expect(enumerations.map(({ tag }) => tag).toSorted()).toEqual([
      "virtio_gpu_ctrl_type",
      "virtio_gpu_formats",
      "virtio_gpu_shm_id",
      "virtio_input_config_select",
      "virtio_vsock_event_id",
      "virtio_vsock_op",
      "virtio_vsock_rw",
      "virtio_vsock_shutdown",
      "virtio_vsock_type",
    ]);
    const text = [
      ...new Set(enumerations.map(({ header }) => `#include <${path(header)}>`)),
      ...enumerations.flatMap(({ tag, names }) =>
        names.map((name) => `enum ${tag} a_${name}(void);\nenum ${tag} a_${name}(void) { return ${name}; }`),
      ),
      "",
    ].join("\n");
    for (const [compiler, language] of [
      ["gcc", "c"],
      ["g++", "c++"],
    ] as const) {
      const file = `enumerations.${language}`;
      workspace.write([{ path: file, text }]);
      for (const folders of [
        ["-I", include],
        ["-I", ours, "-idirafter", include],
      ]) {
        const flags = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", language];
        expect(workspace.run([compiler, ...flags, ...folders, file]).output).toBe("");
      }
    }
  });

  it("are some for each header", () => {
    const all = consumers.map(({ text }) => text).join("");
    const without = headers.filter((header) => header !== "virtio_types.h" && !all.includes(`<${path(header)}>`));
    expect(without).toEqual([]);
  });

  it.each(consumers)("compile and print the same with ours: $name", async ({ name, text }) => {
    const include = await headersOf("7.3.4");
    workspace.write([{ path: `${name}.c`, text }]);
    const outputs = [
      ["-I", include],
      ["-I", ours, "-idirafter", include],
    ].map((folders) => {
      const built = workspace.run([
        "gcc",
        "-std=gnu11",
        "-Wall",
        "-Wextra",
        "-Werror",
        ...folders,
        `${name}.c`,
        "-o",
        name,
      ]);
      expect(built.output).toBe("");
      return workspace.run([`./${name}`]);
    });
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[0]?.status).toBe(0);
    expect(outputs[0]?.output).not.toBe("");
  });
});
