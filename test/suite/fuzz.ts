import { F } from "../../generated/typescript/config.ts";
import { describeNeedsReset, DriverError } from "../../src/runtime/index.ts";
import { packedAvail, RawRing } from "../runtime/virtqueue/raw-ring.ts";
import { randomNumbers } from "../runtime/virtqueue/rig.ts";
import { Bench, firstFree, randomValue, tally } from "./fuzz-bench.ts";
import { ramLength } from "./fuzz-ground.ts";
import { type Rider, subjects } from "./fuzz-subjects.ts";

export { tally } from "./fuzz-bench.ts";

/** A driver of sound mind: whatever it asks is answered, and rightly. */
async function goodTurn(bench: Bench): Promise<void> {
  const { random, subject } = bench;
  bench.good = true;
  const rider = bench.load({ timeout: 2000 });
  await bench.ended(rider.driver.start(), "the start");
  rider.listen();
  const said = await bench.ended(rider.everything(), "the work of a good driver");
  if (said !== undefined) throw new Error(said);
  if (subject.store !== undefined) subject.store.mood = random(2) === 0 ? "late" : "prompt";
  const right = await bench.ended(
    Promise.all(Array.from({ length: 1 + random(8) }, () => bench.follow(rider.request(random)))),
    "the requests of a good driver",
  );
  if (subject.store !== undefined) subject.store.mood = "prompt";
  if (rider.driver.failure !== undefined) throw rider.driver.failure;
  if (bench.device.needsReset !== undefined) throw new Error(describeNeedsReset(bench.device.needsReset));
  if (right.some((one) => one !== true)) throw new Error("a request of a good driver is answered wrongly");
  await bench.ended(rider.driver.stop(), "the stop");
  bench.check();
  bench.good = false;
}

/** Writes into the rings, the tables and the buffers. */
function scribble(bench: Bench): void {
  const { random, ground, layouts } = bench;
  const layout = [...layouts.values()][random(Math.max(layouts.size, 1))];
  const { ram } = ground;
  for (let count = 1 + random(6); count > 0; count--) {
    if (layout === undefined || random(3) === 0)
      ram[firstFree + random(random(2) === 0 ? 0x4000 : 0x4_0000)] = random(256);
    else {
      const part = [layout.desc, layout.driver, layout.device][random(3)] ?? layout.desc;
      ram[part + random(part === layout.desc ? 16 * layout.size : 6 + 2 * layout.size)] =
        random(4) === 0 ? random(256) : random(4);
    }
  }
}

/** Makes a chain available that is nearly a request, or a table of one that is no such thing. */
function forge(bench: Bench): void {
  const { random, ground, layouts, subject } = bench;
  const queues = [...layouts];
  const [index, layout] = queues[random(Math.max(queues.length, 1))] ?? [];
  if (index === undefined || layout === undefined) return;
  const packed = bench.ringFeatures.includes(F.RING_PACKED);
  const ring = new RawRing(ground.ram, layout, packed, bench.plug.legacy !== "big");
  const lengths = [0, 1, 4, 8, 16, 20, 51, 96, 108, 512, 513, 4096, 0x8_0000, 0xffff_ffff];
  const count = 1 + random(Math.min(5, layout.size));
  const first = random(layout.size);
  const readable = random(count + 1);
  const wrap = random(2);
  const indirect = random(5) === 0;
  const table = indirect ? 0xe_0000 : layout.desc;
  for (let step = 0; step < count; step++) {
    const at = indirect ? step : (first + step) % layout.size;
    const addr =
      random(12) === 0
        ? randomValue(random)
        : random(12) === 0
          ? 0x4000_0000 + random(4096)
          : 0xf_0000 + random(0x1_0000);
    const headBytes = subject.heads[random(Math.max(subject.heads.length, 1))];
    if (step < readable && headBytes !== undefined && addr + headBytes.length <= ramLength && addr >= 0xe_0000)
      ground.ram.set(headBytes, addr);
    let flags = (step < readable ? 0 : 2) + (step + 1 < count ? 1 : 0);
    if (random(20) === 0) flags ^= random(8);
    if (packed && !indirect) flags |= packedAvail(wrap);
    const len =
      step === 0 && headBytes !== undefined && random(3) > 0
        ? headBytes.length
        : (lengths[random(lengths.length)] ?? 0);
    ring.desc(
      at,
      { addr, len, flags, next: indirect ? step + 1 : (first + step + 1) % layout.size, id: random(layout.size) },
      table,
    );
  }
  if (indirect)
    ring.desc(first, { addr: table, len: 16 * count, flags: 4 | (packed ? packedAvail(wrap) : 0), id: first });
  if (!packed) {
    const idx = ring.view.getUint16(layout.driver + 2, ring.little);
    ring.view.setUint16(layout.driver + 4 + 2 * (idx % layout.size), first, ring.little);
    ring.view.setUint16(layout.driver + 2, (idx + 1) & 0xffff, ring.little);
  }
  tally.forged += 1;
  const transport = bench.rider?.driver.transport;
  const from = performance.now();
  bench.allow(() => transport?.notify(index, index));
  bench.took(from);
}

