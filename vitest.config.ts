import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";
import type { Reporter } from "vitest/node";
import { InteropReporter } from "./test/peer/qemu/interop-reporter.ts";

/** The tests against programs that are not there: left out where they cannot be had. */
const skipped =
  process.env["VIRTGEN_SKIP_PEERS"] === "1" ? ["test/peer/qemu/**", "test/qtest/**", "examples/qtest/**"] : [];
const interop = new InteropReporter();

/** Closes the run with one plain line for programs. A file or suite that could not be set up counts as a failure. */
const closingLine: Reporter = {
  onTestRunEnd(testModules, unhandledErrors) {
    const states = testModules.flatMap((file) => [...file.children.allTests()].map((test) => test.result().state));
    const groups = testModules.flatMap((file) => [file, ...file.children.allSuites()]);
    const stale = interop.stale ? 1 : 0;
    if (interop.stale) process.exitCode = 1;
    const broken = groups.filter((group) => group.errors().length > 0).length + unhandledErrors.length + stale;
    const passed = states.filter((state) => state === "passed").length;
    const failed = states.filter((state) => state === "failed").length + broken;
    if (skipped.length > 0) console.log(`\nvitest: left out, because peers are skipped: ${skipped.join(", ")}`);
    console.log(`\nvitest: ${passed} passed, ${failed} failed, ${states.length + broken - passed - failed} skipped`);
  },
};

export default defineConfig({
  // What imports the package by its name, such as generated code, shares the sources' runtime with the tests.
  resolve: {
    alias: {
      "virtgen/runtime": fileURLToPath(new URL("src/runtime/index.ts", import.meta.url)),
      "virtgen/qtest": fileURLToPath(new URL("src/qtest/index.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts", "examples/qtest/*.test.ts"],
    exclude: [...configDefaults.exclude, ...skipped],
    reporters: ["default", interop, closingLine],
    // Some tests compile C or start another program: on a busy machine that takes seconds.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["grammar/**/*.ts", "src/**/*.ts"],
      reporter: ["text-summary", "html"],
    },
  },
});
