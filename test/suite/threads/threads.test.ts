import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleThreads } from "./bundle-threads.mjs";
import { pairThreads, threadCases, ThreadPair } from "./thread-pair.mjs";

describe("a device on one thread and its driver on another lose nothing, not even in resets:", () => {
  let bundled: Awaited<ReturnType<typeof bundleThreads>>;
  let pair: ThreadPair | undefined;
  beforeAll(async () => {
    bundled = await bundleThreads(pairThreads);
  });
  afterAll(async () => {
    await pair?.close();
    await bundled.dispose();
  });

  // Many more requests: npm run soak -- threads
  const requests = 1000;
  it.each(threadCases({ requests, resets: 4, resetsWithin: requests }))("$name", async ({ one }) => {
    pair ??= new ThreadPair(bundled.folder);
    try {
      const { answered, interrupts, notifications, resets } = await pair.run(one);
      expect({ answered, resets }).toEqual({ answered: requests, resets: 4 });
      expect(interrupts).toBeGreaterThan(50);
      expect(notifications).toBeGreaterThan(50);
    } catch (error) {
      // The next case is to find two threads that are not stuck.
      await pair.close();
      pair = undefined;
      throw error;
    }
  });
});
