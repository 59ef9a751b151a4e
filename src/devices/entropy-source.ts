// Random bytes from the platform:
//
//   const entropy = new EntropySource();
//   const registers = new MmioDevice(entropy, { memory, interrupt: (raised) => machine.setLine(6, raised) });

import type { Incoming } from "virtgen/runtime";
import { EntropyDevice } from "../../generated/typescript/entropy.ts";
import { ringFeatures, type RingOptions } from "./ring-features.ts";

export interface EntropySourceOptions extends RingOptions {
  /** Fills the array with random bytes; WebCrypto's `getRandomValues` if absent. */
  readonly fill?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** In bytes: as much as WebCrypto gives in one call. A longer buffer gets no more; the driver asks again. */
const mostAtOnce = 65_536;

/** An entropy device over WebCrypto, which Node and browsers have. */
export class EntropySource extends EntropyDevice {
  private readonly fill: (bytes: Uint8Array<ArrayBuffer>) => void;
  private readonly scratch: Uint8Array<ArrayBuffer> = new Uint8Array(mostAtOnce);

  constructor(options: EntropySourceOptions = {}) {
    const { queueSize } = options;
    super({
      features: options.ringFeatures ?? ringFeatures,
      ...(queueSize === undefined ? {} : { queueSize }),
    });
    this.fill = options.fill ?? ((bytes) => crypto.getRandomValues(bytes));
  }

  override random({ output }: Incoming<undefined>): void {
    const bytes = this.scratch.subarray(0, Math.min(output.length, mostAtOnce));
    this.fill(bytes);
    output.write(0, bytes);
    // Nobody else sees what this guest got.
    bytes.fill(0);
  }
}
