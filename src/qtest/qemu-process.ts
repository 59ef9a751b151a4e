import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QtestError } from "./qtest-error.ts";

/** Where the guest's memory lies, if there is such a place: in memory. */
const memoryFolder = "/dev/shm";
/** Bytes of QEMU's words that are kept, the last ones. */
const stderrKept = 16_384;

/**
 * A QEMU that runs, with a folder of its own. Nothing of it outlives the process that started it, in whatever way that
 * ends: another process waits for that, ends QEMU and removes the files.
 */
export class QemuProcess {
  /** For all files that belong to it. */
  readonly folder: string;
  /** For the guest's memory; a file to be made. */
  readonly memoryPath: string;
  private child: ChildProcess | undefined;
  private guard: ChildProcess | undefined;
  private failure: QtestError | undefined;
  private line = "";
  private ready = false;
  private readonly endListeners = new Set<() => void>();

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "virtgen-qtest-"));
    const name = this.folder.slice(this.folder.lastIndexOf("/") + 1);
    const inMemory = statSync(memoryFolder, { throwIfNoEntry: false })?.isDirectory() === true;
    this.memoryPath = inMemory ? join(memoryFolder, name) : join(this.folder, "memory");
  }

  /** The command as it was given, for people to give it again. */
  get commandLine(): string {
    return this.line;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** What QEMU has written to its standard error so far. */
  get stderr(): string {
    try {
      return readFileSync(join(this.folder, "stderr"), "latin1").slice(-stderrKept);
    } catch {
      return "";
    }
  }

  /** Why it does not run any more; undefined while it does. */
  ended(): QtestError | undefined {
    if (this.failure === undefined && this.child !== undefined) this.look(this.child);
    return this.failure;
  }

  /** It has been seen to go. @returns why */
  died(): QtestError {
    return this.ended() ?? this.end();
  }

  onEnd(listener: () => void): void {
    this.endListeners.add(listener);
  }

  start(program: string, args: readonly string[]): void {
    this.line = [program, ...args].map(quoted).join(" ");
    const words = openSync(join(this.folder, "stderr"), "a");
    try {
      const child = spawn(program, args, { stdio: ["ignore", words, words] });
      child.on("error", (cause) => this.end(`it cannot be run: ${cause.message}`));
      child.on("exit", (code, signal) => this.end(signal === null ? `status ${code}` : signal));
      this.child = child;
      const { pid } = child;
      // Where it could not be run at all, an error is on its way.
      if (pid !== undefined) this.guard = guardOf(pid, [this.folder, this.memoryPath]);
    } finally {
      closeSync(words);
    }
  }

  /** It has answered: if it ends from now on, it has died. */
  started(): void {
    this.ready = true;
  }

  /** Ends QEMU at once, as a crash would. */
  kill(): void {
    this.child?.kill("SIGKILL");
  }

  /** Ends QEMU, and removes all files. */
  async close(): Promise<void> {
    const { child, guard } = this;
    this.failure ??= new QtestError("misuse", "the machine is closed");
    if (child !== undefined && child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    if (guard !== undefined && guard.exitCode === null && guard.signalCode === null) {
      // Before its input ends: there is nothing left to do for it.
      const gone = once(guard, "exit");
      guard.ref();
      guard.kill("SIGKILL");
      await gone;
      guard.stdin?.destroy();
    }
    for (const path of [this.folder, this.memoryPath]) rmSync(path, { recursive: true, force: true });
  }

  /** A process that has ended is told of later, when other code has run: this asks the system. */
  private look({ pid }: ChildProcess): void {
    if (pid === undefined) return;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      // Behind the name, which may have anything in it.
      if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z")) this.end();
    } catch {
      this.end();
    }
  }

  private end(how?: string): QtestError {
    if (this.failure !== undefined) return this.failure;
    const words = this.stderr.trim();
    const what = `QEMU has ended${how === undefined ? "" : ` (${how})`}${words === "" ? "" : `: ${words}`}`;
    this.failure = new QtestError(this.ready ? "died" : "start-failed", `${what}\n  ${this.line}`);
    for (const listener of this.endListeners) listener();
    return this.failure;
  }
}

/** Waits for the end of this process, which closes its input; then ends the other one, and removes the files. */
function guardOf(pid: number, paths: readonly string[]): ChildProcess {
  const script = 'cat; pid=$1; shift; kill -KILL "$pid" 2>/dev/null; rm -rf -- "$@"';
  const guard = spawn("sh", ["-c", script, "guard", String(pid), ...paths], {
    stdio: ["pipe", "ignore", "ignore"],
    // Signals that a terminal sends to all are not for it.
    detached: true,
  });
  guard.on("error", () => {
    // Without a shell nothing is guarded, and `close` does all.
  });
  guard.stdin?.on("error", () => {});
  guard.unref();
  return guard;
}

function quoted(word: string): string {
  return /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
