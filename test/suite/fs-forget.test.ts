import { expect, it } from "vitest";
import * as fs from "../../generated/typescript/fs.ts";
import type { Answer, Incoming } from "../../src/runtime/index.ts";
import { plug } from "./computer.ts";

/** Keeps what it is asked, and says nothing to it. */
class Files extends fs.FsDevice {
  readonly asked: { in: Uint8Array; data: Uint8Array }[] = [];

  override req(request: Incoming<fs.ReqSent>): Answer<fs.ReqAnswer> {
    this.asked.push({ in: request.value.in.slice(), data: request.input.toBytes() });
    return { out: new Uint8Array(16) };
  }
}

/** Sends as Linux does what FUSE does not answer: without room for an answer. */
class Forgetting extends fs.FsDriver {
  async forget(head: Uint8Array, data: Uint8Array): Promise<void> {
    const operation = { ...fs.operations.req, answer: undefined, output: undefined };
    await this.request(operation, { in: head }, { kind: "hiprio", input: data });
  }
}

it("a device of files takes what it is told to forget from a driver that leaves no room for an answer", async () => {
  const device = new Files({ config: { tag: new Uint8Array(36), num_request_queues: 1 } });
  const { driver } = plug(device, Forgetting, { bus: "pci", ringFeatures: [] });
  await driver.start();
  const [head, data] = [Uint8Array.from({ length: 40 }, (_, at) => at), Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)];
  await driver.forget(head, data);
  expect(device.asked).toEqual([{ in: head, data }]);
  expect(device.needsReset).toBeUndefined();
  const { out } = await driver.req({ in: head }, data, 0);
  expect(out).toEqual(new Uint8Array(16));
  await driver.stop();
});
