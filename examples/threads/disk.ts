// The device's thread: a disk in the memory of the guest's.

import { workerData } from "node:worker_threads";
import { BlkDisk, BufferStore } from "virtgen/devices";
import { GuestMemory, MmioDevice, RegisterMailbox } from "virtgen/runtime";

const { memory, words } = workerData as { memory: SharedArrayBuffer; words: SharedArrayBuffer };
const mailbox = new RegisterMailbox(words);
const disk = new MmioDevice(new BlkDisk({ store: new BufferStore(1 << 20) }), {
  memory: GuestMemory.over(memory),
  interrupt: (raised) => {
    if (raised) mailbox.interrupt();
  },
});
mailbox.serve(disk);
