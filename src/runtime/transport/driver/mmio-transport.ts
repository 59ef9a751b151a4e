import type { GuestOrder } from "../../codec/spec.ts";
import type { ConfigAccess } from "../../config-access.ts";
import { INT, Register, registers as described, VERSION } from "../../described/mmio.ts";
import type { SharedMemory } from "../../device/device-port.ts";
import { DriverError } from "../../driver/driver-error.ts";
import type { FeatureSet } from "../../features.ts";
import type { QueueLayout } from "../../virtqueue/queue-setup.ts";
import { exactNumber, InterruptCause, type DriverTransport, type LegacyRings } from "./driver-transport.ts";
import { postWrite, RegisterConfig, type RegisterAccess } from "./register-access.ts";

/** What a transport cannot find out. */
export interface MmioOptions {
  /** The guest's byte order on the legacy interface; little-endian if absent. */
  readonly guestOrder?: GuestOrder;
}

/** In bytes. Any power of 2 will do; this is what every guest has. */
const legacyPage = 4096;

const half = 0x1_0000_0000;

/** A device behind virtio-mmio registers, as its driver reaches it: of the standard, or legacy. */
export class MmioTransport implements DriverTransport {
  readonly deviceId: number;
  readonly vendorId: number;
  readonly legacy: LegacyRings | undefined;
  readonly guestOrder: GuestOrder;
  readonly config: ConfigAccess;
  private readonly registers: RegisterAccess;

  private constructor(registers: RegisterAccess, legacy: boolean, options: MmioOptions) {
    this.registers = registers;
    this.deviceId = this.read(Register.DeviceID);
    this.vendorId = this.read(Register.VendorID);
    this.legacy = legacy ? { align: legacyPage, fixedSize: false } : undefined;
    this.guestOrder = options.guestOrder ?? "little";
    this.config = new RegisterConfig(registers, Register.Config, Infinity, () =>
      legacy ? 0 : this.read(Register.ConfigGeneration),
    );
  }

  /** Looks what is there. @throws DriverError `no-device`, `wrong-version` */
  static probe(registers: RegisterAccess, options: MmioOptions = {}): MmioTransport {
    const magic = registers.read(Register.MagicValue, 4) >>> 0;
    if (magic !== described.MagicValue.value) {
      throw new DriverError("no-device", `the first register is 0x${magic.toString(16)}: these are not virtio's`);
    }
    const version = registers.read(Register.Version, 4) >>> 0;
    if (version !== VERSION.MODERN && version !== VERSION.LEGACY) {
      throw new DriverError("wrong-version", `version ${version} of the registers is not known`);
    }
    const transport = new MmioTransport(registers, version === VERSION.LEGACY, options);
    if (transport.deviceId === 0) throw new DriverError("no-device", "this place is kept free: the device id is 0");
    return transport;
  }

  readStatus(): number {
    return this.read(Register.Status) & 0xff;
  }

  writeStatus(status: number): void {
    this.write(Register.Status, status);
  }

  offeredWord(index: number): number {
    if (this.legacy !== undefined && index > 0) return 0;
    this.write(Register.DeviceFeaturesSel, index);
    const word = this.read(Register.DeviceFeatures);
    // QEMU has two words, and the second in the place of all that follow.
    return index > 1 && word === this.offeredWord(1) ? 0 : word;
  }

  acceptWord(index: number, bits: number): void {
    this.write(Register.DriverFeaturesSel, index);
    this.write(Register.DriverFeatures, bits);
  }

  negotiated(_features: FeatureSet): void {
    if (this.legacy !== undefined) this.write(Register.GuestPageSize, legacyPage);
  }

  queueMaxSize(index: number): number {
    this.write(Register.QueueSel, index);
    if (this.read(this.legacy === undefined ? Register.QueueReady : Register.QueuePFN) !== 0) {
      throw new DriverError("queue-unusable", `queue ${index} is in use after a reset`);
    }
    return this.read(Register.QueueSizeMax);
  }

  enableQueue(index: number, layout: QueueLayout): void {
    this.write(Register.QueueSel, index);
    this.write(Register.QueueSize, layout.size);
    if (this.legacy !== undefined) {
      const page = layout.desc / legacyPage;
      if (!Number.isInteger(page) || page >= half) {
        throw new DriverError("queue-unusable", `a legacy queue cannot lie at ${layout.desc}`);
      }
      this.write(Register.QueueAlign, this.legacy.align);
      this.write(Register.QueuePFN, page);
      return;
    }
    this.writePair(Register.QueueDescLow, Register.QueueDescHigh, layout.desc);
    this.writePair(Register.QueueDriverLow, Register.QueueDriverHigh, layout.driver);
    this.writePair(Register.QueueDeviceLow, Register.QueueDeviceHigh, layout.device);
    this.write(Register.QueueReady, 1);
  }

  queueName(index: number): number {
    return index;
  }

  resetQueue(index: number): void {
    this.write(Register.QueueSel, index);
    this.write(Register.QueueReset, 1);
  }

  isQueueReset(index: number): boolean {
    this.write(Register.QueueSel, index);
    // QEMU has the feature without the register, which then reads as 0 though nothing is reset.
    return this.read(Register.QueueReset) === 0 && this.read(Register.QueueReady) === 0;
  }

  notify(_index: number, value: number): void {
    postWrite(this.registers, Register.QueueNotify, 4, value >>> 0);
  }

  sharedMemory(id: number): SharedMemory | undefined {
    if (this.legacy !== undefined) return undefined;
    this.write(Register.SHMSel, id);
    const length = exactNumber(this.read(Register.SHMLenLow), this.read(Register.SHMLenHigh));
    const address = exactNumber(this.read(Register.SHMBaseLow), this.read(Register.SHMBaseHigh));
    // Where there is no region the length is all ones, which is no exact number.
    return length === undefined || address === undefined ? undefined : { id, address, length };
  }

  acknowledge(): number {
    const causes = this.read(Register.InterruptStatus) & (INT.USED_BUFFER | INT.CONFIG);
    if (causes !== 0) this.write(Register.InterruptACK, causes);
    return causes & (InterruptCause.usedBuffers | InterruptCause.configChange);
  }

  private read(register: Register): number {
    return this.registers.read(register, 4) >>> 0;
  }

  private write(register: Register, value: number): void {
    this.registers.write(register, 4, value >>> 0);
  }

  private writePair(low: Register, high: Register, value: number): void {
    this.write(low, value % half);
    this.write(high, Math.floor(value / half));
  }
}
