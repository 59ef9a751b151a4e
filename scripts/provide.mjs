// Provides what the tests need beside Node: compilers for three machines, an emulator to run their programs, a Rust
// compiler for the example, two releases of Linux' headers, two of QEMU, and programs that are devices for QEMU. What is
// missing is installed through apt, and said. Nothing is skipped, unless VIRTGEN_SKIP_PEERS=1 leaves QEMU out: what
// cannot be provided ends the run with the command that would do it.
//
//   node scripts/provide.mjs

import { spawnSync } from "node:child_process";
import { provideBackEnds } from "./back-ends.mjs";
import { provideLinuxHeaders } from "./linux-headers.mjs";
import { provideQemu } from "./qemu.mjs";

const skipPeers = process.env["VIRTGEN_SKIP_PEERS"] === "1";

/**
 * Debian's packages. The 32-bit x86 and the big-endian s390x compilers are the cross ones, because gcc-multilib cannot
 * be installed beside any cross compiler.
 */
const packages = [
  "gcc",
  "g++",
  "clang",
  "sparse", // checks the byte order of the kernel's __leNN types
  "gcc-i686-linux-gnu",
  "g++-i686-linux-gnu",
  "libc6-dev-i386-cross",
  "gcc-s390x-linux-gnu",
  "g++-s390x-linux-gnu",
  "libc6-dev-s390x-cross",
  "qemu-user", // runs the s390x programs
  "make", // reads the dependency files
  // Its devices are what the drivers are tested against.
  ...(skipPeers ? [] : ["qemu-system-x86"]),
  // Rust is often there without the system's package manager.
  ...(spawnSync("rustc", ["--version"]).status === 0 ? [] : ["rustc"]),
];

/**
 * Asks dpkg which packages are not installed.
 * @returns {string[] | undefined} nothing when the system has no dpkg
 */
function missingPackages() {
  const query = spawnSync("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", ...packages], {
    encoding: "utf8",
  });
  if (query.error) return undefined;
  const lines = new Set(query.stdout.split("\n"));
  return packages.filter((name) => !lines.has(`${name} installed`));
}

/**
 * Ends the run, saying what to do by hand.
 * @param {string} reason
 * @param {string[]} missing
 * @returns {never}
 */
function giveUp(reason, missing) {
  console.error(`provide: the tests need ${missing.join(", ")}, and ${reason}. Install them with:`);
  console.error(`  apt-get update && apt-get install -y --no-install-recommends ${missing.join(" ")}`);
  process.exit(1);
}

/** @param {string[]} missing */
function install(missing) {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  /** @param {string[]} args */
  const aptGet = (...args) => {
    // Another apt may be at work: wait for it instead of failing.
    const options = ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0"];
    return spawnSync("apt-get", [...options, ...args], {
      env: environment,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
  };
  console.log(`provide: installing ${missing.join(" ")}`);
  // A list that could not be renewed is no reason to stop: the install below tells whether the old one will do.
  const update = aptGet("update");
  const result = aptGet("install", "-y", "--no-install-recommends", ...missing);
  if (result.status === 0) return;
  console.error(`${update.stderr ?? ""}${result.stdout ?? ""}${result.stderr ?? ""}`);
  giveUp("apt-get could not install them", missing);
}

const missing = missingPackages();
if (missing === undefined) giveUp("this system has no dpkg to ask for them", packages);
if (missing.length > 0) {
  if (process.getuid?.() !== 0) giveUp("only root can install them", missing);
  install(missing);
}
await provideLinuxHeaders();
if (skipPeers) console.log("provide: no QEMU, because tests against peers are skipped");
else {
  await provideQemu();
  await provideBackEnds();
}
