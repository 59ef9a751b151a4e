import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  AdminDriver,
  CMD,
  CMD_STATUS,
  CMD_STATUS_Q,
  GROUP_TYPE,
  operations,
} from "../../../generated/typescript/admin.ts";
import { F } from "../../../generated/typescript/config.ts";
import { EntropyDevice, EntropyDriver } from "../../../generated/typescript/entropy.ts";
import {
  AdminFault,
  operation,
  type AdminGroup,
  type AdminOptions,
  type Incoming,
  type Message,
} from "../../../src/runtime/index.ts";
import { plug, type Bus } from "../../suite/computer.ts";

/** An entropy device that is the owner of groups. */
class Owner extends EntropyDevice {
  constructor(admin: AdminOptions) {
    super({ features: [F.ADMIN_VQ], admin });
  }

  override random({ output }: Incoming<undefined>): void {
    output.fill(0, 0x5a);
  }
}

const limits = Uint8Array.of(2, 3);
const ok = { status: CMD_STATUS.OK, status_qualifier: CMD_STATUS_Q.OK };
const invalid = (status_qualifier: CMD_STATUS_Q): object => ({ status: CMD_STATUS.EINVAL, status_qualifier });
/** Bytes of a list of opcodes and of the status before it. */
const listLength = 16;

/** What the device has been told, and a group that has it. */
function groupOf(ids: readonly bigint[]): { readonly group: AdminGroup; readonly set: Uint8Array[] } {
  const set: Uint8Array[] = [];
  const group: AdminGroup = {
    hasMember: (id) => ids.includes(id),
    commands: {
      capIdListQuery: () => ({ ...ok, result: { supported_caps: [1n] } }),
      deviceCapGet: ({ value }) => {
        if (value.data.id !== 0) throw new AdminFault(CMD_STATUS.ENXIO, CMD_STATUS_Q.INVALID_FIELD);
        return { ...ok, result: { cap_specific_data: limits } };
      },
      driverCapSet: async ({ value }) => {
        const { cap_specific_data: data } = value.data;
        await Promise.resolve();
        set.push(data);
        return ok;
      },
      legacyNotifyInfo: () => {
        throw new AdminFault(CMD_STATUS.EAGAIN, CMD_STATUS_Q.TRYAGAIN);
      },
      devPartsMetadataGet: ({ output }) => {
        output.write(0, Uint8Array.of(40, 0, 0, 0, 0, 0, 0, 0));
        return ok;
      },
    },
  };
  return { group, set };
}

async function started(groups: AdminOptions["groups"], queues = 1, bus: Bus = "pci") {
  const device = new Owner({ groups, queues });
  const { driver } = plug(device, EntropyDriver, { bus, ringFeatures: [] });
  await driver.start();
  return { device, driver, admin: new AdminDriver(driver) };
}

const self = { group_type: GROUP_TYPE.SELF, group_member_id: 0n };
const allOf = (...opcodes: readonly number[]): bigint => opcodes.reduce((word, one) => word | (1n << BigInt(one)), 0n);

/** Any bytes as a command: what the description has none for. */
const raw = operation(
  { kind: "request", name: "raw", queues: ["adminq"], readable: undefined, writable: undefined } satisfies Message<
    "adminq",
    undefined,
    undefined
  >,
  { input: true, output: "behind" },
);

/** The 24 bytes that every command begins with. */
const head = (opcode: number): number[] => [opcode, ...Array.from({ length: 23 }, () => 0)];

test("a driver asks what there is, says what it uses, and uses it", async () => {
  const { group, set } = groupOf([0n]);
  const { admin, device } = await started({ [GROUP_TYPE.SELF]: group });
  const supported = allOf(
    CMD.LIST_QUERY,
    CMD.LIST_USE,
    CMD.CAP_ID_LIST_QUERY,
    CMD.DEVICE_CAP_GET,
    CMD.DRIVER_CAP_SET,
    CMD.LEGACY_NOTIFY_INFO,
    CMD.DEV_PARTS_METADATA_GET,
  );
  expect(await admin.listQuery(self, listLength)).toEqual({ ...ok, result: { device_admin_cmd_opcodes: [supported] } });
  expect(await admin.listUse({ ...self, data: { device_admin_cmd_opcodes: [supported, 0n] } })).toEqual(ok);
  expect(await admin.capIdListQuery(self, 64)).toEqual({ ...ok, result: { supported_caps: [1n] } });
  const got = await admin.deviceCapGet({ ...self, data: { id: 0 } }, 8 + limits.length);
  expect(got).toEqual({ ...ok, result: { cap_specific_data: limits } });
  expect(await admin.driverCapSet({ ...self, data: { id: 0, cap_specific_data: Uint8Array.of(1, 0) } })).toEqual(ok);
  expect(set).toEqual([Uint8Array.of(1, 0)]);
  const metadata = { hdr: { type: 0, id: 0 }, type: 0 };
  const size = await admin.devPartsMetadataGet({ ...self, metadata }, 8);
  expect(size).toEqual({ ...ok, output: Uint8Array.of(40, 0, 0, 0, 0, 0, 0, 0) });
  expect(device.needsReset).toBeUndefined();
});

