import { parentPort, workerData } from "node:worker_threads";

import { RegisterMailbox } from "../../../src/runtime/transport/register-mailbox.ts";
import type { RegisterWidth } from "../../../src/runtime/transport/driver/register-access.ts";

// A thread of a guest: makes accesses, one behind the other, and tells what it has read.

/** One access: reads tell what they found. */
export type GuestAccess =
  | { readonly do: "read"; readonly offset: number; readonly width: RegisterWidth }
  | { readonly do: "write" | "post"; readonly offset: number; readonly width: RegisterWidth; readonly value: number };

const mailbox = new RegisterMailbox(workerData as SharedArrayBuffer);

parentPort?.on("message", (accesses: readonly GuestAccess[]) => {
  const read: number[] = [];
  for (const access of accesses) {
    if (access.do === "read") read.push(mailbox.read(access.offset, access.width));
    else mailbox[access.do](access.offset, access.width, access.value);
  }
  parentPort?.postMessage(read);
});
