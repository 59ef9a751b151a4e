import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compile, type SourceText } from "../../src/compile.ts";
import { cut } from "../../src/ir/cut.ts";
import { revisions } from "../../src/ir/model.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The descriptions that come with virtgen, but for the examples of the tutorial. */
const sources: readonly SourceText[] = ["core", "transport", "device"].flatMap((folder) =>
  readdirSync(`${root}specs/${folder}`)
    .filter((name) => name.endsWith(".virtio"))
    .map((name) => ({ path: `specs/${folder}/${name}`, text: readFileSync(`${root}specs/${folder}/${name}`, "utf8") })),
);

test("the standard is described without findings", () => {
  const { diagnostics, ir } = compile(sources);
  expect(diagnostics.map(({ code, at, message }) => `${at.file}:${at.line}:${at.column} ${code} ${message}`)).toEqual(
    [],
  );
  expect(ir?.modules.length).toBe(sources.length);
});

test("each device is, with the core alone", () => {
  const core = sources.filter((source) => source.path.startsWith("specs/core/"));
  for (const device of sources.filter((source) => source.path.startsWith("specs/device/"))) {
    const findings = compile([...core, device]).diagnostics.filter((one) => one.code !== "V2002");
    expect(findings.map(({ code, at, message }) => `${at.file}:${at.line} ${code} ${message}`)).toEqual([]);
  }
});

test.each([
  ["common", "common_cfg", ["config_generation", "queue_driver", "admin_queue_num"]],
  ["cap", "cap", ["cfg_type", "id", "length"]],
  ["cfg_access", "cfg_cap", ["offset", "pci_cfg_data"]],
])("the PCI registers '%s' lie where the members of '%s' do, in every revision", (map, struct, some) => {
  const { ir } = compile(sources);
  if (ir === undefined) throw new Error("the descriptions have errors");
  for (const revision of revisions.slice(1)) {
    const items = cut(ir, revision).modules.find((module) => module.name === "pci")?.items ?? [];
    const members = items.flatMap((item) => (item.kind === "struct" && item.name === struct ? item.members : []));
    const head = items.flatMap((item) => (item.kind === "struct" && item.name === "cap" ? item.members : []));
    const places = new Map([...head, ...members].map((member) => [member.name, member.position?.offset]));
    const registers = items.flatMap((item) => (item.kind === "registers" && item.name === map ? item.registers : []));
    // The multiplier stands behind the capability's own members.
    const own = registers.filter((register) => register.name !== "notify_off_multiplier");
    expect(own.map(({ name, offset }) => [name, offset])).toEqual(own.map(({ name }) => [name, places.get(name)]));
    if (revision === "1.4") expect(own.map(({ name }) => name)).toEqual(expect.arrayContaining(some));
    if (map === "common") expect(own.length).toBe(members.length);
  }
});