/** One step of a driver without scruples. */
async function badStep(bench: Bench): Promise<void> {
  const { random, socket, subject, ground } = bench;
  const { rider } = bench;
  if (rider === undefined) return;
  const { transport } = rider.driver;
  const from = performance.now();
  switch (random(16)) {
    case 0:
    case 1:
    case 2:
      if (rider.driver.running) void bench.follow(rider.request(random));
      break;
    case 3:
    case 4: {
      const target = socket.targets[random(socket.targets.length)];
      if (target === undefined) break;
      for (let count = 1 + random(10); count > 0; count--) bench.access(target);
      break;
    }
    case 5:
      scribble(bench);
      break;
    case 6:
    case 7:
    case 8:
      forge(bench);
      break;
    case 9:
      bench.allow(() => transport.notify(random(8), random(4) === 0 ? randomValue(random) : random(8)));
      break;
    case 10:
      transport.writeStatus(random(3) === 0 ? random(256) : ([1, 3, 11, 15, 16, 31, 128, 0][random(8)] ?? 0));
      break;
    case 11:
      if (random(2) === 0) bench.allow(() => transport.resetQueue(random(6)));
      else if (random(3) === 0) ground.toggle(random(3));
      break;
    case 12:
      subject.disturb?.(random);
      break;
    case 13:
      if (subject.store !== undefined)
        subject.store.mood = (["prompt", "late", "failing", "any"] as const)[random(4)] ?? "any";
      break;
    case 14:
      if (random(4) > 0) {
        rider.driver.poll();
        break;
      }
      ground.restore();
      await bench.ended(quiet(bench, rider.driver.restart()), "a restart");
      if (rider.driver.running) bench.allow(() => rider.listen());
      return;
    default:
      await bench.turn(random(3));
      return;
  }
  bench.took(from);
}

/** A driver that does anything, behind a transport. */
export async function hostileDriver(kind: string, seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const bench = new Bench(kind, random);
  const asNew = bench.snapshot(bench.socket.probe());
  if (random(2) === 0) await goodTurn(bench);
  for (let rounds = 1 + random(2); rounds > 0; rounds--) {
    const rider = bench.load();
    await bench.ended(rider.driver.start(), "the start");
    rider.listen();
    for (let steps = 10 + random(70); steps > 0; steps--) {
      await badStep(bench);
      bench.check();
      const cause = bench.device.needsReset;
      if (cause !== undefined) {
        const name = cause.kind === "queue" ? `queue: ${cause.fault}` : cause.kind;
        tally.reasons.set(name, (tally.reasons.get(name) ?? 0) + 1);
        if (random(4) === 0) break;
      }
    }
    bench.ground.restore();
    if (bench.subject.store !== undefined) bench.subject.store.mood = "prompt";
    await stopped(bench, rider);
    const fresh = bench.socket.probe();
    fresh.writeStatus(0);
    if (bench.device.needsReset !== undefined) throw new Error("a reset does not mend the device");
    const now = bench.snapshot(fresh);
    if (now !== asNew) throw new Error(`after a reset the device is not as it was: ${now}, was ${asNew}`);
    await goodTurn(bench);
    bench.ground.check();
  }
}

/** Work that may end in a DriverError. */
function quiet(bench: Bench, work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) =>
    bench.allow(() => {
      throw error;
    }),
  );
}

/** Nothing is left open when a driver has stopped. */
async function stopped(bench: Bench, rider: Rider): Promise<void> {
  await bench.ended(quiet(bench, rider.driver.stop()), "the stop");
  for (let turns = 0; turns < 4; turns++) await new Promise((resolve) => setImmediate(resolve));
  if (bench.open !== 0) throw new Error(`${bench.open} requests are neither answered nor rejected`);
  bench.check();
}

/** A device whose registers lie and whose answers are changed on the way, against the generated driver. */
export async function hostileDevice(kind: string, seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const lies = { often: 0 };
  const bench = new Bench(kind, random, (_name, value) =>
    lies.often > 0 && random(lies.often) === 0
      ? (random(2) === 0 ? randomValue(random) : value ^ (1 << random(8))) >>> 0
      : value,
  );
  let rider: Rider;
  lies.often = random(3) === 0 ? 40 + random(200) : 0;
  try {
    rider = bench.load({ timeout: 15 });
  } catch (error) {
    // A device that nobody can recognize.
    if (!(error instanceof DriverError)) throw error;
    return;
  }
  const { driver } = rider;
  await bench.ended(quiet(bench, driver.start()), "the start");
  if (driver.running) bench.allow(() => rider.listen());
  for (let steps = 10 + random(60); steps > 0; steps--) {
    lies.often = random(4) === 0 ? 5 + random(60) : 0;
    switch (random(9)) {
      case 0:
      case 1:
      case 2:
        if (driver.running) void bench.follow(rider.request(random));
        break;
      case 3:
      case 4:
        scribble(bench);
        break;
      case 5:
        bench.allow(() => void driver.readConfig());
        break;
      case 6:
        try {
          if (random(2) === 0) driver.poll();
          else driver.interrupt(random(2) === 0 ? undefined : random(4));
        } catch (error) {
          throw new Error("a device makes its driver throw", { cause: error });
        }
        break;
      case 7:
        if (random(6) === 0) {
          await bench.ended(quiet(bench, driver.restart()), "a restart");
          if (driver.running) bench.allow(() => rider.listen());
        } else bench.subject.disturb?.(random);
        break;
      default:
        await bench.turn(2);
    }
    bench.check();
  }
  lies.often = 0;
  await stopped(bench, rider);
  bench.ground.check();
  await goodTurn(bench);
}

/** Kinds of devices that can be tried. */
export const kinds: readonly string[] = Object.keys(subjects);
