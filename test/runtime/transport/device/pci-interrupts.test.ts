import { describe, expect, test } from "vitest";

import {
  CAP,
  CommonRegister as Common,
  LegacyHeaderRegister as Legacy,
  NO_VECTOR,
} from "../../../../src/runtime/described/pci.ts";
import { Core } from "./adder-device.ts";
import { LinuxPciLegacy, type LinuxPciModern } from "./linux-pci.ts";
import { type PciMachine, pciMachine } from "./machines.ts";
import { capabilities, structure } from "./pci-bus.ts";

describe("the line", () => {
  test("ISR status says why, and its read ends the interrupt; the header's status follows", () => {
    const { driver, guest, device, line, pci } = pciMachine();
    const isr = structure(pci, CAP.ISR_CFG);
    const pending = (): boolean => (pci.configRead(0x06, 2) & 8) !== 0;
    driver.probe();
    guest.add(0, 1, 2);
    device.change({ capacity: 1n });
    expect(line).toEqual([true]);
    expect(pending()).toBe(true);
    pci.barWrite(isr.bar, isr.offset, 1, 0);
    expect(pci.barRead(isr.bar, isr.offset, 2), "a wider read is none").toBe(0);
    expect(pci.barRead(isr.bar, isr.offset, 1)).toBe(3);
    expect(pci.barRead(isr.bar, isr.offset, 1)).toBe(0);
    expect(pending()).toBe(false);
    expect(line).toEqual([true, false]);
  });

  test("the driver may disable it in the header", () => {
    const { driver, guest, line, pci } = pciMachine();
    driver.probe();
    pci.configWrite(0x04, 2, 0x407);
    guest.add(0, 1, 2);
    expect(line).toEqual([]);
    expect(pci.configRead(0x06, 2) & 8).toBe(8);
    pci.configWrite(0x04, 2, 7);
    expect(line).toEqual([true]);
    pci.configWrite(0x05, 1, 4);
    expect(line).toEqual([true, false]);
  });
});

/** A driver whose messages are not taken, so that they can be looked at. */
function begin(): PciMachine<LinuxPciModern> & { sent: string[]; control: number; table: number; pba: number } {
  const sent: string[] = [];
  const machine = pciMachine({}, { msix: { vectors: 70 } }, true, {
    msi: (low, high, data) => sent.push(`${high.toString(16)}:${low.toString(16)}=${data}`),
  });
  machine.driver.probe();
  const at = capabilities(machine.pci).find(({ id }) => id === 0x11)?.at ?? 0;
  return {
    ...machine,
    sent,
    control: at + 2,
    table: machine.pci.configRead(at + 4, 4) & ~7,
    pba: machine.pci.configRead(at + 8, 4) & ~7,
  };
}

describe("MSI-X", () => {
  test("a message a vector, at its address and with its data; the line is not used", () => {
    const { guest, device, sent, line, pci, control } = begin();
    expect(pci.configRead(control, 2)).toBe(0x8000 | 69);
    guest.add(0, 1, 2);
    guest.add(2, 1, 2);
    device.change({ capacity: 1n });
    expect(sent).toEqual(["12:fee00000=1", "12:fee00000=3", "12:fee00000=0"]);
    expect(line).toEqual([]);
  });

  test("the ISR status tells of the configuration only", () => {
    const { guest, device, pci } = begin();
    const isr = structure(pci, CAP.ISR_CFG);
    guest.add(0, 1, 2);
    expect(pci.barRead(isr.bar, isr.offset, 1)).toBe(0);
    device.change({ capacity: 1n });
    expect(pci.barRead(isr.bar, isr.offset, 1)).toBe(2);
  });

  test("without a vector there is no interrupt", () => {
    const { driver, guest, device, sent, line } = begin();
    driver.selectQueue(0);
    driver.writeCommon(Common.queue_msix_vector, 2, NO_VECTOR);
    driver.writeCommon(Common.config_msix_vector, 2, NO_VECTOR);
    guest.add(0, 1, 2);
    device.change({ capacity: 1n });
    expect(sent).toEqual([]);
    expect(line).toEqual([]);
  });

  test("a masked vector is pending until it is unmasked", () => {
    const { driver, guest, sent, pci, table, pba } = begin();
    const entry = table + 65 * 16;
    driver.selectQueue(0);
    driver.writeCommon(Common.queue_msix_vector, 2, 65);
    pci.barWrite(1, entry + 12, 4, 0xffff_ffff);
    expect(pci.barRead(1, entry + 12, 4)).toBe(1);
    guest.add(0, 1, 2);
    guest.add(0, 1, 2);
    expect(sent).toEqual([]);
    expect(pci.barRead(1, pba + 8, 4)).toBe(2);
    expect(pci.barRead(1, pba + 8, 1)).toBe(2);
    pci.barWrite(1, pba + 8, 4, 0);
    pci.barWrite(1, entry + 8, 4, 99);
    pci.barWrite(1, entry + 12, 2, 0);
    expect(sent, "the table is written in words only").toEqual([]);
    pci.barWrite(1, entry + 12, 4, 0);
    expect(sent).toEqual(["12:fee00000=99"]);
    expect(pci.barRead(1, pba + 8, 4)).toBe(0);
  });

  test("the mask of the whole function, and what is pending when MSI-X is switched off", () => {
    const { guest, sent, pci, control, line } = begin();
    pci.configWrite(control, 2, 0xc000);
    guest.add(0, 1, 2);
    guest.add(2, 1, 2);
    expect(sent).toEqual([]);
    pci.configWrite(control, 2, 0x8000);
    expect(sent).toEqual(["12:fee00000=1", "12:fee00000=3"]);
    pci.configWrite(control, 2, 0);
    guest.add(0, 1, 2);
    expect(line).toEqual([true]);
    pci.configWrite(control, 2, 0x8000);
    expect(line).toEqual([true, false]);
  });

  test("at first all are masked, and a reset leaves nothing pending and nothing mapped", () => {
    const { driver, guest, sent, pci, control, table, pba } = begin();
    pci.configWrite(control, 2, 0xc000);
    guest.add(0, 1, 2);
    expect(pci.barRead(1, pba, 4)).toBe(2);
    driver.reset();
    expect(pci.barRead(1, pba, 4)).toBe(0);
    pci.configWrite(control, 2, 0x8000);
    expect(sent).toEqual([]);
    driver.selectQueue(0);
    expect(driver.readCommon(Common.queue_msix_vector, 2)).toBe(NO_VECTOR);
    expect(driver.readCommon(Common.config_msix_vector, 2)).toBe(NO_VECTOR);
    const fresh = pciMachine({}, {}, true).pci;
    for (let vector = 0; vector < 4; vector++) expect(fresh.barRead(1, table + vector * 16 + 12, 4)).toBe(1);
  });
});

