// Unpacks Debian packages of another release than the machine's, with all that they need down to the C library, into a
// folder of their own, and makes scripts that run their programs from there by the unpacked loader. Nothing of it is
// installed. See private-apt.mjs.

import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { privateApt } from "./private-apt.mjs";

const run = promisify(execFile);

/**
 * @typedef {object} Prefix
 * @property {string} folder where it is to be; a script of each program's name is in it then
 * @property {readonly string[]} suites Debian's; where a package is in several, the last one's is taken
 * @property {readonly string[]} packages
 * @property {string} program the path of what is to be run, below the root: `usr/bin/qemu-system-x86_64`
 */

/** The script that runs a prefix' program. @param {Prefix} prefix */
export function programOf({ folder, program }) {
  return join(folder, basename(program));
}

/**
 * What a program says of its version: `7.2.22`.
 * @param {string} path
 * @returns {Promise<string | undefined>} nothing where it does not run
 */
export async function versionOf(path) {
  const said = await run(path, ["--version"]).catch(() => undefined);
  return said === undefined ? undefined : /(?:version|^\S+) (\d+(?:\.\d+)+)/.exec(said.stdout)?.[1];
}

/** Fetches a prefix, unless its program is there and runs. @param {Prefix} prefix */
export async function providePrefix(prefix) {
  if ((await versionOf(programOf(prefix))) !== undefined) return;
  const cache = dirname(prefix.folder);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "fetch-"));
  try {
    const root = join(work, "unpacked");
    await fetchInto(root, work, prefix).catch(async (/** @type {unknown} */ error) => {
      // A mirror may be renewed while it is read.
      console.warn(`provide: once more, because ${error instanceof Error ? error.message : String(error)}`);
      await rm(work, { recursive: true, force: true });
      await mkdir(work);
      await fetchInto(root, work, prefix);
    });
    const script = join(root, basename(prefix.program));
    await writeFile(script, await launcher(root, prefix.program));
    await chmod(script, 0o755);
    await rm(prefix.folder, { recursive: true, force: true });
    await rename(root, prefix.folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Downloads the packages with everything that they need, and unpacks them.
 * @param {string} root
 * @param {string} work an empty folder
 * @param {Prefix} prefix
 */
async function fetchInto(root, work, { suites, packages }) {
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
 * @param {string} program
 * @returns {Promise<string>}
 */
async function launcher(root, program) {
  const libraries = (await readdir(join(root, "usr/lib"))).find((name) => name.endsWith("-linux-gnu"));
  const loaders = await readdir(join(root, "usr/lib64")).catch(() => /** @type {string[]} */ ([]));
  const loader = loaders.find((name) => name.startsWith("ld-linux"));
  if (libraries === undefined || loader === undefined) throw new Error("the packages hold no C library");
  // QEMU looks for its firmware and modules beside the loader, which is what runs.
  const bundle = join(root, "usr/lib", libraries, "qemu-bundle");
  await access(bundle).catch(() => symlink("../../..", bundle));
  const places = [libraries, `${libraries}/blas`, `${libraries}/lapack`, `${libraries}/pulseaudio`, ""];
  return [
    "#!/bin/sh",
    'root=$(dirname "$(readlink -f "$0")")',
    `exec "$root/usr/lib64/${loader}" --library-path "${places.map((place) => `$root/usr/lib/${place}`).join(":")}" \\`,
    `  "$root/${program}" "$@"`,
    "",
  ].join("\n");
}
