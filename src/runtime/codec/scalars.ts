import type { ConfigAccess } from "../config-access.ts";
import { NumberMember } from "./number-member.ts";

// One class for each width and byte order: V8 keeps type feedback for each method, so that a get or a set becomes one
// load or store. That the view ends too early is left to the DataView itself: to ask for its length takes longer than
// to read from it.

export class U8 extends NumberMember {
  readonly byteLength = 1;
  readonly largest = 0xff;

  override get(view: DataView, at: number): number {
    try {
      return view.getUint8(at + this.byteOffset);
    } catch {
      throw this.outside(view, at);
    }
  }

  override set(view: DataView, at: number, value: number): void {
    if ((value & 0xff) !== value) throw this.unfit(value);
    try {
      view.setUint8(at + this.byteOffset, value);
    } catch {
      throw this.outside(view, at);
    }
  }

  override load(config: ConfigAccess): number {
    return config.read8(this.byteOffset);
  }

  protected override put(config: ConfigAccess, value: number): void {
    config.write8(this.byteOffset, value);
  }
}

export class Le16 extends NumberMember {
  readonly byteLength = 2;
  readonly largest = 0xffff;

  override get(view: DataView, at: number): number {
    try {
      return view.getUint16(at + this.byteOffset, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  override set(view: DataView, at: number, value: number): void {
    if ((value & 0xffff) !== value) throw this.unfit(value);
    try {
      view.setUint16(at + this.byteOffset, value, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  override load(config: ConfigAccess): number {
    return config.read16(this.byteOffset);
  }

  protected override put(config: ConfigAccess, value: number): void {
    config.write16(this.byteOffset, value);
  }
}

export class Be16 extends NumberMember {
  readonly byteLength = 2;
  readonly largest = 0xffff;

  override get(view: DataView, at: number): number {
    try {
      return view.getUint16(at + this.byteOffset);
    } catch {
      throw this.outside(view, at);
    }
  }

  override set(view: DataView, at: number, value: number): void {
    if ((value & 0xffff) !== value) throw this.unfit(value);
    try {
      view.setUint16(at + this.byteOffset, value);
    } catch {
      throw this.outside(view, at);
    }
  }

  override load(config: ConfigAccess): number {
    return swapped16(config.read16(this.byteOffset));
  }

  protected override put(config: ConfigAccess, value: number): void {
    config.write16(this.byteOffset, swapped16(value));
  }
}

export class Le32 extends NumberMember {
  readonly byteLength = 4;
  readonly largest = 0xffffffff;

  override get(view: DataView, at: number): number {
    try {
      return view.getUint32(at + this.byteOffset, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  override set(view: DataView, at: number, value: number): void {
    if (value >>> 0 !== value) throw this.unfit(value);
    try {
      view.setUint32(at + this.byteOffset, value, true);
    } catch {
      throw this.outside(view, at);
    }
  }

  override load(config: ConfigAccess): number {
    return config.read32(this.byteOffset);
  }

  protected override put(config: ConfigAccess, value: number): void {
    config.write32(this.byteOffset, value);
  }
}

export class Be32 extends NumberMember {
  readonly byteLength = 4;
  readonly largest = 0xffffffff;

  override get(view: DataView, at: number): number {
    try {
      return view.getUint32(at + this.byteOffset);
    } catch {
      throw this.outside(view, at);
    }
  }

  override set(view: DataView, at: number, value: number): void {
    if (value >>> 0 !== value) throw this.unfit(value);
    try {
      view.setUint32(at + this.byteOffset, value);
    } catch {
      throw this.outside(view, at);
    }
  }

  override load(config: ConfigAccess): number {
    return swapped32(config.read32(this.byteOffset));
  }

  protected override put(config: ConfigAccess, value: number): void {
    config.write32(this.byteOffset, swapped32(value));
  }
}

function swapped16(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}

function swapped32(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