function beginTransitional(): PciMachine & { modern: LinuxPciModern; legacy: LinuxPciLegacy } {
  const machine = pciMachine({}, { interfaces: "transitional", bigEndian: true });
  return { ...machine, modern: machine.driver, legacy: new LinuxPciLegacy(machine.guest, machine.pci) };
}

describe("a transitional device", () => {
  test("the last interface that was used while the status was 0 is the one", () => {
    const { modern, legacy } = beginTransitional();
    expect(legacy.readConfig(0, 1)).toBe(0x11);
    expect(modern.readConfig(0, 1)).toBe(0x88);
    expect(legacy.readFeatures()).toBe(0);
    legacy.writeStatus(1);
    expect(modern.readFeatures(1)).toBe(0);
    expect(modern.readConfig(0, 1)).toBe(0);
    modern.selectQueue(2);
    expect(modern.queueSizeMax()).toBe(0);
    expect(legacy.readConfig(0, 1)).toBe(0x11);
  });

  test("the status is seen and the device is reset by either", () => {
    const { modern, legacy } = beginTransitional();
    expect(legacy.probe([])).toBe(7);
    expect(modern.readStatus()).toBe(7);
    modern.writeStatus(15);
    expect(modern.readStatus(), "bits are set by the one in use only").toBe(7);
    expect(modern.reset()).toBe(0);
    expect(legacy.readStatus()).toBe(0);
    expect(modern.probe()).toBe(15);
    expect(legacy.addStatus(128)).toBe(15);
    legacy.write(Legacy.driver_features, 4, 1);
    legacy.write(Legacy.queue_address, 4, 0);
    modern.selectQueue(0);
    expect(modern.queueInUse()).toBe(true);
    expect(legacy.reset()).toBe(0);
  });

  test("nothing said over one is valid on the other", () => {
    const { modern, legacy, device } = beginTransitional();
    modern.writeFeatures(1, 1);
    modern.selectQueue(2);
    modern.writeQueueSize(16);
    legacy.selectQueue(2);
    expect(legacy.queueSizeMax()).toBe(256);
    expect(device.acceptedWord(1)).toBe(0);
    expect(modern.readCommon(Common.queue_select, 2)).toBe(0);
    modern.selectQueue(2);
    expect(modern.queueSizeMax()).toBe(256);
    legacy.setUpQueue(0, []);
    expect(device.queueEnabled(0)).toBe(true);
    modern.selectQueue(0);
    expect(modern.queueInUse()).toBe(false);
    expect(device.queueEnabled(0)).toBe(false);
  });

  test("VERSION_1 is wanted of a driver of the standard's interface", () => {
    const { modern } = beginTransitional();
    expect(modern.negotiate([])).toBe(3);
    expect(modern.negotiate([Core.VERSION_1])).toBe(11);
  });
});

describe("the window in the configuration space", () => {
  test("nothing is accessed where the driver has chosen no width that is allowed, or no BAR", () => {
    const { pci, driver } = pciMachine();
    const { at } = structure(pci, CAP.PCI_CFG);
    const common = structure(pci, CAP.COMMON_CFG);
    driver.addStatus(1);
    for (const [bar, length] of [
      [common.bar, 0],
      [common.bar, 3],
      [common.bar, 8],
      [7, 1],
      [255, 1],
    ] as const) {
      pci.configWrite(at + 4, 1, bar);
      pci.configWrite(at + 8, 4, common.offset + Common.device_status);
      pci.configWrite(at + 12, 4, length);
      pci.configWrite(at + 16, 1, 0);
      expect(driver.readStatus()).toBe(1);
    }
    pci.configWrite(at + 4, 1, common.bar);
    pci.configWrite(at + 12, 4, 1);
    expect(pci.configRead(at + 16, 1)).toBe(1);
    pci.configWrite(at + 16, 4, 0xffff_ff00);
    expect(driver.readStatus(), "the first byte of four is written").toBe(0);
  });

  test("a read of what stands beside the data accesses nothing", () => {
    const { pci, driver, guest } = pciMachine();
    driver.probe();
    const { at } = structure(pci, CAP.PCI_CFG);
    const isr = structure(pci, CAP.ISR_CFG);
    pci.configWrite(at + 4, 1, isr.bar);
    pci.configWrite(at + 8, 4, isr.offset);
    pci.configWrite(at + 12, 4, 1);
    guest.add(0, 1, 2);
    pci.configRead(at + 12, 4);
    pci.configRead(at + 20, 4);
    expect(pci.configRead(at + 14, 4), "one that reaches into it does").toBe(1 << 16);
    expect(driver.takeInterrupt()).toBe(0);
  });
});
