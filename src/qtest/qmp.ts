import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { QtestError } from "./qtest-error.ts";

/** Something that QEMU tells: `BLOCK_IO_ERROR`. */
export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Waiting {
  readonly command: string;
  resolve(value: unknown): void;
  reject(error: QtestError): void;
}

const connectLook = 5;

/** QEMU's control of the machine (QMP), beside its devices: commands, and what QEMU tells. */
export class Qmp {
  private readonly socket: Socket;
  private readonly timeout: number;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<(event: QmpEvent) => void>();
  private count = 0;
  private pending = "";
  private ended: QtestError | undefined;

  private constructor(socket: Socket, timeout: number) {
    this.socket = socket;
    this.timeout = timeout;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.take(text));
    socket.on("error", (cause) => this.end(new QtestError("died", "the connection to QMP has failed", { cause })));
    socket.on("close", () => this.end(new QtestError("died", "QEMU has closed QMP")));
  }

  /** @param timeout milliseconds for the connection, and later for each answer */
  static async connect(path: string, timeout: number): Promise<Qmp> {
    const end = Date.now() + timeout;
    for (;;) {
      const socket = createConnection(path);
      try {
        // Until QEMU listens.
        // oxlint-disable-next-line no-await-in-loop
        await once(socket, "connect");
        const qmp = new Qmp(socket, timeout);
        // oxlint-disable-next-line no-await-in-loop
        await qmp.execute("qmp_capabilities");
        return qmp;
      } catch (cause) {
        socket.destroy();
        if (cause instanceof QtestError || Date.now() > end) {
          throw new QtestError("timed-out", `QMP cannot be had within ${timeout} ms`, { cause });
        }
        // oxlint-disable-next-line no-await-in-loop
        await sleep(connectLook);
      }
    }
  }

  /**
   * Gives QEMU a command.
   * @returns what it returns
   * @throws QtestError `refused` with QEMU's reason, `died`, `timed-out` (as a rejection)
   */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    const id = ++this.count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new QtestError("timed-out", `QEMU has not answered ${command} in ${this.timeout} ms`));
      }, this.timeout);
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
      };
      this.waiting.set(id, {
        command,
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      const text = { execute: command, id, ...(args === undefined ? {} : { arguments: args }) };
      this.socket.write(`${JSON.stringify(text)}\n`);
    });
  }

  /** Calls `listener` with each event. @returns ends that */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.end(new QtestError("misuse", "the machine is closed"));
    this.socket.destroy();
  }

  private take(text: string): void {
    this.pending += text;
    for (let end = this.pending.indexOf("\n"); end >= 0; end = this.pending.indexOf("\n")) {
      const line = this.pending.slice(0, end);
      this.pending = this.pending.slice(end + 1);
      this.heard(JSON.parse(line) as QmpMessage);
    }
  }

  private heard(message: QmpMessage): void {
    if (message.event !== undefined) {
      for (const listener of this.listeners) listener({ event: message.event, data: message.data ?? {} });
      return;
    }
    const one = this.waiting.get(message.id ?? 0);
    if (one === undefined) return;
    if (message.error === undefined) one.resolve(message.return);
    else one.reject(new QtestError("refused", `QEMU does not take ${one.command}: ${message.error.desc}`));
  }

  private end(error: QtestError): void {
    this.ended ??= error;
    for (const one of this.waiting.values()) one.reject(error);
  }
}

interface QmpMessage {
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}
