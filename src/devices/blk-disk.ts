// A disk over a store of sectors:
//
//   const disk = new BlkDisk({ store: new BufferStore(64 << 20), id: "scratch" });
//   const registers = new MmioDevice(disk, { memory, interrupt: (raised) => machine.setLine(5, raised) });
//
// A file in place of memory: `store: new FileStore("disk.img")`, from "virtgen/devices/node".

import type { Answer, Incoming, QueuePlace } from "virtgen/runtime";
import * as blk from "../../generated/typescript/blk.ts";
import { ringFeatures, type RingOptions } from "./ring-features.ts";
import { allDone } from "./store/all-done.ts";
import { sectorSize, type SectorStore } from "./store/sector-store.ts";

/** How much one DISCARD, WRITE_ZEROES or SECURE_ERASE may take. */
export interface RangeLimits {
  /** In 512-byte sectors, of each segment; 2^22 if absent. */
  readonly maxSectors?: number;
  /** 64 if absent. */
  readonly maxSegments?: number;
  /** In 512-byte sectors: where it is best to split; 1 if absent. */
  readonly alignment?: number;
}

export interface BlkDiskOptions extends RingOptions {
  readonly store: SectorStore;
  /** What GET_ID reads: at most 20 ASCII characters. */
  readonly id?: string;
  /** Request queues; 1 if absent. */
  readonly queues?: number;
  /** No writes; as the store says if absent. */
  readonly readOnly?: boolean;
  /** How the cache begins; the driver may switch it. Writethrough: each write is durable before it is answered. */
  readonly cache?: "writeback" | "writethrough";
  readonly ranges?: RangeLimits;
  /** How much the storage is worn. */
  readonly lifetime?: () => blk.Lifetime;
  /** In bytes: the block size that is best to use. */
  readonly blockSize?: number;
  readonly geometry?: blk.Geometry;
  readonly topology?: blk.Topology;
  /** Most data segments of a request, and bytes of each. */
  readonly segMax?: number;
  readonly sizeMax?: number;
  /** Lets legacy drivers order requests by the flag BARRIER. */
  readonly barriers?: boolean;
}

const idLength = blk.GetIdAnswer.data.byteLength ?? 0;
/** Bytes in front of the segments of a DISCARD and its kin, and of each segment. */
const headLength = blk.Req.byteLength ?? 0;
const segmentLength = blk.DiscardWriteZeroes.byteLength ?? 1;
const unmapFlag = 1;

/** One segment of a DISCARD and its kin, held against the limits, in bytes. */
interface Range {
  readonly position: number;
  readonly length: number;
  readonly unmap: boolean;
}

/**
 * A block device of everything but zones. Whatever goes wrong in a request or in the store is answered by IOERR, what
 * it does not know by UNSUPP; nothing of a request that fails its checks is done.
 */
export class BlkDisk extends blk.BlkDevice {
  private readonly store: SectorStore;
  private readonly readOnly: boolean;
  private readonly id: Uint8Array;
  private readonly lifetime: (() => blk.Lifetime) | undefined;
  /** The head's accessors in the guest's byte order. */
  private head: typeof blk.Req = blk.Req;
  private segment: typeof blk.DiscardWriteZeroes = blk.DiscardWriteZeroes;
  private durable = false;
  private ordered = false;
  /** In flight, and the barrier that all behind it wait for; only where the driver has BARRIER. */
  private readonly pending: Set<Promise<unknown>> = new Set();
  private barrier: Promise<unknown> | undefined;

  /** @throws DeviceError, RangeError where the options do not fit together */
  constructor(options: BlkDiskOptions) {
    const { store, id = "", lifetime, queueSize } = options;
    const readOnly = options.readOnly ?? store.readOnly;
    const { features, config } = offerOf(options, readOnly);
    super({
      features: [...(options.ringFeatures ?? ringFeatures), ...features],
      config,
      ...(queueSize === undefined ? {} : { queueSize }),
    });
    if (!/^[\x20-\x7e]{0,20}$/.test(id))
      throw new RangeError(`an id has at most ${idLength} ASCII characters: "${id}"`);
    this.store = store;
    this.readOnly = readOnly;
    this.lifetime = lifetime;
    this.id = new Uint8Array(idLength);
    this.id.set(Uint8Array.from(id, (character) => character.charCodeAt(0)));
  }

  /** The store has become larger or smaller: the driver is told. */
  sizeChanged(): void {
    this.changeConfig({ capacity: BigInt(this.store.size / sectorSize) });
  }

