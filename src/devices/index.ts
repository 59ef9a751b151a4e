// Devices that are ready to use, each upon the generated class of its type: `virtgen/devices`. What needs Node is in
// `virtgen/devices/node`.

export { pageRanges, pageSize, type PageRange } from "./balloon/page-ranges.ts";
export { StatisticsUnavailable, type MemoryStatistics } from "./balloon/statistics-exchange.ts";
export { BlkDisk, type BlkDiskOptions, type RangeLimits } from "./blk-disk.ts";
export type { ConsolePort, PortOptions } from "./console/console-port.ts";
export { EntropySource, type EntropySourceOptions } from "./entropy-source.ts";
export { MemoryBalloon, type MemoryBalloonOptions, type MemoryHandler } from "./memory-balloon.ts";
export { linkPair, type NetLink, type PacketHandler } from "./net/link.ts";
export { framed, PacketReader, StreamOutOfStep } from "./net/packet-stream.ts";
export { NetCard, type NetCardOptions, type PacketCounts } from "./net-card.ts";
export { ringFeatures, type RingOptions } from "./ring-features.ts";
export { LogicalUnit, type UnitOptions } from "./scsi/logical-unit.ts";
export type { LunAddress } from "./scsi/lun.ts";
export { ScsiHost, type PluggedUnit, type ScsiHostOptions } from "./scsi-host.ts";
export { BufferStore } from "./store/buffer-store.ts";
export {
  ArrayBytes,
  BytesGone,
  sectorSize,
  type ByteSource,
  type ByteTarget,
  type SectorStore,
} from "./store/sector-store.ts";
export { StreamConsole, type ConsoleSize, type StreamConsoleOptions } from "./stream-console.ts";
