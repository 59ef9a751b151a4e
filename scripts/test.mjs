// Runs the tests: provides what they need, builds, and runs them all, or those whose paths are given.
//
//   npm test -- [PATH…]          any other argument goes to vitest too
//   npm test -- --skip-peers     leaves out the tests that need QEMU, and says so; VIRTGEN_SKIP_PEERS=1 does the same

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const skip = args.includes("--skip-peers") || process.env["VIRTGEN_SKIP_PEERS"] === "1";
const env = { ...process.env, VIRTGEN_SKIP_PEERS: skip ? "1" : "" };

const steps = [
  ["scripts/provide.mjs"],
  ["scripts/build.mjs"],
  ["node_modules/vitest/vitest.mjs", "run", ...args.filter((arg) => arg !== "--skip-peers")],
];
for (const step of steps) {
  const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: "inherit", env });
  if (status !== 0) process.exit(status ?? 1);
}
