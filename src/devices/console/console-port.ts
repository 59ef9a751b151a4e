import { PortInput, type InputPlace } from "./port-input.ts";
import { PortOutput } from "./port-output.ts";

export interface PortOptions {
  /** It is a console: the guest may log in there, or print its messages. */
  readonly console?: boolean;
  /** By which programs in the guest find it. */
  readonly name?: string;
  /** Whether the host has opened it; it has if absent. */
  readonly open?: boolean;
  /** The guest has opened or closed it. */
  readonly guestOpened?: (open: boolean) => void;
}

/** What a port needs of its device. */
export interface PortHost {
  readonly place: InputPlace;
  /** The host has opened or closed it. */
  readonly hostOpen: (port: ConsolePort) => void;
}

/** One port of a console device: a stream of what the guest sends, and one of what it gets. */
export class ConsolePort {
  readonly id: number;
  readonly isConsole: boolean;
  readonly name: string | undefined;
  /** Whether the host has opened it. */
  open: boolean;
  /** Whether the guest has; on a device without control of ports nobody says so. */
  guestOpen = false;
  /** The device's business: whether the driver has been told what the port is. */
  announced = false;
  /** The device's business, like this. */
  readonly in: PortInput;
  readonly out: PortOutput = new PortOutput();
  private readonly host: PortHost;
  private readonly guestOpened: ((open: boolean) => void) | undefined;

  constructor(id: number, options: PortOptions, host: PortHost) {
    this.id = id;
    this.isConsole = options.console === true;
    this.name = options.name;
    this.open = options.open ?? true;
    this.guestOpened = options.guestOpened;
    this.host = host;
    this.in = new PortInput(host.place);
  }

  /** What the guest sends. Where nobody reads, the guest has to wait. */
  get readable(): ReadableStream<Uint8Array> {
    return this.out.stream;
  }

  /** What the guest gets. Where it does not read, who writes has to wait; also until it has opened the port. */
  get writable(): WritableStream<Uint8Array> {
    return this.in.stream;
  }

  /** The host opens the port, or closes it. */
  setOpen(open: boolean): void {
    if (this.open === open) return;
    this.open = open;
    this.host.hostOpen(this);
  }

  /** The device's business: what the guest says. */
  setGuestOpen(open: boolean): void {
    if (this.guestOpen === open) return;
    this.guestOpen = open;
    this.guestOpened?.(open);
  }

  /** The device's business: the guest has begun anew. */
  reset(): void {
    this.announced = false;
    this.setGuestOpen(false);
    this.out.wake();
  }

  /** The device's business: the port is gone. */
  end(): void {
    this.in.end(new Error(`port ${this.id} is gone`));
    this.out.end();
  }
}
