import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cut } from "../../src/ir/cut.ts";
import type { Part } from "../../src/ir/model.ts";
import { Modules } from "../../src/target/typescript/module-context.ts";
import { filesOf, standard } from "../target/c/descriptions.ts";
import { Workspace } from "../target/c/compilers.ts";
import { GeneratedModules } from "../target/typescript/generated.ts";
import { Survey, ValueMaker, type Value } from "../target/typescript/value-maker.ts";
import { contextOf, drawWorld, withRequest } from "../target/typescript/world.ts";
import { LeafFinder, program, sharedOf, type Leaf, type Shared } from "./c-agreement.ts";

const all = standard();
const ir = cut(all, "1.4");
const survey = new Survey(ir);
const names = new Modules(ir);
const headers = filesOf(all, "spec");
const finder = new LeafFinder(ir, headers.map((file) => file.text).join("\n"));
const shared: readonly Shared[] = ir.modules.flatMap((module) => {
  const own = names.namesOf(module.name);
  return sharedOf(
    module,
    (kind, name) => (kind === "struct" ? own.struct(name) : own.part({ cName: name } as Part)),
    finder,
  );
});

/** One number of a value: which leaf it is, at which indices, and its value. */
interface Entry {
  readonly leaf: number;
  readonly path: readonly (string | number)[];
  readonly value: bigint;
}

/** The numbers of a value that C has. */
function entriesOf(leaves: readonly Leaf[], value: Value): readonly Entry[] {
  return leaves.flatMap(({ path }, leaf) => {
    const found: Entry[] = [];
    const walk = (part: unknown, rest: readonly (string | 0)[], taken: readonly (string | number)[]): void => {
      const [step, ...further] = rest;
      if (part === undefined) return;
      if (step === undefined) found.push({ leaf, path: taken, value: BigInt(part as number | bigint) });
      else if (step === 0)
        Array.from(part as Iterable<unknown>).forEach((one, index) => walk(one, further, [...taken, index]));
      else walk((part as Value)[step], further, [...taken, step]);
    };
    walk(value, path, []);
    return found;
  });
}

interface Place {
  get(view: DataView, at: number, index?: number): number | bigint;
  placeOf(at: number, index: number): number;
  readonly element?: Place;
  readonly [name: string]: unknown;
}

/** Reads one number in place. */
function readInPlace(codec: Place, view: DataView, path: readonly (string | number)[]): bigint {
  let place = codec;
  let at = 0;
  for (const step of path) {
    if (typeof step === "string") place = place[step] as Place;
    else if (place.element === undefined) return BigInt(place.get(view, at, step));
    else {
      at = place.placeOf(at, step);
      place = place.element;
    }
  }
  return BigInt(place.get(view, at));
}

/** The C program, asked one question after the other. */
class Peer {
  private readonly process: ChildProcessWithoutNullStreams;
  private received = Buffer.alloc(0);
  private waiting:
    | { readonly size: number; readonly resolve: (answer: Buffer) => void; readonly reject: (error: Error) => void }
    | undefined = undefined;

  constructor(command: string, ...rest: string[]) {
    this.process = spawn(command, rest);
    this.process.stdout.on("data", (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      this.deliver();
    });
    this.process.on("exit", (code) => this.waiting?.reject(new Error(`the C program ended with ${code}`)));
  }

  /** Lets C write the numbers into zeroed bytes. */
  async write(
    index: number,
    guest: boolean,
    size: number,
    entries: readonly Entry[],
  ): Promise<Uint8Array<ArrayBuffer>> {
    this.process.stdin.write(
      Buffer.concat([this.head(index, 0, guest, size, entries), ...entries.map((entry) => this.entry(entry, true))]),
    );
    return new Uint8Array(await this.answer(size));
  }

  /** Lets C read the numbers. */
  async read(index: number, guest: boolean, bytes: Uint8Array, entries: readonly Entry[]): Promise<readonly bigint[]> {
    this.process.stdin.write(
      Buffer.concat([
        this.head(index, 1, guest, bytes.length, entries),
        bytes,
        ...entries.map((entry) => this.entry(entry, false)),
      ]),
    );
    const answer = await this.answer(8 * entries.length);
    return entries.map((_, number) => answer.readBigUInt64LE(8 * number));
  }

  end(): void {
    this.process.stdin.end();
  }

  private head(index: number, op: number, guest: boolean, size: number, entries: readonly Entry[]): Buffer {
    const head = Buffer.alloc(12);
    head.writeUInt16LE(index, 0);
    head.writeUInt8(op, 2);
    head.writeUInt8(guest ? 1 : 0, 3);
    head.writeUInt32LE(size, 4);
    head.writeUInt32LE(entries.length, 8);
    return head;
  }

  private entry({ leaf, path, value }: Entry, withValue: boolean): Buffer {
    const buffer = Buffer.alloc(withValue ? 16 : 8);
    buffer.writeUInt16LE(leaf, 0);
    path
      .filter((step) => typeof step === "number")
      .forEach((index, position) => buffer.writeUInt16LE(index, 2 + 2 * position));
    if (withValue) buffer.writeBigUInt64LE(value, 8);
    return buffer;
  }

