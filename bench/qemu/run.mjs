// Requests of 4096 bytes on QEMU's disk, over qtest: how long one takes, and how much of that runs here and not in QEMU.
//
//   npm run bench:qemu [-- --requests N]     20,000 of each kind if absent

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { qemu, qemuReleases } from "../../scripts/qemu.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const flag = process.argv.indexOf("--requests");
const requests = flag < 0 ? 20_000 : Number(process.argv[flag + 1]);
// Inside the project, so that packages are found.
await mkdir(join(root, ".cache"), { recursive: true });
const folder = await mkdtemp(join(root, ".cache/bench-"));

try {
  const bundle = await rolldown({
    input: join(root, "bench/qemu/disk.ts"),
    platform: "node",
    external: [/^koffi$/],
    resolve: { alias: { "virtgen/runtime": join(root, "src/runtime/index.ts") } },
  });
  const file = join(folder, "disk.mjs");
  await bundle.write({ file, format: "esm" });
  await bundle.close();
  const { measure } = /** @type {typeof import("./disk.ts")} */ (await import(pathToFileURL(file).href));
  const columns = ["requests/s", "µs each", "own µs", "notify µs", "own share"];
  console.log("4096-byte reads".padEnd(30) + columns.map((column) => column.padStart(12)).join(""));
  for (const { program, version } of await Promise.all(qemuReleases.map((release) => qemu(release)))) {
    for (const bus of /** @type {const} */ (["mmio", "pci"])) {
      for (const packed of [false, true]) {
        for (const depth of [1, 16]) {
          const { all, own, notify } = await measure({ program, bus, packed, depth, requests });
          const name = `${version} ${bus} ${packed ? "packed" : "split"}, ${depth} at a time`;
          const numbers = [(1e6 / all).toFixed(0), all.toFixed(1), own.toFixed(2), notify.toFixed(1)];
          const share = `${((100 * own) / all).toFixed(0)} %`;
          console.log(name.padEnd(30) + [...numbers, share].map((text) => text.padStart(12)).join(""));
        }
      }
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
