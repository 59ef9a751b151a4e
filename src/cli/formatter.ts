import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FormatAnswer, FormatTask } from "./format-thread.ts";
import { packageFolder } from "./package-folder.ts";

interface Waiting {
  readonly task: FormatTask;
  resolve(text: string): void;
  reject(error: Error): void;
}

const mostThreads = 2;

/**
 * Formats TypeScript in threads of its own, so that their start and their work overlap with what the main thread does.
 * Each thread has one text at a time; the longest waiting text comes first.
 */
export class Formatter {
  private readonly idle: Worker[] = [];
  private readonly all: Worker[] = [];
  private readonly queue: Waiting[] = [];
  private readonly busy = new Map<Worker, Waiting>();
  private count = 0;

  constructor() {
    const file = join(packageFolder(), "dist", "bin", "format-thread.js");
    for (let index = 0; index < Math.min(mostThreads, availableParallelism()); index++) {
      const worker = new Worker(file);
      // A thread that waits for work keeps no process alive.
      worker.unref();
      worker.on("message", (answer: FormatAnswer) => this.answered(worker, answer));
      worker.on("error", (error) => this.failed(worker, error));
      this.idle.push(worker);
      this.all.push(worker);
    }
  }

  /** @throws Error with prettier's words where the text does not parse. */
  format(text: string, style: object): Promise<string> {
    return new Promise((resolve, reject) => {
      this.queue.push({ task: { id: this.count++, text, style }, resolve, reject });
      this.queue.sort((a, b) => b.task.text.length - a.task.text.length);
      this.next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.terminate()));
  }

  private next(): void {
    while (this.idle.length > 0 && this.queue.length > 0) {
      const worker = this.idle.pop();
      const waiting = this.queue.shift();
      if (worker === undefined || waiting === undefined) return;
      this.busy.set(worker, waiting);
      worker.ref();
      worker.postMessage(waiting.task);
    }
  }

  private answered(worker: Worker, answer: FormatAnswer): void {
    const waiting = this.busy.get(worker);
    this.busy.delete(worker);
    worker.unref();
    this.idle.push(worker);
    if ("error" in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.text);
    this.next();
  }

  private failed(worker: Worker, error: Error): void {
    this.busy.get(worker)?.reject(error);
    this.busy.delete(worker);
    // Without any thread left nobody would answer.
    if (this.busy.size === 0 && this.idle.length === 0)
      for (const waiting of this.queue.splice(0)) waiting.reject(error);
  }
}
