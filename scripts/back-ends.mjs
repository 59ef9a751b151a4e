// Provides the programs that are devices for QEMU over vhost-user, against which drivers are tested: virtiofsd of Debian
// 13, and vhost-device-vsock, which Debian has since 14 (forky). They are unpacked under .cache/back-ends/ and run from
// there: see private-prefix.mjs.
//
//   node scripts/back-ends.mjs     fetches what is missing, and says which versions there are

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programOf, providePrefix, versionOf } from "./private-prefix.mjs";

const cache = fileURLToPath(new URL("../.cache/back-ends", import.meta.url));

/** By the package. */
const prefixes = /** @satisfies {Record<string, import("./private-prefix.mjs").Prefix>} */ ({
  "virtiofsd": {
    folder: join(cache, "virtiofsd"),
    suites: ["trixie"],
    packages: ["virtiofsd"],
    program: "usr/libexec/virtiofsd",
  },
  "vhost-device-vsock": {
    folder: join(cache, "vhost-device-vsock"),
    suites: ["forky"],
    packages: ["vhost-device-vsock"],
    program: "usr/bin/vhost-device-vsock",
  },
});

/** @typedef {keyof typeof prefixes} BackEnd */

const names = /** @type {BackEnd[]} */ (Object.keys(prefixes));

/**
 * The program that is such a device.
 * @param {BackEnd} name
 * @returns {Promise<{ program: string, version: string }>}
 * @throws an Error that says how to get it
 */
export async function backEnd(name) {
  const program = programOf(prefixes[name]);
  const version = await versionOf(program);
  if (version !== undefined) return { program, version };
  throw new Error(`${name} is not there. Provide it with: node scripts/back-ends.mjs`);
}

/** Provides them all, and says which there are. When it cannot, says why and ends with 1. */
export async function provideBackEnds() {
  try {
    const found = [];
    for (const name of names) {
      await providePrefix(prefixes[name]);
      found.push(`${name} ${(await backEnd(name)).version}`);
    }
    console.log(`back ends: ${found.join(" and ")}`);
  } catch (error) {
    console.error(`back ends: ${error instanceof Error ? error.message : String(error)}`);
    console.error("back ends: when they cannot be had here, leave their tests out: npm test -- --skip-peers");
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await provideBackEnds();
