import { nativeStruct, type Codec } from "../../../src/runtime/codec/codec.ts";
import { bytes, le16, le32, le64, list, nested, u8 } from "../../../src/runtime/codec/fields.ts";
import { features as coreFeatures, F as Core } from "../../../src/runtime/described/config.ts";
import type { DeviceDescription } from "../../../src/runtime/device/device-description.ts";
import type { Answer, Incoming } from "../../../src/runtime/device/incoming.ts";
import type { DeviceOptions } from "../../../src/runtime/device/device-options.ts";
import { VirtioDevice } from "../../../src/runtime/device/virtio-device.ts";
import type { DriverError } from "../../../src/runtime/driver/driver-error.ts";
import type { DriverOptions, Reply } from "../../../src/runtime/driver/driver-options.ts";
import { VirtioDriver } from "../../../src/runtime/driver/virtio-driver.ts";
import { featureTable } from "../../../src/runtime/features.ts";
import { messageTags, type Message } from "../../../src/runtime/message.ts";
import { operation } from "../../../src/runtime/operation.ts";
import { queueTable, type Negotiated, type QueueContext } from "../../../src/runtime/queues.ts";
import type { DriverTransport } from "../../../src/runtime/transport/driver/driver-transport.ts";

// A small device for tests of drivers: it keeps bytes, as a disk does, and says when it is full.

export const F = { TRIM: 0, MQ: 1, EVENTS: 2, DEEP: 3, OLD: 5, HIGH: 70, EITHER: 71, OR: 72 } as const;
export type Feature = (typeof F)[keyof typeof F] | (typeof Core)[keyof typeof Core];
export { Core };

export const T = { READ: 0, WRITE: 1, TRIM: 2, NAMES: 3 } as const;
export const S = { OK: 0, ERROR: 1, UNKNOWN: 2 } as const;

export interface Config {
  capacity: bigint;
  geometry: { heads: number; sectors: number };
  /** Of a name. */
  width: number;
  num_queues?: number;
}

interface Geometry {
  heads: number;
  sectors: number;
}
const Geometry: Codec<Geometry> = nativeStruct<Geometry>("shelf_geometry", { heads: u8(0), sectors: le16(1) });

export const Config: Codec<Config, Negotiated> = nativeStruct<Config, Negotiated>("shelf_config", {
  capacity: le64(0),
  geometry: nested(8, Geometry),
  width: u8(11).access({ writable: "always" }),
  num_queues: le16(12).in(1, 0x8000).if(F.MQ),
});

export interface Head {
  type: number;
  sector: number;
}
export const Head: Codec<Head> = nativeStruct<Head>("shelf_head", { type: le32(0), sector: le32(4) });

export interface Trim extends Head {
  lengths: number[];
}
const Trim: Codec<Trim> = nativeStruct<Trim>("shelf_trim", {
  type: le32(0),
  sector: le32(4),
  lengths: list(8, le32(0)),
});

export interface Status {
  status: number;
}
export const Status: Codec<Status> = nativeStruct<Status>("shelf_status", { status: u8(0) });

export interface Names {
  count: number;
  names: Uint8Array;
}
const Names: Codec<Names, QueueContext> = nativeStruct<Names, QueueContext>("shelf_names", {
  count: le16(0),
  names: bytes(2, (value: Names, c: QueueContext) => value.count * Config.width.load(c.config)),
});

export interface Notice {
  kind: number;
  place: number;
}
export const Notice: Codec<Notice> = nativeStruct<Notice>("shelf_notice", { kind: le16(0), place: le16(2) });

const request: Message<"requestq", unknown, unknown> = {
  kind: "request",
  name: "shelf_request",
  queues: ["requestq"],
  readable: Head,
  writable: Status,
  tags: messageTags(Head, (head, view, at) => head.type.get(view, at)),
  refusal: { codec: Status, values: { status: S.UNKNOWN }, atEnd: true },
};

export const notice: Message<"noticeq", unknown, unknown> = {
  kind: "event",
  name: "shelf_notice",
  queues: ["noticeq"],
  readable: undefined,
  writable: Notice,
  tags: messageTags(Notice, (one, view, at) => one.kind.get(view, at)),
};

export const operations = {
  read: operation(request, { tags: [[T.READ]], sent: Head, answer: Status, output: "before", single: "status" }),
  write: operation(request, { tags: [[T.WRITE]], sent: Head, input: true, answer: Status, single: "status" }),
  trim: operation(request, { tags: [[T.TRIM]], needs: [F.TRIM], sent: Trim, answer: Status, single: "status" }),
  names: operation(request, { tags: [[T.NAMES]], sent: Head, answer: Names }),
  full: operation(notice, { tags: [[0]], needs: [F.EVENTS], answer: Notice }),
  label: operation(notice, { tags: [[[1, 9]]], needs: [F.EVENTS], answer: Notice, output: "behind" }),
};

const count = (c: QueueContext): number => (c.features.has(F.MQ) ? Config.num_queues.load(c.config) : 1);

