import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cut } from "../../../src/ir/cut.ts";
import type { Command, Ir, Member, Module, PartItem, Request } from "../../../src/ir/model.ts";
import { CodecError } from "../../../src/runtime/index.ts";
import { Modules } from "../../../src/target/typescript/module-context.ts";
import type { ModuleNames } from "../../../src/target/typescript/module-names.ts";
import { standard } from "../c/descriptions.ts";
import { everyConstruct, GeneratedModules } from "./generated.ts";
import { Survey, ValueMaker, type Value } from "./value-maker.ts";
import { contextOf, drawWorld, withRequest } from "./world.ts";

interface LooseCodec {
  readonly byteLength: number | undefined;
  readFrom(view: DataView, at: number, end: number): Value;
  writeTo(view: DataView, at: number, value: Value, end: number): number;
  fromBytes(bytes: Uint8Array): Value;
  toBytes(value: Value): Uint8Array;
  guestOrder(order: "little" | "big"): LooseCodec;
  withContext(context: object): LooseCodec;
}

/** Something of a description that has a codec, and how a value of it is made. */
interface Subject {
  readonly codec: string;
  make(maker: ValueMaker): Value;
  /** What the maker has to know of the request that is answered. */
  readonly answers?: readonly PartItem[];
}

function struct(codec: string, members: readonly Member[]): Subject {
  return { codec, make: (maker) => maker.struct(members) };
}

function subjects(module: Module, names: ModuleNames): readonly Subject[] {
  return module.items.flatMap((item): readonly Subject[] => {
    switch (item.kind) {
      case "struct":
        return [struct(names.struct(item.name), item.members)];
      case "config":
        return [struct("Config", item.members)];
      case "request":
      case "message":
      case "event":
        return messageSubjects(item, names);
      default:
        return "sections" in item ? commandSubjects(item, names) : [];
    }
  });
}

function messageSubjects(request: Request, names: ModuleNames): readonly Subject[] {
  const { readable, writable } = names.message(request);
  const parts = request.parts.flatMap((part) => (part.kind === "part" ? [part] : []));
  const answers = request.parts;
  return [
    { codec: readable, make: (maker: ValueMaker) => maker.message(request.parts, "device-readable") },
    { codec: writable, answers, make: (maker: ValueMaker) => maker.message(request.parts, "device-writable") },
    ...parts.map((part) => ({
      codec: names.part(part),
      answers,
      make: (maker: ValueMaker) => maker.struct(part.members),
    })),
  ];
}

function commandSubjects(command: Command, names: ModuleNames): readonly Subject[] {
  return command.sections.map((section) => struct(names.section(command, section.name), section.members));
}

/** Whether the second has all that the first has: a union without a tag is read with all its alternatives. */
function has(found: unknown, wanted: unknown): boolean {
  if (wanted instanceof Uint8Array) return found instanceof Uint8Array && Buffer.compare(found, wanted) === 0;
  if (Array.isArray(wanted))
    return (
      Array.isArray(found) && found.length === wanted.length && wanted.every((one, index) => has(found[index], one))
    );
  if (typeof wanted === "object" && wanted !== null)
    return Object.entries(wanted).every(([key, one]) => has((found as Value)[key], one));
  return found === wanted;
}

/** The standard, and a device that has every construct of the language. */
const sources: readonly { readonly name: string; readonly all: Ir; readonly modules: (name: string) => boolean }[] = [
  { name: "standard", all: standard(), modules: () => true },
  { name: "every-construct", all: everyConstruct(), modules: (name) => name === "every" },
];

const described = sources.flatMap((source) => {
  const ir = cut(source.all, "1.4");
  const names = new Modules(ir);
  const survey = new Survey(ir);
  return ir.modules
    .filter((module) => source.modules(module.name))
    .map((module) => ({
      name: module.name,
      source: source.name,
      survey,
      module,
      found: subjects(module, names.namesOf(module.name)),
    }))
    .filter(({ found }) => found.length > 0);
});

const generated = new Map<string, GeneratedModules>();
beforeAll(() => {
  for (const { name, all } of sources) generated.set(name, new GeneratedModules(`round-trip-${name}`, all));
});
afterAll(() => {
  for (const modules of generated.values()) modules.remove();
});

function modulesOf(source: string): GeneratedModules {
  const found = generated.get(source);
  if (found === undefined) throw new Error(`nothing was generated of ${source}`);
  return found;
}

describe.each(described)("$name", ({ name, source, survey, module, found }) => {
  it("every struct, part and message comes back as it was written", async () => {
    const exported = await modulesOf(source).load(name);
    const untried: string[] = [];
    for (const subject of found) {
      const codec = exported[subject.codec] as LooseCodec | undefined;
      if (codec === undefined) continue;
      let tried = 0;
      const property = fc.asyncProperty(
        fc.gen(),
        fc.constantFrom("little" as const, "big" as const),
        async (draw, order) => {
          let world = drawWorld(survey, draw, module, "some");
          if (subject.answers !== undefined) world = withRequest(survey, draw, module, world, subject.answers);
          const value = subject.make(new ValueMaker(survey, module, draw, world));
          const bound = codec.withContext(await contextOf(survey, world, module, modulesOf(source))).guestOrder(order);
          const bytes = bound.toBytes(value);
          let back: Value;
          try {
            back = bound.fromBytes(bytes);
          } catch (error) {
            // Two strings of bytes of which nothing says where one ends are told apart by descriptors only.
            fc.pre(!(error instanceof CodecError && error.fault === "ambiguous"));
            throw error;
          }
          if (!has(back, value)) expect(back).toEqual(value);
          // What was in the memory before makes no difference.
          const dirty = new DataView(new ArrayBuffer(bytes.length + 16));
          new Uint8Array(dirty.buffer).fill(0xa5);
          expect(bound.writeTo(dirty, 8, value, 8 + bytes.length)).toBe(8 + bytes.length);
          expect(Buffer.from(dirty.buffer, 8, bytes.length).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));
          expect(Buffer.from(bound.toBytes(back)).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));
          tried++;
        },
      );
      await fc.assert(property, { numRuns: 25, maxSkipsPerRun: 200, endOnFailure: true });
      if (tried === 0) untried.push(subject.codec);
    }
    expect(untried).toEqual([]);
  });

  it("any bytes are read as a value or refused by a CodecError, never read beyond", async () => {
    const exported = await modulesOf(source).load(name);
    for (const subject of found) {
      const codec = exported[subject.codec] as LooseCodec | undefined;
      if (codec === undefined) continue;
      const property = fc.asyncProperty(fc.gen(), fc.uint8Array({ maxLength: 80 }), async (draw, bytes) => {
        let world = drawWorld(survey, draw, module, "some");
        if (subject.answers !== undefined) world = withRequest(survey, draw, module, world, subject.answers);
        const bound = codec.withContext(await contextOf(survey, world, module, modulesOf(source)));
        const room = new Uint8Array(bytes.length + 100);
        room.set(bytes, 50);
        const view = new DataView(room.buffer);
        const read = (): Value | undefined => {
          try {
            return bound.readFrom(view, 50, 50 + bytes.length);
          } catch (error) {
            if (error instanceof CodecError) return undefined;
            throw error;
          }
        };
        const first = read();
        // What stands around the bytes makes no difference.
        room.fill(0xff, 0, 50);
        room.fill(0xff, 50 + bytes.length);
        expect(read()).toEqual(first);
      });
      await fc.assert(property, { numRuns: 15, maxSkipsPerRun: 200, endOnFailure: true });
    }
  });
});
