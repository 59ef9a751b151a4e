/** Someone who has to look from time to time whether a device has something to say. */
export interface Looker {
  /** @returns whether there was anything */
  look(): boolean;
}

/** Milliseconds without anything after which looks become rare, and their distance then. */
const lively = 20;
const restful = 1;

/**
 * Looks again and again, between all other code that runs: nothing tells this thread of an interrupt. As long as
 * anything happens it looks all the time; afterwards it lets the processor rest.
 */
export class InterruptPump {
  private readonly lookers = new Set<Looker>();
  private readonly tick = (): void => this.turn();
  private lastEvent = 0;
  private immediate: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;

  add(looker: Looker): void {
    this.lookers.add(looker);
    this.wake();
  }

  remove(looker: Looker): void {
    this.lookers.delete(looker);
    if (this.lookers.size === 0) this.stop();
  }

  /** The driver has accessed the device: something will happen. */
  wake(): void {
    this.lastEvent = Date.now();
    if (this.timer === undefined && this.immediate === undefined) this.next();
    else if (this.timer !== undefined) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.next();
    }
  }

  stop(): void {
    this.lookers.clear();
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.timer = undefined;
    this.immediate = undefined;
  }

  private turn(): void {
    this.immediate = undefined;
    this.timer = undefined;
    try {
      for (const looker of this.lookers) if (looker.look()) this.lastEvent = Date.now();
    } finally {
      this.next();
    }
  }

  private next(): void {
    if (this.lookers.size === 0 || this.immediate !== undefined || this.timer !== undefined) return;
    if (Date.now() - this.lastEvent < lively) this.immediate = setImmediate(this.tick);
    else this.timer = setTimeout(this.tick, restful);
  }
}
