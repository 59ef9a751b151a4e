// Makes docs/drift.md: what Linux' headers of two releases say other than the standard, and what they lack.
//
//   node scripts/drift.mjs     writes it anew; the command has to be built

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { linuxHeaders, linuxReleases } from "./linux-headers.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const document = join(root, "docs/drift.md");

/**
 * @typedef {import("../src/refine/report-model.ts").RefineReport} RefineReport
 * @typedef {import("../src/refine/report-model.ts").HeaderReport} HeaderReport
 * @typedef {import("../src/refine/report-model.ts").Difference} Difference
 * @typedef {{ one: Difference, releases: string[] }} Found
 */

/** What tests know of names that only Linux has. */
const onlyInLinux = /** @type {{ header: string, reason: string, names: string[] }[]} */ (
  JSON.parse(readFileSync(join(root, "test/peer/linux-only.json"), "utf8"))
);

/**
 * @param {import("./linux-headers.mjs").LinuxRelease} release
 * @returns {Promise<RefineReport>} what `virtgen refine` says of its headers
 */
async function refined(release) {
  const { include } = await linuxHeaders(release);
  const names = readdirSync(join(include, "linux")).filter((name) => /^virtio_\w+\.h$/.test(name));
  const files = names.map((name) => join(include, "linux", name));
  // Only newer packages have the headers of other machines.
  const channel = join(include, "s390x-linux-gnu/asm/virtio-ccw.h");
  if (existsSync(channel)) files.push(channel);
  const call = ["refine", "--format", "json", ...files];
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, "dist/bin/virtgen.js"), ...call], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stdout === "") throw new Error(`drift: virtgen refine failed:\n${stderr}`);
  return /** @type {RefineReport} */ (JSON.parse(stdout));
}

/**
 * What several releases say alike is one row.
 * @param {[string, readonly Difference[]][]} lists by release
 * @returns {Found[]}
 */
function together(lists) {
  /** @type {Map<string, Found>} */
  const found = new Map();
  for (const [release, differences] of lists) {
    for (const one of differences) {
      const said = one.kind === "unknown" ? [] : [one.header?.says, one.description?.says];
      const key = [one.kind, one.name, ...said].join("\n");
      const known = found.get(key);
      if (known === undefined) found.set(key, { one, releases: [release] });
      else known.releases.push(release);
    }
  }
  return [...found.values()];
}

/**
 * @param {Found[]} found
 * @param {string} ours
 * @returns {string[]} a table, or nothing
 */
function table(found, ours) {
  if (found.length === 0) return [];
  const rows = found.map(({ one, releases }) => {
    const cells = [
      code(one.name),
      one.kind,
      escaped(one.header?.says ?? ""),
      escaped(one.description?.says ?? ""),
      escaped(one.why.join("; ")),
      releases.join(", "),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [`| Name | What | Linux | ${ours} | Why | In |`, "| --- | --- | --- | --- | --- | --- |", ...rows, ""];
}

/**
 * @param {string} title
 * @param {Found[]} found
 * @returns {string[]} the names, those with one reason in one item
 */
function list(title, found) {
  /** @type {Map<string, string[]>} */
  const items = new Map();
  for (const { one, releases } of found) {
    const key = [...one.why, `in ${releases.join(" and ")}`].join("; ");
    items.set(key, [...(items.get(key) ?? []), code(one.name)]);
  }
  if (items.size === 0) return [];
  return [`${title}:`, "", ...[...items].map(([why, names]) => `- ${escaped(why)}: ${names.join(", ")}`), ""];
}

/**
 * Why a header has what no description has.
 * @param {string} header
 * @param {boolean} described whether a description is about the header
 * @param {string} name
 * @returns {readonly string[]}
 */
function whyOnlyThere(header, described, name) {
  if (!described) return ["the standard has no chapter of it"];
  return onlyInLinux
    .filter((one) => one.header.endsWith(header) && one.names.includes(name))
    .map((one) => one.reason.replace(/\.$/, ""));
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll(/[|_*<]/g, "\\$&");
}

/** @param {string} file */
function baseName(file) {
  return file.slice(file.lastIndexOf("/") + 1);
}

/**
 * @param {string} name of a header
 * @param {[string, HeaderReport][]} reports by release
 * @returns {string[]}
 */
function section(name, reports) {
  const departures = together(reports.map(([release, report]) => [release, report.departures]));
  const all = together(reports.map(([release, report]) => [release, report.differences]));
  const missing = all.filter(({ one }) => one.kind === "missing");
  const device = reports[0]?.[1].devices.join(", ");
  const unknown = all
    .filter(({ one }) => one.kind === "unknown")
    .map(({ one, releases }) => {
      const why = [...one.why, ...whyOnlyThere(name, Boolean(device), one.name)];
      return { one: { ...one, why }, releases };
    });
  const others = all.filter(({ one }) => one.kind !== "missing" && one.kind !== "unknown");
  const counts = reports.map(([release, { summary }]) => {
    const { constants, structs, fields } = summary.agreeing;
    return `${constants} constants, ${structs} structs and ${fields} fields of ${release}`;
  });
  return [
    `## ${code(name)}${device ? ` (${device})` : ""}`,
    "",
    ...(device ? [`As described: ${counts.join("; ")}.`, ""] : []),
    ...table(departures, "Standard"),
    ...table(others, "Described"),
    ...list("Missing", missing),
    ...list("Not described", unknown),
  ];
}

/** @returns {Promise<string>} the document, as it should be */
export async function drift() {
  /** @type {Map<string, [string, HeaderReport][]>} */
  const headers = new Map();
  for (const release of linuxReleases) {
    const { headers: reports } = await refined(release);
    for (const report of reports) {
      const name = baseName(report.file);
      headers.set(name, [...(headers.get(name) ?? []), [release, report]]);
    }
  }
  const sections = [...headers].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, all]) => section(name, all));
  return `${[
    "# Linux' headers and the standard",
    "",
    `What \`<linux/virtio_*.h>\` and \`<asm/virtio-ccw.h>\` of Linux ${linuxReleases.join(" and ")} say other than VIRTIO 1.4,`,
    "and what they lack. Made by `npm run drift` from what `virtgen refine` finds. Where a row says _Standard_, the",
    "profile `linux` follows Linux; where it says _Described_, it follows the newer Linux.",
    "",
    ...sections,
  ]
    .join("\n")
    .trimEnd()}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(document, await drift());
