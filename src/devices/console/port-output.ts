/** In bytes: what is kept for a reader that is slower than the guest, before the guest has to wait. */
const room = 65_536;

/** The way out of the guest: a stream to read from. Where nobody reads, the guest waits. */
export class PortOutput {
  readonly stream: ReadableStream<Uint8Array>;
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  private wakers: (() => void)[] = [];
  private ended = false;

  constructor() {
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => this.wake(),
        cancel: () => {
          this.ended = true;
          this.wake();
        },
      },
      { highWaterMark: room, size: (bytes) => bytes.length },
    );
  }

  /** Takes bytes; they are the stream's from now on. @returns a promise where the guest is to wait before it sends more */
  put(bytes: Uint8Array): Promise<void> | undefined {
    if (this.ended || this.controller === undefined || bytes.length === 0) return undefined;
    this.controller.enqueue(bytes);
    if ((this.controller.desiredSize ?? 0) > 0) return undefined;
    return new Promise((resolve) => {
      this.wakers.push(resolve);
    });
  }

  /** Takes bytes only where there is room for them: nobody can be made to wait. @returns whether there was */
  offer(bytes: Uint8Array): boolean {
    if (this.ended || (this.controller?.desiredSize ?? 0) <= 0) return false;
    this.controller?.enqueue(bytes);
    return true;
  }

  /** The port is gone: who reads gets what there is, and then the end. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.controller?.close();
    this.wake();
  }

  /** Whoever waits does not wait any longer: the guest was reset. */
  wake(): void {
    const { wakers } = this;
    this.wakers = [];
    for (const wake of wakers) wake();
  }
}
