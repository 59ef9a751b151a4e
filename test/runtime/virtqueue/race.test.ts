import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { bundleWorker, race, raceKinds } from "./race.mjs";

describe("two threads, one of which always wants to sleep,", () => {
  let bundled: Awaited<ReturnType<typeof bundleWorker>>;
  beforeAll(async () => {
    bundled = await bundleWorker();
  });
  afterAll(() => bundled.dispose());

  // A longer race: npm run soak -- rings
  it.each(raceKinds)("lose no wake-up and no request: $name", async ({ features }) => {
    const { driver, device } = await race(bundled.worker, { features, size: 16, requests: 20_000, seed: 7 });
    expect(driver.sleeps + device.sleeps).toBeGreaterThan(0);
    expect(driver.rang).toBeGreaterThan(0);
    expect(device.rang).toBeGreaterThan(0);
  });
});
