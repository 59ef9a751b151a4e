import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import type { Reporter } from "vitest/node";

/** Closes the run with one plain line for programs. A file or suite that could not be set up counts as a failure. */
const closingLine: Reporter = {
  onTestRunEnd(testModules, unhandledErrors) {
    const states = testModules.flatMap((file) => [...file.children.allTests()].map((test) => test.result().state));
    const groups = testModules.flatMap((file) => [file, ...file.children.allSuites()]);
    const broken = groups.filter((group) => group.errors().length > 0).length + unhandledErrors.length;
    const passed = states.filter((state) => state === "passed").length;
    const failed = states.filter((state) => state === "failed").length + broken;
    console.log(`\nvitest: ${passed} passed, ${failed} failed, ${states.length + broken - passed - failed} skipped`);
  },
};

export default defineConfig({
  // What imports the package by its name, such as generated code, shares the sources' runtime with the tests.
  resolve: { alias: { "virtgen/runtime": fileURLToPath(new URL("src/runtime/index.ts", import.meta.url)) } },
  test: {
    include: ["test/**/*.test.ts"],
    reporters: ["default", closingLine],
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
