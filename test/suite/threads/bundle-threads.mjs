import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Bundles threads, which are TypeScript, into a folder of their own, as `NAME.js` each.
 * @param {Record<string, string>} threads by name, the file relative to the project
 * @returns {Promise<{ folder: string, dispose: () => Promise<void> }>}
 */
export async function bundleThreads(threads) {
  const folder = await mkdtemp(join(tmpdir(), "virtgen-threads-"));
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(threads).map(([name, file]) => [name, join(root, file)])),
    platform: "node",
    resolve: {
      alias: {
        "virtgen/runtime": join(root, "src/runtime/index.ts"),
        "virtgen/devices": join(root, "src/devices/index.ts"),
      },
    },
  });
  await bundle.write({ dir: folder, format: "esm" });
  await bundle.close();
  return { folder, dispose: () => rm(folder, { recursive: true, force: true }) };
}
