import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compile, type SourceText } from "../../src/compile.ts";

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
