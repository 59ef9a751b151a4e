/** Status codes of SAM. */
export const STATUS = { GOOD: 0x00, CHECK_CONDITION: 0x02, BUSY: 0x08, TASK_ABORTED: 0x40 } as const;

/** Sense keys of SPC. */
export const KEY = {
  NO_SENSE: 0x0,
  MEDIUM_ERROR: 0x3,
  ILLEGAL_REQUEST: 0x5,
  UNIT_ATTENTION: 0x6,
  DATA_PROTECT: 0x7,
} as const;

/** Why a command did not do what it was to do: a sense key, and the additional sense code with its qualifier. */
export interface Sense {
  readonly key: number;
  readonly code: number;
  readonly qualifier: number;
  /** The first block that is wrong, where it is one. */
  readonly block?: number;
}

export const noSense: Sense = { key: KEY.NO_SENSE, code: 0x00, qualifier: 0x00 };
export const writeError: Sense = { key: KEY.MEDIUM_ERROR, code: 0x0c, qualifier: 0x00 };
export const readError: Sense = { key: KEY.MEDIUM_ERROR, code: 0x11, qualifier: 0x00 };
export const parameterListLength: Sense = { key: KEY.ILLEGAL_REQUEST, code: 0x1a, qualifier: 0x00 };
export const invalidOpcode: Sense = { key: KEY.ILLEGAL_REQUEST, code: 0x20, qualifier: 0x00 };
export const blockOutOfRange: Sense = { key: KEY.ILLEGAL_REQUEST, code: 0x21, qualifier: 0x00 };
export const invalidFieldInCdb: Sense = { key: KEY.ILLEGAL_REQUEST, code: 0x24, qualifier: 0x00 };
export const noSuchUnit: Sense = { key: KEY.ILLEGAL_REQUEST, code: 0x25, qualifier: 0x00 };
export const invalidParameter: Sense = { key: KEY.ILLEGAL_REQUEST, code: 0x26, qualifier: 0x00 };
export const savingNotSupported: Sense = { key: KEY.ILLEGAL_REQUEST, code: 0x39, qualifier: 0x00 };
export const writeProtected: Sense = { key: KEY.DATA_PROTECT, code: 0x27, qualifier: 0x00 };
export const wasReset: Sense = { key: KEY.UNIT_ATTENTION, code: 0x29, qualifier: 0x03 };
export const capacityChanged: Sense = { key: KEY.UNIT_ATTENTION, code: 0x2a, qualifier: 0x09 };
export const unitsChanged: Sense = { key: KEY.UNIT_ATTENTION, code: 0x3f, qualifier: 0x0e };

const valid = 0x80;
const fixedCurrent = 0x70;

/** Sense data in fixed format, 18 bytes. */
export function senseBytes({ key, code, qualifier, block }: Sense): Uint8Array {
  const bytes = new Uint8Array(18);
  bytes[0] = fixedCurrent;
  bytes[2] = key;
  // Four bytes are all that this format has for a block.
  if (block !== undefined && block <= 0xffff_ffff) {
    bytes[0] |= valid;
    new DataView(bytes.buffer).setUint32(3, block);
  }
  bytes[7] = bytes.length - 8;
  bytes[12] = code;
  bytes[13] = qualifier;
  return bytes;
}

/** Thrown by what serves a command: it ends with CHECK CONDITION and this sense. */
export class CheckCondition extends Error {
  readonly sense: Sense;

  constructor(sense: Sense) {
    super(`sense ${[sense.key, sense.code, sense.qualifier].map((one) => one.toString(16)).join("/")}`);
    this.name = "CheckCondition";
    this.sense = sense;
  }
}
