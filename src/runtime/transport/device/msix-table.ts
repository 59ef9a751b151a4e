// MSI-X as the PCI Local Bus Specification has it: a table of messages, one a vector, and bits of those that wait.

/** Sends an interrupt message: a 32-bit write of `data` to the address that is given by its two halves. */
export type SendMessage = (addressLow: number, addressHigh: number, data: number) => void;

/** Bytes of the capability, of an entry of the table, and of its members. */
const capabilityBytes = 12;
const entryBytes = 16;
const Entry = { addressLow: 0, addressHigh: 4, data: 8, control: 12 } as const;
const masked = 1;
const capabilityId = 0x11;
/** Bits of the capability's control word. */
const CONTROL = { FUNCTION_MASK: 0x4000, ENABLE: 0x8000 } as const;

/** Where the control word is in the capability, and which of its bits are the driver's. */
export const msixControlOffset = 2;
export const msixControlWritable: number = CONTROL.FUNCTION_MASK | CONTROL.ENABLE;

/** The table of a function's interrupt messages, and the bits of those that are pending. */
export class MsixTable {
  readonly vectors: number;
  enabled = false;
  private functionMasked = false;
  private readonly entries: DataView;
  private readonly waiting: Uint8Array;
  private readonly send: SendMessage;

  constructor(vectors: number, send: SendMessage) {
    this.vectors = vectors;
    this.send = send;
    this.entries = new DataView(new ArrayBuffer(vectors * entryBytes));
    this.waiting = new Uint8Array(Math.ceil(vectors / 64) * 8);
    for (let vector = 0; vector < vectors; vector++) this.setMember(vector, Entry.control, masked);
  }

  /** In bytes. */
  get tableLength(): number {
    return this.entries.byteLength;
  }

  /** In bytes. */
  get pendingLength(): number {
    return this.waiting.length;
  }

  /** The capability that tells where both are. */
  capability(bar: number, tableOffset: number, pendingOffset: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(capabilityBytes));
    view.setUint8(0, capabilityId);
    view.setUint16(msixControlOffset, this.vectors - 1, true);
    view.setUint32(4, tableOffset | bar, true);
    view.setUint32(8, pendingOffset | bar, true);
    return new Uint8Array(view.buffer);
  }

  /** The driver has written the capability's control word. */
  control(word: number): void {
    this.enabled = (word & CONTROL.ENABLE) !== 0;
    this.functionMasked = (word & CONTROL.FUNCTION_MASK) !== 0;
    this.deliver();
  }

  /** Interrupts by this vector: now, or when the driver does not mask it any more. */
  notify(vector: number): void {
    if (vector >= this.vectors) return;
    this.waiting[vector >> 3] = (this.waiting[vector >> 3] ?? 0) | (1 << (vector & 7));
    this.deliverOne(vector);
  }

  /** Nothing is pending any more: the device was reset. */
  reset(): void {
    this.waiting.fill(0);
  }

  readTable(offset: number, width: number): number {
    let value = 0;
    for (let index = width - 1; index >= 0; index--) value = value * 256 + this.entries.getUint8(offset + index);
    return value;
  }

  /** The table is written in aligned words of 32 bits only. */
  writeTable(offset: number, width: number, value: number): void {
    if (width !== 4 || offset % 4 !== 0) return;
    const vector = Math.floor(offset / entryBytes);
    const member = offset % entryBytes;
    this.setMember(vector, member, member === Entry.control ? value & masked : value);
    this.deliverOne(vector);
  }

  readPending(offset: number, width: number): number {
    let value = 0;
    for (let index = width - 1; index >= 0; index--) value = value * 256 + (this.waiting[offset + index] ?? 0);
    return value;
  }

  private deliver(): void {
    for (let vector = 0; vector < this.vectors; vector++) this.deliverOne(vector);
  }

  private deliverOne(vector: number): void {
    if (!this.enabled || this.functionMasked || (this.member(vector, Entry.control) & masked) !== 0) return;
    const bits = this.waiting[vector >> 3] ?? 0;
    const bit = 1 << (vector & 7);
    if ((bits & bit) === 0) return;
    this.waiting[vector >> 3] = bits & ~bit;
    this.send(
      this.member(vector, Entry.addressLow),
      this.member(vector, Entry.addressHigh),
      this.member(vector, Entry.data),
    );
  }

  private member(vector: number, member: number): number {
    return this.entries.getUint32(vector * entryBytes + member, true);
  }

  private setMember(vector: number, member: number, value: number): void {
    this.entries.setUint32(vector * entryBytes + member, value, true);
  }
}