export const shelf: DeviceDescription<Config> = {
  name: "shelf",
  id: 42,
  decides: ["num_queues", "width"],
  features: featureTable(
    F,
    {
      legacy: ["OLD"],
      requires: [
        [F.DEEP, [F.TRIM], [F.MQ]],
        [F.HIGH, [F.EITHER, F.OR], [~F.DEEP]],
      ],
      conflicts: [[F.EITHER, F.OR]],
    },
    coreFeatures,
  ),
  queues: queueTable({
    requestq: { each: (c) => [0, count(c) - 1], number: (index) => index },
    noticeq: { exists: (c) => c.features.has(F.EVENTS), number: (_, c) => count(c) + 1, compact: ["linux"] },
  }),
  config: Config,
  operations,
};

export const config: Config = {
  capacity: 0x1_0000_0002n,
  geometry: { heads: 3, sectors: 0x1234 },
  width: 4,
};

export class ShelfDevice extends VirtioDevice<Feature, Config> {
  readonly store: Uint8Array = new Uint8Array(1 << 16);
  readonly trimmed: number[][] = [];
  /** Requests that are held back, to be answered in any order. */
  readonly held: (() => void)[] = [];
  holds = false;
  /** What `names` sends. */
  names_ = ["ab", "cdef"];

  constructor(options: DeviceOptions<Feature, Config> = {}, id: number = shelf.id) {
    const queues = [...(options.features ?? [])].includes(F.MQ) ? { num_queues: 2 } : {};
    super({ ...shelf, id }, { config: { ...config, ...queues }, ...options });
  }

  read({ value, output }: Incoming<Head>): Answer<number> {
    if (value.sector >= this.store.length) return S.ERROR;
    output.write(0, this.store, value.sector);
    if (!this.holds) return S.OK;
    return new Promise((resolve) => {
      this.held.push(() => resolve(S.OK));
    });
  }

  write({ value, input }: Incoming<Head>): Answer<number> {
    input.read(0, this.store, value.sector);
    return S.OK;
  }

  trim({ value }: Incoming<Trim>): Answer<number> {
    this.trimmed.push(value.lengths);
    return S.OK;
  }

  names(_request: Incoming<Head>): Answer<Names> {
    const { width } = this.config;
    const text = this.names_.map((name) => name.padEnd(width, " ")).join("");
    return { count: this.names_.length, names: Buffer.from(text) };
  }

  full(place: number): boolean {
    return this.send(operations.full, { kind: 0, place });
  }

  label(place: number, text: string): boolean {
    return this.send(operations.label, { kind: 5, place }, 0, Buffer.from(text));
  }

  change(values: Partial<Config>): void {
    this.changeConfig(values);
  }

  breakDown(): void {
    this.giveUp({ kind: "status", reason: "for a test" });
  }
}

/** As generated code will be. */
export class ShelfDriver extends VirtioDriver<Feature, Config> {
  readonly notices: string[] = [];
  readonly faults: DriverError[] = [];
  /** Buffers for notices. */
  listening = 0;

  constructor(transport: DriverTransport, options: DriverOptions<Feature>, id: number = shelf.id) {
    super({ ...shelf, id }, transport, options);
  }

  async read(sector: number, output: number | Uint8Array, queue = 0): Promise<{ status: number; output: Uint8Array }> {
    const reply = await this.request<Status>(operations.read, { type: T.READ, sector }, { output, queue });
    return { status: reply.answer.status, output: reply.output };
  }

  async write(sector: number, input: Uint8Array): Promise<number> {
    return (await this.request<Status>(operations.write, { type: T.WRITE, sector }, { input })).answer.status;
  }

  async trim(sector: number, lengths: number[]): Promise<number> {
    return (await this.request<Status>(operations.trim, { type: T.TRIM, sector, lengths })).answer.status;
  }

  async names(answerLength: number): Promise<Names> {
    return (await this.request<Names>(operations.names, { type: T.NAMES, sector: 0 }, { answerLength })).answer;
  }

  unknown(type: number): Promise<Reply<Status>> {
    return this.request<Status>(operations.read, { type, sector: 0 }, { output: 16 });
  }

  override async resetQueue(kind: string, index = 0): Promise<void> {
    await super.resetQueue(kind, index);
  }

  protected override started(): void {
    if (this.listening === 0) return;
    const options = { buffers: this.listening, outputLength: 16 };
    this.listen<Notice>(operations.full, ({ place }) => this.notices.push(`full ${place}`), options);
    this.listen<Notice>(
      operations.label,
      ({ kind, place }, output) => {
        this.notices.push(`label ${kind} ${place} ${Buffer.from(output).toString()}`);
      },
      // A label of kind 9 says at its place in how many further buffers it goes on.
      { following: ({ kind, place }: Notice) => (kind === 9 ? place : 0) },
    );
  }

  protected override eventFailed(error: DriverError): void {
    this.faults.push(error);
  }
}
