import { CheckCondition, invalidFieldInCdb, savingNotSupported } from "./sense.ts";

/** What mode pages tell of a unit. */
export interface ModeState {
  readonly readOnly: boolean;
  /** Written data may be in a cache until SYNCHRONIZE CACHE. */
  readonly writeCache: boolean;
  /** Size in blocks, and of a block in bytes. */
  readonly blocks: number;
  readonly blockSize: number;
}

/** The fields of MODE SENSE, of either size. */
export interface ModeQuery {
  readonly long: boolean;
  /** DBD: no block descriptor. */
  readonly withoutDescriptor: boolean;
  /** 0 current, 1 changeable, 2 default, 3 saved values. */
  readonly control: number;
  readonly page: number;
  readonly subpage: number;
}

const cachingPage = 0x08;
const controlPage = 0x0a;
const allPages = 0x3f;
const writeProtect = 0x80;
/** DPO and FUA are known. */
const forceUnitAccess = 0x10;

/** What MODE SENSE answers. @throws CheckCondition where there is no such page */
export function modeSense(query: ModeQuery, state: ModeState): Uint8Array {
  if (query.control === 3) throw new CheckCondition(savingNotSupported);
  const known = [cachingPage, controlPage];
  const wanted = query.page === allPages ? known : known.filter((page) => page === query.page);
  if (wanted.length === 0 || (query.subpage !== 0 && query.subpage !== 0xff))
    throw new CheckCondition(invalidFieldInCdb);
  const pages = wanted.flatMap((page) => [...pageBytes(page, query.control === 1, state)]);
  const descriptor = query.withoutDescriptor ? [] : [...blockDescriptor(state)];
  const specific = (state.readOnly ? writeProtect : 0) | forceUnitAccess;
  const behind = descriptor.length + pages.length;
  const head = query.long
    ? [(behind + 6) >> 8, (behind + 6) & 0xff, 0, specific, 0, 0, 0, descriptor.length]
    : [behind + 3, 0, specific, descriptor.length];
  return Uint8Array.from([...head, ...descriptor, ...pages]);
}

/** No member can be changed, so that the mask of what can is all zeroes. */
function pageBytes(page: number, changeable: boolean, state: ModeState): Uint8Array {
  if (page === controlPage) {
    const bytes = new Uint8Array(12);
    bytes.set([controlPage, 10]);
    // The queue may be reordered without restriction.
    if (!changeable) bytes[3] = 0x10;
    return bytes;
  }
  const bytes = new Uint8Array(20);
  bytes.set([cachingPage, 18]);
  if (!changeable && state.writeCache) bytes[2] = 0x04;
  return bytes;
}

/** The short one: as many blocks as it has room for, and the size of a block. */
function blockDescriptor({ blocks, blockSize }: ModeState): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.min(blocks, 0xffff_ffff));
  view.setUint32(4, blockSize & 0xff_ffff);
  return bytes;
}
