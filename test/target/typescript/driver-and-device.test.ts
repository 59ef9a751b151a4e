import { describe, expect, it } from "vitest";
import * as balloon from "../../../generated/typescript/balloon.ts";
import * as blk from "../../../generated/typescript/blk.ts";
import * as terminal from "../../../generated/typescript/console.ts";
import * as entropy from "../../../generated/typescript/entropy.ts";
import * as net from "../../../generated/typescript/net.ts";
import * as scsi from "../../../generated/typescript/scsi.ts";
import {
  DeviceError,
  DmaMemory,
  GuestMemory,
  MmioDevice,
  MmioTransport,
  type Answer,
  type DriverTransport,
  type Incoming,
  type Open,
  type VirtioDevice,
  type VirtioDriver,
} from "../../../src/runtime/index.ts";
import { baseMembers } from "../../../src/target/typescript/operation-names.ts";

const ramAt = 0x4000_0000;
const ramLength = 1 << 20;

/** A generated driver and a device that extends a generated class, over virtio-mmio on one thread. */
async function started<Driver extends VirtioDriver>(
  device: VirtioDevice,
  make: (transport: DriverTransport, options: { readonly memory: DmaMemory }) => Driver,
): Promise<Driver> {
  const memory = GuestMemory.over(new ArrayBuffer(ramLength), ramAt);
  const guest: { driver?: Driver } = {};
  const mmio = new MmioDevice(device, {
    memory,
    interrupt: (raised) => {
      if (raised) guest.driver?.interrupt();
    },
  });
  const driver = make(MmioTransport.probe(mmio), {
    memory: new DmaMemory(memory, [{ address: ramAt, length: ramLength }]),
  });
  guest.driver = driver;
  return driver.start();
}

class Disk extends blk.BlkDevice {
  readonly sectors: Uint8Array = new Uint8Array(8 * 512);

  constructor() {
    super({
      features: [blk.F.DISCARD],
      config: { capacity: 8n, max_discard_sectors: 8, max_discard_seg: 4, discard_sector_alignment: 1 },
    });
  }

  override in(request: Incoming<blk.Req>): Answer<Open<blk.S>> {
    request.output.write(0, this.sectors, Number(request.value.sector) * 512, request.output.length);
    return blk.S.OK;
  }

  override async out(request: Incoming<blk.Req>): Promise<Open<blk.S>> {
    const at = Number(blk.Req.sector.get(request.view, request.at)) * 512;
    if (at + request.input.length > this.sectors.length) return blk.S.IOERR;
    request.input.read(0, this.sectors, at);
    return blk.S.OK;
  }

  override getId(): Answer<blk.GetIdAnswer> {
    return { data: new TextEncoder().encode("scratch".padEnd(20, "\0")), status: blk.S.OK };
  }

  override discard(request: Incoming<blk.DiscardSent>): Answer<Open<blk.S>> {
    for (const { sector, num_sectors } of request.value.segments)
      this.sectors.fill(0, Number(sector) * 512, (Number(sector) + num_sectors) * 512);
    return blk.S.OK;
  }
}

