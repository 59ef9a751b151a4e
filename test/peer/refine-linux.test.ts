import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linuxHeaders } from "../../scripts/linux-headers.mjs";
import type { CHeader } from "../../src/c-header/header-model.ts";
import { readHeader } from "../../src/c-header/read-header.ts";
import { refineHeaders } from "../../src/refine/refine-headers.ts";
import type { Difference, RefineReport } from "../../src/refine/report-model.ts";
import { groundAt } from "../refine/ground.ts";
import { Workspace } from "../target/c/compilers.ts";
import { distinctTypes } from "./distinct-types.ts";
import { assertsOf } from "./header-asserts.ts";
import { mutantsOf } from "./header-mutants.ts";

interface Known {
  readonly header: string;
  readonly names: readonly string[];
}

/** `header: name` of what tests know of Linux; without what the reader does not compare. */
function known(file: string): readonly string[] {
  const entries = JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as readonly Known[];
  return entries
    .flatMap(({ header, names }) => names.map((name) => `${header}: ${name}`))
    .filter((name) => !name.endsWith("()") && !/: struct \w+\./.test(name) && !name.endsWith("_H"))
    .toSorted();
}

const texts = new Map<string, string>();
function textOf(file: string): string {
  const known = texts.get(file) ?? readFileSync(file, "utf8");
  texts.set(file, known);
  return known;
}

function read(file: string, include: string, text = textOf(file)): CHeader {
  return readHeader(file, text, (name) => {
    const found = join(include, name);
    return existsSync(found) ? { file: found, text: textOf(found) } : undefined;
  });
}

/** The headers that the descriptions have, too, held against them. */
async function refinedLinux(release: "7.3.4" | "6.1"): Promise<RefineReport> {
  const { include } = await linuxHeaders(release);
  const ground = groundAt();
  const files = readdirSync(join(include, "linux")).filter((name) => ground.linux.headers.includes(name));
  const channel = join(include, "s390x-linux-gnu/asm/virtio-ccw.h");
  return refineHeaders(
    [...files.map((name) => join(include, "linux", name)), ...(existsSync(channel) ? [channel] : [])].map((file) =>
      read(file, include),
    ),
    ground,
  );
}

/** `header: name` of differences. */
function names(report: RefineReport, keep: (one: Difference) => boolean): readonly string[] {
  return report.headers
    .flatMap((header) => {
      const file = header.file.slice(header.file.lastIndexOf("/") + 1);
      return header.differences.filter((one) => keep(one)).map((one) => `${file}: ${one.name}`);
    })
    .toSorted();
}

describe("Linux 7.3.4 against the descriptions", () => {
  let report: RefineReport;
  beforeAll(async () => {
    report = await refinedLinux("7.3.4");
  });

  it("is read to the last line", () => {
    expect(report.headers.flatMap((header) => header.summary.unreadable)).toEqual([]);
    expect(report.headers.flatMap((header) => header.summary.missingIncludes)).toEqual([]);
  });

  it("has what the descriptions lack only where that is known", () => {
    const notComparable = report.headers.flatMap((header) =>
      header.summary.notComparable
        .filter((name) => !name.endsWith("()"))
        .map((name) => `${header.file.slice(header.file.lastIndexOf("/") + 1)}: ${name}`),
    );
    const functions = new Set(["vring_init", "vring_need_event", "vring_size"].map((name) => `virtio_ring.h: ${name}`));
    const unknown = names(report, (one) => one.kind === "unknown");
    const texts = notComparable.filter((name) => !functions.has(name));
    expect([...unknown, ...texts].toSorted()).toEqual(known("linux-only.json"));
  });

  it("lacks of them only what is known", () => {
    expect(names(report, (one) => one.kind === "missing")).toEqual(known("not-in-linux.json"));
  });

  it("has nothing that differs", () => {
    expect(names(report, (one) => one.kind !== "missing" && one.kind !== "unknown")).toEqual([]);
  });

  it("departs from the standard where that is known, and says why", () => {
    const departures = report.headers.flatMap((header) =>
      header.departures.map((one) => `${one.device}: ${one.name} ${one.kind}`),
    );
    const expected = JSON.parse(readFileSync(new URL("linux-departures.json", import.meta.url), "utf8")) as unknown;
    expect(departures.toSorted()).toEqual(expected);
  });
});

