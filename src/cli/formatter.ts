import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { optimizeAsUsual } from "./code-cache.ts";
import type { FormatAnswer, FormatTask } from "./format-thread.ts";
import { packageFolder } from "./package-folder.ts";

interface Waiting {
  resolve(text: string): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  /** What it was given and has not answered, by number. */
  readonly waiting: Map<number, Waiting>;
  /** The length of all that it was given, in UTF-16 units; infinite when it has ended. */
  load: number;
  failure: Error | undefined;
}

const mostThreads = 2;

/**
 * Formats TypeScript in threads of its own, so that their start and their work overlap with what the main thread does.
 * A text is sent to a thread at once, to the one that has less to do: the main thread would seldom be free to hand out
 * the next when one is done. So the longest should be given first.
 */
export class Formatter {
  private readonly threads: readonly Thread[];
  private count = 0;

  constructor() {
    const file = join(packageFolder(), "dist", "bin", "format-thread.js");
    // While they start, for they load many of Node's modules; they set it back themselves.
    optimizeAsUsual();
    this.threads = Array.from({ length: Math.min(mostThreads, availableParallelism()) }, () => {
      const worker = new Worker(file);
      const thread: Thread = { worker, waiting: new Map(), load: 0, failure: undefined };
      // A thread that waits for work keeps no process alive.
      worker.unref();
      worker.on("message", (answer: FormatAnswer) => answered(thread, answer));
      worker.on("error", (error) => failed(thread, error));
      return thread;
    });
  }

  /** @throws Error with prettier's words where the text does not parse. */
  format(text: string, style: object): Promise<string> {
    return new Promise((resolve, reject) => {
      const thread = this.threads.reduce((least, one) => (one.load < least.load ? one : least));
      if (thread.failure !== undefined) {
        reject(thread.failure);
        return;
      }
      const task: FormatTask = { id: this.count++, text, style };
      thread.load += text.length;
      thread.waiting.set(task.id, { resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }
}

function answered({ worker, waiting }: Thread, answer: FormatAnswer): void {
  const one = waiting.get(answer.id);
  waiting.delete(answer.id);
  if (waiting.size === 0) worker.unref();
  if ("error" in answer) one?.reject(new Error(answer.error));
  else one?.resolve(answer.text);
}

function failed(thread: Thread, error: Error): void {
  thread.failure = error;
  thread.load = Infinity;
  for (const one of thread.waiting.values()) one.reject(error);
  thread.waiting.clear();
}