  protected override started(): void {
    const { features } = this;
    this.head = blk.Req.guestOrder(this.order);
    this.segment = blk.DiscardWriteZeroes.guestOrder(this.order);
    this.ordered = features.has(blk.F.BARRIER);
    // A driver that cannot flush, and does not say otherwise, expects its writes to stay.
    if (features.has(blk.F.CONFIG_WCE) && !features.has(blk.F.FLUSH)) this.changeConfig({ writeback: 0 }, false);
    this.chooseCache();
  }

  protected override configWritten(): void {
    this.chooseCache();
  }

  protected override wasReset(queue?: QueuePlace): void {
    if (queue !== undefined) return;
    this.pending.clear();
    this.barrier = undefined;
  }

  override in(request: Incoming<blk.Req>): Answer<blk.S> {
    return this.ordered ? this.inOrder(request, () => this.read(request)) : this.read(request);
  }

  override out(request: Incoming<blk.Req>): Answer<blk.S> {
    return this.ordered ? this.inOrder(request, () => this.write(request)) : this.write(request);
  }

  override flush(request: Incoming<blk.Req>): Answer<blk.S> {
    return this.ordered ? this.inOrder(request, () => this.commit()) : this.commit();
  }

  override flushOut(request: Incoming<blk.Req>): Answer<blk.S> {
    return this.flush(request);
  }

  override getId(_request: Incoming<blk.Req>): blk.GetIdAnswer {
    return { data: this.id, status: blk.S.OK };
  }

  override getLifetime(_request: Incoming<blk.Req>): blk.GetLifetimeAnswer {
    const none = { pre_eol_info: 0, device_lifetime_est_typ_a: 0, device_lifetime_est_typ_b: 0 };
    try {
      if (this.lifetime !== undefined) return { lifetime: this.lifetime(), status: blk.S.OK };
    } catch {
      return { lifetime: none, status: blk.S.IOERR };
    }
    return { lifetime: none, status: blk.S.UNSUPP };
  }

  override discard(request: Incoming): Answer<blk.S> {
    const { max_discard_sectors: sectors = 0, max_discard_seg: segments = 0 } = this.config;
    return this.eachRange(request, sectors, segments, 0, ({ position, length }) =>
      this.store.discard(position, length),
    );
  }

  override writeZeroes(request: Incoming): Answer<blk.S> {
    const { max_write_zeroes_sectors: sectors = 0, max_write_zeroes_seg: segments = 0 } = this.config;
    return this.eachRange(request, sectors, segments, unmapFlag, ({ position, length, unmap }) =>
      this.store.zero(position, length, unmap),
    );
  }

  override secureErase(request: Incoming): Answer<blk.S> {
    const { max_secure_erase_sectors: sectors = 0, max_secure_erase_seg: segments = 0 } = this.config;
    return this.eachRange(request, sectors, segments, 0, ({ position, length }) =>
      this.store.erase?.(position, length),
    );
  }

  private chooseCache(): void {
    const { features } = this;
    this.durable = features.has(blk.F.CONFIG_WCE) ? this.config.writeback === 0 : !features.has(blk.F.FLUSH);
  }

  // Over a store in memory these two allocate nothing, beside the view with which each piece of a long copy is made.

  private read(request: Incoming<blk.Req>): Answer<blk.S> {
    const position = this.positionOf(request, request.output.length);
    if (position < 0) return blk.S.IOERR;
    try {
      const done = this.store.read(position, request.output);
      return done instanceof Promise ? answerOf(done) : blk.S.OK;
    } catch {
      return blk.S.IOERR;
    }
  }

  private write(request: Incoming<blk.Req>): Answer<blk.S> {
    const position = this.positionOf(request, request.input.length);
    if (position < 0 || this.readOnly) return blk.S.IOERR;
    try {
      const done = this.store.write(position, request.input);
      if (done instanceof Promise) return answerOf(this.durable ? done.then(() => this.store.flush()) : done);
      return this.durable ? this.commit() : blk.S.OK;
    } catch {
      return blk.S.IOERR;
    }
  }

  private commit(): Answer<blk.S> {
    try {
      const done = this.store.flush();
      return done instanceof Promise ? answerOf(done) : blk.S.OK;
    } catch {
      return blk.S.IOERR;
    }
  }

  /** Where the data of a request begins in the store, in bytes; -1 where it is not whole sectors, or beyond the end. */
  private positionOf({ view, at }: Incoming<blk.Req>, length: number): number {
    const { sector } = this.head;
    // Beyond 2^53 the sum is not exact, but neither is there a store.
    const first = sector.high(view, at) * 0x1_0000_0000 + sector.low(view, at);
    if (length % sectorSize !== 0 || first + length / sectorSize > this.store.size / sectorSize) return -1;
    return first * sectorSize;
  }

