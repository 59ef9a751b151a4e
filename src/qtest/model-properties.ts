import { spawnSync } from "node:child_process";

/** What `-device MODEL,help` of a QEMU prints. */
const helps = new Map<string, string>();

/**
 * Whether a device model of a QEMU has this property. Where there is no such model or program there is no answer, and
 * it is taken to have it: the start of the machine then says what is wrong.
 * @param timeout milliseconds
 */
export function hasProperty(program: string, model: string, property: string, timeout: number): boolean {
  const key = `${program} ${model}`;
  let help = helps.get(key);
  if (help === undefined) {
    const { status, stdout } = spawnSync(program, ["-device", `${model},help`], { encoding: "utf8", timeout });
    help = status === 0 ? stdout : "";
    helps.set(key, help);
  }
  return help === "" || help.split("\n").some((line) => line.trimStart().startsWith(`${property}=`));
}
