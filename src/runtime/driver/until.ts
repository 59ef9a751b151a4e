import { DriverError } from "./driver-error.ts";

/** Looks that are taken before other code is let run: a device on the same thread is done at the first. */
const eager = 8;

/**
 * Resolves once `holds` does.
 * @param timeout in milliseconds
 * @param what is waited for, for the error
 * @throws DriverError `timed-out`
 */
export async function until(holds: () => boolean, timeout: number, what: string): Promise<void> {
  for (let look = 0; look < eager; look++) if (holds()) return;
  const end = Date.now() + timeout;
  while (Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (holds()) return;
  }
  throw new DriverError("timed-out", `${what}: not within ${timeout} ms`);
}
