import type { DevicePort, SharedMemory } from "../../device/device-port.ts";
import type { VirtioDevice } from "../../device/virtio-device.ts";
import { F, STATUS } from "../../described/config.ts";
import { INT, Register, registers, VERSION } from "../../described/mmio.ts";
import type { GuestMemory } from "../../memory/guest-memory.ts";
import { QueueBank } from "./queue-bank.ts";

/** What the machine gives a device in memory. */
export interface MmioHost {
  /** The guest's memory, in which the queues lie. */
  readonly memory: GuestMemory;
  /** Sets the level of the device's interrupt line. Called when it changes only. */
  interrupt(raised: boolean): void;
  /** 2 is the standard's interface, 1 the legacy one; 2 if absent. */
  readonly version?: VERSION;
  /** The byte order of a legacy guest; little if absent. */
  readonly bigEndian?: boolean;
  /** What VendorID reads as; a number of this program's if absent. */
  readonly vendorId?: number;
}

const ownVendor = 0x4e47_5456; // "VTGN"
const allOnes = 0xffff_ffff;
const twoTo32 = 0x1_0000_0000;
/** Where a legacy driver has not said it. */
const usualAlign = 4096;
/** Every register but the configuration space is accessed in this width. */
const registerWidth = registers.MagicValue.size;

/**
 * A device behind registers in memory. The machine calls `read` and `write` when the guest accesses them, with the
 * offset from where it has put them. Whatever the guest does there, nothing throws: an access of another width than
 * the register's, in a direction that it does not have, or where no register is, reads as 0 and writes nothing.
 */
export class MmioDevice implements DevicePort {
  readonly memory: GuestMemory;
  readonly withholds: readonly number[] = [F.NOTIF_CONFIG_DATA, F.ADMIN_VQ, F.SR_IOV];
  private readonly device: VirtioDevice;
  private readonly host: MmioHost;
  private readonly legacy: boolean;
  private readonly queues: QueueBank;
  private deviceWord = 0;
  private driverWord = 0;
  private sharedMemoryId = 0;
  /** Drivers say it once, before their first reset. */
  private pageSize = 0;
  private interruptStatus = 0;
  private raised = false;

  /** @throws DeviceError where the device is on a transport already */
  constructor(device: VirtioDevice, host: MmioHost) {
    this.device = device;
    this.host = host;
    this.memory = host.memory;
    this.legacy = host.version === VERSION.LEGACY;
    this.queues = new QueueBank(device);
    device.attach(this);
    device.speak({ legacy: this.legacy, bigEndian: this.legacy && host.bigEndian === true });
  }

  /**
   * A read of the guest's.
   * @param width in bytes
   * @returns an unsigned number, of bytes in little-endian order
   */
  read(offset: number, width: number): number {
    if (offset >= Register.Config)
      return isConfigWidth(width) ? this.device.readConfig(offset - Register.Config, width) : 0;
    return width === registerWidth ? this.readRegister(offset) >>> 0 : 0;
  }

  /** A write of the guest's: see {@link read}. */
  write(offset: number, width: number, value: number): void {
    if (offset >= Register.Config) {
      if (isConfigWidth(width)) this.device.writeConfig(offset - Register.Config, width, value >>> 0);
    } else if (width === registerWidth) {
      this.writeRegister(offset, value >>> 0);
    }
  }

  usedBuffer(): void {
    this.assert(INT.USED_BUFFER);
  }