test("what a method refuses is the answer; of what was not written the driver sees zeroes", async () => {
  const { group } = groupOf([0n]);
  const { admin, device } = await started({ [GROUP_TYPE.SELF]: group });
  const opcodes = allOf(CMD.DEVICE_CAP_GET, CMD.LEGACY_NOTIFY_INFO);
  await admin.listUse({ ...self, data: { device_admin_cmd_opcodes: [opcodes] } });
  expect(await admin.deviceCapGet({ ...self, data: { id: 9 } }, 64)).toEqual({
    status: CMD_STATUS.ENXIO,
    status_qualifier: CMD_STATUS_Q.INVALID_FIELD,
    result: { cap_specific_data: new Uint8Array(0) },
  });
  const none = { flags: 0, bar: 0, offset: 0n };
  expect(await admin.legacyNotifyInfo(self)).toEqual({
    status: CMD_STATUS.EAGAIN,
    status_qualifier: CMD_STATUS_Q.TRYAGAIN,
    result: { entries: [none, none, none, none] },
  });
  expect(device.needsReset).toBeUndefined();
});

test("the group is looked at first, then the opcode, then the member", async () => {
  const { group } = groupOf([1n, 2n]);
  const { admin, driver } = await started({ [GROUP_TYPE.SRIOV]: group });
  const vf = { group_type: GROUP_TYPE.SRIOV, group_member_id: 3n };
  expect(await admin.capIdListQuery(self, 64)).toMatchObject(invalid(CMD_STATUS_Q.INVALID_GROUP));
  // Not in the list yet, and never in it.
  expect(await admin.capIdListQuery(vf, 64)).toMatchObject(invalid(CMD_STATUS_Q.INVALID_OPCODE));
  expect(await admin.devModeSet({ ...vf, data: { flags: 0 } })).toMatchObject(invalid(CMD_STATUS_Q.INVALID_OPCODE));
  const use = (...opcodes: readonly number[]) =>
    admin.listUse({ ...vf, data: { device_admin_cmd_opcodes: [allOf(...opcodes)] } });
  expect(await use(CMD.DEV_MODE_SET)).toEqual(invalid(CMD_STATUS_Q.INVALID_FIELD));
  expect(await use(CMD.CAP_ID_LIST_QUERY, CMD.LIST_USE)).toEqual(ok);
  expect(await admin.capIdListQuery(vf, 64)).toMatchObject(invalid(CMD_STATUS_Q.INVALID_MEMBER));
  expect(await admin.capIdListQuery({ ...vf, group_member_id: 2n }, 64)).toMatchObject(ok);
  // The driver has blocked it by its own list; a reset ends that.
  expect(await admin.listQuery(vf, listLength)).toMatchObject(invalid(CMD_STATUS_Q.INVALID_OPCODE));
  await driver.restart();
  expect(await admin.listQuery(vf, listLength)).toMatchObject(ok);
});

test("both parts may be shorter or longer than they are described", async () => {
  const { group } = groupOf([0n]);
  const { driver, admin, device } = await started({ [GROUP_TYPE.SELF]: group });
  const send = async (input: readonly number[], output: number) =>
    (await driver.request(raw, undefined, { input: Uint8Array.from(input), output })).output;
  // Two bytes are LIST_QUERY for the group of the device itself.
  expect((await send([0, 0], 64)).subarray(0, 9)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0b1100_0011));
  expect(await send([0], 4)).toEqual(new Uint8Array(4));
  expect(await send([0xff, 0xff, 0, 0], 2)).toEqual(Uint8Array.of(CMD_STATUS.EINVAL, 0));
  // LIST_USE without a list uses nothing at all, and one with half a word uses that half.
  expect(await send([...head(CMD.LIST_USE), 0b1000_0011, 0b1], 8)).toEqual(new Uint8Array(8));
  // More than a command has is ignored.
  expect(await send([...head(CMD.CAP_ID_LIST_QUERY), ...head(0xee)], 8)).toEqual(new Uint8Array(8));
  // The capability's id is missing: it is 0. There is room for one byte of it.
  expect(await send(head(CMD.DEVICE_CAP_GET), 9)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 2));
  expect(await send(head(CMD.LIST_USE), 8)).toEqual(new Uint8Array(8));
  expect(await admin.listQuery(self, listLength)).toMatchObject(invalid(CMD_STATUS_Q.INVALID_OPCODE));
  expect(device.needsReset).toBeUndefined();
});