describe("a generated driver and device of a disk", () => {
  it("write, read, discard and name", async () => {
    const disk = new Disk();
    const driver = await started(disk, (transport, options) => new blk.BlkDriver(transport, options));
    const data = Uint8Array.from({ length: 1024 }, (_, index) => index % 251);
    expect(await driver.out({ sector: 2n }, data)).toBe(blk.S.OK);
    expect(await driver.in({ sector: 2n }, 1024)).toEqual({ status: blk.S.OK, output: data });
    expect(await driver.out({ sector: 7n }, data)).toBe(blk.S.IOERR);
    expect(await driver.discard({ sector: 0n, segments: [{ sector: 2n, num_sectors: 1, flags: { unmap: 0 } }] })).toBe(
      blk.S.OK,
    );
    const target = new Uint8Array(1024);
    const { output } = await driver.in({ sector: 2n }, target);
    expect(output).toEqual(Uint8Array.of(...new Uint8Array(512), ...data.subarray(512)));
    expect(target).toEqual(output);
    const { data: name } = await driver.getId({ sector: 0n });
    expect(new TextDecoder().decode(name).replaceAll("\0", "")).toBe("scratch");
    expect(driver.readConfig().capacity).toBe(8n);
  });

  it("know what was not negotiated: the driver does not ask, the device would refuse", async () => {
    const disk = new Disk();
    const driver = await started(
      disk,
      (transport, options) => new blk.BlkDriver(transport, { ...options, features: [] }),
    );
    await expect(driver.discard({ sector: 0n, segments: [] })).rejects.toMatchObject({ code: "not-negotiated" });
    await expect(driver.flush({ sector: 0n })).rejects.toMatchObject({ code: "not-negotiated" });
    // As if the driver sent it all the same.
    class Rude extends blk.BlkDriver {
      async ask(type: number): Promise<number> {
        const { answer } = await this.request<blk.ReqIn>(
          blk.operations.out,
          { type, sector: 0n },
          { input: new Uint8Array(0) },
        );
        return answer.status;
      }
    }
    const rude = await started(new Disk(), (transport, options) => new Rude(transport, { ...options, features: [] }));
    expect(await rude.ask(blk.T.DISCARD)).toBe(blk.S.UNSUPP);
    expect(await rude.ask(77)).toBe(blk.S.UNSUPP);
    expect(await rude.ask(blk.T.OUT)).toBe(blk.S.OK);
  });

  it("cannot be made where a method is missing for what it offers", () => {
    const config = { capacity: 1n, max_write_zeroes_sectors: 1, max_write_zeroes_seg: 1, write_zeroes_may_unmap: 0 };
    expect(() => new Bare({ features: [blk.F.WRITE_ZEROES], config })).toThrow(DeviceError);
    expect(() => new Bare({ features: [blk.F.WRITE_ZEROES], config })).toThrow("no method 'writeZeroes'");
    expect(new Bare({ config: { capacity: 1n } }).description.name).toBe("blk");
  });
});

/** Has what a disk without features has to have. */
class Bare extends blk.BlkDevice {
  override in(): Answer<Open<blk.S>> {
    return blk.S.OK;
  }

  override out(): Answer<Open<blk.S>> {
    return blk.S.OK;
  }

  override getId(): Answer<blk.GetIdAnswer> {
    return { data: new Uint8Array(20), status: blk.S.OK };
  }
}

class Nic extends net.NetDevice {
  readonly sent: { readonly hdr: net.Hdr; readonly packet: Uint8Array }[] = [];
  mac: Uint8Array = new Uint8Array(6);

  constructor() {
    super({ features: [net.F.CTRL_VQ, net.F.CTRL_MAC_ADDR, net.F.NOTF_COAL, net.F.VQ_NOTF_COAL], config: {} });
  }

  override transmit(request: Incoming<net.Hdr>): void {
    this.sent.push({ hdr: request.value, packet: request.input.toBytes() });
  }

  override ctrlMacAddrSet(request: Incoming<net.CtrlMacAddrSetSent>): Answer<Open<net.Ack>> {
    this.mac = request.value.mac;
    return net.Ack.OK;
  }

  override ctrlNotfCoalTxSet(): Answer<Open<net.Ack>> {
    return net.Ack.OK;
  }

  override ctrlNotfCoalRxSet(): Answer<Open<net.Ack>> {
    return net.Ack.ERR;
  }

  override ctrlNotfCoalVqSet(): Answer<Open<net.Ack>> {
    return net.Ack.OK;
  }

  override ctrlNotfCoalVqGet(): Answer<net.CtrlNotfCoalVqGetAnswer> {
    return { coal: { max_packets: 3, max_usecs: 70_000 }, ack: net.Ack.OK };
  }
}

const hdr: net.Hdr = {
  flags: 0,
  gso_type: net.HDR_GSO.NONE,
  hdr_len: 14,
  gso_size: 0,
  csum_start: 0,
  csum_offset: 0,
  num_buffers: 0,
};

