import * as fc from "fast-check";
import type { Ir, Module, PartItem } from "../../../src/ir/model.ts";
import { ConfigMemory, FeatureSet } from "../../../src/runtime/index.ts";
import type { GeneratedModules } from "./generated.ts";
import { ValueMaker, type Survey, type Value, type World } from "./value-maker.ts";

interface LooseCodec {
  readonly byteLength: number | undefined;
  toBytes(value: Value): Uint8Array<ArrayBuffer>;
  withContext(context: object): LooseCodec;
}

/** The feature bits of an IR by name, with their module: `blk.FLUSH`. */
export function featureBits(ir: Ir): ReadonlyMap<string, number> {
  return new Map(
    ir.modules.flatMap((module) =>
      module.items.flatMap((item) =>
        item.kind === "features"
          ? item.features.map((feature) => [`${module.name}.${feature.name}`, feature.bit] as const)
          : [],
      ),
    ),
  );
}

/** Draws a configuration, parameters and the messages that others refer to, under some of the features or all. */
export function drawWorld(survey: Survey, draw: fc.GeneratorValue, module: Module, which: "some" | "all"): World {
  const own = [...featureBits(survey.ir)].filter(
    ([name]) => name.startsWith(`${module.name}.`) || name.startsWith("config."),
  );
  const drawn = new Set(which === "all" ? own : draw(fc.subarray, own));
  // Two names of one bit are there together.
  const bits = new Set([...drawn].map(([, bit]) => bit));
  const features = new Set(own.flatMap(([name, bit]) => (bits.has(bit) ? [name] : [])));
  const bare: World = {
    features,
    config: {},
    parameters: {
      queue_size: 2 ** draw(fc.nat, { max: 3 }),
      queue_align: 64,
      transport_revision: draw(fc.nat, { max: 2 }),
    },
    messages: {},
  };
  const config = module.items.find((item) => item.kind === "config");
  const everything = new Set(featureBits(survey.ir).keys());
  const withConfig: World =
    config === undefined
      ? bare
      : {
          ...bare,
          config: new ValueMaker(survey, module, draw, { ...bare, features: everything }).struct(config.members),
        };
  const messages: Record<string, Value> = {};
  for (const item of module.items) {
    if (!survey.messages.has(`${module.name}.${item.name}`)) continue;
    // Later sections may depend on earlier ones; none depends on what follows.
    const members = "sections" in item ? item.sections[0]?.members : item.kind === "struct" ? item.members : undefined;
    if (members !== undefined)
      messages[item.name] = new ValueMaker(survey, module, draw, { ...withConfig, messages }).struct(members);
  }
  return { ...withConfig, messages };
}

/** Draws the request that is answered. */
export function withRequest(
  survey: Survey,
  draw: fc.GeneratorValue,
  module: Module,
  world: World,
  parts: readonly PartItem[],
): World {
  // The driver says nothing before an event.
  if (!parts.some((part) => part.kind === "part" && part.direction === "device-readable")) return world;
  return { ...world, request: new ValueMaker(survey, module, draw, world).message(parts, "device-readable") };
}

/** The world as codecs are told of it. */
export async function contextOf(
  survey: Survey,
  world: World,
  module: Module,
  generated: GeneratedModules,
): Promise<object> {
  const bits = featureBits(survey.ir);
  const codec = (await generated.load(module.name))["Config"] as LooseCodec | undefined;
  const all = new FeatureSet(bits.values());
  const bytes = codec === undefined ? new Uint8Array(0) : codec.withContext({ features: all }).toBytes(world.config);
  return {
    features: new FeatureSet([...world.features].map((name) => bits.get(name) ?? 0)),
    config: new ConfigMemory(new DataView(bytes.buffer)),
    ...world.parameters,
    ...world.messages,
    ...(world.request === undefined ? {} : { request: world.request }),
  };
}
