import { describe, expect, test } from "vitest";

import { STATUS } from "../../../../src/runtime/described/config.ts";
import {
  CAP,
  CommonRegister as Common,
  commonRegisters,
  LegacyHeaderRegister as Legacy,
  legacyHeaderRegisters,
  NO_VECTOR,
} from "../../../../src/runtime/described/pci.ts";
import { Core, F } from "./adder-device.ts";
import type { LinuxPciModern } from "./linux-pci.ts";
import { pciLegacyMachine, pciMachine, withEverything } from "./machines.ts";
import { structure } from "./pci-bus.ts";

type CommonName = keyof typeof Common;
type LegacyName = keyof typeof Legacy;

function begin(): LinuxPciModern {
  return pciMachine(withEverything, {}, true).driver;
}

describe("common configuration, each register", () => {
  const resetValues: Partial<Record<CommonName, number>> = {
    device_feature: 0x3000_0007,
    config_msix_vector: NO_VECTOR,
    num_queues: 3,
    queue_size: 256,
    queue_msix_vector: NO_VECTOR,
  };
  /** What can be written and read back while the queue is not in use. */
  const writes: Partial<Record<CommonName, number>> = {
    device_feature_select: 0xffff_fff1,
    driver_feature_select: 0xffff_fff1,
    driver_feature: 0x55,
    config_msix_vector: 2,
    device_status: STATUS.ACKNOWLEDGE,
    queue_select: 2,
    queue_size: 32,
    queue_msix_vector: 1,
    queue_desc: 0x1234_5670,
    queue_driver: 0x1234_5670,
    queue_device: 0x1234_5670,
  };

  test.each(Object.keys(Common) as CommonName[])("%s", (name) => {
    const { size, access } = commonRegisters[name];
    const width = Math.min(size, 4);
    expect(begin().readCommon(Common[name], width)).toBe(resetValues[name] ?? 0);
    for (let half = 0; half < size; half += 4) {
      const value = writes[name] ?? 1;
      const driver = begin();
      driver.writeCommon(Common[name] + half, width, value);
      const readsBack = access === "rw" && writes[name] !== undefined;
      expect(driver.readCommon(Common[name] + half, width)).toBe(readsBack ? value : (resetValues[name] ?? 0));
      // The other half, and what stands beside it, are as they were.
      if (size === 8) expect(driver.readCommon(Common[name] + 4 - half, 4)).toBe(0);
      for (const other of [1, 2, 4, 8].filter((one) => one !== width)) {
        const wrong = begin();
        wrong.writeCommon(Common[name] + half, other, value);
        expect(wrong.readCommon(Common[name] + half, other), `width ${other}`).toBe(0);
        expect(wrong.readCommon(Common[name] + half, width), `width ${other}`).toBe(resetValues[name] ?? 0);
      }
    }
  });

  test("a reset brings back all of them", () => {
    const { driver } = pciMachine(withEverything, {}, true);
    const all = (): number[] =>
      (Object.keys(Common) as CommonName[]).map((name) =>
        driver.readCommon(Common[name], Math.min(commonRegisters[name].size, 4)),
      );
    const before = all();
    for (const [name, value] of Object.entries(writes))
      driver.writeCommon(Common[name as CommonName], Math.min(commonRegisters[name as CommonName].size, 4), value);
    expect(all()).not.toEqual(before);
    driver.reset();
    expect(all()).toEqual(before);
  });

  test("the features of each word, 0 beyond the last", () => {
    const { driver } = pciMachine({ features: [F.BOTH, F.OLD, Core.NOTIF_CONFIG_DATA, Core.RING_RESET] });
    expect([0, 1, 2, 3, 4, 0xffff_ffff].map((word) => driver.readFeatures(word))).toEqual([
      0,
      1 | (1 << 7) | (1 << 8),
      1 << (F.BOTH - 64),
      0,
      0,
      0,
    ]);
  });

  test("vectors beyond the table, and all of them without a table, read back as NO_VECTOR", () => {
    for (const [msi, vector, wanted] of [
      [true, 4, NO_VECTOR],
      [true, 3, 3],
      [true, NO_VECTOR, NO_VECTOR],
      [false, 0, NO_VECTOR],
    ] as const) {
      const { driver } = pciMachine({}, {}, msi);
      for (const name of ["config_msix_vector", "queue_msix_vector"] as const) {
        driver.writeCommon(Common[name], 2, 0);
        driver.writeCommon(Common[name], 2, vector);
        expect(driver.readCommon(Common[name], 2)).toBe(wanted);
      }
    }
  });

  test("of a queue that does not exist all is 0, but the vector", () => {
    const { driver } = pciMachine({}, {}, true);
    for (const queue of [1, 3, 0xffff]) {
      driver.selectQueue(queue);
      driver.writeCommon(Common.queue_msix_vector, 2, 0);
      driver.writeCommon(Common.queue_size, 2, 16);
      driver.writeCommon(Common.queue_desc, 4, 0x1000);
      const widths = { queue_size: 2, queue_enable: 2, queue_notify_off: 2, queue_desc: 4, queue_notif_config_data: 2 };
      for (const [name, width] of Object.entries(widths))
        expect(driver.readCommon(Common[name as CommonName], width), `${name} of queue ${queue}`).toBe(0);
      expect(driver.readCommon(Common.queue_msix_vector, 2)).toBe(NO_VECTOR);
    }
  });

  test("a size that is not allowed is not shown", () => {
    const { driver } = pciMachine();
    driver.negotiate([Core.VERSION_1]);
    for (const [written, shown] of [[32, 32] as const, [12, 32] as const, [512, 32] as const, [0, 32] as const]) {
      driver.writeQueueSize(written);
      expect(driver.queueSizeMax()).toBe(shown);
    }
    driver.writeCommon(Common.queue_enable, 2, 0);
    expect(driver.readStatus()).toBe(11);
  });

  test("registers of a queue that is in use keep their values, but for the vector", () => {
    const { driver } = pciMachine({}, {}, true);
    driver.probe();
    driver.selectQueue(0);
    const registers = [Common.queue_desc, Common.queue_driver, Common.queue_device];
    const before = registers.map((at) => driver.readCommon(at, 4));
    expect(before[0]).toBe(0x10000);
    driver.writeQueueSize(8);
    for (const at of registers) driver.writeCommon(at, 4, 0);
    expect(driver.queueSizeMax()).toBe(16);
    expect(registers.map((at) => driver.readCommon(at, 4))).toEqual(before);
    driver.writeCommon(Common.queue_msix_vector, 2, 3);
    expect(driver.readCommon(Common.queue_msix_vector, 2)).toBe(3);
  });

  test("what exists with a feature only", () => {
    const { driver } = pciMachine(withEverything);
    driver.selectQueue(2);
    expect(driver.readCommon(Common.queue_notif_config_data, 2)).toBe(0);
    driver.negotiate([Core.VERSION_1, Core.NOTIF_CONFIG_DATA]);
    driver.selectQueue(2);
    expect(driver.readCommon(Common.queue_notif_config_data, 2)).toBe(2);
    expect(driver.readCommon(Common.queue_notify_off, 2)).toBe(2);
    expect(driver.readCommon(Common.admin_queue_index, 2)).toBe(0);
    expect(driver.readCommon(Common.admin_queue_num, 2)).toBe(0);
  });
});

