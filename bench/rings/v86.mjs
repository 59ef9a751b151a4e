// v86's own virtqueue as it is published, taken out of its bundle: the class needs nothing of the emulator but reads and
// writes of memory. Each descriptor's numbers are formatted for a log that nobody reads any more; the cut version is
// the same text without these calls.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const version = "0.5.462";

/**
 * @param {string} cache a folder that is kept
 * @returns {{ shipped: string, cut: string }} modules that export the class
 */
export function provideVirtQueue(cache) {
  const folder = join(cache, `v86-${version}`);
  const bundle = join(folder, "node_modules", "v86", "build", "libv86.mjs");
  if (!existsSync(bundle)) {
    mkdirSync(folder, { recursive: true });
    execFileSync("npm", ["install", "--prefix", folder, "--no-save", "--ignore-scripts", `v86@${version}`], {
      stdio: "ignore",
    });
  }
  const text = readFileSync(bundle, "utf8");
  const start = text.search(/function \w+\(a,b,c\)\{this\.cpu=a;this\.virtio=b;this\.size_supported/);
  const length = text.slice(start).search(/function \w+\(a,b,c,d\)\{const/);
  if (start < 0 || length < 0) throw new Error(`v86 ${version} does not look as expected`);
  const queue = text.slice(start, start + length);
  const name = /function (\w+)/.exec(queue)?.[1] ?? "";
  const logging = /\b(\w+)\(h\.\w+,\s*\d\);/g;
  const log = logging.exec(queue)?.[1] ?? "";
  const format = text.slice(text.indexOf(`function ${log}(a,b){`)).split("}")[0];
  /** @type {(file: string, text: string) => string} */
  const write = (file, text) => {
    const path = join(folder, file);
    writeFileSync(path, `${text}\nexport { ${name} as VirtQueue };\n`);
    return path;
  };
  return {
    shipped: write("shipped.mjs", `${format}}\n${queue}`),
    cut: write("cut.mjs", queue.replaceAll(logging, "")),
  };
}

/**
 * What of v86's classes is used here.
 *
 * @typedef {object} Chain
 * @property {{ addr_low: number }[]} read_buffers
 * @property {{ addr_low: number }[]} write_buffers
 * @property {number} length_writable
 * @property {number} length_written
 *
 * @typedef {object} VirtQueue
 * @property {number} desc_addr
 * @property {number} avail_addr
 * @property {number} used_addr
 * @property {() => void} enable
 * @property {() => boolean} has_request
 * @property {() => Chain} pop_request
 * @property {(chain: Chain) => void} push_reply
 * @property {() => void} flush_replies
 *
 * @typedef {new (...args: unknown[]) => VirtQueue} VirtQueueClass
 */

/**
 * A device that serves a split queue with it.
 * @param {string} path the module that exports it
 * @returns {Promise<import("./rings.ts").OtherDevice>}
 */
export async function virtQueueDevice(path) {
  /** @type {unknown} */
  const module = await import(path);
  const { VirtQueue } = /** @type {{ VirtQueue: VirtQueueClass }} */ (module);
  return (buffer, layout) => {
    const bytes = new Uint8Array(buffer);
    const halves = new Uint16Array(buffer);
    const words = new Int32Array(buffer);
    // As v86's processor does it where no device's registers are meant.
    const cpu = {
      read16: (/** @type {number} */ at) => halves[at >> 1],
      read32s: (/** @type {number} */ at) => words[at >> 2],
      write16: (/** @type {number} */ at, /** @type {number} */ value) => void (halves[at >> 1] = value),
      write32: (/** @type {number} */ at, /** @type {number} */ value) => void (words[at >> 2] = value),
      read_blob: (/** @type {number} */ at, /** @type {number} */ length) => bytes.subarray(at, at + length),
    };
    let raised = 0;
    const virtio = {
      is_feature_negotiated: (/** @type {number} */ bit) => bit === 28 || bit === 29,
      raise_irq: () => void (raised += 1),
    };
    const queue = new VirtQueue(cpu, virtio, { size_supported: layout.size, notify_offset: 0 });
    queue.desc_addr = layout.desc;
    queue.avail_addr = layout.driver;
    queue.used_addr = layout.device;
    queue.enable();
    return {
      process() {
        while (queue.has_request()) {
          const chain = queue.pop_request();
          const [input] = chain.read_buffers;
          const [output] = chain.write_buffers;
          if (input === undefined || output === undefined) throw new Error("a chain of two was expected");
          words[output.addr_low >> 2] = words[input.addr_low >> 2] ?? 0;
          chain.length_written = chain.length_writable;
          queue.push_reply(chain);
        }
        queue.flush_replies();
      },
    };
  };
}
