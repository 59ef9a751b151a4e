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
  /** Buffers are being filled; meanwhile the guest, called by the interrupt, may have made more available. */
  private placing = false;
  private more = false;

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
    if (this.placing) {
      this.more = true;
      return;
    }
    this.placing = true;
    do {
      this.more = false;
      const { waiting } = this;
      if (waiting === undefined) break;
      waiting.done += this.place(waiting.bytes.subarray(waiting.done));
      // It may have been aborted in there.
      if (waiting.done === waiting.bytes.length && this.waiting === waiting) {
        this.waiting = undefined;
        waiting.resolve();
      }
    } while (this.more);
    this.placing = false;
  }

  /** The port is gone: who writes is told. */
  end(reason: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.controller?.error(reason);
    this.waiting?.resolve();
    this.waiting = undefined;
  }

  private take(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = { bytes, done: 0, resolve };
      this.resume();
    });
  }
}
