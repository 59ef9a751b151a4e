// Provides the two releases of QEMU whose devices the drivers are tested against: the one that this Debian has, which
// provide.mjs installs, and the newest one of Debian's backports.
//
// The newest is unpacked under .cache/qemu/ with all its libraries, and runs from there by a loader of its own: nothing
// of it is installed. See private-apt.mjs.
//
//   node scripts/qemu.mjs     fetches what is missing, and says which versions there are and how each is run

import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { privateApt } from "./private-apt.mjs";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../.cache/qemu", import.meta.url));
const program = "qemu-system-x86_64";
const suites = ["trixie", "trixie-backports"];

/** Debian's packages: the machine, and what several of its devices have in files of their own. */
const packages = ["qemu-system-x86", "qemu-system-data", "qemu-block-extra", "seabios"];

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
  const path = release === "installed" ? program : join(cache, "newest", program);
  const version = await versionOf(path);
  if (version !== undefined) return { release, program: path, version };
  const command = release === "installed" ? "node scripts/provide.mjs" : "node scripts/qemu.mjs";
  throw new Error(`the ${release} QEMU is not there. Provide it with: ${command}`);
}

/**
 * @param {string} path
 * @returns {Promise<string | undefined>} nothing where it does not run
 */
async function versionOf(path) {
  const said = await run(path, ["--version"]).catch(() => undefined);
  return said === undefined ? undefined : /version (\d+(?:\.\d+)+)/.exec(said.stdout)?.[1];
}

/** Fetches the newest release, unless it is there. */
async function provideNewest() {
  const folder = join(cache, "newest");
  if ((await versionOf(join(folder, program))) !== undefined) return;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "fetch-"));
  try {
    const root = join(work, "unpacked");
    await fetchInto(root, work).catch(async (/** @type {unknown} */ error) => {
      // A mirror may be renewed while it is read.
      console.warn(`qemu: once more, because ${error instanceof Error ? error.message : String(error)}`);
      await rm(work, { recursive: true, force: true });
      await mkdir(work);
      await fetchInto(root, work);
    });
    await writeFile(join(root, program), await launcher(root));
    await chmod(join(root, program), 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(root, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await qemu("newest");
}

/**
 * Downloads QEMU with everything that it needs, down to the C library, and unpacks it.
 * @param {string} root
 * @param {string} work an empty folder
 */
async function fetchInto(root, work) {
  const apt = await privateApt(suites, work);
  await apt("update");
  await apt("install", "--yes", "--download-only", ...packages);
  // Debian's folders are all in usr/; packages still name some of them without.
  for (const name of ["bin", "lib", "lib64", "sbin"]) {
    await mkdir(join(root, "usr", name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
  const archives = join(work, "cache/archives");
  const files = (await readdir(archives)).filter((name) => name.endsWith(".deb"));
  for (const file of files) {
    const unpack = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink --no-same-owner -C "$2"';
    await run("bash", ["-o", "pipefail", "-c", unpack, "unpack", join(archives, file), root]);
  }
}

/**
 * A script that runs the unpacked program by the unpacked loader, wherever the folder lies.
 * @param {string} root
 * @returns {Promise<string>}
 */
async function launcher(root) {
  const libraries = (await readdir(join(root, "usr/lib"))).find((name) => name.endsWith("-linux-gnu"));
  const loaders = await readdir(join(root, "usr/lib64")).catch(() => /** @type {string[]} */ ([]));
  const loader = loaders.find((name) => name.startsWith("ld-linux"));
  if (libraries === undefined || loader === undefined) throw new Error("the packages hold no C library");
  // The program looks for its firmware and modules beside the loader, which is what runs.
  const bundle = join(root, "usr/lib", libraries, "qemu-bundle");
  await access(bundle).catch(() => symlink("../../..", bundle));
  const places = [libraries, `${libraries}/blas`, `${libraries}/lapack`, `${libraries}/pulseaudio`, ""];
  return [
    "#!/bin/sh",
    'root=$(dirname "$(readlink -f "$0")")',
    `exec "$root/usr/lib64/${loader}" --library-path "${places.map((place) => `$root/usr/lib/${place}`).join(":")}" \\`,
    `  "$root/usr/bin/${program}" "$@"`,
    "",
  ].join("\n");
}

/** Provides the newest release, and says which ones there are. When it cannot, says why and ends with 1. */
export async function provideQemu() {
  try {
    await provideNewest();
    const found = await Promise.all(qemuReleases.map((release) => qemu(release)));
    console.log(`qemu: ${found.map(({ release, version }) => `${version} (${release})`).join(" and ")}`);
  } catch (error) {
    console.error(`qemu: ${error instanceof Error ? error.message : String(error)}`);
    console.error("qemu: when no QEMU can be had here, leave its tests out: npm test -- --skip-peers");
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await provideQemu();
