import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that runs beside QEMU, such as a device over vhost-user. */
export interface CompanionOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  /** The socket that it listens on once it is ready. */
  readonly socket: string;
  /** A file for what it says. */
  readonly log: string;
}

const patience = 10_000;
const look = 5;

/** A companion that runs. It ends with this process, in whatever way that ends. */
export class Companion {
  private readonly options: CompanionOptions;
  private readonly child: ChildProcess;

  private constructor(options: CompanionOptions) {
    this.options = options;
    const log = openSync(options.log, "a");
    try {
      // The shell waits for the end of its input, which is that of this process, and then ends the program.
      const script = '"$@" & pid=$!; cat; kill -KILL "$pid" 2>/dev/null; wait "$pid"';
      this.child = spawn("sh", ["-c", script, "companion", options.program, ...options.arguments], {
        stdio: ["pipe", log, log],
        detached: true,
      });
    } finally {
      closeSync(log);
    }
    this.child.stdin?.on("error", () => {});
  }

  /** @throws Error with what it has said, where it does not listen in time */
  static async start(options: CompanionOptions): Promise<Companion> {
    // One that ran before may have left it.
    rmSync(options.socket, { force: true });
    const companion = new Companion(options);
    for (const end = Date.now() + patience; ;) {
      if (isListenedOn(options.socket)) return companion;
      if (Date.now() > end) {
        // oxlint-disable-next-line no-await-in-loop
        await companion.close();
        throw new Error(`${options.program} does not listen on ${options.socket}: ${companion.words}`);
      }
      // oxlint-disable-next-line no-await-in-loop
      await sleep(look);
    }
  }

  /** What it has said. */
  get words(): string {
    return readFileSync(this.options.log, "utf8");
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.stdin?.end();
    await gone;
  }
}

/** Whether somebody takes connections there. To try one would be taken for QEMU's. */
function isListenedOn(path: string): boolean {
  const takesConnections = "00010000";
  const sockets = readFileSync("/proc/net/unix", "utf8").split("\n");
  return sockets.some((line) => line.endsWith(` ${path}`) && line.split(" ")[3] === takesConnections);
}