  private async answer(size: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.waiting = { size, resolve, reject };
      this.deliver();
    });
  }

  private deliver(): void {
    const { waiting } = this;
    if (waiting === undefined || this.received.length < waiting.size) return;
    this.waiting = undefined;
    const answer = this.received.subarray(0, waiting.size);
    this.received = this.received.subarray(waiting.size);
    waiting.resolve(answer);
  }
}

interface LooseCodec {
  toBytes(value: Value): Uint8Array;
  withContext(context: object): LooseCodec;
  guestOrder(order: "little" | "big"): LooseCodec;
}

let modules: GeneratedModules;
let workspace: Workspace;
beforeAll(() => {
  modules = new GeneratedModules("c-agreement", all);
  workspace = new Workspace();
  workspace.write(headers);
  workspace.write([
    {
      path: "agreement.c",
      text: program(
        shared,
        headers.map((file) => file.path),
      ),
    },
  ]);
});
afterAll(() => {
  modules.remove();
  workspace.remove();
});

const machines = [
  { name: "x86-64", compiler: ["gcc", "-O1", "-fsanitize=undefined,address"], order: "little", run: [] },
  { name: "s390x", compiler: ["s390x-linux-gnu-gcc", "-O1", "-static"], order: "big", run: ["qemu-s390x"] },
] as const;

describe.each(machines)("C on $name and TypeScript", ({ name, compiler, order, run }) => {
  let peer: Peer;

  beforeAll(() => {
    const [command, ...flags] = compiler;
    const binary = join(workspace.folder, `agreement-${name}`);
    const { status, stderr } = spawnSync(
      command,
      [...flags, "-std=c11", "-Wall", "-Werror", "-o", binary, join(workspace.folder, "agreement.c")],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    const [first = binary, ...rest] = [...run, binary];
    peer = new Peer(first, ...rest);
  });
  afterAll(() => peer.end());

  it.each(shared.map((one, index) => ({ ...one, index })))(
    "agree on $tag",
    async ({ module, codec: name, members, leaves, native, answers, index }) => {
      const exported = (await modules.load(module))[name] as LooseCodec | undefined;
      const owner = ir.modules.find((one) => one.name === module);
      if (exported === undefined || owner === undefined) throw new Error(`there is no ${module}.${name}`);
      const seen = new Set<number>();
      const property = fc.asyncProperty(fc.gen(), fc.boolean(), async (draw, legacy) => {
        // With all features nothing is cut off; with some, what stands in place of others is seen.
        let world = drawWorld(survey, draw, owner, draw(fc.boolean) ? "all" : "some");
        if (answers !== undefined) world = withRequest(survey, draw, owner, world, answers);
        const value = new ValueMaker(survey, owner, draw, world).struct(members);
        const entries = entriesOf(leaves, value);
        const guest = legacy && native;
        const context = await contextOf(survey, world, owner, modules);
        const codec = exported.withContext(context).guestOrder(guest ? order : "little");
        const written = codec.toBytes(value);
        expect(await peer.read(index, guest, written, entries)).toEqual(entries.map((entry) => entry.value));
        const back = await peer.write(index, guest, written.length, entries);
        const view = new DataView(back.buffer);
        expect(entries.map((entry) => readInPlace(codec as unknown as Place, view, entry.path))).toEqual(
          entries.map((entry) => entry.value),
        );
        for (const entry of entries) seen.add(entry.leaf);
        // Where C has all members the bytes are the same, too.
        if (coversAll(value, entries))
          expect(Buffer.from(back).toString("hex")).toBe(Buffer.from(written).toString("hex"));
      });
      // An alternative within an alternative may not be drawn at once.
      for (let round = 0; round < 8 && (round === 0 || seen.size < leaves.length); round++)
        await fc.assert(property, { numRuns: 30, maxSkipsPerRun: 100, endOnFailure: true });
      expect(seen.size).toBe(leaves.length);
    },
  );
});

/** Whether the entries are all numbers of a value. */
function coversAll(value: unknown, entries: readonly Entry[]): boolean {
  const count = (part: unknown): number => {
    if (part instanceof Uint8Array) return part.length;
    if (typeof part === "object" && part !== null)
      return Object.values(part).reduce<number>((sum, one) => sum + count(one), 0);
    return 1;
  };
  return count(value) === entries.length;
}

it("every struct and configuration that has a beginning of a fixed size is among them", () => {
  const structs = ir.modules.flatMap((module) =>
    module.items.filter((item) => item.kind === "struct" || item.kind === "config"),
  );
  const missing = structs.filter(
    (item) => item.layout?.fixedSize !== 0 && !shared.some((one) => one.tag === item.cName),
  );
  expect(missing.map((item) => item.cName)).toEqual([]);
  expect(shared.length).toBeGreaterThan(50);
});