test("no bytes of a driver break the device", async () => {
  const { group } = groupOf([0n]);
  const { driver, admin, device } = await started({ [GROUP_TYPE.SELF]: group });
  const small = fc.nat({ max: 0x13 });
  const command = fc
    .tuple(small, fc.constantFrom(0, 0, 1), fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 80 }))
    .filter(([, , data, room]) => data.length + room > 0);
  await fc.assert(
    fc.asyncProperty(command, async ([opcode, type, data, output]) => {
      const input = Uint8Array.of(opcode, 0, type, 0, ...Array.from({ length: 20 }, () => 0), ...data);
      const { output: answer } = await driver.request(raw, undefined, { input, output });
      expect(answer.length).toBeLessThanOrEqual(output);
      expect(device.needsReset).toBeUndefined();
      // What the driver says it uses may be anything: say it again.
      await driver.restart();
      await admin.listUse({ ...self, data: { device_admin_cmd_opcodes: [allOf(1, 6, 7, 8, 9, 14)] } });
    }),
    { numRuns: 150 },
  );
});

test("a method that fails otherwise ends in a reset", async () => {
  const broken: AdminGroup = {
    hasMember: () => true,
    commands: {
      devModeSet: () => {
        throw new TypeError("no such member");
      },
    },
  };
  const { admin, device, driver } = await started({ [GROUP_TYPE.SRIOV]: broken });
  const vf = { group_type: GROUP_TYPE.SRIOV, group_member_id: 1n };
  await admin.listUse({ ...vf, data: { device_admin_cmd_opcodes: [allOf(CMD.DEV_MODE_SET)] } });
  await expect(admin.devModeSet({ ...vf, data: { flags: 1 } })).rejects.toMatchObject({ code: "needs-reset" });
  expect(device.needsReset).toMatchObject({ kind: "handler", operation: "devModeSet" });
  await driver.restart();
  expect(await admin.listQuery(vf, listLength)).toMatchObject(ok);
});

test("over PCI they stand behind the others; memory-mapped devices have none", async () => {
  const { group } = groupOf([0n]);
  const { device, driver } = await started({ [GROUP_TYPE.SELF]: group }, 3);
  expect(device.adminQueues).toEqual({ index: 1, count: 3 });
  expect(device.queuePlaces.map(({ name, number }) => `${name} ${number}`)).toEqual([
    "requestq 0",
    "adminq 1",
    "adminq 2",
    "adminq 3",
  ]);
  // A driver uses the first of them.
  expect(driver.queuePlaces.map(({ name, index }) => `${name} ${index}`)).toEqual(["requestq 0", "adminq 0"]);
  expect((await driver.random(4)).length).toBe(4);

  const mmio = await started({ [GROUP_TYPE.SELF]: group }, 1, "mmio");
  expect(mmio.driver.features.has(F.ADMIN_VQ)).toBe(false);
  await expect(mmio.admin.listQuery(self, listLength)).rejects.toMatchObject({ code: "queue-missing" });
});

test("ADMIN_VQ and what is served go together", () => {
  expect(
    () =>
      new (class extends EntropyDevice {
        constructor() {
          super({ features: [F.ADMIN_VQ] });
        }
        override random(): void {}
      })(),
  ).toThrow("ADMIN_VQ and the option 'admin' go together");
});

test.each([
  { index: 0, count: 1 },
  { index: 0xffff, count: 2 },
])("a driver takes no administration virtqueues $count from $index on", async (places) => {
  const { group } = groupOf([0n]);
  const device = new Owner({ groups: { [GROUP_TYPE.SELF]: group } });
  const { driver } = plug(device, EntropyDriver, { bus: "pci", ringFeatures: [] });
  Object.defineProperty(driver.transport, "adminQueues", { value: () => places });
  await expect(driver.start()).rejects.toMatchObject({ code: "wrong-structure" });
});

test("every command of the description is an operation of the queue", () => {
  expect(Object.values(operations).flatMap(({ tags }) => tags.flat())).toEqual(Object.values(CMD));
  for (const { message } of Object.values(operations)) expect(message.queues).toEqual(["adminq"]);
});
