// One contender in a process of its own, so that the compiler sees of the runtime what a program with one queue shows it.
//
//   node --expose-gc contender.mjs BUNDLE SETUP...      setups as JSON; several take turns
//
// Reads lines: a number of requests, answered by nanoseconds a request, or "heap", answered by the bytes of heap that
// each of 10 million requests leaves behind, garbage that was not collected yet included.

import { createInterface } from "node:readline";
import { virtQueueDevice } from "./v86.mjs";

const [bundle = "", ...setups] = process.argv.slice(2);
/** @type {unknown} */
const loaded = await import(bundle);
const { checksum, createWindow } = /** @type {typeof import("./rings.ts") | typeof import("./requests.ts")} */ (loaded);

const windows = await Promise.all(
  setups.map(async (text) => {
    const setup = /** @type {import("./rings.ts").Setup & { v86?: string }} */ (JSON.parse(text));
    return createWindow(setup.v86 === undefined ? setup : { ...setup, device: await virtQueueDevice(setup.v86) });
  }),
);

function heapUsed() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [window] = windows;
  if (window === undefined) break;
  if (line === "heap") {
    const before = heapUsed();
    window(10_000_000);
    console.log((process.memoryUsage().heapUsed - before) / 10_000_000);
  } else {
    const requests = Number(line);
    for (const other of windows.slice(1)) other(requests);
    console.log(window(requests));
  }
}
if (!Number.isFinite(checksum())) throw new Error("the requests were not served");
