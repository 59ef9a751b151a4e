import { F } from "../../described/config.ts";
import { CommonRegister as Register, commonRegisters, NO_VECTOR } from "../../described/pci.ts";
import type { BarPart } from "./pci-bar.ts";
import type { PciFunction } from "./pci-function.ts";
import { blockLength, registerWidths } from "./register-widths.ts";

/** In bytes. */
export const commonConfigLength: number = blockLength(Register, commonRegisters);

const widths = registerWidths(Register, commonRegisters, commonConfigLength);
/** From the lower half of a 64-bit register to the upper one. */
const upper = 4;

/**
 * The common configuration of the standard's interface. A register is accessed in its width, a 64-bit one in halves;
 * other accesses read as 0 and write nothing.
 */
export class PciCommonConfig implements BarPart {
  private readonly owner: PciFunction;
  private deviceWord = 0;
  private driverWord = 0;
  private generation = 0;
  private seenGeneration = 0;

  constructor(owner: PciFunction) {
    this.owner = owner;
  }

  read(offset: number, width: number): number {
    if (widths[offset] !== width) return 0;
    const { device } = this.owner;
    if (offset === Register.device_status) return device.status;
    if (!this.owner.use(false)) return 0;
    switch (offset) {
      case Register.device_feature_select:
        return this.deviceWord;
      case Register.device_feature:
        return device.offeredWord(this.deviceWord);
      case Register.driver_feature_select:
        return this.driverWord;
      case Register.driver_feature:
        return device.acceptedWord(this.driverWord);
      case Register.config_msix_vector:
        return this.owner.interrupts.configVector;
      case Register.num_queues:
        return this.owner.queueCount;
      case Register.config_generation:
        return this.configGeneration();
      default:
        return this.readQueue(offset);
    }
  }

  write(offset: number, width: number, value: number): void {
    if (widths[offset] !== width) return;
    if (offset === Register.device_status) {
      this.owner.writeStatus(value, false);
      return;
    }
    if (!this.owner.use(false)) return;
    switch (offset) {
      case Register.device_feature_select:
        this.deviceWord = value;
        return;
      case Register.driver_feature_select:
        this.driverWord = value;
        return;
      case Register.driver_feature:
        this.owner.device.acceptWord(this.driverWord, value);
        return;
      case Register.config_msix_vector:
        this.owner.interrupts.configVector = value;
        return;
      default:
        this.writeQueue(offset, value);
    }
  }

  /**
   * The number of 8 bits that changes when the driver reads what has changed. It counts reads that saw a change, not
   * changes: of those there may be any number between two reads, and the number would come round.
   */
  configGeneration(): number {
    const now = this.owner.device.configGeneration;
    if (now !== this.seenGeneration) this.generation = (this.generation + 1) & 0xff;
    this.seenGeneration = now;
    return this.generation;
  }

  private get adminQueues(): { readonly index: number; readonly count: number } | undefined {
    const { device } = this.owner;
    return device.features.has(F.ADMIN_VQ) ? device.adminQueues : undefined;
  }

  reset(): void {
    this.deviceWord = 0;
    this.driverWord = 0;
  }

  private readQueue(offset: number): number {
    const { queues, interrupts } = this.owner;
    switch (offset) {
      case Register.queue_select:
        return queues.selected;
      case Register.queue_size:
        return queues.size;
      case Register.queue_msix_vector:
        return queues.exists ? interrupts.queueVector(queues.selected) : NO_VECTOR;
      case Register.queue_enable:
        return queues.enabled ? 1 : 0;
      case Register.queue_notify_off:
        return queues.exists ? queues.selected : 0;
      case Register.queue_desc:
      case Register.queue_desc + upper:
        return queues.half("desc", offset !== Register.queue_desc);
      case Register.queue_driver:
      case Register.queue_driver + upper:
        return queues.half("driver", offset !== Register.queue_driver);
      case Register.queue_device:
      case Register.queue_device + upper:
        return queues.half("device", offset !== Register.queue_device);
      case Register.queue_notif_config_data:
        return queues.exists && this.owner.negotiated(F.NOTIF_CONFIG_DATA) ? queues.selected : 0;
      case Register.admin_queue_index:
        return this.adminQueues?.index ?? 0;
      case Register.admin_queue_num:
        return this.adminQueues?.count ?? 0;
      default:
        // queue_reset, for a queue is reset before the write of 1 returns.
        return 0;
    }
  }

  private writeQueue(offset: number, value: number): void {
    const { queues, interrupts } = this.owner;
    switch (offset) {
      case Register.queue_select:
        queues.selected = value;
        return;
      case Register.queue_size:
        queues.size = value;
        return;
      case Register.queue_msix_vector:
        if (queues.exists) interrupts.setQueueVector(queues.selected, value);
        return;
      case Register.queue_enable:
        // Only a reset ends it again.
        if (value === 1) queues.enable();
        return;
      case Register.queue_desc:
      case Register.queue_desc + upper:
        queues.setHalf("desc", offset !== Register.queue_desc, value);
        return;
      case Register.queue_driver:
      case Register.queue_driver + upper:
        queues.setHalf("driver", offset !== Register.queue_driver, value);
        return;
      case Register.queue_device:
      case Register.queue_device + upper:
        queues.setHalf("device", offset !== Register.queue_device, value);
        return;
      case Register.queue_reset:
        if (value === 1 && this.owner.negotiated(F.RING_RESET) && queues.exists) {
          queues.reset();
          interrupts.setQueueVector(queues.selected, NO_VECTOR);
        }
        break;
      default:
    }
  }
}
