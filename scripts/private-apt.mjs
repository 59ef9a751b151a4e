// An apt that works inside a folder and leaves the machine's own package state alone: for packages of another release
// than the machine's, that are unpacked and not installed. Only the mirror, its key and the proxy settings are the
// machine's. Root is not needed.

import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Makes an apt that knows these suites and no installed package, and works inside a folder.
 * @param {readonly string[]} suites where a package is in several, the last one's is taken
 * @param {string} work
 * @returns {Promise<(...args: string[]) => Promise<void>>} runs apt-get there with the arguments given
 */
export async function privateApt(suites, work) {
  for (const folder of ["state/lists/partial", "cache/archives/partial"]) {
    await mkdir(join(work, folder), { recursive: true });
  }
  const status = join(work, "status");
  const list = join(work, "sources.list");
  const mirror = await debianMirror();
  await writeFile(status, "");
  await writeFile(list, suites.map((suite) => `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`).join(""));
  const settings = {
    "Dir::Etc::sourcelist": list,
    "Dir::Etc::sourceparts": "-",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "-",
    "Dir::State": join(work, "state"),
    "Dir::State::status": status,
    "Dir::Cache": join(work, "cache"),
    "APT::Sandbox::User": "root",
    "APT::Default-Release": suites.at(-1) ?? "",
    "APT::Install-Recommends": "false",
    // Without this, a mirror that does not answer looks like a suite that lacks the package.
    "APT::Update::Error-Mode": "any",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
    // Nothing of the machine is changed: what another apt does meanwhile does not matter.
    "Debug::NoLocking": "true",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return async (...args) => {
    try {
      await run("apt-get", ["-qq", ...options, ...args], { cwd: work, timeout: 300_000, maxBuffer: 1 << 26 });
    } catch (error) {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      throw new Error(`apt-get ${args.join(" ")} failed for ${suites.join(" and ")}: ${said}`, { cause: error });
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
    `apt's sources on this machine name no Debian mirror for ${codename}: ` +
      "add one to /etc/apt/sources.list.d, then run this again",
  );
}
