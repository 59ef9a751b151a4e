// The C rings that a benchmark's rows are held against, and how that is printed. What runs on private memory, in one
// thread, has the plain ring as its peer; what runs on shared memory the ring that two threads could share (ring.c).

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("ring.c", import.meta.url));

export const plainC = "C, gcc -O2";
export const sharedC = "C, with barriers";

/**
 * Compiles both rings.
 * @param {string} folder where to
 * @param {string} name of the program
 * @param {string[]} [flags] to compile it with
 * @returns {{ name: string, binary: string }[]}
 */
export function compileRings(folder, name, flags = []) {
  return [
    { name: plainC, binary: join(folder, name), own: [] },
    { name: sharedC, binary: join(folder, `${name}-shared`), own: ["-DSHARED"] },
  ].map(({ name: ring, binary, own }) => {
    execFileSync("gcc", ["-O2", ...flags, ...own, "-o", binary, source], { stdio: "inherit" });
    return { name: ring, binary };
  });
}

/**
 * Prints the least of each contender, and how many times that of its peer it is.
 * @param {string} what one number is
 * @param {string[]} columns
 * @param {{ name: string, shared: boolean }[]} rows `shared`: on shared memory
 * @param {(name: string, column: string) => number | undefined} leastOf
 */
export function printTable(what, columns, rows, leastOf) {
  console.log(`${what}; in brackets times "${plainC}",`);
  console.log(`on shared memory times "${sharedC}" / times "${plainC}"\n`);
  console.log("batch".padEnd(30) + columns.map((column) => column.padStart(20)).join(""));
  for (const { name, shared } of rows) {
    const cells = columns.map((column) => {
      const ns = leastOf(name, column);
      if (ns === undefined) return "".padStart(20);
      const ratios = (shared ? [sharedC, plainC] : [plainC]).map((peer) => {
        return (ns / (leastOf(peer, column) ?? NaN)).toFixed(2);
      });
      return `${ns.toFixed(1)} (${ratios.join(" / ")})`.padStart(20);
    });
    console.log((name.padEnd(30) + cells.join("")).trimEnd());
  }
}
