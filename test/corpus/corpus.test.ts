import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { rules } from "../../src/check/rules.ts";
import { compile, type Compilation } from "../../src/compile.ts";
import type { Place } from "../../src/diagnostic/diagnostic.ts";
import { library } from "../check/compiled.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".virtio"))
  .map((name) => name.replace(/\.virtio$/, ""));

/**
 * What `NAME.expected` holds: a line for each finding with its code, place and message, and below it, indented, its
 * label, the related places and the help.
 */
function readable({ diagnostics }: Compilation, file: string): string {
  const place = (at: Place): string => `${at.file === file ? "" : `${at.file}:`}${at.line}:${at.column}`;
  return diagnostics
    .flatMap((one) => [
      `${one.code} ${one.severity === "warning" ? "warning " : ""}${place(one.at)} ${one.message}`,
      ...(one.label === undefined ? [] : [`  label ${one.label}`]),
      ...one.related.map((related) => `  ${place(related.at)} ${related.message}`),
      ...(one.help === undefined ? [] : [`  help ${one.help}`]),
    ])
    .map((line) => `${line}\n`)
    .join("");
}

describe("broken descriptions are reported as a reader would want it", () => {
  test.each(names)("%s", (name) => {
    const file = `${name}.virtio`;
    const text = readFileSync(folder + file, "utf8");
    const compilation = compile([...library, { path: file, text }]);
    expect(readable(compilation, file)).toBe(readFileSync(`${folder}${name}.expected`, "utf8"));
    expect(compilation.diagnostics).not.toEqual([]);
  });

  test("every code is among them", () => {
    const reported = new Set(
      names.flatMap((name) =>
        [...readFileSync(`${folder}${name}.expected`, "utf8").matchAll(/^V\d{4}/gm)].map((match) => match[0]),
      ),
    );
    expect(rules.map((rule) => rule.code).filter((code) => !reported.has(code))).toEqual([]);
  });

  test("there are no expectations without a description", () => {
    const expected = readdirSync(folder).filter((name) => name.endsWith(".expected"));
    expect(expected.map((name) => name.replace(/\.expected$/, ""))).toEqual(names);
  });
});