describe("notifications", () => {
  test.each([false, true])("in their width only, NOTIFICATION_DATA %s", (long) => {
    const wanted = long ? [Core.VERSION_1, Core.NOTIFICATION_DATA] : [Core.VERSION_1];
    const { driver, guest, pci } = pciMachine({ features: [Core.NOTIFICATION_DATA] });
    driver.probe(wanted);
    const { bar, offset } = structure(pci, CAP.NOTIFY_CFG);
    // The driver's own notification does not get through.
    driver.notify = () => {};
    guest.ask(0, 1, 2);
    for (const [at, width] of [
      [0, 1],
      [0, long ? 2 : 4],
      [2, 2],
      [12, long ? 4 : 2],
    ] as const) {
      pci.barWrite(bar, offset + at, width, 0);
      expect(guest.answers(0)).toBe(0);
    }
    expect(pci.barRead(bar, offset, 2)).toBe(0);
    pci.barWrite(bar, offset, long ? 4 : 2, 0);
    expect(guest.answers(0)).toBe(1);
  });

  test("of a queue that is not there, and before DRIVER_OK, nothing comes", () => {
    const { driver, guest, pci, device } = pciMachine();
    driver.negotiate([Core.VERSION_1]);
    driver.setUpQueue(0, []);
    guest.ask(0, 1, 2);
    const { bar, offset } = structure(pci, CAP.NOTIFY_CFG);
    for (const queue of [0, 1, 2, 0xffff]) pci.barWrite(bar, offset, 2, queue);
    expect(guest.answers(0)).toBe(0);
    expect(device.needsReset).toBeUndefined();
    driver.addStatus(STATUS.DRIVER_OK);
    expect(guest.answers(0)).toBe(1);
  });
});

