/** Where bytes for the guest can be put: copies as many as there is room for now. @returns how many */
export type InputPlace = (bytes: Uint8Array) => number;

/**
 * The way into the guest: a stream to write to, whose writer waits until the guest has taken everything. Nothing is
 * kept but what is being written.
 */
export class PortInput {
  readonly stream: WritableStream<Uint8Array>;
  private readonly place: InputPlace;
  private waiting: { bytes: Uint8Array; done: number; readonly resolve: () => void } | undefined;
  private controller: WritableStreamDefaultController | undefined;
  private ended = false;

  constructor(place: InputPlace) {
    this.place = place;
    this.stream = new WritableStream<Uint8Array>({
      start: (controller) => {
        this.controller = controller;
      },
      write: (bytes) => this.take(bytes),
      abort: () => {
        this.waiting = undefined;
      },
    });
  }

  /** There is room, or there may be: goes on with what waits. */
  resume(): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    waiting.done += this.place(waiting.bytes.subarray(waiting.done));
    if (waiting.done < waiting.bytes.length) return;
    this.waiting = undefined;
    waiting.resolve();
  }

  /** The port is gone: who writes is told. */
  end(reason: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.controller?.error(reason);
    this.waiting?.resolve();
    this.waiting = undefined;
  }

  private take(bytes: Uint8Array): Promise<void> | undefined {
    const done = this.place(bytes);
    if (done === bytes.length) return undefined;
    return new Promise((resolve) => {
      this.waiting = { bytes, done, resolve };
    });
  }
}
