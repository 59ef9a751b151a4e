import * as generated from "../../generated/typescript/index.ts";
import { cut } from "../../src/ir/cut.ts";
import type { Module } from "../../src/ir/model.ts";
import {
  VirtioDevice,
  VirtioDriver,
  type DeviceDescription,
  type DeviceOptions,
  type DriverOptions,
  type DriverTransport,
  type Operation,
} from "../../src/runtime/index.ts";
import { ModuleContext, Modules } from "../../src/target/typescript/module-context.ts";
import { deviceOperations, type DeviceOperation } from "../../src/target/typescript/operation-view.ts";
import { standard } from "../target/c/descriptions.ts";
import { Survey } from "../target/typescript/value-maker.ts";

export type DeviceClass = new (options: DeviceOptions<number, object>) => VirtioDevice;
export type DriverClass = new (transport: DriverTransport, options: DriverOptions) => VirtioDriver;

/** One thing that a device can be asked, or tells: as it was generated, and as the description has it. */
export interface DescribedOperation {
  readonly name: string;
  readonly operation: Operation;
  readonly described: DeviceOperation;
}

/** A device type: what was generated of it, and its description. */
export interface DescribedDevice {
  readonly name: string;
  readonly module: Module;
  readonly survey: Survey;
  readonly description: DeviceDescription;
  readonly Device: DeviceClass;
  readonly Driver: DriverClass;
  readonly operations: readonly DescribedOperation[];
}

const ir = cut(standard(), "1.4");
const modules = new Modules(ir);
const survey = new Survey(ir);

/** Every device type of the standard that has a description. */
export const describedDevices: readonly DescribedDevice[] = ir.modules
  .filter((module) => module.kind === "device")
  .map((module) => {
    const exported: Readonly<Record<string, unknown>> = new Map(Object.entries(generated)).get(module.name) ?? {};
    const description = exported["device"] as DeviceDescription | undefined;
    if (description === undefined) throw new Error(`nothing was generated for the device '${module.name}'`);
    const described = new Map(
      deviceOperations(module, new ModuleContext(module, modules)).map((one) => [one.name, one]),
    );
    return {
      name: module.name,
      module,
      survey,
      description,
      Device: classOf(exported, VirtioDevice) as DeviceClass,
      Driver: classOf(exported, VirtioDriver) as DriverClass,
      operations: Object.entries(description.operations).map(([name, operation]) => {
        const one = described.get(name);
        if (one === undefined) throw new Error(`${module.name}.${name} is in no description`);
        return { name, operation, described: one };
      }),
    };
  });

/** The class of a generated module that extends this one. */
function classOf(
  exported: Readonly<Record<string, unknown>>,
  base: abstract new (...values: never[]) => object,
): unknown {
  const found = Object.values(exported).find((one) => typeof one === "function" && one.prototype instanceof base);
  if (found === undefined) throw new Error(`no class extends ${base.name}`);
  return found;
}
