import { F, STATUS } from "../../../src/runtime/described/config.ts";
import { INT, Register, registers, VERSION } from "../../../src/runtime/described/mmio.ts";
import { DmaMemory } from "../../../src/runtime/driver/dma-memory.ts";
import type { DriverOptions } from "../../../src/runtime/driver/driver-options.ts";
import { FeatureSet } from "../../../src/runtime/features.ts";
import { GuestMemory } from "../../../src/runtime/memory/guest-memory.ts";
import { MmioTransport } from "../../../src/runtime/transport/driver/mmio-transport.ts";
import type { RegisterAccess } from "../../../src/runtime/transport/driver/register-access.ts";
import { shelf, ShelfDriver, type Feature } from "./shelf.ts";

const ramBytes = 1 << 20;

/**
 * Registers of virtio-mmio with nothing behind them: they do what a driver that sets a device up hopes for, unless a
 * test has it otherwise. What a device would do in the rings is the test's to write.
 */
export class ScriptedMmio implements RegisterAccess {
  readonly memory: GuestMemory;
  readonly view: DataView;
  readonly dma: DmaMemory;
  /** What a register reads as, whatever was written. */
  readonly fixed = new Map<number, number | (() => number)>();
  /** Notifications. */
  readonly notified: number[] = [];
  readonly config: DataView = new DataView(new ArrayBuffer(64));
  offered: FeatureSet = new FeatureSet([F.VERSION_1]);
  status = 0;
  interruptStatus = 0;
  private readonly written = new Map<number, number>();
  private selected = 0;

  constructor(buffer: ArrayBufferLike = new ArrayBuffer(ramBytes)) {
    this.memory = GuestMemory.over(buffer);
    this.view = new DataView(buffer);
    this.dma = new DmaMemory(this.memory, [{ address: 0x1000, length: buffer.byteLength - 0x1000 }]);
    this.config.setUint8(11, 4);
  }

  driver(options: Partial<DriverOptions<Feature>> = {}): ShelfDriver {
    return new ShelfDriver(MmioTransport.probe(this), { memory: this.dma, queueSize: 8, timeout: 20, ...options });
  }

  read(offset: number, width: 1 | 2 | 4): number {
    const fixed = this.fixed.get(offset);
    if (fixed !== undefined) return typeof fixed === "number" ? fixed : fixed();
    if (offset >= Register.Config) {
      const at = offset - Register.Config;
      return width === 1 ? this.config.getUint8(at) : this.config.getUint16(at, true);
    }
    switch (offset) {
      case Register.MagicValue:
        return registers.MagicValue.value ?? 0;
      case Register.Version:
        return VERSION.MODERN;
      case Register.DeviceID:
        return shelf.id;
      case Register.Status:
        return this.status;
      case Register.DeviceFeatures:
        return this.offered.word(this.written.get(Register.DeviceFeaturesSel) ?? 0);
      case Register.QueueSizeMax:
        return 8;
      case Register.InterruptStatus:
        return this.interruptStatus;
      default:
        return 0;
    }
  }

  write(offset: number, _width: number, value: number): void {
    this.written.set(offset, value);
    if (offset === Register.Status) this.status = value;
    else if (offset === Register.InterruptACK) this.interruptStatus &= ~value;
    else if (offset === Register.QueueNotify) this.notified.push(value);
    else if (offset === Register.QueueSel) this.selected = value;
    else if (offset === Register.QueueDeviceLow) this.written.set(-1 - this.selected, value);
  }

  /** Address of a split queue's used ring. */
  usedRing(queue = 0): number {
    return this.written.get(-1 - queue) ?? 0;
  }

  /** Uses a buffer of a split queue, as a device would that says so. */
  use(id: number, length: number, index = 1, queue = 0): void {
    const ring = this.usedRing(queue);
    const slot = ring + 4 + ((index - 1) & 7) * 8;
    this.view.setUint32(slot, id, true);
    this.view.setUint32(slot + 4, length, true);
    this.view.setUint16(ring + 2, index, true);
    this.interruptStatus |= INT.USED_BUFFER;
  }

  needReset(): void {
    this.status |= STATUS.DEVICE_NEEDS_RESET;
    this.interruptStatus |= INT.CONFIG;
  }
}
