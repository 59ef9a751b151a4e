// A console on streams of bytes:
//
//   const console = new StreamConsole({ size: { cols: 80, rows: 25 } });
//   void console.portAt(0).readable.pipeTo(screen);   // what the guest prints
//   void keyboard.pipeTo(console.portAt(0).writable); // what it reads
//
// With several ports: new StreamConsole({ ports: [{ console: true }, { name: "org.example.agent" }], maxPorts: 8 }).

import type { Answer, Incoming, QueuePlace } from "virtgen/runtime";
import * as consoleType from "../../generated/typescript/console.ts";
import { ConsolePort, type PortOptions } from "./console/console-port.ts";
import { nextBuffer } from "./next-buffer.ts";
import { ringFeatures, type RingOptions } from "./ring-features.ts";

/** In characters. */
export interface ConsoleSize {
  readonly cols: number;
  readonly rows: number;
}

export interface StreamConsoleOptions extends RingOptions {
  /** Several ports, numbered from 0. If absent there is one, which is a console, and no control of ports. */
  readonly ports?: readonly PortOptions[];
  /** The most ports that there can be at a time; as many as there are at first, if absent. */
  readonly maxPorts?: number;
  /** Of port 0. */
  readonly size?: ConsoleSize;
  /** A byte of the emergency output, which works before the driver does; goes to port 0 if absent. */
  readonly emergency?: (byte: number) => void;
}

const { F, EVENT } = consoleType;
/** In bytes: what is copied at once of a buffer of the guest's. */
const longestPiece = 65_536;

/** A console device, each port of which is a pair of Web streams. */
export class StreamConsole extends consoleType.ConsoleDevice {
  private readonly ports: Map<number, ConsolePort> = new Map();
  private readonly maxPorts: number;
  private readonly emergency: ((byte: number) => void) | undefined;
  private size: ConsoleSize | undefined;
  /** Control messages that no buffer was there for. */
  private outbox: consoleType.ControlReceive[] = [];
  /** Whether the driver controls ports, and has said that it is ready to. */
  private controlled = false;
  private driverReady = false;

  /** @throws DeviceError, RangeError where the options do not fit together */
  constructor(options: StreamConsoleOptions = {}) {
    const { ports = [{ console: true }], size, queueSize } = options;
    const maxPorts = options.maxPorts ?? ports.length;
    const multiport = options.ports !== undefined;
    super({
      features: [
        ...(options.ringFeatures ?? ringFeatures),
        F.EMERG_WRITE,
        ...(size === undefined ? [] : [F.SIZE]),
        ...(multiport ? [F.MULTIPORT] : []),
      ],
      config: { emerg_wr: 0, ...size, ...(multiport ? { max_nr_ports: maxPorts } : {}) },
      ...(queueSize === undefined ? {} : { queueSize }),
    });
    if (ports.length === 0 || maxPorts < ports.length) {
      throw new RangeError(`there are 1 to ${maxPorts} ports, not ${ports.length}`);
    }
    this.maxPorts = maxPorts;
    this.size = size;
    this.emergency = options.emergency;
    for (const [id, port] of ports.entries()) this.ports.set(id, this.createPort(id, port));
  }

  /** @throws RangeError where there is no such port */
  portAt(id: number): ConsolePort {
    const port = this.ports.get(id);
    if (port === undefined) throw new RangeError(`there is no port ${id}`);
    return port;
  }

  /** A port comes, with the lowest number that is free. @throws RangeError where there are as many as there can be */
  addPort(options: PortOptions): ConsolePort {
    let id = 0;
    while (this.ports.has(id)) id += 1;
    if (id >= this.maxPorts) throw new RangeError(`there can be ${this.maxPorts} ports, and there are`);
    const port = this.createPort(id, options);
    this.ports.set(id, port);
    if (this.driverReady) this.tell(id, EVENT.DEVICE_ADD, 0);
    return port;
  }

  /** A port goes: its streams end. @throws RangeError where there is no such port */
  removePort(id: number): void {
    const port = this.portAt(id);
    this.ports.delete(id);
    this.outbox = this.outbox.filter(({ control }) => control.id !== id);
    port.end();
    if (this.driverReady) this.tell(id, EVENT.DEVICE_REMOVE, 0);
  }

  /** Port 0 has another size. @throws DeviceError where it is none */
  resize(size: ConsoleSize): void {
    if (this.offered.has(F.SIZE)) this.changeConfig({ ...size });
    this.size = size;
    const port = this.ports.get(0);
    if (port?.announced === true && port.isConsole) this.tellSize();
  }

  override output({ input, queue }: Incoming<undefined>): Answer<void> {
    const port = this.ports.get(queue.index);
    if (port === undefined) return undefined;
    return input.length <= longestPiece ? port.out.put(input.toBytes()) : outputInPieces(port, input);
  }