  configChanged(): void {
    this.assert(INT.CONFIG);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case Register.MagicValue:
        return registers.MagicValue.value ?? 0;
      case Register.Version:
        return this.legacy ? VERSION.LEGACY : VERSION.MODERN;
      case Register.DeviceID:
        return this.device.description.id;
      case Register.VendorID:
        return this.host.vendorId ?? ownVendor;
      case Register.DeviceFeatures:
        return this.device.offeredWord(this.deviceWord);
      case Register.QueueSizeMax:
        return this.queues.maxSize;
      case Register.InterruptStatus:
        return this.interruptStatus;
      case Register.Status:
        return this.device.status;
      default:
        return this.legacy ? this.readLegacy(offset) : this.readModern(offset);
    }
  }

  private readLegacy(offset: number): number {
    return offset === Register.QueuePFN ? this.queues.page : 0;
  }

  private readModern(offset: number): number {
    switch (offset) {
      case Register.QueueReady:
        return this.queues.enabled ? 1 : 0;
      case Register.SHMLenLow:
        return this.sharedMemory?.length ?? allOnes;
      case Register.SHMLenHigh:
        return upper(this.sharedMemory?.length);
      case Register.SHMBaseLow:
        return this.sharedMemory?.address ?? allOnes;
      case Register.SHMBaseHigh:
        return upper(this.sharedMemory?.address);
      case Register.ConfigGeneration:
        return this.device.configGeneration;
      default:
        // QueueReset among them: a queue is reset before the write of 1 returns.
        return 0;
    }
  }

  private writeRegister(offset: number, value: number): void {
    switch (offset) {
      case Register.QueueNotify:
        this.device.notified(value);
        return;
      case Register.InterruptACK:
        this.interruptStatus &= ~value;
        this.updateLine();
        return;
      case Register.DeviceFeaturesSel:
        this.deviceWord = value;
        return;
      case Register.DriverFeaturesSel:
        this.driverWord = value;
        return;
      case Register.DriverFeatures:
        this.device.acceptWord(this.driverWord, value);
        return;
      case Register.QueueSel:
        this.queues.selected = value;
        return;
      case Register.QueueSize:
        this.queues.size = value;
        return;
      case Register.Status:
        this.device.writeStatus(value);
        if (value === 0) this.reset();
        return;
      default:
        if (this.legacy) this.writeLegacy(offset, value);
        else this.writeModern(offset, value);
    }
  }

  private writeLegacy(offset: number, value: number): void {
    switch (offset) {
      case Register.GuestPageSize:
        this.pageSize = value;
        return;
      case Register.QueueAlign:
        this.queues.align = value;
        return;
      case Register.QueuePFN:
        this.queues.setPage(value, this.pageSize, usualAlign);
        break;
      default:
    }
  }

  private writeModern(offset: number, value: number): void {
    switch (offset) {
      case Register.QueueReady:
        if (value === 1) this.queues.enable();
        else if (value === 0) this.queues.stop();
        return;
      case Register.QueueDescLow:
      case Register.QueueDescHigh:
        this.queues.setHalf("desc", offset === Register.QueueDescHigh, value);
        return;
      case Register.QueueDriverLow:
      case Register.QueueDriverHigh:
        this.queues.setHalf("driver", offset === Register.QueueDriverHigh, value);
        return;
      case Register.QueueDeviceLow:
      case Register.QueueDeviceHigh:
        this.queues.setHalf("device", offset === Register.QueueDeviceHigh, value);
        return;
      case Register.SHMSel:
        this.sharedMemoryId = value;
        return;
      case Register.QueueReset:
        if (value === 1 && this.negotiated(F.RING_RESET)) this.queues.reset();
        break;
      default:
    }
  }

  private get sharedMemory(): SharedMemory | undefined {
    return this.device.sharedMemory.find(({ id }) => id === this.sharedMemoryId);
  }

  private negotiated(bit: number): boolean {
    return (this.device.status & STATUS.FEATURES_OK) !== 0 && this.device.features.has(bit);
  }

  private assert(event: INT): void {
    this.interruptStatus |= event;
    this.updateLine();
  }

  private reset(): void {
    this.queues.clear();
    this.deviceWord = 0;
    this.driverWord = 0;
    this.sharedMemoryId = 0;
    this.interruptStatus = 0;
    this.updateLine();
  }

  private updateLine(): void {
    const raised = this.interruptStatus !== 0;
    if (raised === this.raised) return;
    this.raised = raised;
    this.host.interrupt(raised);
  }
}

function isConfigWidth(width: number): boolean {
  return width === 1 || width === 2 || width === 4;
}

/** The upper 32 bits; all ones where there is no number. */
function upper(value: number | undefined): number {
  return value === undefined ? allOnes : Math.floor(value / twoTo32);
}
