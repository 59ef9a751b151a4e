/**
 * A device's configuration space, as a transport reaches it. Values are those of the bytes in little-endian order;
 * offsets count from the beginning of the device-specific space.
 */
export interface ConfigAccess {
  read8(offset: number): number;
  read16(offset: number): number;
  read32(offset: number): number;
  write8(offset: number, value: number): void;
  write16(offset: number, value: number): void;
  write32(offset: number, value: number): void;
  /** Changes whenever the device has changed the space; a constant where the transport has no generation. */
  generation(): number;
}

/** A configuration space in memory: a device's own copy, or a test's. */
export class ConfigMemory implements ConfigAccess {
  readonly view: DataView;
  private changes = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  read8(offset: number): number {
    return this.view.getUint8(offset);
  }

  read16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  read32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  write8(offset: number, value: number): void {
    this.view.setUint8(offset, value);
  }

  write16(offset: number, value: number): void {
    this.view.setUint16(offset, value, true);
  }

  write32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
  }

  generation(): number {
    return this.changes;
  }

  /** To be called after the device has changed what a driver may have begun to read. */
  changed(): void {
    this.changes = (this.changes + 1) >>> 0;
  }
}

/** Reads that are given up because the device does not stop changing its configuration space. */
const patience = 1000;

/**
 * What `read` returns when the configuration space did not change meanwhile; it is called again until then.
 * @throws Error where the space changes at every one of many attempts
 */
export function consistently<T>(config: ConfigAccess, read: (config: ConfigAccess) => T): T {
  for (let attempt = 0; attempt < patience; attempt++) {
    const before = config.generation();
    const value = read(config);
    if (config.generation() === before) return value;
  }
  throw new Error(`the configuration space changed during each of ${patience} reads`);
}

/** The first `length` bytes of the configuration space, read until they belong together. */
export function configSnapshot(config: ConfigAccess, length: number): DataView {
  const view = new DataView(new ArrayBuffer(length));
  consistently(config, () => {
    for (let offset = 0; offset < length; offset++) view.setUint8(offset, config.read8(offset));
  });
  return view;
}
