// The guest's thread: the disk's driver.

import { parentPort, workerData } from "node:worker_threads";
import { DmaMemory, GuestMemory, MmioTransport, RegisterMailbox } from "virtgen/runtime";
import { BlkDriver } from "../../generated/typescript/blk.ts";

const { memory, words } = workerData as { memory: SharedArrayBuffer; words: SharedArrayBuffer };
const mailbox = new RegisterMailbox(words);
const dma = new DmaMemory(GuestMemory.over(memory), [{ address: 0x1000, length: memory.byteLength - 0x1000 }]);
const driver = new BlkDriver(MmioTransport.probe(mailbox), { memory: dma });
mailbox.onInterrupt(() => driver.interrupt());

await driver.start();
await driver.out({ sector: 5n }, new TextEncoder().encode("hello".padEnd(512)));
const { output } = await driver.in({ sector: 5n }, 512);
parentPort?.postMessage(new TextDecoder().decode(output).trim());