describe("Linux 6.1 against the descriptions", () => {
  it("has smaller structs and another name, and all of it is told", async () => {
    const report = await refinedLinux("6.1");
    expect(names(report, (one) => !["missing", "unknown"].includes(one.kind) || one.subject === "field")).toEqual(
      expect.arrayContaining([
        "virtio_blk.h: struct virtio_blk_config",
        "virtio_blk.h: struct virtio_blk_config.zoned",
        "virtio_config.h: VIRTIO_TRANSPORT_F_END",
        "virtio_gpu.h: struct virtio_gpu_config",
        "virtio_net.h: struct virtio_net_hdr_v1_hash",
        "virtio_net.h: struct virtio_net_hdr_v1_hash.hash_value_lo",
        "virtio_snd.h: struct virtio_snd_config",
      ]),
    );
    expect(report.headers.flatMap((header) => header.summary.unreadable)).toEqual([]);
  });
});

describe("slips in Linux' headers", () => {
  const workspace = new Workspace();
  afterAll(() => {
    workspace.remove();
  });

  /** Every so many of them is tried: all take minutes. */
  const step = 7;

  it("are all reported, but for those that a compiler does not see either", async () => {
    const { include } = await linuxHeaders("7.3.4");
    const ground = groundAt();
    const described = ground.linux.headers.filter(
      (name) => !["virtio_types.h", "virtio_rng.h", "virtio-ccw.h"].includes(name),
    );
    workspace.write(distinctTypes);
    mkdirSync(join(workspace.folder, "linux"));
    const silent: string[] = [];
    let tried = 0;
    let count = 0;
    for (const name of described) {
      const file = join(include, "linux", name);
      const original = read(file, include);
      const seen = findings(original);
      // What a struct holds that nothing describes is compared with nothing.
      const unknown = refineHeaders([original], ground).headers.flatMap(({ differences }) =>
        differences.flatMap((one) => {
          if (one.kind !== "unknown" || one.subject !== "struct") return [];
          const names = [one.name, one.name.replace(/^struct/, "union")];
          return names.flatMap((name) => [`${name} `, `${name}.`]);
        }),
      );
      for (const mutant of mutantsOf(textOf(file))) {
        if (count++ % step !== 0) continue;
        tried++;
        if (findings(read(file, include, mutant.text)) !== seen) continue;
        const asserts = assertsOf(original).filter(
          (assert) => !assert.endsWith(' sign");') && !unknown.some((one) => assert.includes(`"${one}`)),
        );
        writeFileSync(join(workspace.folder, "linux", name), mutant.text);
        const text = ["#include <linux/types.h>", "#include <linux/const.h>", `#include <linux/${name}>`, ...asserts];
        workspace.write([{ path: "mutant.c", text: [...text, ""].join("\n") }]);
        const folders = ["-I", "distinct", "-I", ".", "-idirafter", include];
        const { status } = workspace.run(["gcc", "-std=gnu11", "-w", "-fsyntax-only", ...folders, "mutant.c"]);
        if (status !== 0) silent.push(`${name}:${mutant.line}: ${mutant.what}`);
      }
      workspace.write([{ path: `linux/${name}`, text: textOf(file) }]);
    }
    expect(tried).toBeGreaterThan(500);
    expect(silent).toEqual([]);

    /** All that refine says of a header, without lines. */
    function findings(header: CHeader): string {
      const { headers } = refineHeaders([header], ground);
      return JSON.stringify(
        headers.map(({ differences, departures, summary }) => [differences, departures, summary.unreadable]),
        (key, value: unknown) => (key === "line" ? undefined : value),
      );
    }
  }, 120_000);
});
