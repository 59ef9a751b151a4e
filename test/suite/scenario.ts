import { describeNeedsReset, type VirtioDevice, type VirtioDriver } from "../../src/runtime/index.ts";
import type { Computer, Setting } from "./computer.ts";

/** A device type's turn: everything that it does, once, with its data held against what it has to be. */
export interface Scenario {
  readonly name: string;
  run(setting: Setting): Promise<void>;
}

/** Starts a driver, lets `use` work with it, and stops it; afterwards nothing of either side may be left over. */
export async function using<Driver extends VirtioDriver>(
  device: VirtioDevice,
  { driver }: Computer<Driver>,
  use: (driver: Driver) => Promise<void>,
): Promise<void> {
  await driver.start();
  await use(driver);
  if (device.needsReset !== undefined) throw new Error(describeNeedsReset(device.needsReset));
  if (driver.failure !== undefined) throw driver.failure;
  await driver.stop();
  if (device.status !== 0) throw new Error(`the status is ${device.status} after the driver has stopped`);
}
