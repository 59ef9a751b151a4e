// Provides the two releases of QEMU whose devices the drivers are tested against: the one that this Debian has, which
// provide.mjs installs, and the newest one of Debian's backports.
//
// The newest is unpacked under .cache/qemu/ with all its libraries, and runs from there by a loader of its own: nothing
// of it is installed. See private-prefix.mjs.
//
//   node scripts/qemu.mjs     fetches what is missing, and says which versions there are and how each is run

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programOf, providePrefix, versionOf } from "./private-prefix.mjs";

const cache = fileURLToPath(new URL("../.cache/qemu", import.meta.url));
const program = "qemu-system-x86_64";

const newest = {
  folder: join(cache, "newest"),
  suites: ["trixie", "trixie-backports"],
  // The machine, and what several of its devices have in files of their own.
  packages: ["qemu-system-x86", "qemu-system-data", "qemu-block-extra", "seabios"],
  program: `usr/bin/${program}`,
};

/** The releases, by what tests call them. */
export const qemuReleases = /** @type {const} */ (["installed", "newest"]);

/** @typedef {(typeof qemuReleases)[number]} QemuRelease */

/**
 * @typedef {object} Qemu
 * @property {QemuRelease} release
 * @property {string} program what to run: a name, or an absolute path
 * @property {string} version such as "7.2.22"
 */

/**
 * A QEMU that is there.
 * @param {QemuRelease} release
 * @returns {Promise<Qemu>}
 * @throws an Error that says how to get it
 */
export async function qemu(release) {
  const path = release === "installed" ? program : programOf(newest);
  const version = await versionOf(path);
  if (version !== undefined) return { release, program: path, version };
  const command = release === "installed" ? "node scripts/provide.mjs" : "node scripts/qemu.mjs";
  throw new Error(`the ${release} QEMU is not there. Provide it with: ${command}`);
}

/** Provides the newest release, and says which ones there are. When it cannot, says why and ends with 1. */
export async function provideQemu() {
  try {
    await providePrefix(newest);
    const found = await Promise.all(qemuReleases.map((release) => qemu(release)));
    console.log(`qemu: ${found.map(({ release, version }) => `${version} (${release})`).join(" and ")}`);
  } catch (error) {
    console.error(`qemu: ${error instanceof Error ? error.message : String(error)}`);
    console.error("qemu: when no QEMU can be had here, leave its tests out: npm test -- --skip-peers");
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await provideQemu();
