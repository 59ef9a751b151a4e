// Generated drivers on QEMU's devices: what each file test/peer/qemu/<device>.test.ts is made of.
//
// A file says which device it is about, how QEMU is given one, and what a driver does with it:
//
//   acrossQemu(
//     {
//       description: entropy.device,
//       Driver: entropy.EntropyDriver,
//       setUp: () => ({
//         arguments: ["-object", "rng-random,id=source,filename=/dev/urandom"],
//         devices: [{ model: "virtio-rng", properties: { rng: "source" } }],
//       }),
//     },
//     (subject) => {
//       subject.eachRing("fills buffers", async ({ driver }) => {
//         expect(await driver.random(64)).toHaveLength(64);
//       });
//       subject.once("…", async ({ machine, drive }) => { … });
//     },
//   );
//
// That makes a test for each release of QEMU, transport, interface and combination of features of the rings.
//
// - `eachRing`: the body gets a fresh driver that is started, of which exactly these ring features are negotiated, and
//   all that the description has of the device's own (but those in `without`). Afterwards it is stopped.
// - `once`: once for each release and transport, on the interface of the standard. `drive(options)` makes a driver,
//   not started; it is stopped afterwards. With `{ setUp }` in the options the test has a QEMU of its own, with other
//   devices than the rest. With `{ where }` it is done only there.
// - One QEMU serves all tests of a place, one after the other; after a failure another is started.
// - The first of the devices is the one under test. It is given `packed=on`, and `in_order=on` where QEMU has that.
//   Files that back ends need belong into `folder`, which is removed afterwards.
// - What QEMU says on its standard error fails a test, unless the test takes it: `machine.stderr` is read, and the
//   options have `{ words: /…/ }`.
// - A device that a place does not have: `setUp` returns `{ absent: "why", model: "virtio-sound" }`. The test that
//   stands for it makes sure that QEMU does not know the model, whatever follows the name.
// - A failure shows QEMU's command line, what QEMU said, and the driver's last accesses.
// - Every test is a cell of the table in docs/interop.md, which `npm run interop` writes. `npm test` fails where that is
//   not what it saw. See interop-reporter.ts.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { F } from "../../../generated/typescript/config.ts";
import type { DriveOptions, QemuMachine, QemuOptions } from "../../../src/qtest/index.ts";
import {
  FeatureSet,
  type DeviceDescription,
  type DriverOptions,
  type DriverTransport,
  type VirtioDriver,
} from "../../../src/runtime/index.ts";
import type { Cell } from "./cells.ts";
import type { CompanionOptions } from "./companion.ts";
import { differencesOf } from "./differences.ts";
import { hasInOrder, isAtLeast, offeredRingBits, places, type Place } from "./places.ts";
import { ringCombinations, transportOf, type Ring } from "./ring-combinations.ts";
import { Running } from "./running.ts";

/** How QEMU is given a device, or why it cannot be. */
export type SetUp =
  | (Pick<QemuOptions, "devices" | "arguments" | "attached"> & {
      /** Programs that are started before QEMU, and ended after it. */
      readonly beside?: readonly CompanionOptions[];
    })
  | { readonly absent: string; readonly model: string };

/** The device that a file is about. */
export interface Subject<Driver> {
  readonly description: DeviceDescription;
  readonly Driver: new (transport: DriverTransport, options: DriverOptions<never>) => Driver;
  /**
   * Called when tests are defined, and again before a QEMU is started.
   * @param folder for files, empty
   */
  setUp(place: Place, folder: string): SetUp;
  /** Where QEMU can have the device at all; everywhere if absent. */
  readonly where?: (place: Place) => boolean;
  /** QEMU's device has no legacy interface. */
  readonly modernOnly?: boolean;
  /** The features of rings that its back end has, where that is another program; as QEMU if absent. */
  readonly ringBits?: readonly F[];
  /** Features of the device that are not taken in tests of `eachRing`. */
  readonly without?: readonly number[];
  /** Options of the driver, for all tests. */
  readonly driverOptions?: DriveOptions<never>;
}

/** What a test has. */
export interface Bench<Driver> {
  readonly place: Place;
  readonly machine: QemuMachine;
  /** For files. */
  readonly folder: string;
  /** Puts another driver on the first device. */
  readonly drive: (options?: DriveOptions<never>) => Driver;
}

