import { ISR, NO_VECTOR } from "../../described/pci.ts";
import type { MsixTable } from "./msix-table.ts";
import { COMMAND, type PciConfigSpace } from "./pci-config-space.ts";

/** How a PCI function interrupts: by its line and the ISR status, or by MSI-X vectors that the driver maps. */
export class PciInterrupts {
  readonly msix: MsixTable | undefined;
  private readonly space: PciConfigSpace;
  private readonly intx: (raised: boolean) => void;
  private readonly queueVectors = new Map<number, number>();
  private configVectorNow: number = NO_VECTOR;
  private isr = 0;
  private raised = false;

  /** @param intx sets the level of the line; called when it changes only */
  constructor(space: PciConfigSpace, msix: MsixTable | undefined, intx: (raised: boolean) => void) {
    this.space = space;
    this.msix = msix;
    this.intx = intx;
  }

  get byVectors(): boolean {
    return this.msix?.enabled === true;
  }

  usedBuffer(queue: number): void {
    if (this.byVectors) {
      this.msix?.notify(this.queueVector(queue));
      return;
    }
    this.isr |= ISR.QUEUE;
    this.update();
  }

  configChanged(): void {
    this.isr |= ISR.CONFIG;
    if (this.byVectors) this.msix?.notify(this.configVectorNow);
    else this.update();
  }

  /** Reads the ISR status, which ends the interrupt. */
  takeIsr(): number {
    const { isr } = this;
    this.isr = 0;
    this.update();
    return isr;
  }

  /** A vector that the table does not have is not mapped: it reads back as NO_VECTOR. */
  get configVector(): number {
    return this.configVectorNow;
  }

  set configVector(vector: number) {
    this.configVectorNow = this.mapped(vector);
  }

  queueVector(queue: number): number {
    return this.queueVectors.get(queue) ?? NO_VECTOR;
  }

  setQueueVector(queue: number, vector: number): void {
    const mapped = this.mapped(vector);
    if (mapped === NO_VECTOR) this.queueVectors.delete(queue);
    else this.queueVectors.set(queue, mapped);
  }

  /** No event is pending or mapped to a vector any more: the device was reset. */
  reset(): void {
    this.isr = 0;
    this.configVectorNow = NO_VECTOR;
    this.queueVectors.clear();
    this.msix?.reset();
    this.update();
  }

  /** The line, from everything that it depends on: to be called when the driver has written to that. */
  update(): void {
    const pending = this.isr !== 0 && !this.byVectors;
    this.space.interruptStatus = pending;
    const raised = pending && (this.space.command & COMMAND.INTX_DISABLE) === 0;
    if (raised === this.raised) return;
    this.raised = raised;
    this.intx(raised);
  }

  private mapped(vector: number): number {
    return vector < (this.msix?.vectors ?? 0) ? vector : NO_VECTOR;
  }
}
