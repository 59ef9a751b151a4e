import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Block {
  readonly language: string;
  /** The file that it is; empty where it is none. */
  readonly file: string;
  readonly text: string;
}

/** The blocks of code of one section of the README, in their order. */
function blocksOf(title: string): readonly Block[] {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const section = readme.split(/^## /m).find((part) => part.startsWith(title)) ?? "";
  return [...section.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(([, language = "", file = "", text = ""]) => ({
    language,
    file,
    text,
  }));
}

it("the device of the README is written, and works, by copy and paste", { timeout: 120_000 }, async () => {
  const blocks = blocksOf("Write a device in ten minutes");
  expect(blocks.map(({ language, file }) => `${language} ${file}`.trim())).toEqual([
    "sh",
    "ts lamp-device.ts",
    "ts main.ts",
    "json tsconfig.json",
    "sh",
    "text",
  ]);
  mkdirSync(join(root, ".cache"), { recursive: true });
  // In the clone, as the README says: there the package is found by its own name.
  const clone = mkdtempSync(join(root, ".cache", "tutorial-"));
  try {
    let printed = "";
    for (const { language, file, text } of blocks) {
      if (file !== "") writeFileSync(join(clone, "lamp", file), text);
      else if (language === "sh") {
        const cwd = printed === "" ? clone : join(clone, "lamp");
        printed = (await promisify(execFile)("bash", ["-euc", text], { cwd })).stdout;
      } else expect(printed).toBe(text);
    }
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
});