describe("legacy header, each register", () => {
  const resetValues: Partial<Record<LegacyName, number>> = { device_features: 0x3000_0027, queue_size: 256 };
  const writes: Partial<Record<LegacyName, number>> = {
    driver_features: 0x21,
    queue_address: 0x10,
    queue_select: 2,
    queue_notify: 1,
    device_status: 3,
    config_msix_vector: 1,
    queue_msix_vector: 2,
  };
  const names = (Object.keys(Legacy) as LegacyName[]).filter(
    (name) => !name.startsWith("config_w") && name !== "config",
  );

  test.each(names.flatMap((name) => [false, true].map((msi) => ({ name, msi }))))(
    "$name, MSI-X $msi",
    ({ name, msi }) => {
      const { access, size, parameter } = legacyHeaderRegisters[name];
      if (parameter !== undefined && !msi) return;
      const begin = () => {
        const { driver } = pciLegacyMachine(withEverything, {}, msi);
        driver.find();
        return driver;
      };
      const reset = parameter === undefined ? (resetValues[name] ?? 0) : NO_VECTOR;
      const driver = begin();
      expect(driver.read(Legacy[name], size)).toBe(reset);
      driver.write(Legacy[name], size, writes[name] ?? 1);
      const wanted = access === "rw" ? writes[name] : undefined;
      expect(driver.read(Legacy[name], size)).toBe(wanted ?? reset);
      for (const width of [1, 2, 4].filter((one) => one !== size)) {
        const wrong = begin();
        wrong.write(Legacy[name], width, writes[name] ?? 1);
        expect(wrong.read(Legacy[name], width), `width ${width}`).toBe(0);
        expect(wrong.read(Legacy[name], size), `width ${width}`).toBe(reset);
      }
    },
  );

  test("the configuration space moves with MSI-X, and back", () => {
    const { driver, pci } = pciLegacyMachine(withEverything, { bigEndian: true }, true);
    const control = 0x42;
    expect(driver.read(Legacy.config, 4)).toBe(0x4433_2211);
    driver.find();
    expect(driver.read(Legacy.config_with_msix, 4)).toBe(0x4433_2211);
    expect(driver.read(Legacy.config_msix_vector, 2)).toBe(NO_VECTOR);
    expect(driver.read(Legacy.config_with_msix + 24, 4)).toBe(0x200);
    pci.configWrite(control, 2, 0);
    expect(driver.read(Legacy.config, 4)).toBe(0x4433_2211);
  });

  test("address 0 stops a queue", () => {
    const { driver, guest, device } = pciLegacyMachine();
    driver.probe([]);
    driver.selectQueue(0);
    expect(driver.read(Legacy.queue_address, 4)).toBe(0x10);
    driver.write(Legacy.queue_address, 4, 0);
    expect(driver.read(Legacy.queue_address, 4)).toBe(0);
    expect(device.queueEnabled(0)).toBe(false);
    expect(guest.add(0, 1, 2)).toBeUndefined();
    driver.setUpQueue(0, []);
    expect(guest.add(0, 1, 2)).toBe(3);
  });

  test("a queue beyond memory is not in use, and a reset mends it", () => {
    const { driver, guest, device } = pciLegacyMachine();
    driver.negotiate([]);
    driver.write(Legacy.queue_address, 4, 0xffff_ffff);
    expect(driver.read(Legacy.queue_address, 4)).toBe(0);
    expect(device.causes).toEqual([{ kind: "queue", queue: 0, fault: "ring-outside-memory" }]);
    driver.probe([]);
    expect(guest.add(0, 1, 2)).toBe(3);
  });
});
