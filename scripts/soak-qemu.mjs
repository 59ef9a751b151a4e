// The generated driver of a disk on QEMU's, in each release, transport, interface and combination of ring features:
// checked reads and writes, 24 at a time, with one of the ways of interrupts each. See soak.mjs.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { qemu, qemuReleases } from "./qemu.mjs";

/** @type {readonly import("../src/qtest/index.ts").InterruptWay[]} */
const interruptWays = ["messages", "line", "polled"];

const root = fileURLToPath(new URL("..", import.meta.url));
const flag = process.argv.indexOf("--requests");
const requests = flag < 0 ? 150_000 : Number(process.argv[flag + 1]);
// Inside the project, so that packages are found.
await mkdir(join(root, ".cache"), { recursive: true });
const folder = await mkdtemp(join(root, ".cache/soak-"));

try {
  const bundle = await rolldown({
    input: {
      "soak": join(root, "test/peer/qemu/soak.ts"),
      "ring-combinations": join(root, "test/peer/qemu/ring-combinations.ts"),
    },
    platform: "node",
    external: [/^koffi$/],
    resolve: { alias: { "virtgen/runtime": join(root, "src/runtime/index.ts") } },
  });
  await bundle.write({ dir: folder, format: "esm" });
  await bundle.close();
  /** @type {(name: string) => Promise<unknown>} */
  const load = (name) => import(pathToFileURL(join(folder, `${name}.js`)).href);
  const { soak } = /** @type {typeof import("../test/peer/qemu/soak.ts")} */ (await load("soak"));
  const { ringCombinations, transportOf } = /** @type {typeof import("../test/peer/qemu/ring-combinations.ts")} */ (
    await load("ring-combinations")
  );
  let seed = Date.now() % 1_000_000;
  for (const { program, version } of await Promise.all(qemuReleases.map((release) => qemu(release)))) {
    for (const legacy of [false, true]) {
      for (const bus of /** @type {const} */ (["mmio", "pci"])) {
        const place = { bus, legacy };
        const ways = bus === "mmio" ? interruptWays.slice(1) : interruptWays;
        for (const ring of ringCombinations(place)) {
          if (ring.name.includes("in order") && Number.parseInt(version, 10) < 10) continue;
          seed += 1;
          const interrupts = ways[Math.floor(Math.random() * ways.length)] ?? "line";
          const start = Date.now();
          await soak({ program, ...place, ring, interrupts, requests, seed });
          const name = `${version} ${transportOf(place)}, ${ring.name}, ${interrupts}`;
          console.log(`${name.padEnd(72)} ${requests} requests, ${((Date.now() - start) / 1000).toFixed(1)} s`);
        }
      }
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
