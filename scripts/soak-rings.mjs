// Driver and device race over virtqueues in shared memory until both have slept and been woken up often enough.
//
//   npm run soak -- rings [-- --sleeps N]     of each kind of queue; 1 million if absent

import { bundleWorker, race, raceKinds } from "../test/runtime/virtqueue/race.mjs";

const flag = process.argv.indexOf("--sleeps");
const wanted = flag < 0 ? 1_000_000 : Number(process.argv[flag + 1]);
const { worker, dispose } = await bundleWorker();
try {
  for (const { name, features } of raceKinds) {
    let sleeps = 0;
    let requests = 0;
    for (let seed = 1; sleeps < wanted; seed++) {
      const setup = { features, size: features.packed ? 13 : 16, requests: 200_000, seed };
      const { driver, device } = await race(worker, setup);
      sleeps += driver.sleeps + device.sleeps;
      requests += setup.requests;
    }
    console.log(`${name.padEnd(32)} ${requests} requests, ${sleeps} sleeps, none lost`);
  }
} finally {
  await dispose();
}