  /** Holds every segment against the limits, then does what is to be done with each. */
  private eachRange(
    { view }: Incoming,
    maxSectors: number,
    maxSegments: number,
    knownFlags: number,
    act: (range: Range) => Answer<void>,
  ): Answer<blk.S> {
    const count = (view.byteLength - headLength) / segmentLength;
    const { sector, num_sectors: sectors, flags } = this.segment;
    const places = Array.from({ length: count }, (_, index) => headLength + index * segmentLength);
    if (places.some((at) => (flags.getWord(view, at) & ~knownFlags) !== 0)) return blk.S.UNSUPP;
    if (this.readOnly || count > maxSegments) return blk.S.IOERR;
    const size = this.store.size / sectorSize;
    const ranges: Range[] = [];
    // Segments that lie over one another are no way to keep the device busy: together they are at most the whole disk.
    let left = size;
    for (const at of places) {
      const first = sector.high(view, at) * 0x1_0000_0000 + sector.low(view, at);
      const length = sectors.get(view, at);
      left -= length;
      if (length > maxSectors || first + length > size || left < 0) return blk.S.IOERR;
      const unmap = (flags.getWord(view, at) & unmapFlag) !== 0;
      ranges.push({ position: first * sectorSize, length: length * sectorSize, unmap });
    }
    try {
      const done = allDone(ranges.map((range) => act(range)));
      if (!(done instanceof Promise)) return this.durable ? this.commit() : blk.S.OK;
      return answerOf(this.durable ? done.then(() => this.store.flush()) : done);
    } catch {
      return blk.S.IOERR;
    }
  }

  /** Runs a request when the barrier before it is over; a barrier itself when all before it are. */
  private inOrder({ view, at }: Incoming<blk.Req>, run: () => Answer<blk.S>): Answer<blk.S> {
    const isBarrier = (this.head.type.get(view, at) & blk.T.BARRIER) !== 0;
    const before = isBarrier ? [...this.pending] : this.barrier === undefined ? [] : [this.barrier];
    const answer = before.length === 0 ? run() : Promise.all(before).then(run);
    if (!(answer instanceof Promise)) return answer;
    const ended = answer.finally(() => {
      this.pending.delete(ended);
      if (this.barrier === ended) this.barrier = undefined;
    });
    this.pending.add(ended);
    if (isBarrier) this.barrier = ended;
    return answer;
  }
}

/** What a store's promise comes to. Never rejects. */
function answerOf(done: Promise<void>): Promise<blk.S> {
  return done.then(
    () => blk.S.OK,
    () => blk.S.IOERR,
  );
}

/** The features that these options stand for, each with the members of the configuration space that it brings. */
function offerOf(options: BlkDiskOptions, readOnly: boolean): { features: blk.F[]; config: blk.Config } {
  const { F } = blk;
  const { store, blockSize, geometry, topology, segMax, sizeMax, lifetime, barriers, queues, ranges = {} } = options;
  const { maxSectors = 0x40_0000, maxSegments = 64, alignment = 1 } = ranges;
  const features: blk.F[] = [];
  const offer = <Part extends object>(bit: blk.F, wanted: boolean, part?: Part): Part | undefined => {
    if (!wanted) return undefined;
    features.push(bit);
    return part;
  };
  const config = {
    capacity: BigInt(store.size / sectorSize),
    ...offer(F.FLUSH, true),
    ...offer(F.CONFIG_WCE, true, { writeback: options.cache === "writethrough" ? 0 : 1 }),
    ...offer(F.SIZE_MAX, sizeMax !== undefined, { size_max: sizeMax ?? 0 }),
    ...offer(F.SEG_MAX, segMax !== undefined, { seg_max: segMax ?? 0 }),
    ...(geometry && offer(F.GEOMETRY, true, { geometry })),
    ...offer(F.RO, readOnly),
    ...offer(F.BLK_SIZE, blockSize !== undefined, { blk_size: blockSize ?? 0 }),
    ...(topology && offer(F.TOPOLOGY, true, { topology })),
    ...offer(F.MQ, queues !== undefined && queues !== 1, { num_queues: queues ?? 1 }),
    ...offer(F.LIFETIME, lifetime !== undefined),
    ...offer(F.BARRIER, barriers === true),
    ...offer(F.DISCARD, !readOnly, {
      max_discard_sectors: maxSectors,
      max_discard_seg: maxSegments,
      discard_sector_alignment: alignment,
    }),
    ...offer(F.WRITE_ZEROES, !readOnly, {
      max_write_zeroes_sectors: maxSectors,
      max_write_zeroes_seg: maxSegments,
      write_zeroes_may_unmap: 1,
    }),
    ...offer(F.SECURE_ERASE, !readOnly && store.erase !== undefined, {
      max_secure_erase_sectors: maxSectors,
      max_secure_erase_seg: maxSegments,
      secure_erase_sector_alignment: alignment,
    }),
  };
  return { features, config };
}
