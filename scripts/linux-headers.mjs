// Provides Linux' virtio headers (the UAPI, as Debian packages it in linux-libc-dev) of two releases, to compare the
// generated headers with: the newest that the descriptions follow, and an old one that users still have.
//
// They are unpacked under .cache/linux-headers/ and nothing is installed. apt fetches them with sources, lists and
// a package state of its own; only the mirror, its key and the proxy settings are the machine's. Root is not needed.
//
//   node scripts/linux-headers.mjs     fetches what is missing and says where it is

import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../.cache/linux-headers", import.meta.url));
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

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
  if (fetched === undefined) throw new Error(`linux-headers: the package for ${release} holds no linux/virtio_ids.h`);
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
  const apt = await privateApt(suite, work);
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
  if (file === undefined) throw new Error(`linux-headers: apt-get downloaded no linux-libc-dev from ${suite}`);
  const unpacked = join(work, "unpacked");
  await run("dpkg", ["-x", join(work, file), unpacked]);
  const { stdout } = await run("dpkg-deb", ["-f", join(work, file), "Version"]);
  await writeFile(join(unpacked, "version"), stdout);
}

/**
 * Makes an apt that knows one suite and no installed package, and works inside a folder.
 * @param {string} suite
 * @param {string} work
 * @returns {Promise<(...args: string[]) => Promise<void>>} runs apt-get there with the arguments given
 */
async function privateApt(suite, work) {
  for (const folder of ["state/lists/partial", "cache/archives/partial"]) {
    await mkdir(join(work, folder), { recursive: true });
  }
  const status = join(work, "status");
  const list = join(work, "sources.list");
  await writeFile(status, "");
  await writeFile(list, `deb [signed-by=${keyring}] ${await debianMirror()} ${suite} main\n`);
  const settings = {
    "Dir::Etc::sourcelist": list,
    "Dir::Etc::sourceparts": "-",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "-",
    "Dir::State": join(work, "state"),
    "Dir::State::status": status,
    "Dir::Cache": join(work, "cache"),
    "APT::Sandbox::User": "root",
    // Without this, a mirror that does not answer looks like a suite that lacks the package.
    "APT::Update::Error-Mode": "any",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return async (...args) => {
    try {
      await run("apt-get", ["-qq", ...options, ...args], { cwd: work, timeout: 180_000 });
    } catch (error) {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      throw new Error(`linux-headers: apt-get ${args.join(" ")} failed for the suite ${suite}: ${said}`, {
        cause: error,
      });
    }
  };
}

/**
 * Finds the mirror of Debian's main archive in the machine's own apt sources.
 * @returns {Promise<string>} its address
 */
async function debianMirror() {
  const system = await readFile("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME="?([\w-]+)/m.exec(system)?.[1] ?? "stable";
  const { stdout } = await run("apt-get", [
    "indextargets",
    "--no-release-info",
    "--format",
    "$(REPO_URI) $(RELEASE) $(COMPONENT)",
    "Created-By: Packages",
  ]);
  const targets = stdout.split("\n").map((line) => line.split(" "));
  for (const [address, suite, component] of targets) {
    if (address && component === "main" && (suite === codename || suite === "stable")) return address;
  }
  throw new Error(
    `linux-headers: apt's sources on this machine name no Debian mirror for ${codename}: ` +
      "add one to /etc/apt/sources.list.d, then run this again",
  );
}

/** Provides every release, and says which package each one is. When it cannot, says why and ends with 1. */
export async function provideLinuxHeaders() {
  try {
    const versions = [];
    for (const release of linuxReleases) versions.push((await linuxHeaders(release)).version);
    console.log(`linux-headers: linux-libc-dev ${versions.join(" and ")}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await provideLinuxHeaders();
