/** Which module describes what stands in a section, by the beginning of its label. Longer ones go first. */
const chapters: readonly (readonly [label: string, module: string])[] = [
  ["Basic Facilities of a Virtio Device / Virtqueues / Virtqueue Reset", "config"],
  ["Basic Facilities of a Virtio Device / Virtqueues", "ring"],
  ["Basic Facilities of a Virtio Device / Split Virtqueues", "ring"],
  ["Basic Facilities of a Virtio Device / Packed Virtqueues", "ring"],
  // Its normative blocks spell it with capitals in the middle.
  ["Basic Facilities of a Virtio Device / PAcked Virtqueues", "ring"],
  // Its parts are labelled without what they are parts of.
  ["Packed Virtqueues", "ring"],
  ["Basic Facilities of a Virtio Device / Device groups", "admin"],
  ["Basic Facilities of a Virtio Device / Administration", "admin"],
  ["Basic Facilities of a Virtio Device / Device parts", "dev_part"],
  ["Basic Facilities of a Virtio Device", "config"],
  ["General Initialization And Device Operation", "config"],
  ["Reserved Feature Bits", "config"],
  ["Virtio Transport Options / Virtio Over PCI Bus", "pci"],
  ["Virtio Transport Options / Virtio Over MMIO", "mmio"],
  ["Virtio Transport Options / Virtio Over Channel I", "ccw"],
  ["Virtio Transport Options / Virtio over channel I", "ccw"],
  ["Device Types / Network Device", "net"],
  ["Device Types / Block Device", "blk"],
  ["Device Types / Console Device", "console"],
  ["Device Types / Entropy Device", "entropy"],
  ["Device Types / Memory Balloon Device", "balloon"],
  ["Device Types / SCSI Host Device", "scsi"],
  ["Device Types / GPU Device", "gpu"],
  ["Device Types / Input Device", "input"],
  ["Device Types / Crypto Device", "crypto"],
  ["Device Types / Socket Device", "vsock"],
  ["Device Types / File System Device", "fs"],
  ["Device Types / RPMB Device", "rpmb"],
  ["Device Types / IOMMU Device", "iommu"],
  ["Device Types / Sound Device", "sound"],
  ["Device Types / Memory Device", "mem"],
  ["Device Types / I2C Adapter Device", "i2c"],
  ["Device Types / SCMI Device", "scmi"],
  ["Device Types / GPIO Device", "gpio"],
  ["Device Types / PMEM Device", "pmem"],
  ["Device Types / PMEM Driver", "pmem"],
  ["Device Types / CAN Device", "can"],
  ["Device Types / SPI Controller Device", "spi"],
  ["Device Types / Media Device", "media"],
  ["Device Types / RTC Device", "rtc"],
  ["Device Types", "ids"],
];

/** The module for a label; undefined where no description is about it. */
export function moduleOf(label: string): string | undefined {
  return chapters.find(([beginning]) => label.startsWith(beginning))?.[1];
}