describe("a generated driver and device of a network", () => {
  it("send, receive and control", async () => {
    const nic = new Nic();
    const driver = await started(nic, (transport, options) => new net.NetDriver(transport, options));
    const packet = Uint8Array.from({ length: 60 }, (_, index) => index);
    await driver.transmit(hdr, packet);
    expect(nic.sent).toEqual([{ hdr, packet }]);
    const received: { readonly num_buffers: number | undefined; readonly packet: Uint8Array }[] = [];
    expect(nic.receive(hdr, packet)).toBe(false);
    driver.onReceive(({ num_buffers }, bytes) => received.push({ num_buffers, packet: bytes.slice() }), {
      outputLength: 1514,
      buffers: 4,
    });
    for (let count = 0; count < 9; count++) expect(nic.receive({ ...hdr, num_buffers: 1 }, packet)).toBe(true);
    expect(received).toEqual(Array.from({ length: 9 }, () => ({ num_buffers: 1, packet })));
    const mac = Uint8Array.of(2, 0, 0, 0, 0, 7);
    expect(await driver.ctrlMacAddrSet({ mac })).toBe(net.Ack.OK);
    expect(nic.mac).toEqual(mac);
    expect(await driver.ctrlNotfCoalRxSet({ coal: { max_packets: 1, max_usecs: 2 } })).toBe(net.Ack.ERR);
    expect(await driver.ctrlNotfCoalVqGet({ vq_index: 1 })).toEqual({
      coal: { max_packets: 3, max_usecs: 70_000 },
      ack: net.Ack.OK,
    });
  });
});

/** Answers whose size depends on what is asked. */
class Counting extends net.NetDevice {
  constructor() {
    super({ features: [net.F.CTRL_VQ, net.F.DEVICE_STATS], config: {} });
  }

  override transmit(): void {}

  override ctrlStatsQuery(): Answer<net.CtrlStatsQueryAnswer> {
    return { ack: net.Ack.OK, capabilities: { supported_stats_types: [1n] } };
  }

  override async ctrlStatsGet(): Promise<net.CtrlStatsGetAnswer> {
    const counters = Uint8Array.from({ length: 16 }, (_, index) => index);
    const reply = { hdr: { type: 16, vq_index: 0, size: 24 }, counters };
    return { ack: net.Ack.OK, replies: [reply, { ...reply, hdr: { ...reply.hdr, vq_index: 1 } }] };
  }
}

class Zones extends blk.BlkDevice {
  constructor() {
    const zoned = {
      zone_sectors: 8,
      max_open_zones: 0,
      max_active_zones: 0,
      max_append_sectors: 8,
      write_granularity: 512,
      model: blk.Z.HM,
    };
    super({ features: [blk.F.ZONED], config: { capacity: 16n, zoned } });
  }

  override in(): Answer<Open<blk.S>> {
    return blk.S.IOERR;
  }

  override out(): Answer<Open<blk.S>> {
    return blk.S.IOERR;
  }

  override getId(): Answer<blk.GetIdAnswer> {
    return { data: new Uint8Array(20), status: blk.S.OK };
  }

  override zoneAppend(request: Incoming<blk.Req>): Answer<blk.ZoneAppendAnswer> {
    return { append_sector: request.value.sector + BigInt(request.input.length / 512), status: blk.S.OK };
  }

  override zoneReport(request: Incoming<blk.Req>): Answer<Open<blk.S>> {
    const zone = { z_cap: 8n, z_start: request.value.sector, z_wp: 0n, z_type: blk.ZT.SWR, z_state: blk.ZS.EMPTY };
    request.output.write(0, blk.ZoneReport.toBytes({ nr_zones: 1n, zones: [zone] }));
    return blk.S.OK;
  }

  override zoneOpen(): Answer<Open<blk.S>> {
    return blk.S.OK;
  }

  override zoneClose(): Answer<Open<blk.S>> {
    return blk.S.ZONE_INVALID_CMD;
  }

  override zoneFinish(): Answer<Open<blk.S>> {
    return blk.S.OK;
  }

  override zoneReset(): Answer<Open<blk.S>> {
    return blk.S.OK;
  }

  override zoneResetAll(): Answer<Open<blk.S>> {
    return blk.S.OK;
  }
}

describe("answers of varying size", () => {
  it("come back with what the device has written", async () => {
    const driver = await started(new Counting(), (transport, options) => new net.NetDriver(transport, options));
    expect((await driver.ctrlStatsQuery()).capabilities?.supported_stats_types).toEqual([1n]);
    const { ack, replies } = await driver.ctrlStatsGet({ queues: { stats: [] } }, 200);
    expect(ack).toBe(net.Ack.OK);
    expect(replies.map(({ hdr: { vq_index }, counters }) => [vq_index, counters.length])).toEqual([
      [0, 16],
      [1, 16],
    ]);
  });

  it("stand before the status, wherever the driver's buffer ends", async () => {
    const driver = await started(new Zones(), (transport, options) => new blk.BlkDriver(transport, options));
    const { status, output } = await driver.zoneReport({ sector: 8n }, 64 + 128);
    expect(status).toBe(blk.S.OK);
    expect(blk.ZoneReport.fromBytes(output)).toMatchObject({ nr_zones: 1n, zones: [{ z_start: 8n }] });
    expect(await driver.zoneAppend({ sector: 0n }, new Uint8Array(1024))).toEqual({
      append_sector: 2n,
      status: blk.S.OK,
    });
    expect(await driver.zoneClose({ sector: 0n })).toBe(blk.S.ZONE_INVALID_CMD);
  });
});

