// Provides Linux' virtio headers (the UAPI, as Debian packages it in linux-libc-dev) of two releases, to compare the
// generated headers with: the newest that the descriptions follow, and an old one that users still have.
//
// They are unpacked under .cache/linux-headers/ and nothing is installed: see private-apt.mjs.
//
//   node scripts/linux-headers.mjs     fetches what is missing and says where it is

import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { privateApt } from "./private-apt.mjs";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../.cache/linux-headers", import.meta.url));

/**
 * The releases, by the folder that they are unpacked in. `version` is the exact package; a suite keeps only its newest,
 * so when that one has gone the suite's present one is taken, and said. Without `version` the newest is meant.
 * @typedef {{ suite: string, version?: string }} HeaderSource
 * @satisfies {Record<string, HeaderSource>}
 */
const sources = {
  "7.3.4": { suite: "trixie-backports", version: "7.3.4-1~bpo13+1" },
  "6.1": { suite: "bookworm" },
};

/** @typedef {keyof typeof sources} LinuxRelease */

/**
 * @typedef {object} LinuxHeaders
 * @property {string} include the folder to give a compiler with -isystem; it holds linux/virtio_ids.h and its kin
 * @property {string} version the version of the Debian package that was unpacked
 */

/** The releases that linuxHeaders() knows. */
export const linuxReleases = /** @type {LinuxRelease[]} */ (Object.keys(sources));

/**
 * Provides the headers of one release: from the cache, or else from the mirror, which takes some seconds.
 * @param {LinuxRelease} release
 * @returns {Promise<LinuxHeaders>}
 */
export async function linuxHeaders(release) {
  const folder = join(cache, release);
  const unpacked = await readUnpacked(folder);
  if (unpacked !== undefined) return unpacked;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "fetch-"));
  try {
    await fetchHeaders(sources[release], work);
    // Whoever is first wins: several test files may ask at the same time.
    await rename(join(work, "unpacked"), folder).catch(async (/** @type {unknown} */ error) => {
      if ((await readUnpacked(folder)) === undefined) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const fetched = await readUnpacked(folder);
  if (fetched === undefined) throw new Error(`the package for ${release} holds no linux/virtio_ids.h`);
  return fetched;
}

/**
 * @param {string} folder
 * @returns {Promise<LinuxHeaders | undefined>} nothing when no headers are unpacked there
 */
async function readUnpacked(folder) {
  const include = join(folder, "usr/include");
  try {
    await access(join(include, "linux/virtio_ids.h"));
    return { include, version: (await readFile(join(folder, "version"), "utf8")).trim() };
  } catch {
    return undefined;
  }
}

/**
 * Downloads linux-libc-dev of a suite and unpacks it.
 * @param {HeaderSource} source
 * @param {string} work an empty folder; the package ends up in its folder `unpacked`, with a file `version`
 */
async function fetchHeaders({ suite, version }, work) {
  const apt = await privateApt([suite], work);
  await apt("update");
  const newest = `linux-libc-dev/${suite}`;
  if (version === undefined) {
    await apt("download", newest);
  } else {
    await apt("download", `linux-libc-dev=${version}`).catch(async () => {
      console.warn(`linux-headers: ${suite} no longer has linux-libc-dev ${version}; taking the newest that it has`);
      await apt("download", newest);
    });
  }
  const file = (await readdir(work)).find((name) => name.endsWith(".deb"));
  if (file === undefined) throw new Error(`apt-get downloaded no linux-libc-dev from ${suite}`);
  const unpacked = join(work, "unpacked");
  await run("dpkg", ["-x", join(work, file), unpacked]);
  const { stdout } = await run("dpkg-deb", ["-f", join(work, file), "Version"]);
  await writeFile(join(unpacked, "version"), stdout);
}

/** Provides every release, and says which package each one is. When it cannot, says why and ends with 1. */
export async function provideLinuxHeaders() {
  try {
    const versions = [];
    for (const release of linuxReleases) versions.push((await linuxHeaders(release)).version);
    console.log(`linux-headers: linux-libc-dev ${versions.join(" and ")}`);
  } catch (error) {
    console.error(`linux-headers: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await provideLinuxHeaders();
