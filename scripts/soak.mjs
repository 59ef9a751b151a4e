// Long runs, for errors that show once in many thousand requests.
//
//   npm run soak -- rings [--sleeps N]       driver and device race over virtqueues in shared memory
//   npm run soak -- threads [--requests N]   whole devices and their drivers on two threads, in every combination
//   npm run soak -- qemu [--requests N]      checked requests on QEMU's disk, in every combination; 150,000 of each

const kinds = { rings: "./soak-rings.mjs", threads: "./soak-threads.mjs", qemu: "./soak-qemu.mjs" };
const kind = process.argv[2];
if (kind !== "rings" && kind !== "threads" && kind !== "qemu") {
  console.error(`soak: which? npm run soak -- ${Object.keys(kinds).join(", or npm run soak -- ")}`);
  process.exit(2);
}
await import(kinds[kind]);
