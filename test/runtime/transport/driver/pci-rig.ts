import { DmaMemory } from "../../../../src/runtime/driver/dma-memory.ts";
import type { DriverOptions } from "../../../../src/runtime/driver/driver-options.ts";
import { GuestMemory } from "../../../../src/runtime/memory/guest-memory.ts";
import { PciDevice, type PciOptions } from "../../../../src/runtime/transport/device/pci-device.ts";
import { enableMsix } from "../../../../src/runtime/transport/driver/msix-setup.ts";
import type { PciAccess } from "../../../../src/runtime/transport/driver/pci-access.ts";
import { PciTransport, type PciProbeOptions } from "../../../../src/runtime/transport/driver/pci-transport.ts";
import { F, ShelfDevice, ShelfDriver, type Feature } from "../../driver/shelf.ts";

const barStart = 0x10;
const commandAt = 0x04;
const everything = 7;

/** What a platform does before drivers come: it places the BARs and switches them on. */
export function pciAccess(pci: PciDevice): PciAccess {
  const enabled = pci.bars.map(({ index, size }) => {
    const address = 0x1_0000_0000 * (index + 1);
    const at = barStart + index * 4;
    const isMemory = (pci.configRead(at, 4) & 7) === 4;
    pci.configWrite(at, 4, isMemory ? 0 : 0x10000 * (index + 1));
    if (isMemory) pci.configWrite(at + 4, 4, index + 1);
    return { index, size, address };
  });
  pci.configWrite(commandAt, 2, everything);
  return {
    config: {
      read: (offset, width) => pci.configRead(offset, width),
      write: (offset, width, value) => pci.configWrite(offset, width, value),
    },
    bar: (number) => {
      const found = enabled.find(({ index }) => index === number);
      if (found === undefined) return undefined;
      return {
        registers: {
          read: (offset, width) => pci.barRead(number, offset, width),
          write: (offset, width, value) => pci.barWrite(number, offset, width, value),
        },
        length: found.size,
        address: found.address,
      };
    },
  };
}

export interface PciRigOptions {
  readonly offered?: readonly Feature[];
  readonly driver?: Partial<DriverOptions<Feature>>;
  readonly pci?: PciOptions;
  readonly probe?: PciProbeOptions;
  readonly id?: number;
  /** Messages instead of the interrupt line. */
  readonly messages?: boolean;
}

export interface PciRig {
  readonly device: ShelfDevice;
  readonly driver: ShelfDriver;
  readonly transport: ReturnType<typeof PciTransport.probe>;
  /** Interrupts as they came: vectors, or `line`. */
  readonly interrupts: string[];
}

const messagesAt = 0xfee0_0000;

export function pciRig(options: PciRigOptions = {}): PciRig {
  const memory = GuestMemory.over(new ArrayBuffer(1 << 20));
  const dma = new DmaMemory(memory, [{ address: 0x1000, length: 0xff000 }]);
  const { id, messages = false } = options;
  const device = new ShelfDevice(
    { features: options.offered ?? [F.TRIM], sharedMemory: [{ id: 3, address: 0x8000, length: 0x1000 }] },
    id,
  );
  const guest: { driver?: ShelfDriver } = {};
  const interrupts: string[] = [];
  const pci = new PciDevice(
    device,
    {
      memory,
      intx: (raised) => {
        if (!raised) return;
        interrupts.push("line");
        guest.driver?.interrupt();
      },
      ...(messages
        ? {
            msi: (low: number, _high: number, data: number) => {
              const vector = (low - messagesAt) / 4;
              interrupts.push(`vector ${vector} data ${data}`);
              guest.driver?.interrupt(vector);
            },
          }
        : {}),
    },
    options.pci,
  );
  const access = pciAccess(pci);
  if (messages)
    enableMsix(
      access,
      [0, 1].map((vector) => ({ address: messagesAt + vector * 4, data: vector + 7 })),
    );
  const vectors = messages ? { vectors: { config: 0, queue: (): number => 1 } } : {};
  const transport = PciTransport.probe(access, { ...vectors, ...options.probe });
  const driver = new ShelfDriver(transport, { memory: dma, ...options.driver }, id);
  guest.driver = driver;
  return { device, driver, transport, interrupts };
}
