import { LegacyHeaderRegister as Register, legacyHeaderRegisters, QUEUE_ALIGN } from "../../described/pci.ts";
import type { BarPart } from "./pci-bar.ts";
import type { PciFunction } from "./pci-function.ts";
import { blockLength, registerWidths } from "./register-widths.ts";

const { config, config_with_msix: configWithMsix, ...fixed } = Register;
const widths = registerWidths(fixed, legacyHeaderRegisters, configWithMsix);

/** In bytes, the configuration space of this length behind it included. */
export function legacyHeaderLength(configLength: number): number {
  return blockLength(Register, legacyHeaderRegisters) - 1 + configLength;
}

/**
 * The header of the legacy interface, and behind it the configuration space. While MSI-X is enabled two more registers
 * stand between them. A register is accessed in its width, the configuration space in any.
 */
export class PciLegacyHeader implements BarPart {
  private readonly owner: PciFunction;
  private notified = 0;

  constructor(owner: PciFunction) {
    this.owner = owner;
  }

  read(offset: number, width: number): number {
    const { device, interrupts } = this.owner;
    const start = this.configStart;
    if (offset >= start) return this.owner.use(true) ? device.readConfig(offset - start, width) : 0;
    if (widths[offset] !== width) return 0;
    if (offset === Register.device_status) return device.status;
    if (offset === Register.isr_status) return interrupts.takeIsr();
    return this.owner.use(true) ? this.readRegister(offset) : 0;
  }

  write(offset: number, width: number, value: number): void {
    const start = this.configStart;
    if (offset >= start) {
      if (this.owner.use(true)) this.owner.device.writeConfig(offset - start, width, value);
    } else if (widths[offset] === width) {
      if (offset === Register.device_status) this.owner.writeStatus(value, true);
      else if (this.owner.use(true)) this.writeRegister(offset, value);
    }
  }

  private get configStart(): number {
    return this.owner.interrupts.byVectors ? configWithMsix : config;
  }

  private readRegister(offset: number): number {
    const { device, queues, interrupts } = this.owner;
    switch (offset) {
      case Register.device_features:
        return device.offeredWord(0);
      case Register.driver_features:
        return device.acceptedWord(0);
      case Register.queue_address:
        return queues.page;
      case Register.queue_size:
        return queues.maxSize;
      case Register.queue_select:
        return queues.selected;
      case Register.queue_notify:
        return this.notified;
      case Register.config_msix_vector:
        return interrupts.configVector;
      case Register.queue_msix_vector:
        return interrupts.queueVector(queues.selected);
      default:
        return 0;
    }
  }

  private writeRegister(offset: number, value: number): void {
    const { device, queues, interrupts } = this.owner;
    switch (offset) {
      case Register.driver_features:
        device.acceptWord(0, value);
        return;
      case Register.queue_address:
        queues.setPage(value, QUEUE_ALIGN, QUEUE_ALIGN);
        return;
      case Register.queue_select:
        queues.selected = value;
        return;
      case Register.queue_notify:
        this.notified = value;
        device.notified(value);
        return;
      case Register.config_msix_vector:
        interrupts.configVector = value;
        return;
      case Register.queue_msix_vector:
        if (queues.exists) interrupts.setQueueVector(queues.selected, value);
        break;
      default:
    }
  }
}
