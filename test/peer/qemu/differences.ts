import type { QemuMachine } from "../../../src/qtest/index.ts";
import { FeatureSet, type VirtioDriver } from "../../../src/runtime/index.ts";

interface VirtioStatus {
  readonly "num-vqs": number;
  readonly "guest-features": {
    readonly "transports"?: readonly string[];
    readonly "dev-features"?: readonly string[];
  };
}

/**
 * Where QEMU and the description of a started driver's device differ: what features are called, how many queues there
 * are, how long the configuration space is. QEMU is asked by x-query-virtio-status, with which 11.1 aborts.
 */
export async function differencesOf(machine: QemuMachine, driver: VirtioDriver, named: boolean): Promise<string[]> {
  const found = [...offeredUnknown(driver), ...configLength(driver)];
  return named ? [...found, ...(await asQemuSees(machine, driver))] : found;
}

/** Features that the device offers and no description has. */
function offeredUnknown({ transport, description }: VirtioDriver): string[] {
  // By the driver's transport, which knows that QEMU's mmio has only two words of features.
  const offered = FeatureSet.fromWords(...[0, 1, 2, 3].map((index) => transport.offeredWord(index)));
  const nameless = offered.bits().filter((bit) => description.features.nameOf(bit) === String(bit));
  // Bit 30 is vhost-user's, between QEMU and its back ends; it is offered without meaning to.
  return nameless.map(
    (bit) => `QEMU offers feature ${bit}, which is not described${bit === 30 ? " (vhost-user's own)" : ""}`,
  );
}

/** What lies behind the end of its space QEMU reads as all ones. */
function configLength({ transport, description }: VirtioDriver): string[] {
  const described = description.config?.byteLayout.at(-1);
  if (described?.byteOffset === undefined || described.byteLength === undefined) return [];
  const length = described.byteOffset + described.byteLength;
  let end = length;
  while (end > 0 && transport.config.read8(end - 1) === 0xff) end -= 1;
  return end === length ? [] : [`QEMU's configuration space ends after ${end} of the ${length} bytes described`];
}

async function asQemuSees(machine: QemuMachine, driver: VirtioDriver): Promise<string[]> {
  const all = (await machine.qmp.execute("x-query-virtio")) as { readonly name: string; readonly path: string }[];
  const statuses = await Promise.all(
    all.map(
      ({ path }) =>
        machine.qmp.execute("x-query-virtio-status", { path }) as Promise<VirtioStatus & { "device-id": number }>,
    ),
  );
  const status = statuses.find((one) => one["device-id"] === driver.description.id);
  if (status === undefined) return [`QEMU tells of no device ${driver.description.id}`];
  const theirs = new Set(
    [...(status["guest-features"].transports ?? []), ...(status["guest-features"]["dev-features"] ?? [])].map(nameIn),
  );
  const bits = driver.features.bits();
  const ours = new Map(bits.map((bit) => [driver.description.features.nameOf(bit), bit]));
  const nameless = [...ours].filter(([name]) => !theirs.has(name));
  const others = [...theirs].filter((name) => !ours.has(name));
  const queues = Math.max(0, ...driver.queuePlaces.map(({ number }) => number + 1));
  return [
    ...nameless.map(([name, bit]) => `QEMU has no such name for feature ${bit}, ${name}`),
    ...others.map((name) => `QEMU calls a feature ${name}, which is not described so`),
    ...(queues === status["num-vqs"] ? [] : [`QEMU has ${status["num-vqs"]} queues, of ${queues} that there are`]),
  ];
}

/** `MQ` of `VIRTIO_BLK_F_MQ: Multiqueue supported`. */
function nameIn(text: string): string {
  return (text.split(":")[0] ?? text).replace(/^VIRTIO_(?:[A-Z0-9]+_)??F_/, "");
}