  override controlTransmit({ value }: Incoming<consoleType.ControlTransmit>): void {
    const { id, event, value: said } = value.control;
    if (event === EVENT.DEVICE_READY) {
      if (said !== 1 || this.driverReady) return;
      this.driverReady = true;
      for (const known of this.ports.keys()) this.tell(known, EVENT.DEVICE_ADD, 0);
      return;
    }
    const port = this.ports.get(id);
    if (port === undefined) return;
    if (event === EVENT.PORT_READY && said === 1) this.announce(port);
    if (event === EVENT.PORT_OPEN) {
      port.setGuestOpen(said === 1);
      port.in.resume();
    }
  }

  protected override started(): void {
    this.controlled = this.features.has(F.MULTIPORT);
  }

  protected override buffersAdded(queue: QueuePlace): void {
    if (queue.name === "control_receiveq") this.flush();
    else this.ports.get(queue.index)?.in.resume();
  }

  protected override configWritten(names: readonly string[]): void {
    if (!names.includes("emerg_wr")) return;
    const byte = (this.config.emerg_wr ?? 0) & 0xff;
    if (this.emergency === undefined) this.ports.get(0)?.out.offer(Uint8Array.of(byte));
    else this.emergency(byte);
  }

  protected override wasReset(queue?: QueuePlace): void {
    if (queue !== undefined) return;
    this.outbox = [];
    this.driverReady = false;
    for (const port of this.ports.values()) port.reset();
  }

  private createPort(id: number, options: PortOptions): ConsolePort {
    return new ConsolePort(id, options, {
      place: (bytes) => this.placeInput(id, bytes),
      hostOpen: (port) => {
        if (port.announced) this.tell(id, EVENT.PORT_OPEN, port.open ? 1 : 0);
      },
    });
  }

  /** Puts bytes into the guest's buffers, as many as there is room for now. */
  private placeInput(id: number, bytes: Uint8Array): number {
    const port = this.ports.get(id);
    const queue = this.queueOf("receiveq", id);
    // Where nobody in the guest has opened the port, what it gets would be lost.
    if (port === undefined || queue === undefined || (this.controlled && !port.guestOpen)) return 0;
    let done = 0;
    while (done < bytes.length) {
      const chain = nextBuffer(queue);
      if (chain === undefined) break;
      const count = chain.write(0, bytes, done);
      queue.push(chain, count);
      done += count;
    }
    queue.publish();
    return done;
  }

  /** What the driver is to know of a port that it is ready for. Once, until a reset. */
  private announce(port: ConsolePort): void {
    if (port.announced || !this.driverReady) return;
    port.announced = true;
    if (port.isConsole) this.tell(port.id, EVENT.CONSOLE_PORT, 1);
    if (port.name !== undefined) {
      const control = { id: port.id, event: EVENT.PORT_NAME, value: 1 };
      this.outbox.push({ control, name: new TextEncoder().encode(port.name) });
    }
    if (port.isConsole && port.id === 0) this.tellSize();
    if (port.open) this.tell(port.id, EVENT.PORT_OPEN, 1);
    this.flush();
  }

  private tellSize(): void {
    if (this.size === undefined) return;
    // A size that the driver has not seen yet is out of date.
    this.outbox = this.outbox.filter(({ control }) => control.event !== EVENT.RESIZE);
    this.outbox.push({ control: { id: 0, event: EVENT.RESIZE, value: 0 }, resize: { ...this.size } });
    this.flush();
  }

  private tell(id: number, event: consoleType.EVENT, value: number): void {
    if (!this.controlled) return;
    this.outbox.push({ control: { id, event, value } });
    this.flush();
  }

  /** Sends control messages in their order, as far as there are buffers. What does not fit into one is cut. */
  private flush(): void {
    const queue = this.queueOf("control_receiveq");
    if (queue === undefined) return;
    const codec = consoleType.ControlReceive.guestOrder(this.order);
    for (let next = this.outbox[0]; next !== undefined; next = this.outbox[0]) {
      const chain = nextBuffer(queue);
      if (chain === undefined) break;
      this.outbox.shift();
      queue.push(chain, chain.write(0, codec.toBytes(next)));
    }
    queue.publish();
  }
}

/** A buffer so long that it is not copied at once: the reader gets it piece by piece. */
async function outputInPieces(port: ConsolePort, input: Incoming["input"]): Promise<void> {
  for (let done = 0; done < input.length;) {
    const bytes = new Uint8Array(Math.min(longestPiece, input.length - done));
    const count = input.read(done, bytes);
    // The guest was reset meanwhile.
    if (count === 0) return;
    // oxlint-disable-next-line no-await-in-loop
    await port.out.put(bytes.subarray(0, count));
    done += count;
  }
}