class Target extends scsi.ScsiDevice {
  override reqCmd(request: Incoming<scsi.ReqCmdSent>): Answer<scsi.ReqCmdAnswer> {
    const { cdb, pi_bytesin = 0, pi_bytesout = 0 } = request.value;
    const data = request.input.toBytes().toReversed();
    request.output.write(0, Uint8Array.of(pi_bytesin, pi_bytesout, cdb.length, ...data));
    const sense = new Uint8Array(this.config.sense_size).fill(cdb[0] ?? 0);
    return { sense_len: 2, residual: 0, status_qualifier: 0, status: 0, response: scsi.S.OK, sense };
  }

  override ctrlTmf(request: Incoming<scsi.CtrlTmfSent>): Answer<Open<scsi.S>> {
    return request.value.subtype === scsi.T_TMF.QUERY_TASK ? scsi.S.FUNCTION_SUCCEEDED : scsi.S.FUNCTION_REJECTED;
  }

  override ctrlAnQuery(): Answer<scsi.CtrlAnQueryAnswer> {
    return { event_actual: scsi.EVT_ASYNC.MEDIA_CHANGE, response: scsi.S.OK };
  }

  override ctrlAnSubscribe(): Answer<scsi.CtrlAnQueryAnswer> {
    return { event_actual: 0, response: scsi.S.OK };
  }
}

const targetConfig: scsi.Config = {
  num_queues: 2,
  seg_max: 126,
  max_sectors: 128,
  cmd_per_lun: 4,
  event_info_size: 16,
  sense_size: 96,
  cdb_size: 32,
  max_channel: 0,
  max_target: 3,
  max_lun: 7,
};

describe("a generated driver and device of a SCSI host", () => {
  it.each([false, true])("take commands whose sizes the configuration has, T10_PI: %s", async (protection) => {
    const target = new Target({ features: protection ? [scsi.F.T10_PI] : [], config: targetConfig });
    const driver = await started(target, (transport, options) => new scsi.ScsiDriver(transport, options));
    const cdb = new Uint8Array(32).fill(0x28, 0, 1);
    const value = {
      lun: new Uint8Array(8),
      id: 5n,
      task_attr: scsi.TASK_ATTR.SIMPLE,
      prio: 0,
      crn: 0,
      cdb,
      ...(protection ? { pi_bytesout: 1, pi_bytesin: 2 } : {}),
    };
    const result = await driver.reqCmd(value, Uint8Array.of(1, 2, 3), 6, { queue: 1 });
    expect(result.output).toEqual(protection ? Uint8Array.of(2, 1, 32, 3, 2, 1) : Uint8Array.of(0, 0, 32, 3, 2, 1));
    expect(result.sense).toEqual(new Uint8Array(96).fill(0x28));
    expect(result.response).toBe(scsi.S.OK);
    const lun = new Uint8Array(8);
    expect(await driver.ctrlTmf({ subtype: scsi.T_TMF.QUERY_TASK, lun, id: 5n })).toBe(scsi.S.FUNCTION_SUCCEEDED);
    expect(await driver.ctrlAnQuery({ lun, event_requested: 0 })).toEqual({
      event_actual: scsi.EVT_ASYNC.MEDIA_CHANGE,
      response: scsi.S.OK,
    });
    const events: number[] = [];
    driver.onEvent(({ event }) => events.push(event));
    expect(target.event({ event: scsi.EVENT.TRANSPORT_RESET, lun, reason: scsi.EVT_RESET.REMOVED })).toBe(true);
    expect(events).toEqual([scsi.EVENT.TRANSPORT_RESET]);
  });
});

class Balloon extends balloon.BalloonDevice {
  readonly pages: number[] = [];
  readonly hints: { readonly address: number; readonly length: number }[] = [];

  override inflate(request: Incoming<balloon.Inflate>): void {
    this.pages.push(...request.value.pages);
  }

  override deflate(request: Incoming<balloon.Deflate>): void {
    for (const page of request.value.pages) this.pages.splice(this.pages.indexOf(page), 1);
  }

