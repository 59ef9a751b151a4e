import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, it } from "vitest";
import { standard } from "../c/descriptions.ts";
import { GeneratedModules } from "./generated.ts";

let modules: GeneratedModules;
let program: string;

/** Each line is called a million times, and then the heap may have grown by next to nothing. */
const accesses: readonly string[] = [
  "sum += blk.Req.type.get(zeroes, at)",
  "blk.Req.type.set(view, at, i & 0xffff)",
  "sum += blk.Req.sector.low(zeroes, at) + blk.Req.sector.high(zeroes, at)",
  "sum += blk.Req.sector.getNumber(zeroes, at)",
  "blk.Req.sector.setNumber(view, at, i)",
  "blk.Req.sector.setWords(view, at, i, 0)",
  "sum += blk.Config.geometry.cylinders.get(zeroes, at) + blk.Config.writeback.get(zeroes, at + 64)",
  "sum += blk.DiscardWriteZeroes.flags.unmap.get(zeroes, at)",
  "blk.DiscardWriteZeroes.flags.unmap.set(view, at, i & 1)",
  "sum += legacy.type.get(zeroes, at) + legacy.sector.getNumber(zeroes, at)",
  "sum += hdr.num_buffers.get(zeroes, at)",
  "sum += net.Hdr.flags.get(zeroes, at)",
  "sum += blk.ZoneReport.zones.element.z_type.get(zeroes, blk.ZoneReport.zones.placeOf(0, i & 3))",
  "sum += blk.Config.num_queues.load(config)",
  "sum += net.Config.mac.get(zeroes, at, 5)",
  "sum += features.has(blk.F.FLUSH) ? 1 : 0",
  "features.add(blk.F.FLUSH)",
  "blk.ReqIn.writeTo(view, at, answer)",
];

beforeAll(async () => {
  modules = new GeneratedModules("allocation", standard());
  const loops = accesses.map(
    (code) =>
      `  { code: ${JSON.stringify(code)}, run(calls) { let sum = 0; for (let i = 0; i < calls; i++) { const at = (i * 16) & 0xff0; ${code}; } return sum; } },`,
  );
  const source = modules.write(
    "accesses.mjs",
    `import { blk, net } from "./index.ts";
import { ConfigMemory, FeatureSet } from "${join(modules.folder, "../../../src/runtime/index.ts")}";

const view = new DataView(new ArrayBuffer(8192));
const zeroes = new DataView(new ArrayBuffer(8192));
const features = new FeatureSet([blk.F.FLUSH, 32]);
const hdr = net.Hdr.withContext({ features });
const legacy = blk.Req.guestOrder("big");
const config = new ConfigMemory(new DataView(new ArrayBuffer(96)));
const answer = { status: 0 };
const loops = [
${loops.join("\n")}
  { code: "the control: an object each", run(calls) { let sum = 0; for (let i = 0; i < calls; i++) sum += blk.ReqIn.readFrom(zeroes, i & 0xff0).status; return sum; } },
];
for (let turn = 0; turn < 4; turn++) for (const loop of loops) loop.run(20_000);
function growth(run) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  run(1_000_000);
  return process.memoryUsage().heapUsed - before;
}
// The least of a few: the compiler's own data may fall into one of them.
const grown = loops.map(({ code, run }) => [code, Math.min(growth(run), growth(run), growth(run))]);
console.log(JSON.stringify(grown));
`,
  );
  const build = await rolldown({ input: source, platform: "node" });
  program = join(modules.folder, "accesses.bundle.mjs");
  await build.write({ file: program, format: "esm" });
  await build.close();
});
afterAll(() => modules.remove());

it("a million accesses in place leave the heap as it was", () => {
  // The young generation has room for everything, so that nothing that is allocated is collected before it is counted.
  const room = ["--min-semi-space-size=256", "--max-semi-space-size=256"];
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", ...room, program], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const grown = JSON.parse(stdout) as [string, number][];
  const control = grown.pop();
  // What a small object each takes is seen, so that the measure means something.
  expect(control?.[1]).toBeGreaterThan(8_000_000);
  expect(grown.filter(([, bytes]) => bytes > 200_000)).toEqual([]);
  expect(grown.length).toBe(accesses.length);
});
