import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DmaMemory, GuestMemory } from "virtgen/runtime";
import { GuestRam } from "./guest-ram.ts";
import { InterruptPump } from "./interrupt-pump.ts";
import { hasProperty } from "./model-properties.ts";
import { BarPlaces } from "./pci-function.ts";
import { QemuDevice, type DevicePlace } from "./qemu-device.ts";
import { QemuProcess } from "./qemu-process.ts";
import { Qmp } from "./qmp.ts";
import { QtestChannel } from "./qtest-channel.ts";
import { QtestError } from "./qtest-error.ts";
import { systemCalls } from "./system-calls.ts";

/** A virtio device of QEMU, as its command line has it. */
export interface QemuDeviceModel {
  /**
   * What QEMU calls it, without the transport behind it: `virtio-blk`. Where it ends with `-pci` or `-device`, it is
   * taken as it is.
   */
  readonly model: string;
  /** Its properties: `{ drive: "disk0", packed: true }`. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
}

/** How a machine is started. */
export interface QemuOptions {
  /** The program; `qemu-system-x86_64` if absent. Any later than 7.0 will do. */
  readonly program?: string;
  /** The transport: virtio-mmio on the board `microvm`, or virtio-pci on `q35`. */
  readonly bus: "mmio" | "pci";
  /** Devices have the interface from before the standard; on PCI they then have both. */
  readonly legacy?: boolean;
  /** The devices under test, in this order. */
  readonly devices: readonly QemuDeviceModel[];
  /** What stands before them on the command line: back ends, such as `["-blockdev", "null-co,node-name=disk0"]`. */
  readonly arguments?: readonly string[];
  /** What stands behind them: what hangs on a device, such as `["-device", "scsi-hd,drive=disk0"]`. */
  readonly attached?: readonly string[];
  /** Bytes of the guest's memory, a multiple of 1 MiB; 64 MiB if absent. */
  readonly memoryLength?: number;
  /** Milliseconds in which QEMU has to answer; 10,000 if absent. */
  readonly timeout?: number;
  /** Keeps the last accesses of each device's driver: see {@link QemuDevice.trace}. */
  readonly trace?: boolean;
}

const defaultProgram = "qemu-system-x86_64";
const mebibyte = 1 << 20;
/** Below lie the board's own things: legacy video memory, firmware. */
const freeFrom = 2 * mebibyte;
/** Where interrupt messages come in; a page is enough for as many vectors as there can be. */
const messagesAt = mebibyte;
const firstSlot = 4;
const mmio = { at: 0xfeb0_0000, bytes: 512, most: 24 } as const;

/**
 * Firmware that does nothing: its processor is parked at once, and touches neither memory nor devices. With a stopped
 * machine some devices would not work.
 */
function parkingFirmware(): Uint8Array {
  const bytes = new Uint8Array(1 << 16).fill(0xf4);
  // At the reset vector: cli; hlt; jmp back to the hlt.
  bytes.set([0xfa, 0xf4, 0xeb, 0xfd], 0xfff0);
  return bytes;
}

/** A QEMU with virtio devices and no guest. This process is its processor: drivers run here. */
export class QemuMachine {
  readonly qmp: Qmp;
  readonly memory: GuestMemory;
  /** The guest's memory that drivers may use. */
  readonly dma: DmaMemory;
  private readonly process: QemuProcess;
  private readonly channel: QtestChannel;
  private readonly ram: GuestRam;
  private readonly pump: InterruptPump;
  private readonly devices: readonly QemuDevice[];

  private constructor(parts: {
    readonly process: QemuProcess;
    readonly channel: QtestChannel;
    readonly ram: GuestRam;
    readonly qmp: Qmp;
    readonly options: QemuOptions;
  }) {
    const { process, channel, ram, qmp, options } = parts;
    this.process = process;
    this.channel = channel;
    this.ram = ram;
    this.qmp = qmp;
    this.memory = new GuestMemory([ram]);
    this.dma = new DmaMemory(this.memory, [{ address: freeFrom, length: ram.byteLength - freeFrom }]);
    this.pump = new InterruptPump();
    const bars = new BarPlaces();
    const messages = new Int32Array(ram.buffer(), messagesAt, mebibyte >> 2);
    this.devices = options.devices.map((model, index) => {
      const place: DevicePlace =
        options.bus === "mmio"
          ? { bus: "mmio", address: mmio.at + index * mmio.bytes, line: index }
          : { bus: "pci", slot: firstSlot + index, bars };
      return new QemuDevice({
        name: model.model,
        place,
        channel,
        pump: this.pump,
        dma: this.dma,
        messages: { words: messages.subarray(index * 1024, (index + 1) * 1024), address: messagesAt + index * 4096 },
        legacy: options.legacy ?? false,
        traced: options.trace ?? false,
      });
    });
    process.onEnd(() => this.gone());
  }