/** With a driver that is started. */
export interface RingBench<Driver> extends Bench<Driver> {
  readonly driver: Driver;
  readonly ring: Ring;
}

export interface CaseOptions {
  /** A QEMU of its own. */
  readonly setUp?: (place: Place, folder: string) => SetUp;
  /** Where it is done; everywhere if absent. */
  readonly where?: (place: Place) => boolean;
  /** What QEMU has to say on its standard error. */
  readonly words?: RegExp;
}

/** What a file says about its device. */
export interface Cases<Driver> {
  eachRing(what: string, body: (bench: RingBench<Driver>) => Promise<void>): void;
  once(what: string, body: (bench: Bench<Driver>) => Promise<void>, options?: CaseOptions): void;
  /** The same on the legacy interface too. */
  everywhere(what: string, body: (bench: Bench<Driver>) => Promise<void>, options?: CaseOptions): void;
}

/** All bits of the device's own that the interface has, without those that are left out. */
export function deviceFeatures(
  { features }: DeviceDescription,
  legacy: boolean,
  without: readonly number[] = [],
): number[] {
  // A device type without features of its own has those of every device, and no others.
  if (features.core === undefined) return [];
  const only = new Set<string>(legacy ? [] : features.rules.legacy);
  return Object.entries(features.bits).flatMap(([name, bit]) => (only.has(name) || without.includes(bit) ? [] : [bit]));
}

/** Makes the tests of a device. See the top of this file. */
export function acrossQemu<Driver extends VirtioDriver>(
  subject: Subject<Driver>,
  define: (cases: Cases<Driver>) => void,
): void {
  const here = places.filter(
    (place) => subject.where?.(place) !== false && (!place.legacy || subject.modernOnly !== true),
  );
  const stations = here.map((place) => new Station(subject, place));
  for (const station of stations) {
    describe(`QEMU ${station.place.version}, ${transportOf(station.place)}`, () => {
      station.define(define);
      afterAll(() => station.stop());
    });
  }
}

const run = promisify(execFile);

/** One place of one device. */
class Station<Driver extends VirtioDriver> {
  readonly place: Place;
  private readonly subject: Subject<Driver>;
  private readonly folder: string;
  private readonly setUp: SetUp;
  private running: Running | undefined;

  constructor(subject: Subject<Driver>, place: Place) {
    this.subject = subject;
    this.place = place;
    this.folder = mkdtempSync(join(tmpdir(), "virtgen-qemu-"));
    this.setUp = subject.setUp(place, this.folder);
    // This was to know what is there. Tests that are not chosen leave no files: the first that runs makes them again.
    this.removeFiles();
  }

  async stop(): Promise<void> {
    await this.running?.close();
    this.removeFiles();
  }

