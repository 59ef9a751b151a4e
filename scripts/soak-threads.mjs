// Whole devices and their generated drivers on two threads, every type, bus and combination of ring features: checked
// requests, with resets in the middle. See soak.mjs.
//
//   npm run soak -- threads [-- --requests N] [--only TEXT]     of each combination; 70,000 if absent: indices of 16 bits wrap

import { bundleThreads } from "../test/suite/threads/bundle-threads.mjs";
import { pairThreads, threadCases, ThreadPair } from "../test/suite/threads/thread-pair.mjs";

/** @param {string} name */
function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

const requests = Number(option("--requests") ?? 70_000);
const only = option("--only") ?? "";
// All resets come early, so that the indices wrap behind them.
const size = { requests, resets: 8, resetsWithin: Math.ceil(requests / 20) };
const { folder, dispose } = await bundleThreads(pairThreads);
const pair = new ThreadPair(folder);
/** @type {Map<string, { requests: number, device: number, driver: number }>} */
const sums = new Map();
try {
  for (const { name, one } of threadCases(size)) {
    if (!name.includes(only)) continue;
    const start = Date.now();
    const { answered, notifications, interrupts, resets } = await pair.run({ ...one, seed: one.seed + Date.now() });
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    const counts = `${answered} requests, ${notifications} and ${interrupts} sleeps, ${resets} resets, ${seconds} s`;
    console.log(`${name.padEnd(64)} ${counts}`);
    const format = one.packed ? "packed" : "split";
    const sum = sums.get(format) ?? { requests: 0, device: 0, driver: 0 };
    sums.set(format, {
      requests: sum.requests + answered,
      device: sum.device + notifications,
      driver: sum.driver + interrupts,
    });
  }
  for (const [format, { requests: count, device, driver }] of sums) {
    console.log(`${format}: ${count} requests; the device slept ${device} times, the driver ${driver}; none lost`);
  }
} finally {
  await pair.close();
  await dispose();
}
