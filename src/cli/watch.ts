import { resolve } from "node:path";
import { buildOnce } from "./build-once.ts";
import type { BuildOptions } from "./build.ts";
import { reportFailure } from "./failure.ts";
import { packageFolder } from "./package-folder.ts";

/** An editor writes a file in several steps, and several files at once. */
const settleMs = 60;

/**
 * `virtgen build --watch`: builds, then builds again whenever a description or a template changes, until it is
 * interrupted. What is wrong is reported and waited over.
 */
export async function watchBuild(names: readonly string[], options: BuildOptions): Promise<number> {
  const { watch } = await import("chokidar");
  const own = packageFolder();
  const described = names.length === 0 ? [] : names.map((name) => resolve(name));
  const templates = options.templates === undefined ? resolve(own, "templates") : resolve(options.templates);
  const watcher = watch([...described, resolve(own, "specs"), templates], {
    ignoreInitial: true,
    ignored: (path, stats) =>
      /(?:^|[\\/])(?:node_modules|\.[^\\/]+)$/.test(path) ||
      (stats?.isFile() === true && !/\.(?:virtio|hbs)$/.test(path) && !described.includes(path)),
  });
  const rebuild = async (): Promise<void> => {
    try {
      await buildOnce(names, options);
    } catch (error) {
      reportFailure(error);
    }
    process.stdout.write("watching for changes; interrupt to end\n");
  };
  let running = false;
  let again = false;
  /** Never two at once; what changes meanwhile is built afterwards. */
  const run = async (): Promise<void> => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await rebuild();
    }
    running = false;
  };
  await new Promise<void>((ready) => watcher.once("ready", ready));
  await run();
  let settling: NodeJS.Timeout | undefined;
  watcher.on("all", () => {
    clearTimeout(settling);
    settling = setTimeout(() => void run(), settleMs);
  });
  await new Promise<void>((ended) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, ended);
  });
  clearTimeout(settling);
  await watcher.close();
  return 0;
}