  private removeFiles(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  define(define: (cases: Cases<Driver>) => void): void {
    const { setUp, place } = this;
    if ("absent" in setUp) {
      const { model } = setUp;
      this.test({ what: `is not there: ${setUp.absent}`, absent: setUp.absent }, async () => {
        const { stdout } = await run(place.program, ["-device", "help"]);
        expect(stdout).not.toContain(`"${model}`);
      });
      return;
    }
    const { ringBits } = this.subject;
    const offered = offeredRingBits(place).filter((bit) => ringBits?.includes(bit) !== false);
    this.test({ what: "offers the features of rings that this release has, and no others" }, () =>
      this.checkOffer(offered),
    );
    if (!place.legacy) {
      this.test({ what: "calls things as the description does, but for the differences below" }, () =>
        this.findDifferences(),
      );
    }
    define({
      eachRing: (what, body) => {
        for (const ring of ringCombinations(place)) {
          if (!ring.bits.every((bit) => offered.includes(bit))) continue;
          this.test({ what, ring: ring.name }, () => this.withDriver(ring, body));
        }
      },
      once: (what, body, options = {}) => {
        if (!place.legacy && options.where?.(place) !== false)
          this.test({ what }, () => this.withMachine(body, options));
      },
      everywhere: (what, body, options = {}) => {
        if (options.where?.(place) !== false) this.test({ what }, () => this.withMachine(body, options));
      },
    });
  }

  /** @param body returns the differences that it has found, if it looks for them */
  private test(about: Pick<Cell, "what" | "ring" | "absent">, body: () => Promise<readonly string[] | void>): void {
    const { release, version, bus, legacy } = this.place;
    const cell: Cell = { device: this.subject.description.name, place: { release, version, bus, legacy }, ...about };
    const name = about.ring === undefined ? about.what : `${about.what}: ${about.ring}`;
    it(name, { meta: { qemuCell: cell } }, async ({ task }) => {
      const differences = await body();
      if (differences !== undefined) task.meta.qemuCell = { ...cell, differences };
    });
  }

  private async checkOffer(expected: readonly F[]): Promise<void> {
    await this.withMachine(async ({ drive }) => {
      const { transport } = drive();
      const words = [0, 1, 2, 3].map((index) => transport.offeredWord(index));
      const all = FeatureSet.fromWords(...words);
      const known = [F.RING_PACKED, F.EVENT_IDX, F.INDIRECT_DESC, F.IN_ORDER].filter((bit) => all.has(bit));
      expect(new Set(known)).toEqual(new Set(expected));
    });
  }

  private async findDifferences(): Promise<readonly string[]> {
    let found: readonly string[] = [];
    await this.withMachine(async ({ drive, machine }) => {
      found = await differencesOf(machine, await drive().start(), !isAtLeast(this.place, 11));
    });
    return found;
  }

  private async withDriver(ring: Ring, body: (bench: RingBench<Driver>) => Promise<void>): Promise<void> {
    const { description, without } = this.subject;
    const own = deviceFeatures(description, this.place.legacy, without);
    const features = [...own, ...ring.bits] as readonly number[] as readonly never[];
    await this.withMachine(async (bench) => {
      const driver = bench.drive({ features, required: ring.bits as readonly never[] });
      await driver.start();
      await body({ ...bench, driver, ring });
      if (driver.failure !== undefined) throw driver.failure;
    });
  }

  private async withMachine(body: (bench: Bench<Driver>) => Promise<void>, options: CaseOptions = {}): Promise<void> {
    const own = options.setUp === undefined ? undefined : this.setUpOwn(options.setUp);
    const running = await this.start(own?.setUp);
    const { machine } = running;
    const before = machine.stderr.length;
    const drivers: Driver[] = [];
    const { place, subject } = this;
    try {
      const drive = (more: DriveOptions<never> = {}): Driver => {
        const driver = machine.device().drive(subject.Driver, { ...subject.driverOptions, ...more });
        drivers.push(driver);
        return driver;
      };
      await body({ place, machine, folder: own?.folder ?? this.folder, drive });
      for (const driver of drivers.toReversed()) if (machine.failure === undefined) await driver.stop();
      expect(machine.stderr.slice(before).trim()).toMatch(options.words ?? /^$/);
    } catch (error) {
      if (error instanceof Error) error.message += `\n${running.report()}`;
      // What is left of it is nothing to build upon.
      if (own === undefined) this.running = undefined;
      await running.close();
      throw error;
    } finally {
      machine.device().leave();
      if (own !== undefined) {
        await running.close();
        rmSync(own.folder, { recursive: true, force: true });
      }
    }
  }

  private setUpOwn(setUp: NonNullable<CaseOptions["setUp"]>): { folder: string; setUp: SetUp } {
    const folder = mkdtempSync(join(tmpdir(), "virtgen-qemu-"));
    return { folder, setUp: setUp(this.place, folder) };
  }

  private async start(own?: SetUp): Promise<Running> {
    if (own === undefined && this.running !== undefined && this.running.machine.failure === undefined)
      return this.running;
    if (own === undefined) mkdirSync(this.folder, { recursive: true });
    const setUp = own ?? this.subject.setUp(this.place, this.folder);
    if ("absent" in setUp) throw new Error(`there is no device: ${setUp.absent}`);
    const { program, bus, legacy } = this.place;
    const { beside = [], ...given } = setUp;
    const devices = given.devices.map((device, index) =>
      index > 0 ? device : { ...device, properties: { ...this.ringProperties, ...device.properties } },
    );
    // Before another: it may be upon the same files.
    if (own === undefined) await this.running?.close();
    const running = await Running.start({ program, bus, legacy, trace: true, ...given, devices }, beside);
    if (own === undefined) this.running = running;
    return running;
  }

  /** What makes QEMU offer what it does not offer by itself. */
  private get ringProperties(): Record<string, boolean> {
    if (this.place.legacy) return {};
    return { packed: true, ...(hasInOrder(this.place) ? { in_order: true } : {}) };
  }
}
