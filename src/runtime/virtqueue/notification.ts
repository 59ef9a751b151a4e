/** What a driver's notification says: which queue, and with NOTIFICATION_DATA how far its ring is filled. */
export interface NotificationData {
  /** The queue's index; on PCI with NOTIF_CONFIG_DATA the value that the device gave it. */
  readonly queue: number;
  /** Split: the lower 15 bits of the available index. Packed: the ring's next free descriptor. */
  readonly nextOff: number;
  /** Split: the available index's upper bit. Packed: the wrap counter of that descriptor. */
  readonly nextWrap: number;
}

/** The 32-bit value that a driver writes with NOTIFICATION_DATA, unsigned. Without it, it writes the queue alone. */
export function notificationValue(queue: number, nextOff: number, nextWrap: number): number {
  return ((queue & 0xffff) | ((nextOff & 0x7fff) << 16) | (nextWrap << 31)) >>> 0;
}

/** Takes such a value apart. */
export function notificationData(value: number): NotificationData {
  return { queue: value & 0xffff, nextOff: (value >>> 16) & 0x7fff, nextWrap: value >>> 31 };
}
