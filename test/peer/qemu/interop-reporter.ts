import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Reporter, TestModule, Vitest } from "vitest/node";
import { interopPage, shortVersion, type Outcome } from "./interop-table.ts";

const page = fileURLToPath(new URL("../../../docs/interop.md", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));

/**
 * Holds docs/interop.md against what a run has seen. With `VIRTGEN_INTEROP=write` it writes the page instead. A run that
 * did not have all of the tests says nothing about the page.
 */
export class InteropReporter implements Reporter {
  /** Whether the page does not say what was seen. */
  stale = false;
  /** Tests were chosen by their names: these are not all. */
  private chosen = false;

  onInit(vitest: Vitest): void {
    this.chosen = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(testModules: readonly TestModule[]): void {
    const modules = testModules.filter(({ moduleId }) => moduleId.startsWith(folder));
    const all = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
    const ran = new Set(modules.map(({ moduleId }) => basename(moduleId)));
    const tests = modules.flatMap((file) => [...file.children.allTests()]);
    if (this.chosen || !all.every((name) => ran.has(name))) return;
    const outcomes = tests.flatMap((test): Outcome[] => {
      const cell = test.meta().qemuCell;
      return cell === undefined ? [] : [{ ...cell, passed: test.result().state === "passed" }];
    });
    if (modules.some((file) => file.state() !== "passed")) {
      console.error("docs/interop.md: not looked at, because tests have failed");
      return;
    }
    const text = interopPage(outcomes);
    if (process.env["VIRTGEN_INTEROP"] === "write") {
      writeFileSync(page, text);
      console.log("docs/interop.md: written");
      return;
    }
    const known = existsSync(page) ? readFileSync(page, "utf8") : "";
    if (known === text) return;
    const versions = [...new Set(outcomes.map(({ place }) => shortVersion(place.version)))];
    if (known !== "" && !versions.every((version) => known.includes(`${version} mmio`))) {
      console.log(`docs/interop.md is not of QEMU ${versions.join(" and ")}, which ran here: it is not compared`);
      return;
    }
    this.stale = true;
    const lines = new Set(known.split("\n"));
    console.error("docs/interop.md does not say what this run has seen: npm run interop writes it. New lines:");
    for (const line of text.split("\n")) if (!lines.has(line)) console.error(`  ${line}`);
  }
}