  override report(request: Incoming<undefined>): void {
    request.output.forEach((piece, address) => this.hints.push({ address, length: piece.length }));
  }
}

describe("generated drivers and devices of a balloon, a console and an entropy source", () => {
  it("pass pages by number, and by address", async () => {
    const device = new Balloon({ features: [balloon.F.PAGE_REPORTING], config: { num_pages: 0, actual: 0 } });
    const driver = await started(device, (transport, options) => new balloon.BalloonDriver(transport, options));
    await driver.inflate({ pages: [0x40000, 0x40001, 0x40007] });
    await driver.deflate({ pages: [0x40001] });
    expect(device.pages).toEqual([0x40000, 0x40007]);
    const pages = [
      { address: ramAt + 0x40000, length: 0x2000 },
      { address: ramAt + 0x60000, length: 0x1000 },
    ];
    await driver.report(pages);
    expect(device.hints).toEqual(pages);
  });

  it("pass bytes both ways, and messages of several shapes", async () => {
    class Terminal extends terminal.ConsoleDevice {
      text = "";

      override output(request: Incoming<undefined>): void {
        this.text += `${request.queue.index}:${new TextDecoder().decode(request.input.toBytes())}\n`;
      }

      override controlTransmit(request: Incoming<terminal.ControlTransmit>): void {
        const { control } = request.value;
        if (control.event !== terminal.EVENT.DEVICE_READY) return;
        this.controlReceive({
          control: { id: 1, event: terminal.EVENT.PORT_NAME, value: 0 },
          name: new TextEncoder().encode("org.example"),
        });
      }
    }
    const device = new Terminal({ features: [terminal.F.MULTIPORT], config: { max_nr_ports: 2 } });
    const driver = await started(device, (transport, options) => new terminal.ConsoleDriver(transport, options));
    await driver.output(new TextEncoder().encode("hello"));
    await driver.output(new TextEncoder().encode("port"), { queue: 1 });
    expect(device.text).toBe("0:hello\n1:port\n");
    const heard: string[] = [];
    driver.onInput((_value, bytes) => heard.push(new TextDecoder().decode(bytes)), { outputLength: 16, queue: 1 });
    expect(device.input(Uint8Array.of(0x41), 1)).toBe(true);
    expect(device.input(Uint8Array.of(0x41), 0)).toBe(false);
    expect(heard).toEqual(["A"]);
    const told: terminal.ControlReceive[] = [];
    driver.onControlReceive((value) => told.push(value), { answerLength: 64 });
    await driver.controlTransmit({ control: { id: 0, event: terminal.EVENT.DEVICE_READY, value: 1 } });
    expect(told).toEqual([
      {
        control: { id: 1, event: terminal.EVENT.PORT_NAME, value: 0 },
        name: new TextEncoder().encode("org.example"),
      },
    ]);
  });

  it("give as many bytes as there are", async () => {
    class Source extends entropy.EntropyDevice {
      override random(request: Incoming<undefined>): void {
        request.output.write(0, Uint8Array.of(1, 2, 3, 4, 5));
      }
    }
    const driver = await started(new Source(), (transport, options) => new entropy.EntropyDriver(transport, options));
    expect(await driver.random(8)).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
    expect(await driver.random(3)).toEqual(Uint8Array.of(1, 2, 3));
    const target = new Uint8Array(4);
    expect(await driver.random(target)).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(target).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});

describe("the base classes", () => {
  it("have no member that an operation may be called like", async () => {
    const device = new Disk();
    const driver = await started(device, (transport, options) => new blk.BlkDriver(transport, options));
    const own = new Set([...Object.keys(blk.operations), "sectors"]);
    const members = [device, driver].flatMap((object) => {
      const base: unknown = Object.getPrototypeOf(Object.getPrototypeOf(object));
      const inherited = [Object.getPrototypeOf(base), base].flatMap((one) =>
        one === Object.prototype || one === null ? [] : Object.getOwnPropertyNames(one),
      );
      return [...Object.keys(object), ...inherited];
    });
    expect(members).toContain("queuePlaces");
    expect([...new Set(members)].filter((name) => !baseMembers.has(name) && !own.has(name)).toSorted()).toEqual([]);
    // And no name is kept from operations for nothing.
    expect([...baseMembers].filter((name) => !members.includes(name) && !(name in Object.prototype))).toEqual([]);
  });
});