  /**
   * Starts QEMU.
   * @throws QtestError `unsupported-system`, `start-failed`, `timed-out`, `refused` (as a rejection)
   */
  static async start(options: QemuOptions): Promise<QemuMachine> {
    const { program = defaultProgram, memoryLength = 64 * mebibyte, timeout = 10_000 } = options;
    if (options.devices.length > mmio.most) {
      throw new QtestError("misuse", `a machine has places for ${mmio.most} devices, not ${options.devices.length}`);
    }
    if (!Number.isInteger(memoryLength / mebibyte) || memoryLength < 2 * freeFrom) {
      throw new QtestError("misuse", `${memoryLength} bytes of memory: give a multiple of 1 MiB, 4 MiB or more`);
    }
    const calls = await systemCalls();
    const process = new QemuProcess();
    const close: (() => void)[] = [];
    try {
      const { folder } = process;
      const ram = new GuestRam(process.memoryPath, memoryLength, calls);
      close.push(() => ram.release());
      const life = { ended: () => process.ended(), died: () => process.died(), timeout };
      const channel = new QtestChannel(join(folder, "qtest"), calls, life);
      close.push(() => channel.close());
      writeFileSync(join(folder, "firmware"), parkingFirmware());
      const devices = options.devices.map((model, index) => deviceArgument(model, index, options, timeout));
      process.start(program, argumentsOf(options, devices, folder, process.memoryPath, memoryLength));
      await channel.greet();
      const qmp = await Qmp.connect(join(folder, "qmp"), timeout);
      close.push(() => qmp.close());
      channel.listenToLines(await controllerOf(options.bus, qmp));
      process.started();
      return new QemuMachine({ process, channel, ram, qmp, options });
    } catch (error) {
      for (const one of close.toReversed()) one();
      await process.close();
      throw error;
    }
  }

  /** The device of this number, in the order of {@link QemuOptions.devices}. @throws QtestError `no-device` */
  device(index = 0): QemuDevice {
    const found = this.devices[index];
    if (found === undefined) throw new QtestError("no-device", `the machine has ${this.devices.length} devices`);
    return found;
  }

  /** QEMU's command line. */
  get commandLine(): string {
    return this.process.commandLine;
  }

  /** QEMU's process; undefined where it could not be run. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  /** What QEMU has written to its standard error: it tells there what a driver did wrong. */
  get stderr(): string {
    return this.process.stderr;
  }

  /** Why QEMU does not run any more; undefined while it does. */
  get failure(): QtestError | undefined {
    return this.process.ended();
  }

  /** All that is known where a test has failed: the command line, QEMU's words, the last accesses of each driver. */
  report(): string {
    const words = this.stderr.trim();
    return [
      `QEMU: ${this.commandLine}`,
      words === "" ? "QEMU has said nothing." : `QEMU said:\n${words}`,
      ...this.devices.flatMap((device) => (device.trace.length === 0 ? [] : [`${device.name}:`, ...device.trace])),
    ].join("\n");
  }

  /** Ends QEMU at once, as a crash would: requests that are under way are rejected. */
  kill(): void {
    this.process.kill();
  }

  /** Ends QEMU, and removes every file that belongs to it. */
  async close(): Promise<void> {
    this.pump.stop();
    this.qmp.close();
    this.channel.close();
    await this.process.close();
    this.ram.release();
  }

  private gone(): void {
    for (const device of this.devices) device.gone();
  }
}

/** The interrupt controller that the devices' lines go to. */
async function controllerOf(bus: "mmio" | "pci", qmp: Qmp): Promise<string> {
  if (bus === "pci") return "ioapic";
  // The lines of virtio-mmio go to the second one, which QEMU has no name for.
  const path = "/machine/unattached";
  const found = (await qmp.execute("qom-list", { path })) as { readonly name: string; readonly type: string }[];
  const second = found.find(({ type }) => type === "child<ioapic>");
  if (second === undefined) throw new QtestError("start-failed", "the board has no controller for virtio-mmio's lines");
  return `${path}/${second.name}`;
}

function argumentsOf(
  options: QemuOptions,
  devices: readonly string[],
  folder: string,
  memoryPath: string,
  memoryLength: number,
): string[] {
  const { bus, legacy = false } = options;
  const size = `${memoryLength / mebibyte}M`;
  const board = bus === "mmio" ? "microvm" : "q35";
  const words = [
    `-display none -nodefaults -no-user-config -accel tcg -m ${size}`,
    `-object memory-backend-file,id=ram,size=${size},mem-path=${memoryPath},share=on`,
    `-machine ${board},memory-backend=ram -qtest-log /dev/null`,
    bus === "mmio" ? `-global virtio-mmio.force-legacy=${legacy ? "on" : "off"}` : "",
  ];
  return [
    ...words.join(" ").trimEnd().split(" "),
    "-bios",
    join(folder, "firmware"),
    "-qtest",
    `pipe:${join(folder, "qtest")}`,
    "-qmp",
    `unix:${join(folder, "qmp")},server=on,wait=off`,
    ...(options.arguments ?? []),
    ...devices.flatMap((device) => ["-device", device]),
    ...(options.attached ?? []),
  ];
}

function deviceArgument(
  { model, properties = {} }: QemuDeviceModel,
  index: number,
  { program = defaultProgram, bus, legacy = false }: QemuOptions,
  timeout: number,
): string {
  const whole = /-(?:pci|device)$/.test(model);
  const name = whole ? model : `${model}-${bus === "mmio" ? "device" : "pci"}`;
  const place =
    bus === "mmio" ? { bus: `virtio-mmio-bus.${index}` } : { addr: `${(firstSlot + index).toString(16)}.0` };
  // A model that never had the interface from before the standard has nothing to switch off.
  const both = bus === "pci" && hasProperty(program, name, "disable-legacy", timeout);
  const face = !both ? {} : legacy ? { "disable-legacy": false, "disable-modern": false } : { "disable-legacy": true };
  const all = Object.entries({ ...place, ...face, ...properties });
  const text = all.map(([key, value]) => `${key}=${typeof value === "boolean" ? (value ? "on" : "off") : value}`);
  return [name, ...text.map((one) => one.replaceAll(",", ",,"))].join(",");
}
